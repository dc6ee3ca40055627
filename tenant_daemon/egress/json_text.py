"""
JSON as it comes and goes, without changing what stands in it.

orjson turns whole numbers of more than 64 bits into floats. That would spoil an id, and hide a secret that is
a long number from the redactor while its first digits travel on.
"""

import json
from typing import Final

import orjson
import re2

_LONG_NUMBER: Final = re2.compile(rb"[0-9]{19}")


def read_json(data: bytes) -> object:
    """
    The value in ``data``.

    Raises:
        ValueError: It is no JSON in UTF-8.
    """
    value = orjson.loads(data)
    return json.loads(data) if _LONG_NUMBER.search(data) else value


def write_json(value: object) -> bytes:
    """The text of a value."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
