"""
Remembers what was found in a message, since a chat sends all its earlier messages again with each turn.

Kept under a keyed digest of the message, so no text stays in memory for it. A redactor has a memory of its
own: one that was built for a changed vault remembers nothing.
"""

import marshal
import secrets
import threading
from collections import OrderedDict
from hashlib import blake2b

from tenant_daemon.redaction.findings import Finding
from tenant_daemon.redaction.leaves import Leaves

Verdict = tuple[tuple[int, Finding], ...]
"""Findings by the number of the leaf within its unit."""
_MOST = 20_000


class Verdicts:
    """A bounded memory, least recently used first out. Safe to use from several threads."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, Verdict] = OrderedDict()

    def digest(self, leaves: Leaves, start: int, end: int) -> bytes:
        """What names the unit of these leaves: all that a verdict depends on goes in."""
        # Version 2 writes equal values alike; later ones refer to objects they have written already.
        content = marshal.dumps((leaves.texts[start:end], bytes(leaves.kinds[start:end])), 2)
        return blake2b(content, key=self._key, digest_size=16).digest()

    def whole_digest(self, leaves: Leaves) -> bytes:
        """The same for a whole value: field names, and which fields stand side by side, have a part in it."""
        numbers: dict[int, int] = {}
        parents = [numbers.setdefault(id(parent), len(numbers)) for parent in leaves.parents]
        content = marshal.dumps((leaves.texts, bytes(leaves.kinds), leaves.keys, parents, leaves.units), 2)
        return blake2b(content, key=self._key, digest_size=24).digest()

    def get(self, digest: bytes) -> Verdict | None:
        """What was found in the unit; None when it is not remembered."""
        with self._lock:
            verdict = self._known.get(digest)
            if verdict is not None:
                self._known.move_to_end(digest)
            return verdict

    def put(self, digest: bytes, verdict: Verdict) -> None:
        """Remember what was found in a unit."""
        with self._lock:
            self._known[digest] = verdict
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
