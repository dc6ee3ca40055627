"""
The whole thread: how long a word takes from the model to the page, and what it costs on the wire.

Everything is real: hub, Redis, jobs, daemon, OpenClaw, Chromium; the model is the practice model, which
writes down when each word left it. Beside the whole way stand the bare ones: a plain client at the model, a
plain client at our proxy, and a second client of OpenClaw's gateway.

Daemon and browser reach the hub, and the proxy reaches the model, through TCP relays of this process, which
add a few tenths of a millisecond each.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from benchmarks.thread.machine import load_now, machine
from benchmarks.thread.page import REFLEX, STREAM, Seen, Tab, Wire, signed_in_tab
from benchmarks.thread.places import (
    Gateway,
    LinkEvent,
    TraceFile,
    add_earlier_messages,
    link_events,
    listening_gateway,
    read_bare,
)
from benchmarks.thread.timeline import (
    Growth,
    between,
    delays,
    event_lengths,
    model_words,
    pace,
    percentiles,
    steps,
)
from letsbe_app.composition import Services, build_services
from letsbe_app.sample.owner import EMAIL, PASSWORD_FILE
from tenant_daemon.home import TenantHome
from tenant_daemon.local_tokens import local_token
from tenant_daemon.settings import load_settings
from tests.support.client import OwnerClient
from tests.support.hub import hub_settings
from tests.support.system import System, running_system

AGENT = "secretary"
EARLIER = (10, 200)
WORDS_PER_SECOND = 40
CLOCK_NOISE_MS = 2.0
"""The page's clock in whole milliseconds cannot be compared more finely."""


@dataclass
class Answers:
    """What was measured of all answers with one length of history. Times are seconds, one per word."""

    shown: int = 0
    answers: int = 0
    loads: list[float] = field(default_factory=list)
    to_page: list[float] = field(default_factory=list)
    to_openclaw: list[float] = field(default_factory=list)
    openclaw_to_page: list[float] = field(default_factory=list)
    openclaw_to_link: list[float] = field(default_factory=list)
    link_to_page: list[float] = field(default_factory=list)
    wire: Wire = field(default_factory=Wire)
    words: int = 0
    text_bytes: int = 0
    newest_pace: dict[str, dict[str, float]] = field(default_factory=dict)
    clock_offset_ms: float = 0.0

    def add(self, model: list[Growth], openclaw: list[Growth], events: list[LinkEvent], seen: Seen) -> None:
        """Join one answer's times."""
        lengths = event_lengths([(event.id, event.body) for event in events])
        offset = seen.clock_offset_ms if abs(seen.clock_offset_ms) > CLOCK_NOISE_MS else 0.0
        page = [Growth(at + offset / 1_000, lengths[name]) for at, name in seen.marks if name in lengths]
        link = [Growth(event.at, lengths[event.id]) for event in events]
        to_openclaw, to_link, to_page = (delays(model, place) for place in (openclaw, link, page))
        self.to_page += to_page
        self.to_openclaw += to_openclaw
        self.openclaw_to_page += between(to_openclaw, to_page)
        self.openclaw_to_link += between(to_openclaw, to_link)
        self.link_to_page += between(to_link, to_page)
        self.wire.add(seen.wire)
        self.answers += 1
        self.words += len(model)
        self.text_bytes += len(str(events[-1].body["text"]).encode())
        self.newest_pace = {
            "model": pace(model),
            "openclaw": steps(openclaw, len(model)),
            "page": steps(page, len(model)),
        }
        self.clock_offset_ms = round(seen.clock_offset_ms, 2)

    def report(self) -> dict[str, Any]:
        """As JSON."""

        def per_word(count: float) -> float:
            return round(count / self.words, 1)

        sizes, frames = self.wire.websocket_bytes, self.wire.websocket_frames
        return {
            "messages_shown": self.shown,
            "answers": self.answers,
            "words": self.words,
            "load": self.loads,
            "model_to_page": percentiles(self.to_page),
            "of_it_model_to_openclaw": percentiles(self.to_openclaw),
            "of_it_openclaw_to_page": percentiles(self.openclaw_to_page),
            "openclaw_to_page_parts": {
                "openclaw_to_link": percentiles(self.openclaw_to_link),
                "link_to_page": percentiles(self.link_to_page),
            },
            "pace": self.newest_pace,
            "bytes_per_word": {
                "stream": per_word(sizes[STREAM]),
                "reflex_event_socket": per_word(sizes[REFLEX]),
                "bare_text": per_word(self.text_bytes),
            },
            "frames_per_word": {
                "stream": round(frames[STREAM] / self.words, 2),
                "reflex_event_socket": round(frames[REFLEX] / self.words, 2),
            },
            "rest_bytes_per_answer": round(self.wire.rest_bytes / self.answers),
            "reflex_bytes_per_answer": round(sizes[REFLEX] / self.answers),
            "clock_offset_ms": self.clock_offset_ms,
        }


