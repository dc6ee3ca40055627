"""What people type into a call: a value of the vault in it becomes the name that agents use for it."""

import re
from collections.abc import Mapping

from tenant_daemon.contracts.references import reference_to
from tenant_daemon.vault.vault import NamedValues


def with_references(args: Mapping[str, object], values: NamedValues) -> dict[str, object]:
    """
    The arguments with each value of the vault as ``SECRET_REF(name)``: what runs is the same.

    From here they go into files, and into the arguments of programs if nothing tells that they are secrets.

    Args:
        args: Of an edited call.
        values: Names and values that are in force; a reference stands for no other.
    """
    return {name: _referred(value, values) for name, value in args.items()}


def _referred(value: object, values: NamedValues) -> object:
    match value:
        case str():
            return _text(value, values)
        case dict():
            return {name: _referred(item, values) for name, item in value.items()}
        case list():
            return [_referred(item, values) for item in value]
        case _:
            return value


def _text(text: str, values: NamedValues) -> str:
    found = {value: reference_to(name) for name, value in values if value in text}
    if not found:
        return text
    # The longest first, and all at once: no name that was put in is searched.
    longest_first = sorted(found, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), lambda one: found[one[0]], text)
