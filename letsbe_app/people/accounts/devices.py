"""Browsers: how they are named in words, and how one is known again."""

import re
from typing import Final

from letsbe_app.kit.secrets import new_token, token_hash

_BROWSERS: Final = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_TOKEN: Final = re.compile(r"lbd_[A-Za-z0-9_-]{20,100}")


def device_of(user_agent: str) -> str:
    """A browser's name for itself in words, such as ``Firefox, Windows``."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    words = [word for word in (browser, system) if word]
    return ", ".join(words) or re.sub(r"[^\w ./-]", "", user_agent)[:40] or "?"


def known_or_new(token: str) -> str:
    """What the browser's cookie says, or a new token for one that has none of ours."""
    return token if _TOKEN.fullmatch(token) else new_token("lbd")


def device_hash(token: str) -> str:
    """What the database keeps of it."""
    return token_hash(token)
