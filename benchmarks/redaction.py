"""
Redaction and the secrets proxy: what they cost.

Chat bodies of three sizes against vaults of three sizes, each layer by itself, and the proxy's own time to
the first byte (``first_byte/``). Bodies are made anew for every sample, so nothing is measured that a memory
made fast; only ``next_turn`` is the same conversation with one more question, as a chat sends it.
"""

import argparse
import json
import logging
import os
import random
import resource
import string
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import orjson
import structlog

from benchmarks.first_byte.run import first_byte, quantiles
from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.detectors.entropy import EntropyDetector
from tenant_daemon.redaction.detectors.patterns import pattern_detector
from tenant_daemon.redaction.views.expand import find_in_views
from tenant_daemon.redaction.views.view import original

_SOURCE = random.Random(4711)
_WORDS = ["".join(_SOURCE.choices(string.ascii_lowercase, k=_SOURCE.randrange(2, 10))) for _ in range(4000)]


def main(argv: Sequence[str]) -> int:
    """Print the figures as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks redaction")
    parser.add_argument("--quick", action="store_true", help="fewer samples, no 5,000 secrets")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    is_quick = parser.parse_args(argv).quick
    print(json.dumps(_figures(is_quick)))
    return 0


def _figures(is_quick: bool) -> dict[str, object]:
    samples = 40 if is_quick else 300
    return {
        "unit": "ms of wall clock, and of processor time where it says so; one core",
        "load": os.getloadavg()[0],
        "chat_bodies": [
            row for count in ((50, 500) if is_quick else (50, 500, 5_000)) for row in _bodies(count, samples)
        ],
        "layers_mb_per_second": _layers(),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "proxy_first_byte": first_byte(
            _secrets(50), [_prose(4_000) for _ in range(50)], 40 if is_quick else 200
        ),
    }


def _bodies(count: int, samples: int) -> list[dict[str, object]]:
    started = time.perf_counter()
    redactor = Redactor(_secrets(count))
    build_ms = (time.perf_counter() - started) * 1000
    change_ms = _change(redactor, count)
    builds = {
        "usable_after_ms": round(build_ms),
        "change_of_one_ms": round(change_ms, 1),
    }
    rows: list[dict[str, object]] = []
    for size in (10_000, 100_000, 1_000_000):
        number = samples if size < 1_000_000 else max(10, samples // 10)
        for kind, make in _BODIES.items():
            # The first samples warm the engines up and do not count.
            times = [_milliseconds(redactor, make(size, redactor)) for _ in range(number + 3)][3:]
            wall, processor = (quantiles(taken) for taken in zip(*times, strict=True))
            rows.append(
                {"secrets": count, "bytes": size, "body": kind, **builds, **wall, "processor": processor}
            )
    return rows


def _new(size: int, _redactor: Redactor) -> object:
    return orjson.loads(orjson.dumps(chat_body(size)))


def _with_secrets(size: int, _redactor: Redactor) -> object:
    """Fifty secrets of the vault stand in it."""
    body = chat_body(size)
    texts = [message for message in _messages(body) if message["content"]]
    for secret in _secrets(50):
        message = _SOURCE.choice(texts)
        message["content"] = f"{message['content']} token={secret.value} {_prose(20)}"
    return orjson.loads(orjson.dumps(body))


def _next_turn(size: int, redactor: Redactor) -> object:
    body = chat_body(size)
    redactor.redact_payload(body)
    _messages(body).append({"role": "user", "content": _prose(300)})
    return orjson.loads(orjson.dumps(body))


def _files(size: int, _redactor: Redactor) -> object:
    """What tools return when an agent works on a project: the files of this one."""
    messages: list[dict[str, object]] = []
    total = 0
    while total < size:
        content = _SOURCE.choice(_project_files())[: size // 4]
        total += len(content)
        messages += ({"role": "user", "content": _prose(200)}, {"role": "tool", "content": content})
    return {"model": "m", "messages": messages, "stream": True}


@cache
def _project_files() -> list[str]:
    root = Path(__file__).parents[1]
    paths = [path for pattern in _PROJECT for path in sorted(root.glob(pattern))]
    return [path.read_text("utf-8") for path in paths if path.stat().st_size > 500]


def _messages(body: dict[str, object]) -> list[dict[str, object]]:
    messages = body["messages"]
    assert isinstance(messages, list)
    return messages


_PROJECT = ("tenant_daemon/**/*.py", "letsbe_app/**/*.py", "docs/**/*.md", "*.md", "*.toml")
_BODIES: dict[str, Callable[[int, Redactor], object]] = {
    "new": _new,
    "new_with_50_secrets": _with_secrets,
    "next_turn": _next_turn,
    "project_files": _files,
}


def _change(redactor: Redactor, count: int) -> float:
    """How long the redactor takes for a vault with one more secret."""
    secrets = [*_secrets(count), KnownSecret("new", "kV9mQ2xLp7zR4wT8nBc3")]
    started = time.perf_counter()
    Redactor(secrets, previous=redactor)
    return (time.perf_counter() - started) * 1000


def _milliseconds(redactor: Redactor, body: object) -> tuple[float, float]:
    """By the clock, and of the processor's time: on a busy machine only the second means something."""
    started, used = time.perf_counter(), time.process_time()
    redactor.redact_payload(body)
    return (time.perf_counter() - started) * 1000, (time.process_time() - used) * 1000


