"""
Copies of what a call overwrites or removes, kept for a while so that it can be put back.

Each copy is a folder of its own below ``undo/`` in the home: ``content`` and ``about.json``. The copy is
complete before the change begins.
"""

import os
import secrets
import shutil
import time
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.execution.outcome import CallScope
from tenant_daemon.home import TenantHome

KEPT_SECONDS: Final = 7 * 86_400
MAX_BYTES: Final = 20 * 1_048_576
"""Larger files are not copied; the answer to the agent says so."""
_CHUNK_BYTES: Final = 1_048_576


class UndoRecord(BaseModel):
    """What a copy is of."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    path: Path
    mode: int
    agent_id: str
    call_id: str
    change: str
    """What was done to it: ``write``, ``update``, ``move`` or ``delete``."""
    created_at: AwareDatetime


class UndoStore:
    """Keeps copies and puts them back."""

    def __init__(self, home: TenantHome) -> None:
        self._folder = home.root / "undo"

    def keep(self, handle: int, path: Path, *, change: str, scope: CallScope) -> str | None:
        """Copy the open file that is about to change. Gives the copy's id, None when it is too large."""
        status = os.fstat(handle)
        if status.st_size > MAX_BYTES:
            return None
        self._forget_old()
        record = UndoRecord(
            id=secrets.token_hex(8),
            path=path,
            mode=status.st_mode & 0o7777,
            agent_id=scope.agent_id,
            call_id=scope.call_id,
            change=change,
            created_at=utc_now(),
        )
        self._store(record, handle)
        return record.id

    def list(self) -> list[UndoRecord]:
        """What can be put back, newest first."""
        found = [
            UndoRecord.model_validate_json(about.read_bytes()) for about in self._folder.glob("*/about.json")
        ]
        return sorted(found, key=lambda record: record.created_at, reverse=True)

    def content(self, undo_id: str) -> bytes:
        """The kept bytes; raises FileNotFoundError."""
        if not undo_id.isalnum():
            raise FileNotFoundError(undo_id)
        return (self._folder / undo_id / "content").read_bytes()

    def _store(self, record: UndoRecord, handle: int) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        draft = self._folder / f".{record.id}"
        draft.mkdir(mode=0o700)
        position = 0
        with (draft / "content").open("xb") as copy:
            while chunk := os.pread(handle, _CHUNK_BYTES, position):
                position += copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        (draft / "about.json").write_text(record.model_dump_json(), "utf-8")
        # Under its own name only when it is whole.
        draft.rename(self._folder / record.id)

    def _forget_old(self) -> None:
        oldest = time.time() - KEPT_SECONDS
        if not self._folder.exists():
            return
        for copy in self._folder.iterdir():
            if copy.stat().st_mtime < oldest:
                shutil.rmtree(copy, ignore_errors=True)
