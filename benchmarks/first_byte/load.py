"""Asks over connections that stay open, and notes when the first event of each answer comes."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.first_byte.upstream import SLOWLY

_END = b"0\r\n\r\n"


@dataclass(frozen=True)
class Target:
    """Whom to ask: a base address up to and with ``/v1``, and its token."""

    address: str
    token: str


async def at_once(target: Target, texts: Sequence[str], streams: int, rounds: int) -> list[float]:
    """Milliseconds to the first event, of ``streams`` requests at the same moment, ``rounds`` times."""
    askers = [await _Asker.open(target) for _ in range(streams)]
    await asyncio.gather(*[asker.ask(texts[0]) for asker in askers])
    taken: list[float] = []
    for number in range(rounds):
        asked = [asker.ask(texts[(number + i) % len(texts)]) for i, asker in enumerate(askers)]
        taken.extend(await asyncio.gather(*asked))
    _close(askers)
    return taken


async def one_among(target: Target, texts: Sequence[str], streams: int, rounds: int) -> list[float]:
    """The same of one request after another, while ``streams`` answers come word by word all the time."""
    askers = [await _Asker.open(target) for _ in range(streams + 1)]
    one = askers.pop()
    background = [asyncio.create_task(_keep_asking(asker, texts, i)) for i, asker in enumerate(askers)]
    await asyncio.sleep(1.5)
    taken = [await one.ask(texts[number % len(texts)]) for number in range(rounds)]
    for task in background:
        task.cancel()
    await asyncio.gather(*background, return_exceptions=True)
    _close([*askers, one])
    return taken


async def _keep_asking(asker: "_Asker", texts: Sequence[str], number: int) -> None:
    await asyncio.sleep(number / 50)
    while True:
        await asker.ask(f"{SLOWLY} {texts[number % len(texts)]}")


class _Asker:
    """One connection."""

    def __init__(self, target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._target = target
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, target: Target) -> "_Asker":
        place = urlsplit(target.address)
        return cls(target, *await asyncio.open_connection(place.hostname, place.port))

    def close(self) -> None:
        self._writer.close()

    async def ask(self, text: str) -> float:
        message = {"role": "user", "content": text}
        body = json.dumps({"model": "m", "stream": True, "messages": [message]}).encode()
        head = (
            f"POST {urlsplit(self._target.address).path}/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n"
            f"authorization: Bearer {self._target.token}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        started = time.perf_counter()
        self._writer.write(head.encode() + body)
        received = await self._reader.readuntil(b"data: ")
        taken = (time.perf_counter() - started) * 1000
        if not received.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"asking failed: {received[:200]!r}")
        while not await self._is_end():
            pass
        return taken

    async def _is_end(self) -> bool:
        return (await self._reader.readuntil(b"\r\n")).rstrip() == b"0" and bool(
            await self._reader.readuntil(b"\r\n")
        )


def _close(askers: Sequence[_Asker]) -> None:
    for asker in askers:
        asker.close()
