import argparse
import io
import json
import os
from pathlib import Path

import pytest

from tenant_daemon.policy import PolicyContext
from tenant_daemon.policy.command import check_lines, explain, run


def check_text(context: PolicyContext, text: bytes) -> list[dict[str, object]]:
    out = io.BytesIO()
    check_lines(io.BytesIO(text), out, context)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def check(context: PolicyContext, *calls: object) -> list[dict[str, object]]:
    return check_text(context, "\n".join(json.dumps(call) for call in calls).encode())


def test_a_line_is_answered_with_tier_decisions_and_path(context: PolicyContext) -> None:
    call = {"id": 7, "tool": "file_write", "args": {"path": "a/../b.txt", "content": "x"}}
    assert check(context, call) == [
        {
            "id": 7,
            "tier": "YELLOW",
            "external": False,
            "decision": {"1": "ask", "2": "run", "3": "run"},
            "reason": "Writes b.txt.",
            "path": str(context.workspace / "b.txt"),
        }
    ]


def test_a_line_may_bring_its_own_server(context: PolicyContext) -> None:
    own = {
        "allowed_hosts": ["shop.example:443"],
        "resolve": {"shop.example": ["93.184.216.34"]},
        "workspace": "/nonexistent/ws",
        "readable": ["/nonexistent/data"],
    }
    answers = check(
        context,
        {"id": 1, "tool": "http", "args": {"method": "GET", "url": "https://shop.example/"}, "context": own},
        {"id": 2, "tool": "shell", "args": {"command": "cat /nonexistent/data/a"}, "context": own},
        {"id": 3, "tool": "shell", "args": {"command": "cat /nonexistent/other/a"}, "context": own},
        {"id": 4, "tool": "shell", "args": {"command": "git push"}, "context": own},
        {"id": 5, "tool": "shell", "args": {"command": "cat /var/log/syslog"}, "context": own},
        {"id": 6, "tool": "file_read", "args": {"path": "/opt/apps/odoo/x"}, "context": own},
    )
    assert [(a["tier"], a["decision"]) for a in answers] == [
        ("GREEN", {"1": "run", "2": "run", "3": "run"}),
        ("GREEN", {"1": "run", "2": "run", "3": "run"}),
        ("RED", {"1": "ask", "2": "ask", "3": "ask"}),
        ("YELLOW_EXTERNAL", {"1": "ask", "2": "ask", "3": "ask"}),
        ("RED", {"1": "ask", "2": "ask", "3": "ask"}),
        ("RED", {"1": "deny", "2": "deny", "3": "deny"}),
    ]


