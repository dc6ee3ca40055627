"""The container: its entry, and the rules of its Dockerfile."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def entry() -> ModuleType:
    spec = importlib.util.spec_from_file_location("letsbe_container", DEPLOY / "container.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://letsbe@db/letsbe\n")
    found = entry().environment_of({"DATABASE_URL_FILE": str(tmp_path / "url"), "REDIS_URL": "redis://r"})

    assert found == {"DATABASE_URL": "postgresql://letsbe@db/letsbe", "REDIS_URL": "redis://r"}


def test_shared_keys_are_linked_and_own_ones_stay(tmp_path: Path) -> None:
    keys, data = tmp_path / "keys", tmp_path / "data"
    keys.mkdir()
    (keys / "secrets.keys").write_bytes(b"shared")
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "csrf.key").write_bytes(b"own")
    for _ in range(2):
        entry().link_keys(keys, data)

    assert (data / "keys" / "secrets.keys").read_bytes() == b"shared"
    assert (data / "keys" / "csrf.key").read_bytes() == b"own"


def test_it_becomes_what_it_is_told() -> None:
    command = entry().command_of

    assert command(["jobs"])[1:] == ["-m", "letsbe_app.jobs"]
    assert command(["migrate"])[1:] == ["-m", "letsbe_app", "migrate"]


def test_the_image_is_small_in_rights() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    instructions = [
        (name, rest) for name, _, rest in (line.partition(" ") for line in lines) if name.isupper()
    ]
    last = dict(instructions)
    bases = [rest for name, rest in instructions if name == "FROM"]

    assert last["USER"] == "10001:10001"
    assert last["ENTRYPOINT"].startswith("[")
    assert last["CMD"].startswith("[")
    assert "HEALTHCHECK" in last
    assert all(re.match(r"\S+:\d\S*", base) for base in bases), "a base needs a version"
    assert "ADD" not in last
    text = "\n".join(lines)
    assert "--require-hashes" in text
    assert not re.search(r"(?i)(password|secret|token)=\S", text)
