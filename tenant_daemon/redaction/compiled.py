"""
Hyperscan databases of the patterns that ship with us, compiled once and kept beside Python's own bytecode.

Compiling the rules takes most of a second of processor time, and four processes of every server need them at
once when it starts. Kept files are as trustworthy as the code beside which they lie; a sum tells damage, and
hyperscan refuses what was made for another processor. Secrets are never compiled here: theirs stay in memory.
"""

import hashlib
import importlib.util
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import hyperscan

_ENGINE = version("hyperscan")
_SUFFIX = ".hsdb"
_SUM_BYTES = 32


def compiled(
    name: str,
    expressions: Sequence[bytes],
    flags: int,
    *,
    basis: bytes = b"",
    before: Callable[[], None] = lambda: None,
) -> hyperscan.Database:
    """
    A block-mode database that numbers the expressions in their order.

    Args:
        name: Of the file that keeps it; a database of the same name with other expressions replaces it.
        expressions: In hyperscan's syntax.
        flags: For all of them.
        basis: What else the database stands for: with another basis it is made anew.
        before: Called before one is made, to check the basis; a kept one has passed.

    Raises:
        hyperscan.HyperscanError: An expression is wrong.
    """
    folder = Path(importlib.util.cache_from_source(__file__)).parent
    file = folder / f"{name}-{_digest(expressions, flags, basis)}{_SUFFIX}"
    database = _kept(file)
    if database is None:
        before()
        database = _made(name, file, expressions, flags)
    return database


def _digest(expressions: Sequence[bytes], flags: int, basis: bytes) -> str:
    """Names the content: another rule, flag or engine is another file."""
    whole = hashlib.sha256(f"{_ENGINE} {flags} {len(expressions)}".encode())
    for expression in (*expressions, basis):
        whole.update(len(expression).to_bytes(8) + expression)
    return whole.hexdigest()[:16]


def _kept(file: Path) -> hyperscan.Database | None:
    # Missing, torn or from another processor: made anew.
    with suppress(OSError, hyperscan.HyperscanError):
        kept = file.read_bytes()
        content = kept[_SUM_BYTES:]
        if hashlib.sha256(content).digest() != kept[:_SUM_BYTES]:
            return None
        database = hyperscan.loadb(content, hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
        return database
    return None


def _made(name: str, file: Path, expressions: Sequence[bytes], flags: int) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=list(expressions),
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[flags] * len(expressions),
    )
    # Where the code is read-only it is made at every start.
    with suppress(OSError):
        _keep(file, hyperscan.dumpb(database))
        for older in set(file.parent.glob(f"{name}-*{_SUFFIX}")) - {file}:
            older.unlink(missing_ok=True)
    return database


def _keep(file: Path, content: bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as target:
            target.write(hashlib.sha256(content).digest() + content)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
