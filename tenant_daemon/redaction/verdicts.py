"""
Remembers what was found in a message, since a chat sends all its earlier messages again with each turn.

Kept under a keyed digest of the message, so no text stays in memory for it. A redactor has a memory of its
own: one that was built for a changed vault remembers nothing.
"""

import marshal
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from hashlib import sha256

from tenant_daemon.redaction.findings import Finding
from tenant_daemon.redaction.leaves import Leaves

Verdict = tuple[tuple[int, Finding], ...]
"""Findings by the number of the leaf within its unit."""
_MOST = 20_000
_VERSION = 2
"""Of ``marshal``: writes equal values alike; later ones refer to objects they have written already."""


class Verdicts:
    """A bounded memory, least recently used first out. Safe to use from several threads."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, Verdict] = OrderedDict()

    def digest(self, leaves: Leaves, start: int, end: int) -> bytes:
        """What names the unit of these leaves: all that a verdict, or their order, depends on goes in."""
        kinds, keys = bytes(leaves.kinds[start:end]), leaves.keys[start:end]
        columns = leaves.columns and [leaves.columns.get(index) for index in range(start, end)]
        return self._digest(marshal.dumps((leaves.texts[start:end], kinds, keys, columns), _VERSION))

    def whole_digest(self, leaves: Leaves) -> bytes:
        """The same for a whole value: field names, and which fields stand side by side, have a part in it."""
        numbers: dict[int, int] = {}
        parents = [numbers.setdefault(id(parent), len(numbers)) for parent in leaves.parents]
        content = leaves.texts, bytes(leaves.kinds), leaves.keys, parents, leaves.units, leaves.columns
        return self._digest(marshal.dumps(content, _VERSION))

    def _digest(self, content: bytes) -> bytes:
        # Processors have instructions for SHA-256.
        return sha256(self._key + content).digest()

    def recall(self, digests: Sequence[bytes]) -> list[Verdict | None]:
        """What was found in each of the units; None when it is not remembered."""
        known = self._known
        with self._lock:
            verdicts = list(map(known.get, digests))
            for digest, verdict in zip(digests, verdicts, strict=True):
                if verdict is not None:
                    known.move_to_end(digest)
        return verdicts

    def remember(self, verdicts: Iterable[tuple[bytes, Verdict]]) -> None:
        """Remember what was found in units."""
        with self._lock:
            self._known.update(verdicts)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
