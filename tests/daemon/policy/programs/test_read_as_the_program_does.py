"""Programs that read their arguments in a way of their own: the gate has to read them in the same way."""

import shlex

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.actions import RunPipelines
from tenant_daemon.policy.judgement import Judgement


def shell(command: str, context: PolicyContext) -> Judgement:
    return classify("shell", {"command": command}, context)


@pytest.mark.parametrize(
    "command",
    [
        "tar tfI a.tar ./e.sh",
        "tar cfI b.tar ./e.sh notes.txt",
        "tar cfhI b.tar ./e.sh x",
        "tar vI ./e.sh -xf b.tar",
        "tar tfF a.tar e.sh",
        "tar xfC a.tar /etc",
        "tar xfP a.tar",
        "tar cfT b.tar list",
        "tar cfX b.tar /etc/shadow x",
        "tar tf -x a.tar",
    ],
)
def test_letters_of_tar_take_their_words_in_order(command: str, context: PolicyContext) -> None:
    assert shell(command, context).is_unknown


def test_what_tar_writes_is_the_word_of_its_letter(context: PolicyContext) -> None:
    assert shell("tar cvf a.tar b", context).tier is Tier.YELLOW
    assert shell("tar cfv .git/config x", context).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "command",
    [
        "git mv a .git/hooks/pre-commit",
        "git mv -f c .git/config",
        "git mv a .bashrc",
        "git mv a b .git/hooks/",
        "git -C .git mv x config",
        "git -C .git archive -o config HEAD",
        "git -C .git worktree add hooks/x main",
    ],
)
def test_git_writes_to_what_it_is_given(command: str, context: PolicyContext) -> None:
    (context.workspace / ".git" / "hooks").mkdir(parents=True)
    assert shell(command, context).tier is Tier.CRITICAL_RED


def test_git_in_a_folder_reads_paths_from_there(context: PolicyContext) -> None:
    assert not shell("git -C shops/one worktree add ../two main", context).is_unknown
    assert shell("git -C shops worktree add ../../two main", context).is_unknown
    after = shell("git -C shops/one status; ls ../..", context)
    assert after.is_unknown, "the folder of one command is not that of the next"


@pytest.mark.parametrize(
    ("command", "second"),
    [
        ("cd shop && ls 2>&1 | tail -3", ("tail", "-3")),
        ("cd shop && ls 2>/dev/null | sort 2>/dev/null | wc -l", ("sort",)),
    ],
)
def test_a_pipe_belongs_to_the_last_command_of_a_list(
    command: str, second: tuple[str, ...], context: PolicyContext
) -> None:
    found = shell(command, context)
    assert found.tier is Tier.GREEN
    assert isinstance(found.action, RunPipelines)
    assert [len(pipeline) for pipeline in found.action.pipelines] == [command.count("|") + 1]
    assert found.action.pipelines[0][1].argv == second


def test_every_part_before_such_a_pipe_counts(context: PolicyContext) -> None:
    assert shell("rm a && ls 2>&1 | tail", context).tier is Tier.RED
    assert shell("ls && cat /etc/shadow 2>&1 | tail", context).tier is Tier.CRITICAL_RED
    assert shell("ls && cat a 2>&1 | tee /etc/passwd", context).tier is Tier.CRITICAL_RED
    assert shell("cd x && ! ls 2>&1 | tail", context).is_unknown
    assert shell("a=1 && ls 2>&1 |& rm -r b | tail", context).tier is Tier.RED


def test_strictness_of_a_shell_changes_nothing(context: PolicyContext) -> None:
    assert shell("set -o pipefail; ls | wc -l", context).tier is Tier.GREEN
    assert shell("set -uo pipefail; rm a", context).tier is Tier.RED
    assert shell("set -a; ls", context).is_unknown


@pytest.mark.parametrize(
    "query",
    [
        "select 1 /*M! ; drop table x */",
        'select 1 /*M!100100 into outfile "/var/www/html/x.php" */',
        "analyze delete from x",
        "analyze format=json delete from x where a = 1",
        "show create user x",
        "show grants for shop",
        "show grants",
        "select 1 as $$; drop table x; select 1 as $$",
    ],
)
def test_mariadb_runs_what_looks_harmless(query: str, context: PolicyContext) -> None:
    found = shell(f"mysql shop -e '{query}'", context)
    assert found.tier >= Tier.RED


