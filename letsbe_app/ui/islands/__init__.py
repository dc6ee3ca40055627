"""
Parts that are written in React, since they hold what Reflex cannot: a socket, a native dialog, a press that is
held. They lie in this folder, are bundled with the pages, and may import each other. Their only contact with
Reflex is their props and events; each is named in Python by a subclass of ``Island``.
"""

from pathlib import Path
from typing import Final

import reflex as rx

_FOLDER: Final = Path(__file__).parent
_FILES: Final = {
    path.name: rx.asset(path.name, shared=True).importable_path
    for path in sorted(_FOLDER.iterdir())
    if path.suffix in {".js", ".jsx"}
}
"""Every file is linked into the build, also those that only other islands import."""


def island(name: str) -> str:
    """What a component's ``library`` must be for the file with this name."""
    return _FILES[name]


class Island(rx.Component):
    """A React component from a file of this folder."""
