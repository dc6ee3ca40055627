"""Budgets: what is set aside, what is refused, who is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.responses import JSONResponse, Response

from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.egress.budget import Budget, OverBudget, Reservation
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats import FORMATS, ModelRequest
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.metering import Ledger
from tenant_daemon.metering.ledger import Spent
from tenant_daemon.settings import WireName
from tests.support.proxy import AGENT, Proxy, running

NOW = datetime(2026, 3, 15, 13, 45, tzinfo=UTC)
CHAT = FORMATS["openai-chat"]
HELPER = AgentConfig(agent_id="helper", name="Helper", parent_agent_id="sales")
OTHER = AgentConfig(agent_id="it-admin", name="Iris")


def asking(tokens: int, answer: int | None = None) -> ModelRequest:
    body: dict[str, object] = {} if answer is None else {"max_tokens": answer}
    return ModelRequest(body, is_stream=False, prompt_tokens=tokens)


def config(*budgets: TokenBudget, **more: object) -> TenantConfig:
    return TenantConfig.model_validate(
        {"version": 1, "agents": [AGENT, HELPER, OTHER], "budgets": list(budgets), **more}
    )


def daily(tokens: int, agent_id: str | None = None, *, tree: bool = False) -> TokenBudget:
    return TokenBudget(period=BudgetPeriod.DAY, tokens=tokens, agent_id=agent_id, with_sub_agents=tree)


class Bench:
    """A budget with a clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOW
        self.ledger = Ledger([])
        self.budget = Budget(self.ledger, lambda _: 0, clock=lambda: self.now)

    def spend(self, wanted: TenantConfig, tokens: int, agent_id: str = "sales") -> None:
        """A request that uses exactly what it asked for."""
        reservation = self.take(wanted, tokens, agent_id)
        self.budget.settle(reservation, self.now, tokens)

    def take(self, wanted: TenantConfig, tokens: int, agent_id: str = "sales") -> Reservation:
        _, reservation = self.budget.reserve(wanted, agent_id, CHAT, asking(tokens - 10, 10))
        return reservation


def test_agents_budget_is_its_own() -> None:
    bench, wanted = Bench(), config(daily(100, "sales"))
    bench.spend(wanted, 90)
    with pytest.raises(OverBudget, match="tokens that Sales may use today"):
        bench.spend(wanted, 20)
    bench.spend(wanted, 1_000, "it-admin")


def test_tree_counts_its_helpers_and_nobody_else() -> None:
    bench, wanted = Bench(), config(daily(100, "sales", tree=True))
    bench.spend(wanted, 50)
    bench.spend(wanted, 40, "helper")
    for agent_id in ("sales", "helper"):
        with pytest.raises(OverBudget, match="Sales and its helpers"):
            bench.spend(wanted, 20, agent_id)
    bench.spend(wanted, 1_000, "it-admin")


def test_strictest_budget_decides() -> None:
    bench, wanted = Bench(), config(daily(1_000), daily(100, "sales"))
    bench.spend(wanted, 950, "it-admin")
    with pytest.raises(OverBudget, match="your agents"):
        bench.spend(wanted, 60)


def test_new_day_begins_anew_and_the_month_does_not() -> None:
    monthly = TokenBudget(period=BudgetPeriod.MONTH, tokens=150)
    bench, wanted = Bench(), config(daily(100), monthly)
    bench.spend(wanted, 95)
    with pytest.raises(OverBudget, match="today"):
        bench.spend(wanted, 20)
    bench.now += timedelta(days=1)
    bench.spend(wanted, 40)
    with pytest.raises(OverBudget, match="this month"):
        bench.spend(wanted, 30)


def test_running_requests_count() -> None:
    bench, wanted = Bench(), config(daily(100))
    running_one = bench.take(wanted, 60)
    with pytest.raises(OverBudget):
        bench.take(wanted, 60)
    bench.budget.give_back(running_one)
    bench.take(wanted, 60)