def test_text_between_dollars_is_a_string_to_postgres_alone(context: PolicyContext) -> None:
    assert shell("psql -d crm -c 'comment on table a is $$all; drop$$'", context).tier is Tier.YELLOW
    assert shell("psql -d crm -c 'select $$a$$; drop table b'", context).tier is Tier.RED
    assert shell("psql -d crm -c 'do $$ begin perform 1; end $$'", context).is_unknown
    assert shell("psql -d crm -c 'select $a$ $$ ; drop table x; select $$ $a$'", context).is_unknown
    assert shell("sqlite3 a.db 'select $$a$$'", context).is_unknown


def test_records_of_servers_are_secret_wherever_they_lie(context: PolicyContext) -> None:
    for path in (
        "/var/lib/postgresql/data/global/1260",
        "/data/config.json",
        "/var/lib/mysql/mysql/user.MAD",
    ):
        assert shell(f"docker exec db cat {path}", context).tier is Tier.CRITICAL_RED
    for path in ("/opt/apps/vaultwarden/config.json", "/opt/apps/gitea/.runner"):
        assert shell(f"cat {path}", context).tier is Tier.CRITICAL_RED


def test_a_page_of_gits_manual_is_no_file(context: PolicyContext) -> None:
    assert shell("git help log", context).tier is Tier.GREEN
    assert shell("git help -m ./x", context).is_unknown
    assert shell("git help ./x", context).is_unknown


def test_a_folder_like_the_inside_of_a_repository_is_not_used(context: PolicyContext) -> None:
    (context.workspace / "evil" / "objects").mkdir(parents=True)
    (context.workspace / "evil" / "HEAD").write_text("ref: refs/heads/main\n")
    assert shell("git -C evil diff", context).is_unknown
    assert shell("cd evil && git status", context).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "more -p /etc/shadow",
        "jpeginfo -d a.jpg b.jpg",
        "soxi -d /etc/shadow",
        "exif -d /etc/shadow",
    ],
)
def test_a_flag_that_takes_a_value_in_another_program_hides_no_file(
    command: str, context: PolicyContext
) -> None:
    assert shell(command, context).is_unknown or shell(command, context).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "command",
    [
        "strings @x",
        "identify -format @/etc/shadow a.png",
        "xmllint --c14n a.xml",
        "byobu start-server ';' run-shell id",
    ],
)
def test_programs_that_read_or_run_more_than_they_say(command: str, context: PolicyContext) -> None:
    assert shell(command, context).is_unknown


def test_git_goes_on_with_nothing_that_runs_programs(context: PolicyContext) -> None:
    plan = context.workspace / ".git" / "rebase-merge" / "git-rebase-todo"
    plan.parent.mkdir(parents=True)
    plan.write_text("pick 1a2b3c Fix\n# a remark\n\n")
    assert shell("git rebase --continue", context).tier is Tier.YELLOW
    plan.write_text("pick 1a2b3c Fix\nexec ./e.sh\n")
    assert shell("git rebase --continue", context).is_unknown
    assert shell("git status", context).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        *("docker cp ghost:/var/lib/ghost x", "docker cp wp:/var/www/html .", "docker cp vw:/data x"),
        *("man d/x", "poetry show", "pipenv check"),
    ],
)
def test_what_takes_along_or_runs_more_than_it_says(command: str, context: PolicyContext) -> None:
    assert shell(command, context).is_unknown


def test_curl_keeps_to_what_was_looked_up_for_each_address(context: PolicyContext) -> None:
    found = shell("curl -s https://tools.example.com/a https://tools.example.com/b", context)
    assert found.tier is Tier.GREEN
    assert isinstance(found.action, RunPipelines)
    assert found.action.pipelines[0][0].argv.count("--resolve") == 2


@pytest.mark.parametrize(
    ("command", "argvs"),
    [
        ("ls a 2>&1 -l b 2>/dev/null -t", [("ls", "a", "-l", "b", "-t")]),
        ("ls x 2>/dev/null *.txt | wc -l", [("ls", "x", "one.txt"), ("wc", "-l")]),
        ("if ! ls | grep -qx b; then echo c; fi", [("ls",), ("grep", "-qx", "b"), ("echo", "c")]),
        ("mkdir -p {a,b/{c,d}}", [("mkdir", "-p", "a", "b/c", "b/d")]),
        ("mkdir -p a{1,{2,3}x,4}", [("mkdir", "-p", "a1", "a2x", "a3x", "a4")]),
        (
            "for i in $(seq -w 9 11); do echo $i; done",
            [("echo", "09"), ("echo", "10"), ("echo", "11")],
        ),
    ],
)
def test_lines_are_taken_apart_as_by_a_shell(
    command: str, argvs: list[tuple[str, ...]], context: PolicyContext
) -> None:
    (context.workspace / "one.txt").touch()
    action = shell(command, context).action
    assert isinstance(action, RunPipelines)
    assert [one.argv for pipeline in action.pipelines for one in pipeline] == argvs


