"""The compose file: known keys alone, nobody is root, nothing is written, no secret stands in it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

from letsbe_app.settings import Settings

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "compose"
OURS = {"hub", "jobs", "migrate"}


class Healthcheck(BaseModel):
    model_config = ConfigDict(extra="forbid")

    test: list[str]
    interval: str
    timeout: str
    start_period: str = ""
    retries: int


class SettingsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    path: str
    required: bool


class Service(BaseModel):
    """The keys that we use, as the Compose Specification types them; a typing error is an unknown key."""

    model_config = ConfigDict(extra="forbid")

    image: str
    restart: str
    read_only: bool
    cap_drop: list[str]
    security_opt: list[str]
    networks: list[str]
    user: str = ""
    command: list[str] = []
    cap_add: list[str] = []
    env_file: list[SettingsFile] = []
    environment: dict[str, str] = {}
    secrets: list[str] = []
    volumes: list[str] = []
    tmpfs: list[str] = []
    ports: list[str] = []
    shm_size: str = ""
    stop_grace_period: str = ""
    depends_on: dict[str, dict[str, str]] = {}
    healthcheck: Healthcheck | None = None


def document() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "compose.yaml").read_text()))


SERVICES = {name: Service.model_validate(one) for name, one in document()["services"].items()}


def test_nothing_else_stands_in_it() -> None:
    assert document().keys() == {"name", "x-hub", "services", "networks", "volumes", "secrets"}
    assert SERVICES.keys() == {*OURS, "caddy", "postgres", "valkey"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_closed(name: str) -> None:
    service = SERVICES[name]

    assert service.read_only
    assert service.cap_drop == ["ALL"]
    assert service.security_opt == ["no-new-privileges:true"]
    assert ":" in service.image.removeprefix("${LETSBE_IMAGE:-"), "an image needs a version"
    assert name == "caddy" or (service.user and not service.user.startswith("0")), "nobody is root"
    assert bool(service.ports) == (name == "caddy"), "only the proxy is reached from outside"
    assert (service.healthcheck is None) == (name == "migrate")


def test_names_lead_somewhere() -> None:
    whole = document()
    for service in SERVICES.values():
        assert set(service.secrets) <= whole["secrets"].keys()
        assert set(service.networks) <= whole["networks"].keys()
        assert service.depends_on.keys() <= SERVICES.keys()
        named = {volume.partition(":")[0] for volume in service.volumes if not volume.startswith(".")}
        assert named <= whole["volumes"].keys()
        for other, how in service.depends_on.items():
            is_watched = SERVICES[other].healthcheck is not None
            assert how["condition"] == ("service_healthy" if is_watched else "service_completed_successfully")


def test_databases_are_not_reached_from_outside() -> None:
    assert document()["networks"]["back"] == {"internal": True}
    assert SERVICES["postgres"].networks == SERVICES["valkey"].networks == ["back"]
    assert "back" not in SERVICES["caddy"].networks


def test_secrets_come_from_files_and_settings_exist() -> None:
    known = {field.alias for field in Settings.model_fields.values()} | {"LETSBE_KEYS_FROM"}
    for name in OURS:
        settings = SERVICES[name].environment
        files = {key.removesuffix("_FILE") for key in settings if key.endswith("_FILE")}
        assert files >= {"DATABASE_URL", "REDIS_URL"}
        assert {key.removesuffix("_FILE") for key in settings} <= known
    for secret in document()["secrets"].values():
        assert secret.keys() == {"file"}


def test_the_back_office_may_have_a_host_of_its_own() -> None:
    """Both hosts are one site of the proxy, and the hub is told of the second one only where there is one."""
    wanted = "${LETSBE_ADMIN_DOMAIN:+https://$LETSBE_ADMIN_DOMAIN}"
    assert {SERVICES[name].environment["LETSBE_ADMIN_URL"] for name in OURS} == {wanted}
    proxy = SERVICES["caddy"].environment
    site = "".join(f"{{${name}}}" for name in proxy)
    assert (FOLDER / "Caddyfile").read_text().startswith(f"{site} {{\n")
    assert proxy["LETSBE_ADMIN_SITE"] == "${LETSBE_ADMIN_DOMAIN:+, $LETSBE_ADMIN_DOMAIN}"


def test_an_operator_adds_settings_in_a_file_of_their_own() -> None:
    assert [SERVICES[name].env_file for name in OURS] == [[SettingsFile(path="hub.env", required=False)]] * 3
