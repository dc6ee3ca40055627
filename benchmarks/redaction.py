"""
Redaction and the secrets proxy: what they cost.

Chat bodies of three sizes against vaults of three sizes, each layer by itself, and the proxy's own time to
the first byte over real sockets in front of a provider of our own. Bodies are made anew for every sample, so
nothing is measured that a cache made fast.
"""

import argparse
import asyncio
import json
import logging
import random
import resource
import string
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import orjson
import structlog

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.egress.command import create_app
from tenant_daemon.home import TenantHome
from tenant_daemon.local_tokens import local_token
from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.detectors.entropy import EntropyDetector
from tenant_daemon.redaction.detectors.patterns import pattern_detector
from tenant_daemon.redaction.views.expand import find_in_views
from tenant_daemon.redaction.views.view import original
from tenant_daemon.settings import Model, TenantSettings
from tenant_daemon.vault import Vault
from tests.support.model_upstream import ModelUpstream, serving

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
        "unit": "ms of wall clock, one core",
        "chat_bodies": [
            row for count in ((50, 500) if is_quick else (50, 500, 5_000)) for row in _bodies(count, samples)
        ],
        "layers_mb_per_second": _layers(),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "proxy_first_byte": asyncio.run(_proxy(20 if is_quick else 200)),
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
        # The first samples warm the engines up and do not count.
        times = [
            _milliseconds(redactor, orjson.loads(orjson.dumps(chat_body(size))))
            for _ in range((samples if size < 1_000_000 else max(10, samples // 10)) + 3)
        ][3:]
        rows.append({"secrets": count, "bytes": size, **builds, **_quantiles(times)})
    return rows


def _change(redactor: Redactor, count: int) -> float:
    """How long the redactor takes for a vault with one more secret."""
    secrets = [*_secrets(count), KnownSecret("new", "kV9mQ2xLp7zR4wT8nBc3")]
    started = time.perf_counter()
    Redactor(secrets, previous=redactor)
    return (time.perf_counter() - started) * 1000


def _milliseconds(redactor: Redactor, body: object) -> float:
    started = time.perf_counter()
    redactor.redact_payload(body)
    return (time.perf_counter() - started) * 1000


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


async def _proxy(samples: int) -> dict[str, object]:
    """The time to the first byte through the proxy, less that of a direct call."""
    with tempfile.TemporaryDirectory() as folder:
        home = TenantHome(Path(folder))
        home.create()
        agent = AgentConfig(agent_id="sales", name="Sales")
        home.config_file.write_text(TenantConfig(version=1, agents=[agent]).model_dump_json())
        vault = Vault.open(home)
        for secret in _secrets(50):
            vault.put(secret.name, secret.value, actor="benchmark")
        async with serving(ModelUpstream().app()) as upstream:
            settings = TenantSettings(
                tenant_name="b", hub_url="http://hub.test", model=Model(url=f"{upstream}/v1", name="m")
            )
            headers = {"authorization": f"Bearer {local_token(home, 'proxy')}"}
            limits = httpx.Limits(max_connections=100)
            async with (
                serving(create_app(home, settings, vault)) as proxy,
                httpx.AsyncClient(headers=headers, limits=limits, timeout=60) as client,
            ):
                addresses = (f"{upstream}/v1", f"{proxy}/agents/sales/v1")
                return {str(n): await _compared(client, addresses, samples, n) for n in (1, 50)}


async def _compared(
    client: httpx.AsyncClient, addresses: tuple[str, str], samples: int, streams: int
) -> dict[str, object]:
    times: list[list[float]] = []
    for address in addresses:
        await _first_byte(client, address)
        rounds = max(3, samples // streams)
        taken = [
            await asyncio.gather(*[_first_byte(client, address) for _ in range(streams)])
            for _ in range(rounds)
        ]
        times.append([one for group in taken for one in group])
    direct, through = map(_quantiles, times)
    own = {name: round(through[name] - direct[name], 2) for name in direct}
    return {"direct": direct, "through_proxy": through, "own": own}


async def _first_byte(client: httpx.AsyncClient, address: str) -> float:
    body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": _prose(4_000)}]}
    started = time.perf_counter()
    async with client.stream("POST", f"{address}/chat/completions", json=body) as answer:
        chunks = answer.aiter_bytes()
        await anext(chunks)
        taken = (time.perf_counter() - started) * 1000
        async for _ in chunks:
            pass
    return taken


def _quantiles(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        f"p{percent}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 2)
        for percent in (50, 99)
    }


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
