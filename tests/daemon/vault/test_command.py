"""``vault`` as a person runs it."""

import argparse
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.enrolment import sealing_public_key
from tenant_daemon.vault import Vault, command
from tests.support.password_tool import password_tool


def vault(home: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["vault", *words])
    args.home = home
    return command.run(args)


def test_value_comes_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("quartz-Lamp-42\n"))

    assert vault(tmp_path, "put", "shop-key", "--note", "the shop") == 0
    assert vault(tmp_path, "list") == 0

    printed = capsys.readouterr().out
    assert "shop-key\tversion 1" in printed
    assert "quartz" not in printed
    assert Vault.open(TenantHome(tmp_path)).known_secrets() == [("shop-key", "quartz-Lamp-42")]


def test_generate_never_replaces_and_rotate_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vault(tmp_path, "rotate", "shop-key") == 1
    assert vault(tmp_path, "generate", "shop-key") == 0
    assert vault(tmp_path, "generate", "shop-key") == 1
    assert vault(tmp_path, "rotate", "shop-key") == 0

    assert "shop-key version 2" in capsys.readouterr().out


@pytest.mark.slow
def test_rotate_tells_the_tool_of_the_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = TenantHome(tmp_path / "home")
    before = Vault.open(home)
    before.put("shop-key", "the-Old-Value-1", actor="user:owner")
    before.close()
    tool = password_tool(tmp_path / "tool", "the-Old-Value-1")
    settings = f'tenant_name = "t"\nhub_url = "http://h"\n{tool.as_settings("shop-key")}'
    home.settings_file.write_text(settings)

    assert vault(home.root, "rotate", "shop-key") == 0
    assert dict(Vault.open(home).known_secrets()[:1]) == {"shop-key": tool.password}
    assert tool.password != "the-Old-Value-1"
    tool.break_down()
    assert vault(home.root, "rotate", "shop-key") == 1
    assert "keeps its value" in capsys.readouterr().err


def test_delete_erases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault(tmp_path, "generate", "shop-key")

    assert vault(tmp_path, "delete", "shop-key") == 0
    assert vault(tmp_path, "delete", "shop-key") == 1
    assert "no secret named shop-key" in capsys.readouterr().err


def type_in(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_backup_and_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, file = tmp_path / "home", tmp_path / "vault.backup"
    vault(home, "generate", "shop-key")
    type_in("a bakery opens at five\n", monkeypatch)
    assert vault(home, "backup", str(file)) == 0
    vault(home, "delete", "shop-key")
    type_in("the wrong passphrase\n", monkeypatch)
    assert vault(home, "restore", str(file)) == 1
    type_in("a bakery opens at five\n", monkeypatch)
    assert vault(home, "restore", str(file)) == 0

    assert file.stat().st_mode & 0o777 == 0o600
    assert [name for name, _ in Vault.open(TenantHome(home)).known_secrets()] == ["shop-key"]


def tampered(home: TenantHome) -> None:
    with closing(sqlite3.connect(home.vault_db)) as connection:
        connection.execute("UPDATE secrets SET note = 'changed'")
        connection.execute("CREATE TRIGGER keep BEFORE DELETE ON secrets BEGIN SELECT RAISE(IGNORE); END")
        connection.execute("CREATE TABLE boxes_too AS SELECT * FROM secrets")
        connection.commit()


def put_older_copy(home: TenantHome) -> None:
    Vault.open(home).close()
    older = home.vault_db.read_bytes()
    vault(home.root, "generate", "newer-key")
    for path in home.root.glob("vault.db*"):
        path.unlink()
    home.vault_db.write_bytes(older)


def cut(home: TenantHome) -> None:
    for path in home.root.glob("vault.db-*"):
        path.unlink()
    home.vault_db.write_bytes(b"not a database at all " * 400)


def damage_counter(home: TenantHome) -> None:
    (home.keys_dir / "vault.counter").write_text("what?")


@pytest.mark.parametrize("lock", [tampered, put_older_copy, cut, damage_counter])
def test_restore_gets_out_of_a_locked_vault(
    lock: Callable[[TenantHome], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root, file = tmp_path / "home", tmp_path / "vault.backup"
    home = TenantHome(root)
    vault(root, "generate", "shop-key")
    vault(root, "generate", "hub-api-key")
    before = Vault.open(home).known_secrets()
    type_in("a bakery opens at five\n", monkeypatch)
    assert vault(root, "backup", str(file)) == 0
    lock(home)
    assert vault(root, "list") == 1
    type_in("the wrong passphrase\n", monkeypatch)
    assert vault(root, "restore", str(file)) == 1
    assert vault(root, "list") == 1
    type_in("a bakery opens at five\n", monkeypatch)
    assert vault(root, "restore", str(file)) == 0

    assert "start the daemon again" in capsys.readouterr().out
    opened = Vault.open(home)
    assert opened.known_secrets() == before
    opened.put("another-key", "gT7-quartz-Lamp-42", actor="user:t")
    assert vault(root, "delete", "shop-key") == 0


def test_import_says_what_it_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / ".env"
    file.write_text("SHOP_TOKEN=quartz-Lamp-42\nPORT=80\nAPI_KEY=short\n")

    assert vault(tmp_path / "home", "import", str(file)) == 0
    assert vault(tmp_path / "home", "import", str(file)) == 0

    printed = capsys.readouterr()
    assert "shop-token version 1" in printed.out
    assert "PORT" in printed.err
    assert "API_KEY: shorter than" in printed.err
    assert "shop-token: exists already" in printed.err
    assert "quartz" not in printed.out + printed.err


def test_canary_is_planted_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bait = tmp_path / "old.env"

    assert vault(tmp_path / "home", "canary", "plant", "old-pay-key", "--into", str(bait)) == 0
    assert vault(tmp_path / "home", "canary", "plant", "old-pay-key") == 1
    assert vault(tmp_path / "home", "canary", "list") == 0

    value = dict(Vault.open(TenantHome(tmp_path / "home")).known_secrets())["old-pay-key"]
    assert bait.read_text() == f"OLD_PAY_KEY={value}\n"
    assert value not in capsys.readouterr().out


def test_sealing_key_is_printed_for_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vault(tmp_path, "sealing-key") == 1
    public = sealing_public_key(TenantHome(tmp_path))

    assert vault(tmp_path, "sealing-key") == 0
    assert capsys.readouterr().out == f"{public}\n"


def test_rekey_history_and_access(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault(tmp_path, "generate", "shop-key")
    Vault.open(TenantHome(tmp_path)).get("shop-key", actor="agent:sales", purpose="call c-1")

    assert vault(tmp_path, "rekey") == 0
    assert vault(tmp_path, "history", "shop-key") == 0
    assert vault(tmp_path, "access", "shop-key") == 0

    printed = capsys.readouterr().out
    assert "generated" in printed
    assert "secret.read\tagent:sales\tcall c-1" in printed


@pytest.mark.parametrize("words", [("import", "FILE"), ("restore", "FILE"), ("history", "never-there")])
def test_odd_input_is_refused_in_words(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "odd").write_bytes(b"\xff\xfeA\x00=\x00")
    monkeypatch.setattr("sys.stdin", io.StringIO("a bakery opens at five\n"))

    assert vault(tmp_path, *(str(tmp_path / "odd") if word == "FILE" else word for word in words)) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
