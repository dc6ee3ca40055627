"""The token budgets: they block before they are passed, also with several requests at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.budget import TokenBudget
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.contracts.counting import agents_of, applies, period_start
from tenant_daemon.egress.budget_words import refusal
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats import ModelRequest, WireFormat
from tenant_daemon.metering import Ledger

_LEAST_ANSWER: Final = 64
"""An answer cut shorter than this helps nobody; the request is blocked instead."""
_DEFAULT_ANSWER: Final = 8_192
"""The limit that an answer without one gets while a budget is in force."""


@dataclass
class Reservation:
    """Tokens set aside for a running request."""

    agent_id: str
    tokens: int


@dataclass(frozen=True)
class Standing:
    """Where a budget stands. ``budget`` is None for what the hub said is left of the period."""

    budget: TokenBudget | None
    agents: frozenset[str] | None
    began_at: datetime
    limit: int
    used: int


class Budget:
    """Sets tokens aside for running requests. Used by one event loop."""

    def __init__(
        self, ledger: Ledger, used_before: Callable[[int], int], clock: Callable[[], datetime] = utc_now
    ) -> None:
        """``used_before`` gives what was used before a version of the configuration was first seen."""
        self._ledger = ledger
        self._used_before = used_before
        self._clock = clock
        self._marks: dict[int, int] = {}
        self._running: list[Reservation] = []

    def reserve(
        self, config: TenantConfig, agent_id: str, wire: WireFormat, request: ModelRequest
    ) -> tuple[ModelRequest, Reservation]:
        """
        The request, its answer limited to what is left, and what was set aside for it.

        Raises:
            Refused: What is left does not suffice.
        """
        standings = self.concerning(config, agent_id)
        answer = wire.answer_limit(request)
        if not standings:
            return request, self._take(agent_id, request.prompt_tokens + (answer or _DEFAULT_ANSWER))
        left, tightest = min(((self._left(one), one) for one in standings), key=lambda pair: pair[0])
        if left < request.prompt_tokens + min(_LEAST_ANSWER, answer or _LEAST_ANSWER):
            raise OverBudget(tightest, refusal(tightest.budget, config))
        allowed = min(answer or _DEFAULT_ANSWER, left - request.prompt_tokens)
        if answer != allowed:
            request = wire.limit_answer(request, allowed)
        return request, self._take(agent_id, request.prompt_tokens + allowed)

    def settle(self, reservation: Reservation, opened_at: datetime, tokens: int) -> None:
        """The request is over: enter what it used, and give back what was set aside."""
        self._ledger.add(reservation.agent_id, opened_at, tokens)
        self.give_back(reservation)

    def give_back(self, reservation: Reservation) -> None:
        """The request used nothing."""
        self._running = [one for one in self._running if one is not reservation]

    def concerning(self, config: TenantConfig, agent_id: str) -> list[Standing]:
        """Where each budget stands that holds for an agent."""
        return [
            standing
            for standing in self.standings(config)
            if standing.agents is None or agent_id in standing.agents
        ]

    def standings(self, config: TenantConfig) -> Iterator[Standing]:
        """Where each budget stands that is in force."""
        now = self._clock()
        for budget in config.budgets:
            if applies(budget, now):
                agents, began_at = agents_of(budget, config.parents()), period_start(budget, now)
                used = self._ledger.used(agents, began_at)
                yield Standing(budget, agents, began_at, budget.tokens, used)
        if config.period_token_limit is not None:
            used = self._ledger.total - self._mark(config.version)
            yield Standing(None, None, datetime.fromtimestamp(0, UTC), config.period_token_limit, used)

    def _left(self, standing: Standing) -> int:
        reserved = sum(
            one.tokens for one in self._running if standing.agents is None or one.agent_id in standing.agents
        )
        return standing.limit - standing.used - reserved

    def _mark(self, version: int) -> int:
        if version not in self._marks:
            self._marks = {version: self._used_before(version)}
        return self._marks[version]

    def _take(self, agent_id: str, tokens: int) -> Reservation:
        reservation = Reservation(agent_id, tokens)
        self._running.append(reservation)
        return reservation


class OverBudget(Refused):
    """What is left of a budget does not suffice."""

    def __init__(self, standing: Standing, message: str) -> None:
        # Not 402 or 429, and no word of quotas or billing: OpenClaw would take it for the provider's and ask
        # nothing for ten minutes, also after the limit was raised.
        super().__init__(400, "token_budget_reached", message)
        self.standing = standing
