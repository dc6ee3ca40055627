import os
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify
from tenant_daemon.policy.actions import (
    MOST_UNDONE_BYTES,
    DeletePath,
    ListFiles,
    MovePath,
    ReadFile,
    WriteFile,
)


@pytest.fixture
def full(context: PolicyContext) -> PolicyContext:
    """A workspace with everything in it that could lead elsewhere."""
    workspace = context.workspace
    home = workspace.parent.parent
    (home / "keys").mkdir()
    (home / "keys" / "vault.key").write_text("key")
    (workspace / "notes.txt").write_text("x")
    (workspace / "sub").mkdir()
    (workspace / "inside").symlink_to("sub")
    (workspace / "etc").symlink_to("/etc")
    (workspace / "shadow-link").symlink_to("/etc/shadow")
    (workspace / "keys-link").symlink_to("../../keys")
    (workspace / "loop").symlink_to("loop")
    os.mkfifo(workspace / "pipe")
    os.link(home / "keys" / "vault.key", workspace / "hard")
    return context


def read(path: str, context: PolicyContext) -> Judgement:
    return classify("file_read", {"path": path}, context)


@pytest.mark.parametrize(
    ("path", "real"),
    [
        ("notes.txt", "notes.txt"),
        ("./sub/../notes.txt", "notes.txt"),
        ("inside/a.txt", "sub/a.txt"),
        ("../it-admin/notes.txt", "notes.txt"),
        ("Rechnung Müller (2).pdf", "Rechnung Müller (2).pdf"),
        ("..%2f..%2fetc%2fpasswd", "..%2f..%2fetc%2fpasswd"),
        ("a/b/../../notes.txt", "notes.txt"),
    ],
)
def test_what_lies_in_the_workspace_is_read_by_its_real_path(
    path: str, real: str, full: PolicyContext
) -> None:
    found = read(path, full)
    assert found.tier is Tier.GREEN
    assert found.action == ReadFile(full.workspace / real)


@pytest.mark.parametrize(
    "path",
    [
        "/var/log/syslog",
        "/opt/apps/ghost/docker-compose.yml",
        "/proc/meminfo",
        "/proc/loadavg",
        "/proc/cpuinfo",
        "/etc/hostname",
    ],
)
def test_the_readable_places_are_green(path: str, full: PolicyContext) -> None:
    assert read(path, full).tier is Tier.GREEN


@pytest.mark.parametrize(
    "path",
    [
        "../../keys/vault.key",
        "keys-link/vault.key",
        "shadow-link",
        "etc/passwd",
        "loop",
        "pipe",
        "hard",
        "/etc/shadow",
        "/etc/passwd",
        "//etc//passwd",
        "/etc/./passwd",
        "sub/../../../../../../../../etc/passwd",
        "missing/../../../keys/vault.key",
        "notes.txt/../../../keys/vault.key",
        "/proc/self/environ",
        "/proc/1/environ",
        "/proc/self/root/etc/shadow",
        "/proc/self/cwd/notes.txt",
        "/proc/thread-self/root/etc/shadow",
        "/dev/sda",
        "/dev/stdin",
        "/sys/kernel/notes",
        "/var/log/../../etc/shadow",
        "/opt/apps/../../etc/shadow",
        "/opt/apps-evil/x",
        "/OPT/APPS/x",
        "~/.ssh/id_rsa",
        "file:///etc/passwd",
        "a\x00b",
        "a\u202etxt.exe",
        "\uff0e\uff0e/\uff0e\uff0e/etc/passwd",
        "a\u2215b",
        "",
        "x/" * 300,
        "SECRET_REF(x)",
    ],
)
def test_every_way_out_is_denied(path: str, full: PolicyContext) -> None:
    found = read(path, full)
    assert found.is_forbidden
    assert found.action is None


def test_a_name_beside_the_workspace_is_not_inside_it(full: PolicyContext) -> None:
    beside = Path(f"{full.workspace}-evil")
    beside.mkdir()
    assert read(f"{beside}/x", full).is_forbidden


@pytest.mark.parametrize(
    "path", [".env", "sub/.env.production", "server.pem", "id_rsa", "credentials.json", ".ENV"]
)
def test_secrets_in_the_workspace_ask_as_critical(path: str, full: PolicyContext) -> None:
    found = read(path, full)
    assert (found.tier, found.is_unknown) == (Tier.CRITICAL_RED, True)


@pytest.mark.parametrize("path", [".env.example", "secretary.txt", "tokens.css", "keyboard.md", "notes.md"])
def test_names_that_only_sound_secret_are_read(path: str, full: PolicyContext) -> None:
    assert read(path, full).tier is Tier.GREEN


