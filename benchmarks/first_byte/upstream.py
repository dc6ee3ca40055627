"""
A provider that answers at once, with as little work of its own as Python allows.

``python -m benchmarks.first_byte.upstream`` prints its port. A request that says SLOWLY is answered word by
word, as models do; all others at once.
"""

import asyncio
import json
import re
from itertools import cycle, islice

WORDS = 40
SECONDS_BETWEEN_WORDS = 0.025
SLOWLY = "slowly"

_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    b"cache-control: no-store\r\n\r\n"
)
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def _event(delta: dict[str, object], **rest: object) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": rest.pop("finish_reason", None)}
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return _framed(b"data: " + json.dumps(chunk | {"choices": [choice]} | rest).encode() + b"\n\n")


def _framed(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


_FIRST = _event({"role": "assistant", "content": "Good "})
_ANSWER = (
    "morning, your shop sold forty-two loaves of bread yesterday and three cakes; the oven needs a service "
    "on Friday at ten, so I have moved the delivery to eleven and told Anna about it in the team chat"
)
_WORDS = [_event({"content": f"{word} "}) for word in _ANSWER.split()]
"""Of different lengths: what is put between groups of one length is read without that, and costs more."""
_LAST = (
    _event({}, finish_reason="stop", usage={"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18})
    + _framed(b"data: [DONE]\n\n")
    + b"0\r\n\r\n"
)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length.group(1)) if length else 0)
            writer.write(_HEAD + _FIRST)
            if SLOWLY.encode() in body:
                for word in islice(cycle(_WORDS), WORDS):
                    await asyncio.sleep(SECONDS_BETWEEN_WORDS)
                    writer.write(word)
                    await writer.drain()
            else:
                writer.write(_WORDS[0])
            writer.write(_LAST)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, limit=2**20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
