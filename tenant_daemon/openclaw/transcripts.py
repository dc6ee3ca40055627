"""What OpenClaw keeps of a deleted session: a compressed copy beside the others, which must go as well."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import structlog

_MARK: Final = ".jsonl.deleted."
"""In the name that the pinned release gives to such a copy."""

log = structlog.get_logger()


def remove_transcripts(paths: Iterable[str]) -> None:
    """Remove the copies that OpenClaw named; anything that is none is left alone and logged."""
    for text in paths:
        path = Path(text)
        if _MARK not in path.name or path.parent.name != "sessions" or path.is_symlink():
            log.error("openclaw.transcript_not_known", name=path.name[-40:])
            continue
        path.unlink(missing_ok=True)