def test_answer_without_a_limit_gets_one() -> None:
    bench = Bench()
    limited, _ = bench.budget.reserve(config(daily(10_000)), "sales", CHAT, asking(100))
    assert limited.body == {"max_tokens": 8_192}
    free, _ = bench.budget.reserve(config(), "sales", CHAT, asking(100))
    assert free.body == {}


def test_several_answers_at_once_share_what_is_left() -> None:
    bench = Bench()
    request = ModelRequest({"n": 4, "max_completion_tokens": 500}, is_stream=False, prompt_tokens=100)
    limited, reservation = bench.budget.reserve(config(daily(1_000)), "sales", CHAT, request)
    assert limited.body["max_completion_tokens"] == 225
    assert reservation.tokens == 1_000


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"max_completion_tokens": -1}, {"max_completion_tokens": 900}),
        ({"max_tokens": 0}, {"max_tokens": 900}),
        ({"max_tokens": 50, "max_completion_tokens": 1e9}, {"max_tokens": 50, "max_completion_tokens": 900}),
        (
            {"max_tokens": 50, "max_completion_tokens": 5_000},
            {"max_tokens": 50, "max_completion_tokens": 900},
        ),
        ({"max_tokens": None, "max_completion_tokens": "9999"}, {"max_completion_tokens": 900}),
    ],
)
def test_limit_that_a_provider_may_read_otherwise_is_set_anew(
    body: dict[str, object], sent: dict[str, object]
) -> None:
    request = ModelRequest(body, is_stream=False, prompt_tokens=100)
    limited, reservation = Bench().budget.reserve(config(daily(1_000)), "sales", CHAT, request)
    assert limited.body == body | sent
    assert reservation.tokens == 1_000


def test_answers_that_would_have_no_token_each_are_refused() -> None:
    request = ModelRequest({"n": 200}, is_stream=False, prompt_tokens=10)
    with pytest.raises(Refused):
        Bench().budget.reserve(config(daily(100)), "sales", CHAT, request)


@pytest.mark.parametrize(
    ("name", "field"), [("openai-responses", "max_output_tokens"), ("anthropic-messages", "max_tokens")]
)
@pytest.mark.parametrize(("asked", "sent"), [(0, 900), (1e9, 900), (5_000, 900), (70, 70)])
def test_every_format_limits_its_answer(name: WireName, field: str, asked: float, sent: int) -> None:
    request = ModelRequest({field: asked}, is_stream=False, prompt_tokens=100)
    limited, reservation = Bench().budget.reserve(config(daily(1_000)), "sales", FORMATS[name], request)
    assert limited.body == {field: sent}
    assert reservation.tokens == 100 + sent


def test_thoughts_that_do_not_fit_into_what_is_left_are_refused() -> None:
    body: dict[str, object] = {"max_tokens": 5_000, "thinking": {"budget_tokens": 900}}
    request = ModelRequest(body, is_stream=False, prompt_tokens=100)
    with pytest.raises(Refused):
        Bench().budget.reserve(config(daily(1_000)), "sales", FORMATS["anthropic-messages"], request)


def test_budget_that_is_over_or_not_begun_holds_nobody_up() -> None:
    bench = Bench()
    over = daily(10).model_copy(update={"applies_until": NOW})
    later = daily(10).model_copy(update={"applies_from": NOW + timedelta(seconds=1)})
    bench.spend(config(over, later), 100)
    bench.now += timedelta(seconds=1)
    with pytest.raises(OverBudget):
        bench.take(config(over, later), 100)


def test_what_was_used_before_the_hub_told_what_is_left_is_not_counted_again() -> None:
    ledger = Ledger([Spent(NOW, "sales", 500)])
    budget = Budget(ledger, lambda _: 500, clock=lambda: NOW)
    wanted = config(period_token_limit=100)
    budget.reserve(wanted, "sales", CHAT, asking(50, 10))
    with pytest.raises(OverBudget):
        budget.reserve(wanted, "sales", CHAT, asking(50, 10))


