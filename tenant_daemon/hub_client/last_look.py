"""
The last look at what goes to the hub: whatever made a message, no known secret passes here.

Everything is redacted where it is made. This finds what somebody forgot: it only looks for secrets of the
vault, so that nothing else changes, sealed boxes above all.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import orjson
import structlog

from tenant_daemon.hub_client.channel import Channel, ChannelClosed, OpenChannel
from tenant_daemon.hub_client.first_look import look_at
from tenant_daemon.redaction import LiveRedactor, Redactor

log = structlog.get_logger()

TAKEN_OUT: Final = "[REDACTED]"


def with_last_look(open_channel: OpenChannel, redactor: LiveRedactor) -> OpenChannel:
    """The same road, with every frame looked at before it goes."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Channel]:
        async with open_channel() as channel:
            yield _WatchedChannel(channel, redactor)

    return opened


class _WatchedChannel:
    def __init__(self, channel: Channel, redactor: LiveRedactor) -> None:
        self._channel = channel
        self._redactor = redactor

    async def send(self, frame: str) -> None:
        try:
            clean = clean_frame(frame, self._redactor)
        except Exception as exc:
            # Whatever is wrong with the vault: what cannot be looked at stays here.
            raise ChannelClosed(f"nothing can be sent: {type(exc).__name__}") from exc
        await self._channel.send(clean)

    async def receive(self) -> str | bytes:
        frame = await self._channel.receive()
        try:
            return look_at(frame, self._redactor)
        except Exception as exc:
            raise ChannelClosed(f"nothing can be looked at: {type(exc).__name__}") from exc

    async def close(self, code: int, reason: str) -> None:
        await self._channel.close(code, reason)


def clean_frame(frame: str, redactor: LiveRedactor) -> str:
    """The frame without any secret of the vault; raises whatever the vault raises."""
    current = redactor.current()
    if not current.known.find(frame.encode("utf-8", "surrogatepass")):
        return frame
    content = orjson.loads(frame)
    kind = content["payload"].get("kind", "")
    log.error("link.secret_in_message", kind=kind)
    content["payload"] = {**_dict(current.redact_payload(content["payload"])), "kind": kind}
    clean = orjson.dumps(content)
    if current.known.find(clean):
        # A placeholder whose own name shows the secret, or a field's name: without it, since a frame that
        # never goes would hold up everything behind it.
        content["payload"] = {**_dict(_without(content["payload"], current)), "kind": kind}
        clean = orjson.dumps(content)
    if current.known.find(clean):
        raise ValueError("a secret could not be taken out")
    return clean.decode()


def _without(value: object, redactor: Redactor) -> object:
    """The value without the strings and the fields in which there still is a secret."""
    match value:
        case str():
            return TAKEN_OUT if redactor.knows(value) else value
        case dict():
            return {
                name: _without(item, redactor) for name, item in value.items() if not redactor.knows(name)
            }
        case list():
            return [_without(item, redactor) for item in value]
        case _:
            return value


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
