"""
Finding thousands of literals in one pass.

Hyperscan is the engine for a few thousand (2 GB/s), tables are the one for more (``windows.py``), and
pyahocorasick is the portable one, for machines without SSE4.2 or NEON. A property test holds them to the same
answers.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

import ahocorasick
import hyperscan

from tenant_daemon.redaction.compiled import compiled


class LiteralEngine(Protocol):
    """Tells where literals end."""

    def find(self, data: bytes) -> list[tuple[int, int]]:
        """Every ``(index of the literal, end offset)`` in ``data``."""
        ...


class HyperscanLiterals:
    """Literals compiled to a hyperscan database."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._database: hyperscan.Database | None = None
        # One scratch space serves one scan at a time, and scans run on several threads.
        self._lock = threading.Lock()
        if literals:
            self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            self._database.compile(
                expressions=list(literals),
                ids=list(range(len(literals))),
                elements=len(literals),
                flags=[0] * len(literals),
                literal=True,
            )

    def find(self, data: bytes) -> list[tuple[int, int]]:
        hits: list[tuple[int, int]] = []
        if self._database is None or not data:
            return hits

        def record(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
            hits.append((index, end))

        with self._lock:
            self._database.scan(data, match_event_handler=record)
        return hits


class EndFinder:
    """
    Tells where the matches of one pattern of ours end.

    Args:
        name: Of the file that keeps the compiled pattern.
        expression: In hyperscan's syntax.
        flags: Hyperscan's.
    """

    def __init__(self, name: str, expression: bytes, flags: int) -> None:
        self._lock = threading.Lock()
        self._database = compiled(name, [expression], flags)

    def find(self, data: bytes, most: int) -> list[int] | None:
        """Every place at which a match ends, in order; None when there are more than ``most``."""
        ends: list[int] = []

        def record(_index: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            ends.append(end)
            return len(ends) > most

        with self._lock, suppress(hyperscan.ScanTerminated):
            self._database.scan(data, match_event_handler=record)
        return ends if len(ends) <= most else None


class EndsFinder:
    """The same for several patterns, which one pass looks for together."""

    def __init__(self, name: str, expressions: Sequence[bytes], flags: int) -> None:
        self._lock = threading.Lock()
        self._count = len(expressions)
        self._database = compiled(name, list(expressions), flags)

    def find(self, data: bytes) -> list[list[int]]:
        """For each pattern every place at which a match ends, in order."""
        ends: list[list[int]] = [[] for _ in range(self._count)]

        def record(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
            ends[index].append(end)

        with self._lock:
            self._database.scan(data, match_event_handler=record)
        return ends


class PatternSet:
    """
    Tells which of some patterns match somewhere.

    Args:
        name, expressions, flags, basis, before: As ``compiled`` takes them.
    """

    def __init__(
        self,
        name: str,
        expressions: Sequence[bytes],
        flags: int = 0,
        *,
        basis: bytes = b"",
        before: Callable[[], None] = lambda: None,
    ) -> None:
        # One scratch space serves one scan at a time, and scans run on several threads.
        self._lock = threading.Lock()
        flags |= hyperscan.HS_FLAG_SINGLEMATCH
        self._database = compiled(name, expressions, flags, basis=basis, before=before)

    def find(self, data: bytes) -> list[int]:
        """The numbers of the patterns that match in ``data``."""
        found: list[int] = []

        def record(index: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            found.append(index)

        if data:
            with self._lock:
                self._database.scan(data, match_event_handler=record)
        return found


class AhoLiterals:
    """The same with an Aho-Corasick automaton."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._automaton = ahocorasick.Automaton()
        for index, literal in enumerate(literals):
            self._automaton.add_word(literal.decode("latin-1"), index)
        self._is_empty = not literals
        if literals:
            self._automaton.make_automaton()

    def find(self, data: bytes) -> list[tuple[int, int]]:
        if self._is_empty:
            return []
        # Latin-1 maps every byte to one character, so offsets stay the same.
        return [(index, end + 1) for end, index in self._automaton.iter(data.decode("latin-1"))]


FEW = 3_200
"""Literals that hyperscan compiles in about a tenth of a second: those of fifty secrets and some more."""


def best_engine(literals: Sequence[bytes]) -> LiteralEngine:
    """The engine for this many literals."""
    if len(literals) <= FEW:
        return HyperscanLiterals(literals)
    # Small vaults, and what starts often, do without it.
    from tenant_daemon.redaction.windows import TableLiterals

    return TableLiterals(literals)
