"""
Finding thousands of literals in one pass.

Hyperscan is the engine in use (2 to 6 GB/s); pyahocorasick is the portable one, for machines without
SSE4.2 or NEON. A property test holds the two to the same answers.
"""

import threading
from collections.abc import Sequence
from typing import Protocol

import ahocorasick
import hyperscan


class LiteralEngine(Protocol):
    """Tells where literals end."""

    def find(self, data: bytes) -> list[tuple[int, int]]:
        """Every ``(index of the literal, end offset)`` in ``data``."""
        ...

    def wait_until_fast(self) -> None:
        """Wait until the engine has its full speed."""
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

    def wait_until_fast(self) -> None:
        """It is from the beginning."""


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

    def wait_until_fast(self) -> None:
        """It never gets faster."""


class GrowingLiterals:
    """
    The portable engine at once and hyperscan as soon as that is compiled.

    Hyperscan takes ten seconds for the forms of 5,000 secrets and the portable engine less than one: nobody
    has to wait for more than that when the vault changes, and no text goes out unsearched meanwhile.
    """

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._engine: LiteralEngine = AhoLiterals(literals)
        self._literals: Sequence[bytes] = literals
        # A daemon: a process that ends does not wait for it. Compiling lets other threads run.
        self._compiler = threading.Thread(target=self._compile, name="redaction-compile", daemon=True)
        self._compiler.start()

    def _compile(self) -> None:
        self._engine = HyperscanLiterals(self._literals)
        self._literals = ()

    def find(self, data: bytes) -> list[tuple[int, int]]:
        return self._engine.find(data)

    def wait_until_fast(self) -> None:
        """Wait for hyperscan."""
        self._compiler.join()


_AT_ONCE = 12_000
"""Literals that hyperscan compiles in a fifth of a second."""


def best_engine(literals: Sequence[bytes]) -> LiteralEngine:
    """The engine for this many literals."""
    return HyperscanLiterals(literals) if len(literals) <= _AT_ONCE else GrowingLiterals(literals)
