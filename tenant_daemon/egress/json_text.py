"""
JSON as it comes and goes, without changing what stands in it.

orjson turns whole numbers of more than 64 bits into floats. That would spoil an id, and hide a secret that is
a long number from the redactor while its first digits travel on.
"""

import json
import math
from typing import Final

import orjson
import re2

_LONG_NUMBER: Final = re2.compile(rb"[0-9]{19}|[0-9][eE]\+?[0-9]{3}")


def read_json(data: bytes) -> object:
    """
    The value in ``data``.

    Raises:
        ValueError: It is no JSON in UTF-8, is nested too deeply, or has a number that no program can hold.
    """
    value = orjson.loads(data)
    if not _LONG_NUMBER.search(data):
        return value
    try:
        return json.loads(data, parse_float=exact_float)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def exact_float(digits: str) -> float:
    """
    A number of a JSON text.

    Raises:
        ValueError: It is so large that it would be written as ``null``.
    """
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number that no program can hold")
    return number


def write_json(value: object) -> bytes:
    """The text of a value."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
