"""
What a page may load and run (Content Security Policy).

Prerendered pages carry a few scripts of their own, whose hashes are allowed one by one; no other inline script
runs, and nothing is evaluated: Reflex would do that for ``call_script`` alone, in whose place is
``ui/telling.py``. ``unsafe-inline`` is for styles alone.
"""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

_SCRIPT: Final = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_HAS_SOURCE: Final = re.compile(r"\ssrc\s*=", re.IGNORECASE)

FIXED: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; frame-src 'none'; frame-ancestors 'none'; base-uri 'self'; object-src 'none'; "
    "form-action 'self'"
)
_STRICT_SCRIPTS: Final = "script-src 'self'"


def policy_of(document: Path | None) -> str:
    """
    The policy for a page.

    Args:
        document: Its prerendered file; None or a missing one allows no inline script at all.
    """
    try:
        changed_at = document.stat().st_mtime_ns if document else 0
    except OSError:
        document, changed_at = None, 0
    return _policy(document, changed_at)


@lru_cache(maxsize=64)
def _policy(document: Path | None, _changed_at: int) -> str:
    # The time of the file is part of what is remembered: pages may be built anew under a running hub.
    if document is None:
        return f"{FIXED}; {_STRICT_SCRIPTS}"
    hashes = " ".join(inline_hashes(document.read_text(encoding="utf-8")))
    return f"{FIXED}; {_STRICT_SCRIPTS} {hashes}".rstrip()


def inline_hashes(html: str) -> list[str]:
    """Source expressions of the scripts that stand in the page itself."""
    found = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for attributes, text in _SCRIPT.findall(html)
        if text and not _HAS_SOURCE.search(attributes)
    ]
    return list(dict.fromkeys(found))