@pytest.mark.parametrize(
    "command",
    [
        "cat a 2>/dev/null /etc/shadow",
        "rm 2>/dev/null -r /",
        "ls > out /etc/ssh",
        "cat {a,{b,/etc/shadow}}",
        "mkdir {a{b,c}}",
        "if ! cat /etc/shadow | grep x; then ls; fi",
        "grep -rlZ x . | xargs -0 rm",
        "grep -rlZ x / | xargs -0 cat",
        "grep -rl x . | xargs -0 cat",
        "find /opt/apps -name '*.yml' | xargs cat",
        "sdiff -W 5 a",
    ],
)
def test_no_such_line_hides_what_is_in_it(command: str, context: PolicyContext) -> None:
    found = shell(command, context)
    assert found.is_unknown or found.tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "statement",
    [
        "update users set role='admin' where email='a@b.example'",
        "update users set type='SuperAdmin'",
        "update accounts_user set is_superuser = true where id = 3",
        "insert into res_groups_users_rel values (1, 2)",
        "insert into users (name, role) values ('x', 'admin')",
        "insert into wp_usermeta (user_id, meta_key, meta_value) values (9, 'wp_capabilities', 'x')",
        "update wp_options set option_value='https://evil.example' where option_name='siteurl'",
        "update settings set value='x' where key='smtp'",
    ],
)
def test_power_given_past_the_tool_is_critical(statement: str, context: PolicyContext) -> None:
    assert shell(f'psql -d shop -c "{statement}"', context).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "statement",
    [
        "update wp_options set option_value = 'Ulm' where option_name = 'city'",
        "update customers set note = 'owner of a shop' where id = 3",
        "insert into contacts (name, company) values ('Root', 'Admin GmbH')",
    ],
)
def test_records_with_like_words_are_plain_changes(statement: str, context: PolicyContext) -> None:
    assert shell(f'psql -d shop -c "{statement}"', context).tier is Tier.YELLOW


@pytest.mark.parametrize(
    "statement",
    [
        """select value from settings where key like '%secret%'""",
        """select option_value from wp_options where option_name = 'mailserver_password'""",
        """select meta_value from wp_usermeta where meta_key='session_tokens'""",
        """select value from ir_config_parameter where key='database.secret'""",
        """select value from settings where name = 'smtp_password'""",
        "select value from app_connection",
        'select * from "ApiToken"',
        "select * from users",
        "select u.* from users u join roles r on r.id = u.role_id",
        "copy users to stdout",
        "copy (select * from res_users) to stdout csv",
        "select row_to_json(u) from users u",
    ],
)
def test_settings_that_hold_keys_are_secrets(statement: str, context: PolicyContext) -> None:
    found = classify("shell", {"command": "psql -d shop -c " + shlex.quote(statement)}, context)
    assert found.tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "statement",
    [
        """select id from tickets where subject like '%password%'""",
        """select value from settings where key = 'title'""",
        "select name from apps",
        """select * from products where name like '%token%'""",
        "select * from users where id = 3",
        "select * from users limit 5",
        "select email, count(*) from users group by email",
        "select id, name from users",
    ],
)
def test_words_about_keys_are_not_keys(statement: str, context: PolicyContext) -> None:
    found = classify("shell", {"command": "psql -d shop -c " + shlex.quote(statement)}, context)
    assert found.tier is Tier.GREEN


@pytest.mark.parametrize("command", ["ip l s eth0 down", "ip link se eth0 up", "ip -s li s dev eth0 down"])
def test_a_verb_of_ip_cut_short_changes_all_the_same(command: str, context: PolicyContext) -> None:
    assert shell(command, context).tier is Tier.CRITICAL_RED
    assert shell("ip a s eth0", context).tier is Tier.GREEN


def test_what_a_tls_connection_sends_is_seen(context: PolicyContext) -> None:
    connecting = "openssl s_client -connect tools.example.com:443"
    assert shell("openssl s_client -connect shop.example:443", context).is_external
    assert shell(f"{connecting} < request.txt", context).is_unknown
    assert shell(f"timeout 5 {connecting} < request.txt", context).is_unknown
    assert shell(f"{connecting} < /dev/null", context).tier is Tier.GREEN


@pytest.mark.parametrize(
    "name", ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Host", "X-HTTP-Method-Override"]
)
def test_headers_of_curl_do_not_make_it_another_request(name: str, context: PolicyContext) -> None:
    assert shell(f"curl -H '{name}: /admin' http://127.0.0.1:2368/", context).is_unknown
    assert not shell("curl -H 'X-Forwarded-Proto: https' http://127.0.0.1:2368/", context).is_unknown