@settings(max_examples=60, deadline=None)
@given(
    limit=st.integers(100, 3_000),
    asked=st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400), st.floats(0, 1)), max_size=30),
)
def test_no_order_of_requests_passes_a_budget(limit: int, asked: list[tuple[int, int, float]]) -> None:
    bench, wanted = Bench(), config(daily(limit))
    open_ones: list[tuple[Reservation, int]] = []
    for prompt, answer, share in asked:
        try:
            request, reservation = bench.budget.reserve(wanted, "sales", CHAT, asking(prompt, answer))
        except OverBudget:
            continue
        allowed = CHAT.answer_limit(request) or 0
        open_ones.append((reservation, prompt + int(allowed * share)))
        if len(open_ones) > 3:
            settled, used = open_ones.pop(0)
            bench.budget.settle(settled, bench.now, used)
    for settled, used in open_ones:
        bench.budget.settle(settled, bench.now, used)
    assert bench.ledger.total <= limit


def test_ledger_sums_from_an_hour_on_for_some_or_all() -> None:
    ledger = Ledger([])
    ledger.add("a", NOW - timedelta(hours=3), 1)
    assert ledger.used(None, NOW - timedelta(hours=1)) == 0
    ledger.add("a", NOW, 10)
    ledger.add("b", NOW + timedelta(minutes=5), 100)
    since = NOW - timedelta(minutes=40)
    assert ledger.used(None, since) == 110
    assert ledger.used(frozenset({"b", "c"}), since) == 100
    assert ledger.used(frozenset({"a"}), NOW - timedelta(days=1)) == 11
    assert ledger.total == 111


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    async with running(tmp_path) as built:
        yield built


def hungry(proxy: Proxy) -> Response:
    """An answer that uses every token it may."""
    request = proxy.upstream.requests[-1]
    # As a tokenizer does that makes one of every four bytes.
    prompt = len(proxy.upstream.bodies[-1]) // 4
    usage = {"prompt_tokens": prompt, "completion_tokens": request["max_tokens"]}
    return JSONResponse({"choices": [{"index": 0, "message": {"content": "x"}}], "usage": usage})


def chat(text: str, **more: object) -> dict[str, object]:
    return {"model": "m", "messages": [{"role": "user", "content": text}], **more}


async def test_concurrent_requests_do_not_pass_the_budget(proxy: Proxy) -> None:
    proxy.upstream.answer = lambda: hungry(proxy)
    proxy.configure(config(daily(2_000)))
    answers = await asyncio.gather(*[proxy.ask(chat("hi", max_tokens=300)) for _ in range(30)])
    assert {answer.status_code for answer in answers} == {200, 400}
    used = sum(row[1] + row[2] for row in proxy.usage())
    assert 1_200 < used <= 2_000


async def test_owner_is_told_once_at_each_step(tmp_path: Path) -> None:
    def told(root: Path) -> list[tuple[int, str]]:
        store = LinkStore(root / "link.db")
        payloads = [json.loads(message.payload) for message in store.waiting(after=0, limit=50)]
        store.close()
        return [(one["percent"], one["note"]) for one in payloads if one["kind"] == "usage.budget"]

    async with running(tmp_path) as proxy:
        proxy.upstream.answer = lambda: hungry(proxy)
        proxy.configure(config(daily(1_000)))
        for size in (100, 700, 60, 60, 500, 500, 500):
            await proxy.ask(chat("hi", max_tokens=size))
    notes = told(tmp_path)
    assert [percent for percent, _ in notes] == [80, 90, 100]
    assert notes[0][1] == "Your agents have used 80 % of the tokens for today."
    assert "begins anew at midnight" in notes[2][1]
    async with running(tmp_path) as proxy:
        proxy.configure(config(daily(1_000)))
        assert (await proxy.ask(chat("hi"))).status_code == 400
    assert told(tmp_path) == notes


async def test_what_was_used_before_a_restart_counts(tmp_path: Path) -> None:
    async with running(tmp_path) as proxy:
        proxy.upstream.answer = lambda: hungry(proxy)
        await proxy.ask(chat("hi", max_tokens=900))
    async with running(tmp_path) as proxy:
        proxy.configure(config(daily(950)))
        assert (await proxy.ask(chat("hi", max_tokens=300))).status_code == 400
