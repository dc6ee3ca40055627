"""Files inside a container, which nobody can look at from here: where they may lie, by their names alone."""

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.judgement import Judgement


def shell(command: str, context: PolicyContext) -> Judgement:
    return classify("shell", {"command": command}, context)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "cat proc/1/environ",
        "strings ./proc/self/environ",
        "cp proc/1/environ /tmp/e",
        "sh -c 'cat proc/1/environ'",
        "cat data/config.json",
    ],
)
def test_many_images_start_at_the_root(command: str, context: PolicyContext) -> None:
    assert shell(f"docker exec db {command}", context).is_unknown
    assert shell(f"docker compose exec -T db {command}", context).is_unknown
    assert shell(f"docker exec -w / db {command}", context).is_unknown


def test_names_are_below_the_folder_that_is_said(context: PolicyContext) -> None:
    assert shell("docker exec -w /var/lib/postgresql/data db cat global/1260", context).is_unknown
    assert shell("docker exec -w /app -w / db cat proc/1/environ", context).is_unknown
    assert shell("docker exec -w /app app cat proc/readme.md", context).tier is Tier.GREEN


@pytest.mark.parametrize(
    "pattern",
    [
        "/app/.e*",
        "/app/.[e]nv",
        "/run/s*/db",
        "/p*/1/environ",
        "p*c/1/environ",
        "/etc/shado?",
        "/app/config/*",
        "/var/www/html/*.php",
        "*",
    ],
)
def test_patterns_that_a_shell_in_there_fills_in(pattern: str, context: PolicyContext) -> None:
    assert shell(f"docker exec app sh -c 'cat {pattern}'", context).is_unknown
    assert shell(f"docker exec app bash -c 'cat < {pattern}'", context).is_unknown


@pytest.mark.parametrize(
    "command", ["du -sh /var/lib/ghost/content/*", "ls -d /app/.e*", "tail -n 5 /var/log/nginx/*.log"]
)
def test_names_and_logs_are_shown(command: str, context: PolicyContext) -> None:
    assert shell(f"docker exec app sh -c '{command}'", context).tier is Tier.GREEN


@pytest.mark.parametrize(
    "path",
    [
        "/root/.mc/config.json",
        "/etc/mysql/debian.cnf",
        "/var/www/html/app/etc/env.php",
        "/etc/phpmyadmin/config.inc.php",
        "/etc/grafana/grafana.ini",
        "/home/node/.config/gh/hosts.yml",
        "/var/spool/cron/crontabs/root",
    ],
)
def test_files_with_passwords_of_more_programs(path: str, context: PolicyContext) -> None:
    assert shell(f"docker exec app cat {path}", context).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "source",
    ["/images/../../etc", "/app/uploads/..", "/app/uploads/../", "proc/1/environ", "/app/uploads/../../run"],
)
def test_what_leaves_is_where_the_path_leads(source: str, context: PolicyContext) -> None:
    assert shell(f"docker cp app:{source} x", context).is_unknown
    assert not shell("docker cp app:/app/uploads/2026 x", context).is_unknown


def test_a_folder_with_programs_is_more_than_files(context: PolicyContext) -> None:
    folder = context.workspace / "theme"
    folder.mkdir()
    (folder / "a.css").write_text("x")
    assert shell("docker cp theme app:/app/theme", context).tier is Tier.RED
    (folder / "a.php").write_text("x")
    assert shell("docker cp theme app:/app/theme", context).is_unknown
    assert shell("docker cp theme app:/tmp/theme", context).tier is Tier.YELLOW


def test_a_project_of_the_safety_system_is_not_stopped_by_its_name(context: PolicyContext) -> None:
    assert shell("COMPOSE_PROJECT_NAME=letsbe docker compose stop", context).is_unknown
    assert not shell("COMPOSE_PROJECT_NAME=ghost docker compose ps", context).is_unknown


