"""
``SECRET_REF(name)`` inside a command line.

Parentheses are syntax to a shell, so a reference is put away behind private-use characters, which
``screening`` lets nobody else use, before the text is parsed, and put back in every word after.
"""

import re
from typing import Final

_REFERENCE: Final = re.compile(r"SECRET_REF\(([A-Za-z0-9][A-Za-z0-9._-]{0,119})\)")
_OPEN, _CLOSE = "\ue000", "\ue001"


def has_reference(text: str) -> bool:
    """Whether a secret's value will be put in here before execution."""
    return "SECRET_REF(" in text


def hide(text: str) -> str:
    """Well-formed references as one bare word each."""
    return _REFERENCE.sub(rf"SECRET_REF{_OPEN}\1{_CLOSE}", text) if "SECRET_REF(" in text else text


def show(text: str) -> str:
    """The inverse of ``hide``."""
    return text.replace(_OPEN, "(").replace(_CLOSE, ")") if _OPEN in text else text
