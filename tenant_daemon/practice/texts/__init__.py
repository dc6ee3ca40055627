"""Longer words of the practice model, one file per language."""

from functools import cache
from pathlib import Path

from tenant_daemon.practice.language import Language


@cache
def read_text(name: str, language: Language) -> str:
    """The text ``<stem>.<language><suffix>`` of this folder, without the blank at its end."""
    path = Path(__file__).parent / name
    return path.with_name(f"{path.stem}.{language}{path.suffix}").read_text("utf-8").strip()