def test_a_line_that_is_no_call_does_not_stop_the_others(context: PolicyContext) -> None:
    answers = check_text(context, b'nonsense\n[]\n{"id":1,"tool":"shell","args":{"command":"ls"}}\n')
    assert ["error" in answer for answer in answers] == [True, True, False]


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id":' + b"1" * 10_000 + b"}",
        b'{"id":"a","tool":"shell","args":{"command":"ls"},"context":5}',
        b'{"id":"a","tool":"shell","args":{"command":"ls"},"context":"workspaces"}',
        b'{"id":"a","tool":"shell","args":{"command":"ls"},"context":[]}',
        b'{"id":NaN,"tool":"shell","args":{"command":"ls"}}',
        b'{"id":"a","tool":"shell","args":{"command":"ls"},"context":{"workspace":"relative"}}',
        b'{"id":"a","tool":"shell","args":{"command":"ls"},"context":{"workspace":"/a\\u0000b"}}',
        b'{"id":"a","tool":"shell","args":{"command":"ls"},"context":{"resolve":{"a":5}}}',
        b'{"id":"a","tool":"shell","args":{"command":"ls"},"context":{"allowed_hosts":[["a"]]}}',
        b'{"id":"a","tool":"shell","args":[]}',
        b'{"id":"a","tool":["shell"],"args":{"command":"ls"}}',
        b'{"id":"a","tool":"shell","args":{"command":"echo \\ud800"}}',
        b'{"id":"a","tool":"file_read","args":{"path":"\\ud800"}}',
    ],
)
def test_whatever_a_line_holds_it_gets_one_answer_and_does_not_run(
    context: PolicyContext, line: bytes
) -> None:
    (answer,) = check_text(context, line + b"\n")
    assert set(answer["decision"].values()) <= {"ask", "deny"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "call_id", "error"),
    [
        (b'{"id":"a","args":{"command":"ls"}}', "a", "\u201ctool\u201d is missing."),
        (b'{"id":"a","tool":7,"args":{}}', "a", "\u201ctool\u201d is not text."),
        (b'{"id":"a","tool":"shell","args":null}', "a", "\u201cargs\u201d is not an object."),
        (b'{"id":"a","tool":"shell","args":{}}', "a", "The argument command is missing or is not text."),
        (b'{"id":"a","tool":"shall","args":{}}', "a", "There is no such tool."),
        (
            b'{"id":"a","tool":"shell","args":{},"context":{"workspace":"x"}}',
            "a",
            "\u201ccontext\u201d cannot be used: workspace needs the whole path of a folder.",
        ),
        (
            b'{"id":"a","tool":"shell","args":{},"context":{"allowed_hosts":5}}',
            "a",
            "\u201ccontext\u201d cannot be used: allowed_hosts is a list of texts.",
        ),
        (b"[]", None, "A call is a JSON object, and this is something else."),
        (b'{"id":"a", tool}', "a", "The line is no JSON: Expecting property name enclosed"),
        (b'{"id":17,"tool":"shell","args":{"command":NaN}}', 17, "The line is no JSON: NaN is no number."),
        (b"\xff", None, "The line is not text in UTF-8."),
        (b"[" * 100_000, None, "The line is nested too deeply."),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_id(
    context: PolicyContext, line: bytes, call_id: object, error: str
) -> None:
    (answer,) = check_text(context, line + b"\n")
    assert (answer["id"], str(answer["error"])[: len(error)]) == (call_id, error)
    assert error in str(answer["reason"])


def test_a_name_with_letters_of_a_language_is_the_one_that_is_looked_up(context: PolicyContext) -> None:
    own = {
        "allowed_hosts": ["m\u00fcller.example:443"],
        "resolve": {"m\u00fcller.example": ["93.184.216.34"]},
    }
    urls = ["https://m\u00fcller.example/", "https://xn--mller-kva.example/a", "https://m\u0443ller.example/"]
    answers = check(
        context,
        *({"id": 1, "tool": "http", "args": {"method": "GET", "url": url}, "context": own} for url in urls),
    )
    assert [a["decision"]["3"] for a in answers] == ["run", "run", "deny"]  # type: ignore[index]


def test_an_answer_does_not_tell_of_the_process_that_gives_it(context: PolicyContext) -> None:
    (answer,) = check(context, {"id": 1, "tool": "file_read", "args": {"path": "/proc/self/environ"}})
    assert (answer["decision"]["3"], str(os.getpid()) in str(answer)) == ("deny", False)  # type: ignore[index]


def test_only_a_line_feed_ends_a_line_and_an_odd_id_comes_back(context: PolicyContext) -> None:
    (answer,) = check_text(context, b'{"id":"\\ud800",\r"tool":"shell","args":{"command":"ls"}}\r\n')
    assert (answer["id"], answer["tier"]) == ("\ud800", "GREEN")


@pytest.mark.parametrize(
    "text", ["nonsense", "[policy]\nallowed_hosts = 5\n", "policy = 5\n", "policy = 'no'\n"]
)
def test_settings_that_cannot_be_used_stop_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    settings = tmp_path / "x.toml"
    settings.write_text(text)
    assert run(argparse.Namespace(settings=settings, verb="check")) == 2
    assert "cannot be used" in capsys.readouterr().err


def test_explain_calls_nothing_unknown_that_is_well_known(context: PolicyContext) -> None:
    assert "not known" not in explain("rm -rf /var/lib/docker/volumes", context)
    assert "not known" in explain("frobnicate", context)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("docker compose rm -v ghost", "Also wipes the tools' data volumes."),
        ("docker run --privileged alpine", "rights over the whole server"),
        ("psql -d shop -c 'drop table if exists orders'", "Deletes the table orders."),
        ("psql -d shop -c 'update orders set paid = true'", "What stood there before"),
        ("find . -name '*.log' -delete", "Deletes what it finds in the folder."),
        ("tar -xzf site.tar.gz", "Writes files into the workspace."),
        ("git push --force", "Replaces what others have uploaded."),
        ("docker image foo x", "\u201cdocker image foo\u201d is not known here."),
        ("openssl rsa -in k.pem", "Works with keys or encrypts files."),
        ("frobnicate 'SECRET_REF(x)'", "Gives a secret's value to a program"),
        ("xargs -a names.txt -n1 echo", "The file with the arguments is read only while it runs."),
        ("xargs -n1 curl -d a=1 < urls.txt", "Which address is meant is known only while it runs."),
        ('for m in $(cat a); do mail "$m"; done', "What \u201c\u2026\u201d does here is not known."),
    ],
)
def test_explain_names_the_cause(context: PolicyContext, command: str, said: str) -> None:
    assert said in explain(command, context)


def test_explain_says_why(context: PolicyContext) -> None:
    text = explain("rm -r reports", context)
    assert "tier      RED" in text
    assert "Deletes the folder reports and everything in it." in text
    assert "rm -r reports" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[policy]\nalowed_hosts = ['a.example:443']\n",
            ["policy.alowed_hosts", "policy.allowed_hosts is one"],
        ),
        ("internal_name = ['a']\n", ["internal_name is no setting", "internal_names is one"]),
        ("tenant_name = 'x'\n[polcy]\n[ports]\n[policy]\nreadable = []\n", ["polcy is no", "policy is one"]),
        ("tenant_name = 'x'\nhub_url = 'https://h'\n[policy]\nallowed_hosts = []\n", []),
        ("allowed_hosts = []\nworkspace = '/w'\n", []),
    ],
)
def test_misspelt_setting_is_said(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    said: list[str],
) -> None:
    settings = tmp_path / "x.toml"
    settings.write_text(text)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO()))

    assert run(argparse.Namespace(settings=settings, verb="check")) == 0

    errors = capsys.readouterr().err
    assert [word for word in said if word not in errors] == []
    assert len(errors.splitlines()) == min(len(said), 1)