@pytest.mark.parametrize("name", ["crowdsec", "wazuh-agent", "sshguard"])
def test_other_guards_are_guards(name: str, context: PolicyContext) -> None:
    assert shell(f"docker stop {name}", context).tier is Tier.CRITICAL_RED
    assert shell(f"systemctl stop {name}", context).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "path", ["tmp/x", "../tmp/x", "/proc/1/cwd", "/var/tmp/x", "/var/www/../../tmp/x", "."]
)
def test_a_website_lies_where_its_image_keeps_it(path: str, context: PolicyContext) -> None:
    assert shell(f"docker exec wordpress wp --path={path} post list", context).is_unknown
    assert not shell("docker exec wordpress wp --path=/var/www/html post list", context).is_unknown


def test_a_tree_that_is_brought_into_a_tools_folder_is_more_than_a_folder(context: PolicyContext) -> None:
    assert shell("docker exec app rsync -a /tmp/x/ /app/", context).tier is Tier.RED
    assert shell("docker exec app rsync -a /tmp/x/ /tmp/y/", context).tier is Tier.YELLOW


def test_a_plugin_that_guards_the_site_stays_on(context: PolicyContext) -> None:
    assert shell("docker exec wordpress wp plugin deactivate wordfence", context).tier is Tier.CRITICAL_RED
    assert shell("wp plugin deactivate hello two-factor", context).tier is Tier.CRITICAL_RED
    assert shell("wp plugin activate wordfence", context).tier is Tier.YELLOW


@pytest.mark.parametrize(
    "name", ["Rakefile", "Gemfile", "artisan", "occ", "console", "config.ru", "a.rake", "a.inc"]
)
def test_programs_without_the_look_of_one(name: str, context: PolicyContext) -> None:
    (context.workspace / name).write_text("x")
    assert shell(f"docker cp {name} app:/app/{name}", context).tier is Tier.CRITICAL_RED
    assert shell(f"docker cp {name} app:/app", context).tier is Tier.CRITICAL_RED
    assert shell(f"docker exec app cp /tmp/{name} /app", context).tier is Tier.CRITICAL_RED
    assert shell(f"docker cp {name} app:/tmp/", context).tier is Tier.YELLOW
    assert shell(f"docker cp {name}.txt app:/app/", context).tier is Tier.RED
    assert shell(f"docker cp {name}.txt app:/app/bin/ls", context).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "line",
    [
        "cp a.txt theme/a.rb && docker cp theme app:/app/",
        "mv a.txt theme/a.rb; docker compose cp theme app:/app/",
        "mv other theme && docker cp theme app:/app/",
        "docker exec app cp -r /tmp/theme /app/themes/",
        "docker exec app cp -a /tmp/theme/. /app",
        "docker exec app cp --archive -t /app /tmp/theme",
        "docker exec app mv /tmp/theme /app/lib",
        "docker exec app sh -c 'mv -t /app/lib /tmp/theme'",
        "docker exec app rsync -a /tmp/theme/ /app/",
        "docker compose exec -T app cp -R /tmp/theme /app",
        "docker exec app mv /tmp/a.png /app/lib",
        "docker exec app mv /data/a.png/tasks /app/tasks",
    ],
)
def test_what_a_folder_holds_that_comes_from_elsewhere_is_not_known(
    line: str, context: PolicyContext
) -> None:
    (context.workspace / "theme").mkdir()
    assert shell(line, context).is_unknown


@pytest.mark.parametrize(
    "line",
    [
        "docker exec app cp /tmp/logo.png /app/public/",
        "docker exec app mv /tmp/shop.sql /var/backups/",
        "docker exec app mv /tmp/a /tmp/b",
        "docker exec app cp -r /tmp/a /tmp/b",
        "docker exec app mv /data/old /data/older",
        "docker exec app mv /data/report.csv /data/reports.csv",
    ],
)
def test_single_files_and_what_was_there_may_be_copied(line: str, context: PolicyContext) -> None:
    assert not shell(line, context).is_unknown
