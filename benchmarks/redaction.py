"""
Redaction and the secrets proxy: what they cost.

Chat bodies of three sizes against vaults of three sizes, each layer by itself, and the proxy's own time to
the first byte (``first_byte/``). Bodies are made anew for every sample (``chat_bodies.py``); only
``next_turn`` is the same conversation with one more question, as a chat sends it.
"""

import argparse
import gc
import json
import logging
import os
import random
import resource
import string
import time
from collections.abc import Callable, Sequence

import orjson
import structlog

from benchmarks import chat_bodies
from benchmarks.chat_bodies import SOURCE, Body, messages_of, prose
from benchmarks.first_byte.run import first_byte, quantiles
from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.detectors.entropy import EntropyDetector
from tenant_daemon.redaction.detectors.patterns import pattern_detector
from tenant_daemon.redaction.views.expand import find_in_views
from tenant_daemon.redaction.views.view import original


def main(argv: Sequence[str]) -> int:
    """Print the figures as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks redaction")
    parser.add_argument("--quick", action="store_true", help="fewer samples, no 5,000 secrets")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    is_quick = parser.parse_args(argv).quick
    print(json.dumps(_figures(is_quick)))
    return 0


def _figures(is_quick: bool) -> dict[str, object]:
    samples = 20 if is_quick else 300
    return {
        "unit": "ms of wall clock, and of processor time where it says so; one core",
        "load": os.getloadavg()[0],
        "chat_bodies": [
            row for count in ((50, 500) if is_quick else (50, 500, 5_000)) for row in _bodies(count, samples)
        ],
        "layers_mb_per_second": _layers(),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "proxy_first_byte": first_byte(
            _secrets(50), [prose(4_000) for _ in range(50)], 30 if is_quick else 200
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
    # As the proxy does it when it starts.
    gc.collect()
    gc.freeze()
    rows: list[dict[str, object]] = []
    for size in (10_000, 100_000, 1_000_000):
        number = samples if size < 1_000_000 else max(5, samples // 10)
        for kind, make in _BODIES.items():
            # The first samples warm the engines up and do not count.
            times = [_milliseconds(redactor, make(size, redactor)) for _ in range(number + 3)][3:]
            wall, processor = (quantiles(taken) for taken in zip(*times, strict=True))
            rows.append(
                {"secrets": count, "bytes": size, "body": kind, **builds, **wall, "processor": processor}
            )
    return rows


def _new(make: Callable[[int], Body]) -> Callable[[int, Redactor], object]:
    # Read from JSON, as the proxy does it: no two strings are one object.
    return lambda size, _redactor: orjson.loads(orjson.dumps(make(size)))


def _with_secrets(size: int, _redactor: Redactor) -> object:
    """Fifty secrets of the vault stand in it."""
    body = chat_bodies.mixed(size)
    texts = [message for message in messages_of(body) if message["content"]]
    for secret in _secrets(50):
        message = SOURCE.choice(texts)
        message["content"] = f"{message['content']} token={secret.value} {prose(20)}"
    return orjson.loads(orjson.dumps(body))


def _next_turn(size: int, redactor: Redactor) -> object:
    body = chat_bodies.mixed(size)
    redactor.redact_payload(body)
    messages_of(body).append({"role": "user", "content": prose(300)})
    return orjson.loads(orjson.dumps(body))


_BODIES: dict[str, Callable[[int, Redactor], object]] = {
    "new": _new(chat_bodies.mixed),
    "new_with_50_secrets": _with_secrets,
    "next_turn": _next_turn,
    "project_files": _new(chat_bodies.project_files),
    "transcript": _new(chat_bodies.transcript),
    "api_dumps": _new(chat_bodies.api_dumps),
    "logs": _new(chat_bodies.logs),
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
    text = "\n".join(map(str, messages_of(chat_bodies.mixed(1_000_000)))).encode()
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
