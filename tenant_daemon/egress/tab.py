"""What one request costs: set aside before it is sent, written down while it runs, counted at the end."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import structlog

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.egress.accounts import Accounts
from tenant_daemon.egress.budget import Budget, OverBudget, Reservation
from tenant_daemon.egress.budget_notes import BudgetNotes
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats import AnswerChecker, ModelRequest, WireFormat
from tenant_daemon.egress.usage import estimated_usage
from tenant_daemon.metering import OpenRequest, Progress, Usage, open_request

_PROGRESS_SECONDS: Final = 1.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Books:
    """Where costs are kept; made once per process."""

    accounts: Accounts
    budget: Budget
    notes: BudgetNotes


class Tab:
    """Call ``reserve``, then ``open`` before sending, ``note_progress`` as it goes, ``close`` always."""

    def __init__(self, books: Books, config: TenantConfig, agent_id: str) -> None:
        self._books = books
        self._config = config
        self._agent_id = agent_id
        self._reservation: Reservation | None = None
        self._opened: OpenRequest | None = None
        self._progress_at = 0.0
        self.is_charged = False
        """Whether the provider may charge for it."""
        self.usage: Usage | None = None
        """As the provider told it."""
        self.prompt_tokens = 0
        self.cost: Usage | None = None
        """What was counted in the end; None where nothing was charged."""
        self.characters = 0
        """Of the answer, for an estimate where the provider tells nothing."""

    def reserve(self, wire: WireFormat, request: ModelRequest) -> ModelRequest:
        """
        The request with its answer limited to what the budgets leave.

        Raises:
            Refused: They leave too little.
        """
        try:
            request, self._reservation = self._books.budget.reserve(
                self._config, self._agent_id, wire, request
            )
        except OverBudget as over:
            self._books.notes.refused(over.standing, self._config)
            raise
        self.prompt_tokens = request.prompt_tokens
        return request

    async def open(self, model: str) -> None:
        """
        Write down that the request runs: from here on it is counted even if this process is killed.

        Raises:
            Refused: It cannot be written down, so it must not be sent.
        """
        opened = open_request(self._agent_id, model, self.prompt_tokens)
        writing = self._books.accounts.open(opened)
        self._opened = opened
        try:
            if writing is not None:
                await writing
        except asyncio.CancelledError:
            raise
        except Exception:  # noqa: BLE001 - logged where it failed
            raise Refused(503, "metering_unavailable", "Usage cannot be written down now.") from None
        self.is_charged = True
        self._progress_at = time.monotonic()

    def note_progress(self, answer: AnswerChecker) -> None:
        """The answer has come so far. Cheap: written down once in a while."""
        now = time.monotonic()
        if self._opened is None or now - self._progress_at < _PROGRESS_SECONDS:
            return
        self._progress_at = now
        self.take(answer)
        usage = self._so_far()
        self._books.accounts.note_progress(Progress(self._opened.id, usage.prompt, usage.completion))

    def take(self, answer: AnswerChecker) -> None:
        """What a stream says about its cost."""
        self.usage, self.characters = answer.usage, answer.characters
        self.prompt_tokens = answer.prompt_tokens or self.prompt_tokens

    def close(self) -> "asyncio.Future[None] | None":
        """
        Count, and give back what was set aside; what may be waited for until it is written down.

        Without a pause, so that no cancellation comes between. Calling it again does nothing.
        """
        reservation, self._reservation = self._reservation, None
        opened, self._opened = self._opened, None
        usage = self.cost = self._so_far() if self.is_charged else None
        if reservation is not None:
            self._settle(reservation, opened, usage)
        if opened is None:
            return None
        log.info(
            "proxy.answered",
            agent_id=self._agent_id,
            prompt_tokens=usage.prompt if usage else 0,
            completion_tokens=usage.completion if usage else 0,
            is_estimated=bool(usage and usage.is_estimated),
        )
        return self._books.accounts.settle(opened, usage)

    def _so_far(self) -> Usage:
        return self.usage or estimated_usage(self.prompt_tokens, self.characters)

    def _settle(self, reservation: Reservation, opened: OpenRequest | None, usage: Usage | None) -> None:
        books = self._books
        if opened is None or usage is None:
            books.budget.give_back(reservation)
            return
        books.budget.settle(reservation, opened.opened_at, usage.total)
        for standing in books.budget.concerning(self._config, self._agent_id):
            books.notes.check(standing, self._config)
