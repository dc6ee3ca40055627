"""``python -m tenant_daemon redact``: standard input as it would leave the server."""

import argparse
import json
import math
import re
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

import orjson

from tenant_daemon.home import TenantHome
from tenant_daemon.redaction.detectors.known import KnownSecret
from tenant_daemon.redaction.live import LiveRedactor
from tenant_daemon.redaction.redactor import Redactor

MAX_LINE_BYTES = 32 * 1024 * 1024
SHORTEST_VALUE = 6
_LONG_NUMBER = re.compile(rb"[:,\[]\s*-?\d{19}|\d[eE]\+?\d{3}")
_ID = rb"\"id\"\s*:\s*(\"[^\"\\]{0,400}\"|-?\d{1,18})\s*"
_FIRST_ID = re.compile(rb"\s*\{\s*" + _ID + rb",")
_LAST_ID = re.compile(rb",\s*" + _ID + rb"\}\s*$")


class _Blocked(Exception):
    """A line that cannot be read in full, so nothing of it is given out."""

    def __init__(self, reason: str, identifier: object = None) -> None:
        super().__init__(reason)
        self.identifier = identifier


def add_parser(subparsers: Any) -> None:
    """Add ``redact``."""
    parser = subparsers.add_parser(
        "redact",
        help="redact a text as everything that leaves the server is",
        description="Reads a text and writes it redacted with this server's vault. With --jsonl each line is "
        'an object {"id", "payload", "registry": [{"name", "value"}]} and brings its own vault.',
    )
    parser.add_argument("--jsonl", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Redact standard input to standard output; 0 also when lines were blocked, since the answer says so."""
    if args.jsonl:
        redact_lines(sys.stdin.buffer, sys.stdout.buffer)
    else:
        redact_text(TenantHome(args.home), sys.stdin, sys.stdout)
    return 0


def redact_text(home: TenantHome, source: TextIO, target: TextIO) -> None:
    """The whole of ``source``, with the vault of this home."""
    # Only this way of calling needs a vault.
    from tenant_daemon.vault import Vault

    target.write(LiveRedactor(Vault.open(home)).current().redact(source.read()))


def redact_lines(source: BinaryIO, target: BinaryIO) -> None:
    """``{"id", "payload"}`` or ``{"id", "blocked"}`` for each line, in order, as each comes."""
    desk = _Desk()
    for line in source:
        if line.strip():
            target.write(_written(desk.answer(line)) + b"\n")
            target.flush()


class _Desk:
    """Answers lines; keeps the redactor while the registry stays the same."""

    def __init__(self) -> None:
        self._registry: object = None
        self._redactor = Redactor([])

    def answer(self, line: bytes) -> dict[str, object]:
        """The answer to one line. Never raises: what goes wrong blocks the line."""
        identifier: object = None
        try:
            request = _parsed(line)
            identifier = request.get("id")
            redactor = self._redactor_for(request.get("registry", []))
            return {"id": identifier, "payload": _redacted(redactor, request["payload"])}
        except _Blocked as exc:
            return {"id": exc.identifier if identifier is None else identifier, "blocked": str(exc)}
        except Exception as exc:  # noqa: BLE001 - whatever it is, the payload must not get through
            return {"id": identifier, "blocked": f"cannot be redacted: {type(exc).__name__}"}

    def _redactor_for(self, registry: object) -> Redactor:
        if registry != self._registry:
            # Other commands start without what this needs. It is quick to be built: with the next line may
            # come another vault.
            from tenant_daemon.redaction.windows import TableLiterals

            self._redactor = Redactor(_secrets(registry), engine=TableLiterals)
            self._registry = registry
        return self._redactor


def _written(answer: dict[str, object]) -> bytes:
    """An answer as JSON. Never raises, since the lines behind it have to be answered as well."""
    try:
        return orjson.dumps(answer)
    except (TypeError, ValueError, RecursionError):
        # Halves of characters and long numbers, which the standard library writes.
        try:
            return json.dumps(answer, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError) as exc:
            blocked = f"cannot be written: {type(exc).__name__}"
            return json.dumps({"id": str(answer.get("id"))[:200], "blocked": blocked}).encode()


def _parsed(line: bytes) -> dict[str, object]:
    if len(line) > MAX_LINE_BYTES:
        raise _Blocked(f"larger than {MAX_LINE_BYTES // 1024 // 1024} MiB")
    value = _loaded(line)
    if not isinstance(value, dict) or "payload" not in value:
        raise _Blocked("not an object with a payload", value.get("id") if isinstance(value, dict) else None)
    return value


def _loaded(line: bytes) -> object:
    # orjson makes a rounded float of a long integer.
    if not _LONG_NUMBER.search(line):
        try:
            return orjson.loads(line)
        except orjson.JSONDecodeError:
            pass
    strange: list[str] = []

    def number(digits: str) -> float:
        if math.isinf(value := float(digits)):
            strange.append(digits)
        return value

    try:
        value = json.loads(line, parse_constant=strange.append, parse_float=number)
    except (ValueError, RecursionError):
        raise _Blocked("not valid JSON", _identifier(line)) from None
    if strange:
        raise _Blocked("not valid JSON: no number", value.get("id") if isinstance(value, dict) else None)
    return value


def _identifier(line: bytes) -> object:
    """The id of a line that cannot be read, so that its answer is known to be about it."""
    found = _FIRST_ID.match(line) or _LAST_ID.search(line)
    try:
        return orjson.loads(found.group(1)) if found else None
    except orjson.JSONDecodeError:
        return None


def _secrets(registry: object) -> Iterator[KnownSecret]:
    if not isinstance(registry, list):
        raise _Blocked("the registry is not a list")
    for entry in registry:
        if not isinstance(entry, dict) or not all(
            isinstance(entry.get(key), str) for key in ("name", "value")
        ):
            raise _Blocked("a registry entry has no name and value")
        # The vault takes no shorter ones: replacing them would break every text.
        if len(entry["value"].strip()) >= SHORTEST_VALUE:
            yield KnownSecret(entry["name"], entry["value"])


def _redacted(redactor: Redactor, payload: object) -> object:
    if isinstance(payload, dict) and list(payload) == ["stream_chunks"]:
        chunks = payload["stream_chunks"]
        if not isinstance(chunks, list) or not all(isinstance(chunk, str) for chunk in chunks):
            raise _Blocked("stream_chunks is not a list of texts")
        return {"stream_chunks": list(_streamed(redactor, chunks))}
    return redactor.redact_payload(payload)


def _streamed(redactor: Redactor, chunks: list[str]) -> Iterator[str]:
    """One piece out for each piece in; what was held back to the end comes with the last."""
    # Other commands start without what this needs.
    from tenant_daemon.redaction.record_stream import RecordStreamRedactor

    stream = RecordStreamRedactor(redactor)
    for index, chunk in enumerate(chunks, start=1):
        piece = stream.feed(chunk)
        yield piece + stream.finish() if index == len(chunks) else piece
