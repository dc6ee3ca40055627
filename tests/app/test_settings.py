"""Settings: typed, documented, and refused with a remedy."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from letsbe_app.settings import BadSettings, Settings, load_settings

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)


def test_the_example_lists_exactly_the_settings_with_their_defaults() -> None:
    listed = dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE.read_text(), flags=re.MULTILINE))
    aliases = {field.alias for field in Settings.model_fields.values()}

    assert listed.keys() == aliases
    assert settings(**listed) == settings()


def test_every_setting_says_what_it_is() -> None:
    assert not [name for name, field in Settings.model_fields.items() if not field.description]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LETSBE_HUB_PORT", "99999"),
        ("LETSBE_HUB_PORT", "many"),
        ("LETSBE_HUB_WORKERS", "-1"),
        ("LETSBE_PUBLIC_URL", "hub.example"),
        ("DATABASE_URL", "mysql://u:hush-hush@h/db"),
        ("REDIS_URL", "http://:hush-hush@h"),
        ("LETSBE_PAYMENT_GATEWAY", "cash"),
        ("LETSBE_SERVER_PROVIDER", "moon"),
        ("LETSBE_MODEL_URL", "ftp://models.example"),
        ("LETSBE_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_stops_the_start_with_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    load_settings.cache_clear()
    try:
        with pytest.raises(BadSettings) as stopped:
            load_settings()
    finally:
        load_settings.cache_clear()

    lines = str(stopped.value).splitlines()
    assert [line.split(":")[0].strip() for line in lines[1:-1]] == [name]
    assert "hush-hush" not in str(stopped.value)


def test_workers_are_as_many_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = "postgresql://u:p@h/db"
    assert settings().worker_count == 1
    for cores, workers in ((1, 1), (2, 2), (16, 4)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert settings(DATABASE_URL=shared).worker_count == workers
        assert settings().worker_count == 1
    assert settings(DATABASE_URL=shared, LETSBE_HUB_WORKERS=9).worker_count == 9
    assert settings(LETSBE_HUB_WORKERS=2).worker_count == 2


def test_a_model_address_needs_a_model() -> None:
    with pytest.raises(ValidationError, match="name the model"):
        settings(LETSBE_MODEL_URL="https://models.example/v1")


def test_the_public_address_follows_the_port() -> None:
    assert settings(LETSBE_HUB_PORT=8123).public_url == "http://localhost:8123"


def test_both_names_of_this_machine_are_origins_of_ours() -> None:
    assert settings(LETSBE_HUB_PORT=8123).allowed_origins() == {
        "http://localhost:8123",
        "http://127.0.0.1:8123",
    }
    assert settings(LETSBE_PUBLIC_URL="https://hub.example/").allowed_origins() == {"https://hub.example"}


def test_a_host_of_staffs_own_is_an_origin_of_theirs_alone() -> None:
    both = settings(LETSBE_PUBLIC_URL="https://hub.example", LETSBE_ADMIN_URL="https://office.example/")

    assert both.allowed_origins() == {"https://hub.example", "https://office.example"}
    assert (both.staff_origins(), both.staff_url) == ({"https://office.example"}, "https://office.example")
    assert settings(LETSBE_PUBLIC_URL="https://hub.example").staff_origins() == {"https://hub.example"}


def test_database_addresses_name_their_drivers(tmp_path: Path) -> None:
    embedded = settings(LETSBE_DATA_DIR=tmp_path)
    postgresql = settings(DATABASE_URL="postgresql://u:p@h/db")

    assert embedded.async_database_url() == f"sqlite+aiosqlite:///{tmp_path}/hub.db"
    assert embedded.sync_database_url() == f"sqlite:///{tmp_path}/hub.db"
    assert postgresql.async_database_url() == "postgresql+psycopg://u:p@h/db"
    assert postgresql.sync_database_url() == "postgresql+psycopg://u:p@h/db"


def test_secrets_do_not_show_in_the_settings_text() -> None:
    shown = repr(settings(DATABASE_URL="postgresql://u:hush-hush@h/db", LETSBE_MODEL_KEY="hush-hush"))

    assert "hush-hush" not in shown