def _layers() -> dict[str, float]:
    text = "\n".join(str(message) for message in chat_body(1_000_000)["messages"]).encode()  # type: ignore[attr-defined]
    redactor = Redactor(_secrets(500))
    patterns, entropy = pattern_detector(), EntropyDetector()
    layers: dict[str, Callable[[], object]] = {
        "known": lambda: redactor.known.find(text),
        "patterns": lambda: patterns.find(text),
        "entropy": lambda: entropy.find(text, original(text).tokens),
        "decoded_views": lambda: find_in_views(original(text), redactor.known, patterns),
    }
    return {name: round(_rate(text, run), 1) for name, run in layers.items()}


def _rate(text: bytes, run: Callable[[], object]) -> float:
    run()
    started = time.perf_counter()
    for _ in range(5):
        run()
    return 5 * len(text) / (time.perf_counter() - started) / 1e6


def _secrets(count: int) -> list[KnownSecret]:
    source = random.Random(count)
    alphabet = string.ascii_letters + string.digits
    return [
        KnownSecret(f"secret-{number}", "".join(source.choices(alphabet, k=source.randrange(16, 48))))
        for number in range(count)
    ]


def chat_body(size: int) -> dict[str, object]:
    """A conversation of about ``size`` bytes: prose, commands, JSON and listings that tools returned."""
    messages: list[dict[str, object]] = [{"role": "system", "content": _prose(size // 10)}]
    total = size // 10
    while total < size:
        identifier = f"call_{_SOURCE.getrandbits(64):x}"
        arguments = json.dumps({"command": f"ls -la {_path()}"})
        call = {"id": identifier, "type": "function", "function": {"name": "shell", "arguments": arguments}}
        output = _SOURCE.choice((_listing, _prose, _records))(min(3_000, size // 4))
        turn: list[dict[str, object]] = [
            {"role": "user", "content": _prose(300)},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": identifier, "content": output},
            {"role": "assistant", "content": _prose(500)},
        ]
        messages.extend(turn)
        total += sum(len(str(message.get("content") or "")) for message in turn) + 200
    return {"model": "m", "messages": messages, "stream": True}


def _prose(size: int) -> str:
    return " ".join(_SOURCE.choices(_WORDS, k=max(1, size // 6)))


def _path() -> str:
    return "/srv/" + "/".join(_SOURCE.choices(_WORDS, k=3))


def _listing(size: int) -> str:
    line = "-rw-r--r-- 1 app app {:>9} Nov 21 05:12 {}"
    return "\n".join(line.format(_SOURCE.randrange(10**8), _path()) for _ in range(size // 60))


def _records(size: int) -> str:
    rows = [
        {
            "id": _SOURCE.randrange(10**6),
            "name": _prose(20),
            "sha": f"{_SOURCE.getrandbits(160):040x}",
            "path": _path(),
        }
        for _ in range(size // 140)
    ]
    return json.dumps(rows)
