"""
The hash chain, pure.

Each entry's hash covers its text and the hash before it, so that a changed, removed, inserted or reordered
entry breaks every hash after it. Who can write the file can also compute a new chain from there on; that is
noticed by the head which the hub got with each heartbeat.
"""

import hashlib
import json
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from tenant_daemon.audit.entry import AuditEntry, AuditRecord

GENESIS_HASH: Final = "0" * 64
"""Stands before the first entry."""

_record: Final[TypeAdapter[AuditRecord]] = TypeAdapter(AuditRecord)


def canonical_text(number: int, written_at: datetime, record: AuditRecord) -> str:
    """
    The one text form of an entry: JSON, keys sorted, no blanks, fields at their default left out.

    Leaving defaults out means that a field added later does not change the text of older entries.
    """
    body = {
        "number": number,
        "record": record.model_dump(mode="json", exclude_defaults=True),
        "written_at": written_at.isoformat(),
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def entry_hash(previous_hash: str, text: str) -> str:
    """SHA-256, in hex, over the hash before and the entry's text."""
    return hashlib.sha256(f"{previous_hash}\n{text}".encode()).hexdigest()


def parse_entry(text: str, previous_hash: str, own_hash: str) -> AuditEntry:
    """The entry that a stored row tells of; raises ValueError when the text is none."""
    body = json.loads(text)
    try:
        return AuditEntry(
            number=body["number"],
            written_at=body["written_at"],
            record=_record.validate_python(body["record"]),
            previous_hash=previous_hash,
            hash=own_hash,
        )
    except (KeyError, TypeError) as exc:
        raise ValueError("the text is no entry") from exc