@dataclass
class Stage:
    """The running system and everything that watches it."""

    system: System
    home: TenantHome
    trace: TraceFile
    services: Services
    owner: OwnerClient
    gateway: Gateway
    tab: Tab

    async def measure(self, found: Answers, earlier: int, answers: int, words: int) -> None:
        """Answers in a new conversation that has so many messages already."""
        conversation_id = await self.owner.start(AGENT)
        await add_earlier_messages(self.services, conversation_id, earlier)
        found.shown = await self.tab.open(conversation_id, earlier)
        # Not counted: with its first answer OpenClaw prepares a session.
        await self.tab.ask(_question(20))
        for number in range(2, answers + 2):
            self.gateway.text_of(conversation_id)
            self.trace.new_lines()
            seen = await self.tab.ask(_question(words))
            events = link_events(self.system.hub_tap, conversation_id)
            found.add(
                model_words(self.trace.new_lines()),
                self.gateway.text_of(conversation_id),
                [event for event in events if event.id.startswith(f"{number}-")],
                seen,
            )
        found.loads.append(load_now())

    async def bare(self, words: int) -> dict[str, Any]:
        """A plain client at the model, and one at our proxy in front of it."""
        settings = load_settings(self.home)
        proxy = f"http://127.0.0.1:{settings.ports.proxy}/agents/{AGENT}/v1"
        places = {
            "model": (f"http://127.0.0.1:{self.system.model_tap.target_port}/v1", "none"),
            "proxy": (proxy, local_token(self.home, "proxy")),
        }
        found: dict[str, Any] = {}
        for name, (url, token) in places.items():
            self.trace.new_lines()
            grown, size = await read_bare(url, token, _question(words))
            sent = model_words(self.trace.new_lines())
            found[name] = {
                **percentiles(delays(sent, grown)),
                "bytes_per_word": round(size / len(sent), 1),
            }
        return found


def _question(words: int) -> str:
    return f"Tell me a long story of {words} words"


async def run(system: System, trace: TraceFile, *, quick: bool) -> dict[str, Any]:
    """Everything with each length of history."""
    rounds, answers, words = (1, 1, 120) if quick else (3, 2, 150)
    password = (system.data_dir / "keys" / PASSWORD_FILE).read_text().strip()
    home = TenantHome(system.tenant_homes()[0])
    async with AsyncExitStack() as stack:
        services = build_services(hub_settings(system.data_dir, system.redis.url))
        stack.push_async_callback(services.close)
        owner = OwnerClient(system.url)
        stack.push_async_callback(owner.close)
        await owner.sign_in(EMAIL, password)
        gateway = await stack.enter_async_context(listening_gateway(home))
        tab = await stack.enter_async_context(signed_in_tab(system.url, EMAIL, password))
        stage = Stage(system, home, trace, services, owner, gateway, tab)
        bare = await stage.bare(words)
        histories = {count: Answers() for count in EARLIER}
        # In turns, so that what else the machine does meets both alike.
        for _round in range(rounds):
            for count, found in histories.items():
                await stage.measure(found, count, answers, words)
    return {
        "bare": bare,
        "earlier_messages": {str(count): found.report() for count, found in histories.items()},
    }


def summary(report: dict[str, Any]) -> dict[str, Any]:
    """The figures that one looks at first."""
    found: dict[str, Any] = {
        "bare_model_p50_ms": report["bare"]["model"]["p50_ms"],
        "bare_proxy_p50_ms": report["bare"]["proxy"]["p50_ms"],
    }
    for earlier, history in report["earlier_messages"].items():
        found[f"{earlier}_earlier"] = {
            "model_to_page_p50_ms": history["model_to_page"]["p50_ms"],
            "model_to_page_p95_ms": history["model_to_page"]["p95_ms"],
            "model_to_openclaw_p50_ms": history["of_it_model_to_openclaw"]["p50_ms"],
            "openclaw_to_page_p50_ms": history["of_it_openclaw_to_page"]["p50_ms"],
            "openclaw_to_page_p95_ms": history["of_it_openclaw_to_page"]["p95_ms"],
            "link_to_page_p50_ms": history["openclaw_to_page_parts"]["link_to_page"]["p50_ms"],
            "link_to_page_p95_ms": history["openclaw_to_page_parts"]["link_to_page"]["p95_ms"],
            "stream_bytes_per_word": history["bytes_per_word"]["stream"],
            "reflex_bytes_per_word": history["bytes_per_word"]["reflex_event_socket"],
        }
    return found


def main(arguments: Sequence[str]) -> int:
    """Measure and print JSON: the whole report, then its summary as the last line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks chat", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one answer per history, about a minute")
    parser.add_argument("--workers", type=int, default=1, help="hub workers (default 1)")
    options = parser.parse_args(arguments)
    # Standard output is for JSON alone.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory(prefix="letsbe-bench-") as folder:
        trace = TraceFile(Path(folder) / "trace.jsonl")
        practice = {
            "LETSBE_PRACTICE_TRACE_FILE": str(trace.path),
            "LETSBE_PRACTICE_TOKENS_PER_SECOND": str(WORDS_PER_SECOND),
        }
        load_before = load_now()
        with running_system(Path(folder), workers=options.workers, practice_settings=practice) as system:
            sys.stderr.writelines(line for line in system.output if " ok " in line)
            report = asyncio.run(run(system, trace, quick=options.quick))
    head = {"benchmark": "chat", "hub_workers": options.workers, "machine": machine(load_before)}
    print(json.dumps({**head, **report}))
    print(json.dumps({**head, "summary": summary(report)}))
    return 0
