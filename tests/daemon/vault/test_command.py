"""``vault`` as a person runs it."""

import argparse
import io
from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault, command


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


def test_delete_erases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault(tmp_path, "generate", "shop-key")

    assert vault(tmp_path, "delete", "shop-key") == 0
    assert vault(tmp_path, "delete", "shop-key") == 1
    assert "no secret named shop-key" in capsys.readouterr().err
