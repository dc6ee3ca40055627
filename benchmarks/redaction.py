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
from collections.abc import Callable, Mapping, Sequence
from typing import Any

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
    """Print the figures as one line of JSON, and as the last one what they come to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks redaction")
    parser.add_argument("--quick", action="store_true", help="fewer samples, no 500 secrets")
    parser.add_argument("--proxy", action="store_true", help="only the proxy's own time to the first byte")
    options = parser.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if options.proxy:
        print(json.dumps(_proxy(is_quick=options.quick)))
        return 0
    figures = _figures(is_quick=options.quick)
    print(json.dumps(figures))
    print(json.dumps({"summary": _summary(figures)}))
    return 0


def _figures(*, is_quick: bool) -> dict[str, Any]:
    samples = 20 if is_quick else 200
    return {
        "unit": "ms of wall clock, and of processor time where it says so; one core",
        "load": os.getloadavg()[0],
        "chat_bodies": _bodies((_FEW, _MANY) if is_quick else (_FEW, 500, _MANY), samples),
        "layers_mb_per_second": _layers(),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "proxy_first_byte": _proxy(is_quick=is_quick),
    }


def _proxy(*, is_quick: bool) -> dict[str, object]:
    return first_byte(_secrets(50), [prose(4_000) for _ in range(50)], 30 if is_quick else 200)


def _summary(figures: Mapping[str, Any]) -> dict[str, object]:
    """The figures that goals were set for, and what many secrets cost, in the processor's time."""
    rows = {(row["secrets"], row["bytes"], row["body"]): row for row in figures["chat_bodies"]}

    def of_size(size: int) -> dict[str, object]:
        return {body: {name: rows[_FEW, size, body][name] for name in _TIMES} for body in _BODIES}

    def used(secrets: int, body: str) -> float:
        return float(rows[secrets, 100_000, body]["processor"]["p50_ms"])

    return {
        "100_kb_50_secrets": of_size(100_000),
        "1_mb_50_secrets": of_size(1_000_000),
        "5000_secrets_to_50": {body: round(used(_MANY, body) / used(_FEW, body), 2) for body in _BODIES},
        "proxy_own_first_byte": {
            load: figures["proxy_first_byte"][load]["own"] for load in ("one", "among_streams", "burst")
        },
    }


def _bodies(counts: Sequence[int], samples: int) -> list[dict[str, Any]]:
    """Each body is measured with every vault in turn, so that all have the same machine."""
    vaults = {count: _Vault(count) for count in counts}
    # As the proxy does it when it starts.
    gc.collect()
    gc.freeze()
    rows: list[dict[str, Any]] = []
    for size in (10_000, 100_000, 1_000_000):
        number = samples if size < 1_000_000 else max(5, samples // 10)
        for kind, make in _BODIES.items():
            taken: dict[int, list[tuple[float, float]]] = {count: [] for count in counts}
            # The first samples warm the engines up and do not count.
            for sample in range(number + 3):
                body = make(size)
                for count, vault in vaults.items():
                    times = vault.milliseconds(kind, body)
                    if sample >= 3:
                        taken[count].append(times)
            for count, vault in vaults.items():
                wall, processor = (quantiles(times) for times in zip(*taken[count], strict=True))
                row = {"secrets": count, "bytes": size, "body": kind, **vault.builds}
                rows.append({**row, **wall, "processor": processor})
    return rows


class _Vault:
    """A redactor for so many secrets."""

    def __init__(self, count: int) -> None:
        self._secrets = _secrets(count)
        started = time.perf_counter()
        self._redactor = Redactor(self._secrets)
        build_ms = (time.perf_counter() - started) * 1000
        self.builds = {
            "usable_after_ms": round(build_ms),
            "change_of_one_ms": round(_change(self._redactor, count), 1),
        }

    def milliseconds(self, kind: str, body: Body) -> tuple[float, float]:
        """How long it takes for a body of this kind."""
        if kind == "new_with_50_secrets":
            body = _with_secrets(body, self._secrets[:50])
        if kind == "next_turn":
            self._redactor.redact_payload(_read(body))
            body = _read(body)
            messages_of(body).append({"role": "user", "content": prose(300)})
        return _milliseconds(self._redactor, _read(body))


def _read(body: Body) -> Any:
    # Read from JSON, as the proxy does it: no two strings are one object.
    return orjson.loads(orjson.dumps(body))


def _with_secrets(body: Body, secrets: Sequence[KnownSecret]) -> Body:
    changed: Body = _read(body)
    texts = [message for message in messages_of(changed) if message["content"]]
    for secret in secrets:
        message = SOURCE.choice(texts)
        message["content"] = f"{message['content']} token={secret.value} {prose(20)}"
    return changed


_FEW, _MANY = 50, 5_000
_TIMES = ("p50_ms", "p99_ms", "processor")
_BODIES: dict[str, Callable[[int], Body]] = {
    "new": chat_bodies.mixed,
    "new_with_50_secrets": chat_bodies.mixed,
    "next_turn": chat_bodies.mixed,
    "project_files": chat_bodies.project_files,
    "transcript": chat_bodies.transcript,
    "api_dumps": chat_bodies.api_dumps,
    "logs": chat_bodies.logs,
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
