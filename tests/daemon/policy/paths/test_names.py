"""File names that mean something, also where they only look like one that does."""

import pytest

from tenant_daemon.policy.paths.names import (
    is_executable_setting,
    is_raw_data,
    is_secret_folder,
    is_secret_name,
)


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env-backup",
        ".env_prod",
        "settings_local.py",
        ".vault_pass",
        "users.ldif",
        ".env (copy)",
        ".env ",
        "app.env.local",
        "deploy_key",
        "gh_rsa",
        "serviceAccountKey.json",
        "mail.private",
        "x.keytab",
        "vault.yml",
        "#.env#",
        ".env~",
        ".\u0435nv",
        "\uff0eenv",
        "id_r\u0455a",
    ],
)
def test_a_name_that_looks_like_a_secret_is_one(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "\u043e\u0442\u0447\u0435\u0442.txt",
        "müller.md",
        "environment.md",
        "#1.md",
        ".env-example",
        ".env_sample",
        "boarding-pass.txt",
        "main.tf",
        "keyboard.md",
    ],
)
def test_names_in_other_scripts_are_ordinary(name: str) -> None:
    assert not is_secret_name(name)
    assert not is_executable_setting(name)


@pytest.mark.parametrize(
    "name", [".git", ".\uff47it", ".g\u0456t", ".husky", ".vscode", "SOUL.md", "openclaw.json"]
)
def test_what_makes_programs_and_agents_obey_is_a_setting(name: str) -> None:
    assert is_executable_setting(name)


def test_a_secret_folder_is_one_in_any_letters() -> None:
    assert is_secret_folder("\u0455ecrets")


def test_the_settings_of_a_repository_may_hold_the_key_of_its_origin() -> None:
    assert is_raw_data("/opt/apps/site/.git/config")
    assert not is_raw_data("/opt/apps/site/config")
