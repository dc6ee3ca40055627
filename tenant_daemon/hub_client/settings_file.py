"""Writes ``daemon.toml`` so that ``load_settings`` reads the same settings back."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from tenant_daemon.home import TenantHome
from tenant_daemon.kit.private_file import write_private
from tenant_daemon.settings import TenantSettings

_HEADER: Final = "# Settings of this tenant's daemon. Passwords and keys are in the vault, never here.\n"


def write_settings(home: TenantHome, settings: TenantSettings) -> None:
    """Write the file by temp file and rename."""
    values = settings.model_dump(mode="json")
    write_private(home.settings_file, _HEADER + "\n".join(_lines(values)) + "\n")


def _lines(values: Mapping[str, object]) -> Iterator[str]:
    for name, value in values.items():
        # An empty list is left out: TOML takes no `[[upstreams]]` below an `upstreams = []`.
        if not isinstance(value, dict) and not _is_tables(value) and value != []:
            yield f"{name} = {_literal(value)}"
    for name, value in values.items():
        if isinstance(value, dict):
            yield f"\n[{name}]"
            yield from (f"{key} = {_literal(item)}" for key, item in value.items())
        elif isinstance(value, list) and _is_tables(value):
            for table in value:
                yield f"\n[[{name}]]"
                yield from (f"{key} = {_literal(item)}" for key, item in table.items())


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _literal(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(key)} = {_literal(item)}" for key, item in value.items()) + "}"
    # JSON's numbers, truth values, lists and strings are TOML's too, but for one character in strings
    # (toml.io/en/v1.0.0#string).
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
