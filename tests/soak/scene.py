"""
Puts the soak together and judges it: two workers, Redis, a database, one server's daemon, one browser tab.

Between the parts stand proxies that cut. While faults come, an owner keeps writing; at the end every message
must have been answered once and in order, and the tab must have shown every token or said what was missing.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlmodel import col, select

from letsbe_app.api.dependencies import SESSION_COOKIE
from letsbe_app.composition import Services, build_services
from letsbe_app.db.models import Approval, ChatMessage, MessageRole
from letsbe_app.kit.ids import new_id
from tests.soak.faults import DaemonProcess, Faults
from tests.soak.page import Page
from tests.soak.script import answer_to, approval_id
from tests.support.engines import LARGE
from tests.support.hub import create_tables, hub_settings, quick_passwords
from tests.support.hub_process import HubProcess
from tests.support.live_hub import Customer, new_customer
from tests.support.middlebox import FrontDoor, Middlebox
from tests.support.postgresql import running_postgresql
from tests.support.redis import free_port, running_redis

CONVERSATIONS = 3
SETTLE_SECONDS = 120.0


@dataclass
class Report:
    """What the soak found."""

    seed: int
    engine: str
    faults: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    messages: int = 0
    tokens: int = 0
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    tokens_late_or_doubled: int = 0
    answers_streamed_whole: int = 0
    answers_filled_after_a_gap: int = 0
    answers_read_after_a_reconnect: int = 0
    answers_shown_wrong: int = 0
    approvals_lost_or_doubled: int = 0
    browser_connects: int = 0
    gaps_said: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.problems

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "fault_count": sum(self.faults.values()), "is_good": self.is_good}


class Scene:
    """A running system and what is said in it."""

    def __init__(
        self, services: Services, customer: Customer, conversations: list[str], page: Page, faults: Faults
    ) -> None:
        self._services = services
        self._customer = customer
        self._conversations = conversations
        self._page = page
        self._faults = faults
        self._said: dict[str, list[tuple[str, str]]] = {one: [] for one in conversations}

    async def endure(self, count: int, report: Report) -> None:
        """So many faults while people write; then wait until everything is answered, and judge."""
        began = time.monotonic()
        page = asyncio.create_task(self._page.run())
        writers = [asyncio.create_task(self._write(one)) for one in self._conversations]
        try:
            for _ in range(count):
                await self._faults.inject(self._faults.choose())
                await self._something_happens()
                for task in (page, *writers):
                    if task.done():
                        task.result()
        finally:
            for writer in writers:
                writer.cancel()
            await asyncio.gather(*writers, return_exceptions=True)
        self._faults.heal()
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                await self._until_settled()
        except TimeoutError:
            report.problems.append("not everything was answered in time after the last fault")
        finally:
            page.cancel()
            await asyncio.gather(page, return_exceptions=True)
        report.seconds = round(time.monotonic() - began, 1)
        report.faults = dict(self._faults.done)
        await self._judge(report)

    async def _something_happens(self) -> None:
        frames, seconds = self._faults.pause()
        until = self._page.frames + frames
        try:
            async with asyncio.timeout(seconds):
                while self._page.frames < until:
                    self._page.progress.clear()
                    await self._page.progress.wait()
        except TimeoutError:
            return

    async def _write(self, conversation_id: str) -> None:
        """Write whenever fewer than two messages wait for their answer."""
        number = 0
        while True:
            answered = await self._finished(conversation_id)
            if len(self._said[conversation_id]) - len(answered) < 2:
                text = f"{conversation_id[-4:]} {number}"
                message_id = new_id("msg")
                self._said[conversation_id].append((message_id, text))
                await self._services.conversations.send(
                    self._customer.actor, conversation_id, text, message_id=message_id
                )
                number += 1
            else:
                await asyncio.sleep(0.1)

    async def _rows(self, conversation_id: str) -> list[ChatMessage]:
        async with self._services.database.read() as session:
            rows = await session.exec(
                select(ChatMessage)
                .where(ChatMessage.conversation_id == conversation_id)
                .order_by(col(ChatMessage.position))
            )
            return list(rows.all())

    async def _finished(self, conversation_id: str) -> list[ChatMessage]:
        rows = await self._rows(conversation_id)
        return [row for row in rows if row.role == MessageRole.AGENT and row.finished_at is not None]

    async def _until_settled(self) -> None:
        while True:
            if await self._is_settled():
                return
            await asyncio.sleep(0.2)

    async def _is_settled(self) -> bool:
        for one in self._conversations:
            finished = {row.id for row in await self._finished(one)}
            wanted = {f"run_{message_id}" for message_id, _ in self._said[one]}
            shown = self._page.shown[one]
            seen_to_their_end = shown.complete | shown.gapped | (shown.read.keys() - shown.streamed.keys())
            if not wanted <= finished or not wanted <= seen_to_their_end:
                return False
        async with self._services.database.read() as session:
            return not await self._services.relay.outbox.count(session, self._customer.tenant_id)

    async def _judge(self, report: Report) -> None:
        for conversation_id in self._conversations:
            await self._judge_conversation(conversation_id, report)
        async with self._services.database.read() as session:
            asked = list((await session.exec(select(Approval.id))).all())
        wanted = [approval_id(message_id) for said in self._said.values() for message_id, _ in said]
        report.approvals_lost_or_doubled = len(set(wanted) ^ set(asked)) + len(asked) - len(set(asked))
        report.browser_connects = self._page.connects
        report.gaps_said = self._page.gaps
        for name in ("lost", "doubled", "reordered", "tokens_late_or_doubled", "answers_shown_wrong"):
            if number := getattr(report, name):
                report.problems.append(f"{name}: {number}")
        if report.approvals_lost_or_doubled:
            report.problems.append(f"approvals: {report.approvals_lost_or_doubled}")

    async def _judge_conversation(self, conversation_id: str, report: Report) -> None:
        said = self._said[conversation_id]
        rows = await self._finished(conversation_id)
        in_order = sorted(rows, key=lambda row: row.run_number or 0)
        replies = [row.in_reply_to for row in in_order]
        wanted = [message_id for message_id, _ in said]
        report.messages += len(said)
        report.lost += len(set(wanted) - set(replies))
        report.doubled += len(replies) - len(set(replies))
        report.reordered += [one for one in replies if one in wanted] != [
            one for one in wanted if one in replies
        ]
        texts = await read_answers(self._services, self._customer, conversation_id)
        shown = self._page.shown[conversation_id]
        report.tokens_late_or_doubled += len(shown.late)
        for message_id, text in said:
            run_id, expected = f"run_{message_id}", answer_to(text)
            report.tokens += len(expected.split())
            if texts.get(run_id) != expected:
                report.problems.append(f"{run_id}: kept text differs")
            self._judge_answer(run_id, expected, report, conversation_id)

    def _judge_answer(self, run_id: str, expected: str, report: Report, conversation_id: str) -> None:
        shown = self._page.shown[conversation_id]
        is_streamed_whole = run_id in shown.complete and shown.streamed.get(run_id) == expected
        if is_streamed_whole:
            report.answers_streamed_whole += 1
        elif run_id in shown.complete:
            report.answers_shown_wrong += 1
            report.problems.append(f"{run_id}: streamed {shown.streamed.get(run_id, '')[:80]!r}...")
        elif shown.read.get(run_id) != expected:
            report.answers_shown_wrong += 1
            report.problems.append(f"{run_id}: neither streamed nor read whole")
        elif run_id in shown.gapped:
            report.answers_filled_after_a_gap += 1
        elif run_id not in shown.streamed:
            report.answers_read_after_a_reconnect += 1
        else:
            report.answers_shown_wrong += 1
            report.problems.append(f"{run_id}: its end is missing, and no gap was said")


async def read_answers(services: Services, customer: Customer, conversation_id: str) -> dict[str, str]:
    """The finished answers of a conversation, as the API gives them, by run id."""
    found: dict[str, str] = {}
    before: str | None = None
    while True:
        page = await services.conversations.messages(
            customer.actor, conversation_id, before=before, limit=100
        )
        for message in page.items:
            if message.role == "agent" and message.status != "streaming":
                found[message.id] = message.text
        before = page.next_cursor
        if not before:
            return found


@asynccontextmanager
async def scene(folder: Path, seed: int, engine: str) -> AsyncIterator[Scene]:
    """Everything started, nothing said yet."""
    async with AsyncExitStack() as stack:
        redis = stack.enter_context(running_redis(engine))
        database_url = stack.enter_context(running_postgresql()) if engine == LARGE else ""
        redis_road = await stack.enter_async_context(Middlebox(redis.port).running())
        settings = hub_settings(folder / "data", redis.url, DATABASE_URL=database_url)
        create_tables(settings)
        services = build_services(settings, passwords=quick_passwords())
        stack.push_async_callback(services.close)
        workers = []
        for _ in range(2):
            worker = HubProcess(
                free_port(),
                {
                    "LETSBE_DATA_DIR": str(folder / "data"),
                    "REDIS_URL": f"redis://127.0.0.1:{redis_road.port}/0",
                    "DATABASE_URL": database_url,
                    "LETSBE_LOG_LEVEL": "error",
                },
            )
            worker.start()
            stack.callback(worker.kill)
            workers.append(worker)
            await asyncio.to_thread(worker.wait)
        customer = await new_customer(services)
        conversations = [
            (await services.conversations.start(customer.actor, customer.tenant_id, "sales")).id
            for _ in range(CONVERSATIONS)
        ]
        ports = [worker.port for worker in workers]
        doors = [FrontDoor(ports, random.Random(seed + offset)) for offset in (1, 2)]
        for door in doors:
            await stack.enter_async_context(door.running())
        home = folder / "home"
        home.mkdir()
        daemon = DaemonProcess(
            home, f"ws://127.0.0.1:{doors[0].port}/api/v1/tenant/link", customer.api_key, seed
        )
        daemon.start()
        stack.callback(daemon.kill)
        page = Page(
            f"ws://127.0.0.1:{doors[1].port}/api/v1/customer/stream",
            f"{SESSION_COOKIE}={customer.session_token}",
            conversations,
            lambda one: read_answers(services, customer, one),
        )
        faults = Faults(seed, workers, redis, redis_road, daemon, doors[0], doors[1])
        yield Scene(services, customer, conversations, page, faults)


async def soak(count: int, seed: int, engine: str = "sqlite") -> Report:
    """Run it in a folder of its own."""
    report = Report(seed, engine)
    with tempfile.TemporaryDirectory(prefix="letsbe-soak-") as folder:
        async with scene(Path(folder), seed, engine) as running:
            await running.endure(count, report)
    return report
