"""
Parts that are written in React, since they hold what Reflex cannot: a socket, a native dialog, a press that is
held. They lie in this folder, are bundled with the pages, and may import each other. Their only contact with
Reflex is their props and events; each is named in Python by a subclass of ``Island``.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import reflex as rx

_FOLDER: Final = Path(__file__).parent


def _linked() -> dict[str, str]:
    """Every file is linked into the build, also those that only other islands import."""
    return {
        path.name: rx.asset(path.name, shared=True).importable_path
        for path in sorted(_FOLDER.iterdir())
        if path.suffix in {".js", ".jsx"}
    }


# For each file Reflex looks every caller up, through all modules that are loaded. Where modules are imported the
# callers are a hundred, in a thread they are four.
with ThreadPoolExecutor(max_workers=1) as _aside:
    _FILES: Final = _aside.submit(_linked).result()


def island(name: str) -> str:
    """What a component's ``library`` must be for the file with this name."""
    return _FILES[name]


class Island(rx.Component):
    """A React component from a file of this folder."""
