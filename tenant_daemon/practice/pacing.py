"""An answer as a stream of tokens at a steady pace."""

import asyncio
import json
import os
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

DEFAULT_TOKENS_PER_SECOND: Final = 40.0
RATE_VARIABLE: Final = "LETSBE_PRACTICE_TOKENS_PER_SECOND"
TRACE_VARIABLE: Final = "LETSBE_PRACTICE_TRACE_FILE"

_TOKEN: Final = re.compile(r"\s*\S+|\s+\Z")
_CHARACTERS_PER_TOKEN: Final = 4


def split_tokens(text: str) -> list[str]:
    """The text in words, each with the blanks before it; joined they are the text again."""
    return _TOKEN.findall(text)


def count_tokens(text: str) -> int:
    """A rough count, by length, as many tokenizers come to for European languages."""
    return -(-len(text) // _CHARACTERS_PER_TOKEN)


@dataclass(frozen=True)
class Pace:
    """How fast tokens are sent, and where it is written down when each one was."""

    tokens_per_second: float = DEFAULT_TOKENS_PER_SECOND
    trace_file: Path | None = None

    @classmethod
    def from_environment(cls) -> Self:
        """
        Raises:
            SystemExit: The rate is no positive number.
        """
        text = os.environ.get(RATE_VARIABLE, "")
        try:
            rate = float(text) if text else DEFAULT_TOKENS_PER_SECOND
        except ValueError:
            rate = 0.0
        if not 0 < rate <= 100_000:
            raise SystemExit(f"{RATE_VARIABLE} must be a number above 0, for example 40.")
        trace = os.environ.get(TRACE_VARIABLE, "")
        return cls(rate, Path(trace) if trace else None)

    async def stream(self, request_id: str, text: str) -> AsyncIterator[str]:
        """Each token when its time has come, counted from the start so that delays do not add up."""
        loop = asyncio.get_running_loop()
        started_at = loop.time()
        sent_characters = 0
        for index, token in enumerate(split_tokens(text)):
            await asyncio.sleep(started_at + index / self.tokens_per_second - loop.time())
            sent_characters += len(token)
            self._trace(request_id, index, sent_characters)
            yield token

    def _trace(self, request_id: str, index: int, characters: int) -> None:
        """One line per token, for measuring: when it was sent and how long the answer was with it."""
        if self.trace_file is None:
            return
        line = json.dumps(
            {
                "request_id": request_id,
                "index": index,
                "characters": characters,
                "monotonic_ns": time.monotonic_ns(),
                "realtime_ns": time.time_ns(),
            }
        )
        handle = os.open(self.trace_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, f"{line}\n".encode())
        finally:
            os.close(handle)