def test_writing_in_the_workspace_is_yellow_and_says_what(full: PolicyContext) -> None:
    found = classify("file_write", {"path": "reports/a.txt", "content": "x"}, full)
    assert (found.tier, found.reason) == (Tier.YELLOW, "Writes reports/a.txt.")
    assert found.action == WriteFile(full.workspace / "reports/a.txt", "x")


@pytest.mark.parametrize(
    "path", [".git/hooks/pre-commit", ".bashrc", "sub/.git/config", ".ssh/config", ".curlrc"]
)
def test_settings_that_run_programs_are_critical(path: str, full: PolicyContext) -> None:
    found = classify("file_write", {"path": path, "content": "x"}, full)
    assert (found.tier, found.is_unknown) == (Tier.CRITICAL_RED, True)


@pytest.mark.parametrize(
    ("path", "tier"),
    [
        ("/opt/apps/ghost/notes.md", Tier.RED),
        ("/opt/apps/ghost/docker-compose.yml", Tier.CRITICAL_RED),
        ("/opt/apps/ghost/start.sh", Tier.CRITICAL_RED),
        ("/var/log/auth.log", Tier.CRITICAL_RED),
    ],
)
def test_writing_elsewhere_is_at_least_red(path: str, tier: Tier, full: PolicyContext) -> None:
    assert classify("file_write", {"path": path, "content": "x"}, full).tier is tier


@pytest.mark.parametrize(
    "path", ["/etc/cron.d/x", "etc/cron.d/x", "keys-link/x", "/tmp/x", "sub", "/usr/bin/x"]
)
def test_writing_outside_is_denied(path: str, full: PolicyContext) -> None:
    assert classify("file_write", {"path": path, "content": "x"}, full).is_forbidden


def test_a_secret_is_not_written_into_a_readable_file(full: PolicyContext) -> None:
    found = classify("file_write", {"path": "a.txt", "content": "pw=SECRET_REF(db)"}, full)
    assert (found.tier, found.is_unknown) == (Tier.CRITICAL_RED, True)


@pytest.mark.parametrize("path", ["/", "/etc", "etc", "/root", "..", "/proc", "keys-link"])
def test_listing_outside_is_denied(path: str, full: PolicyContext) -> None:
    assert classify("file_list", {"path": path}, full).is_forbidden


def test_listing_the_workspace_is_green(full: PolicyContext) -> None:
    assert classify("file_list", {"path": "."}, full).action == ListFiles(full.workspace)


def test_a_move_stays_inside_and_goes_into_a_folder(full: PolicyContext) -> None:
    found = classify("file_move", {"source": "notes.txt", "target": "sub"}, full)
    assert found.tier is Tier.YELLOW
    assert found.action == MovePath(full.workspace / "notes.txt", full.workspace / "sub/notes.txt")


@pytest.mark.parametrize(
    ("source", "target"),
    [("notes.txt", "../../b"), ("/etc/passwd", "b"), ("notes.txt", "etc/b"), ("notes.txt", "keys-link")],
)
def test_a_move_over_the_edge_is_denied(source: str, target: str, full: PolicyContext) -> None:
    assert classify("file_move", {"source": source, "target": target}, full).is_forbidden


def test_deleting_a_link_deletes_the_link(full: PolicyContext) -> None:
    found = classify("file_delete", {"path": "shadow-link"}, full)
    assert (found.tier, found.action) == (Tier.RED, DeletePath(full.workspace / "shadow-link"))


def test_deleting_a_folder_says_so(full: PolicyContext) -> None:
    found = classify("file_delete", {"path": "sub"}, full)
    assert (found.tier, found.reason) == (Tier.RED, "Deletes the folder sub and everything in it.")


def test_deleting_the_workspace_is_critical(full: PolicyContext) -> None:
    assert classify("file_delete", {"path": "."}, full).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize("name", ["~notes.md", "~$offer.docx", "~WRL0001.tmp"])
def test_a_name_may_begin_with_a_tilde(name: str, full: PolicyContext) -> None:
    found = read(name, full)
    assert found.tier is Tier.GREEN
    assert not found.is_forbidden


@pytest.mark.parametrize("name", ["~", "~root", "~/x.md", "~root/.x", "~+", "~~.x", "~.ssh/x"])
def test_nobodys_home_is_a_name(name: str, full: PolicyContext) -> None:
    assert read(name, full).is_forbidden


def test_what_is_too_large_to_be_undone_is_not_easily_undone(full: PolicyContext) -> None:
    large = full.workspace / "large.img"
    with large.open("wb") as file:
        file.truncate(MOST_UNDONE_BYTES + 1)

    found = classify("shell", {"command": "cat notes.txt > large.img"}, full)

    assert found.tier is Tier.RED
    assert classify("shell", {"command": "cat notes.txt > small.img"}, full).tier is Tier.YELLOW
