"""
Estimates of prompts, before the provider has counted them.

A guess that is too high keeps the budget, one that is too low may pass it.
"""

from typing import Final

from tenant_daemon.egress.json_text import write_json

_BYTES_PER_TOKEN: Final = 3
"""English has about four."""
_PICTURE_TOKENS: Final = 3_000
"""Providers count a picture by its size in pixels, about 1,600 at most, whatever its bytes."""
_MEDIA: Final = 1_000
"""A string of so many characters and more may be a picture."""


def estimate_prompt(body: dict[str, object]) -> int:
    """Tokens of a request, rounded up."""
    size = len(write_json(body))
    pictures = list(_pictures(body)) if size > _MEDIA else []
    return estimate_tokens(size - sum(pictures)) + len(pictures) * _PICTURE_TOKENS


def estimate_tokens(size_bytes: int) -> int:
    """Tokens of a text of this size, rounded up."""
    return -(-size_bytes // _BYTES_PER_TOKEN)


def _pictures(value: object) -> list[int]:
    """The sizes of the pictures in a request."""
    sizes: list[int] = []
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            if str(item.get("media_type", "")).startswith("image/") and isinstance(item.get("data"), str):
                sizes.append(len(str(item["data"])))
            else:
                waiting.extend(item.values())
        elif isinstance(item, str) and len(item) > _MEDIA and item.startswith("data:image/"):
            sizes.append(len(item))
    return sizes
