"""
Nothing that may have been charged is asked again by a machine.

OpenClaw takes an answer that broke off for a passing trouble, whatever the proxy says about asking again,
and repeats the request up to eight times within minutes, with words of its own before the owner's. Only a
message that the daemon brings, which begins with its mark (``openclaw/neutralise.py``), is a person's wish.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tenant_daemon.egress.errors import Refused
from tenant_daemon.openclaw.neutralise import WORD_JOINER

_KEPT_SECONDS: Final = 180.0
"""OpenClaw gives up after half of that."""
_AGENTS: Final = 200
_OF_A_PERSON: Final = re.compile(rf"(?:\[[^\]\n]{{0,80}}\] ?)?{WORD_JOINER}")
"""As the plugin knows it: OpenClaw writes the time before it."""


@dataclass(frozen=True)
class _Failure:
    at: float
    digest: bytes
    is_of_a_run: bool
    """Whether the daemon began the run that it was asked in."""


class Repeats:
    """Remembers the last failure of each agent, for a short time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str, _Failure] = {}

    def note(self, agent_id: str, body: bytes, value: Mapping[str, object]) -> None:
        """The answer to this request did not come, or not whole, and may be charged."""
        if len(self._failures) >= _AGENTS:
            self._failures.clear()
        said, _ = _last_said(value)
        self._failures[agent_id] = _Failure(self._clock(), _digest(body), _is_of_a_person(said))

    def check(self, agent_id: str, body: bytes, value: Mapping[str, object]) -> None:
        """Raise Refused for a request that repeats the one that failed. Cheap where none has."""
        failure = self._failures.get(agent_id)
        if failure is None:
            return
        said, is_last = _last_said(value)
        if self._clock() - failure.at > _KEPT_SECONDS or (is_last and _is_of_a_person(said)):
            del self._failures[agent_id]
            return
        if _digest(body) == failure.digest or (failure.is_of_a_run and not _is_of_a_person(said)):
            # Not 5xx, which OpenClaw would repeat as well.
            raise Refused(
                400,
                "answer_lost",
                "The model's answer was lost on the way and may have been charged, so it was not asked for "
                "again. Ask once more if you still want it.",
            )


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _is_of_a_person(said: str) -> bool:
    return _OF_A_PERSON.match(said) is not None


def _last_said(value: Mapping[str, object]) -> tuple[str, bool]:
    """The last text in the user's name, in any of the formats, and whether nothing follows it."""
    items = value.get("messages", value.get("input"))
    if isinstance(items, str):
        return items, True
    for number, item in enumerate(reversed(items if isinstance(items, list) else [])):
        text = _text_of(item)
        if text:
            return text, number == 0
    return "", False


def _text_of(item: object) -> str:
    if not isinstance(item, dict) or item.get("role") != "user":
        return ""
    content = item.get("content")
    if isinstance(content, str):
        return content
    # In Anthropic's format what tools say comes in the user's name as well, in blocks without a text.
    texts = (
        [part.get("text") for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    )
    return next((text for text in texts if isinstance(text, str)), "")
