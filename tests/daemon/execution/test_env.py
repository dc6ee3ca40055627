"""``.env`` files: values never show, one setting changes, the rest stays."""

from pathlib import Path

import pytest

from tenant_daemon.execution import ActionFailed, CallScope
from tenant_daemon.execution.env import EnvFiles, masked, with_setting
from tenant_daemon.execution.files import Files
from tenant_daemon.policy.actions import ReadEnv, UpdateEnv

FILE = """# Mail
SMTP_HOST=mail.example.org
export SMTP_PASSWORD="hunter two"
#OLD_PASSWORD=hunter-one
EMPTY=

CERT="-----BEGIN
abc
-----END"
"""


def test_no_value_is_shown() -> None:
    assert masked(FILE).splitlines() == [
        "# Mail",
        "SMTP_HOST=********",
        "export SMTP_PASSWORD=********",
        "#OLD_PASSWORD=********",
        "EMPTY=",
        "",
        "CERT=********",
        "********",
        "********",
    ]


def test_one_setting_changes_and_the_rest_stays() -> None:
    changed = with_setting(FILE, "SMTP_PASSWORD", "new")

    assert changed == FILE.replace('export SMTP_PASSWORD="hunter two"', "export SMTP_PASSWORD=new")


def test_new_setting_is_added() -> None:
    assert with_setting("A=1", "B", "2") == "A=1\nB=2\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain-1.2", "plain-1.2"),
        ("two words", "'two words'"),
        ("$HOME", "'$HOME'"),
        ("it's $x", '"it\'s \\$x"'),
        ("", ""),
    ],
)
def test_values_are_quoted_so_that_nothing_is_expanded(value: str, written: str) -> None:
    assert with_setting("", "KEY", value) == f"KEY={written}\n"


@pytest.mark.parametrize(("key", "value"), [("A B", "x"), ("A=B", "x"), ("", "x"), ("A", "x\nB=y")])
def test_what_would_make_another_setting_is_refused(key: str, value: str) -> None:
    with pytest.raises(ActionFailed):
        with_setting("", key, value)


def test_file_is_updated_in_one_step(files: Files, workspace: Path, scope: CallScope) -> None:
    env_files = EnvFiles(files)
    path = workspace / ".env"
    path.write_text(FILE)

    env_files.update(UpdateEnv(path, "SMTP_HOST", "other.example.org"), scope)

    assert "SMTP_HOST=other.example.org" in path.read_text()
    assert "example" not in env_files.read(ReadEnv(path)).output
