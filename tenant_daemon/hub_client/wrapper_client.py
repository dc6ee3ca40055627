"""What the link asks of the safety wrapper, over HTTP on the loopback address."""

from datetime import datetime
from types import TracebackType
from typing import Final, Self

import httpx
import structlog

from tenant_daemon.contracts.approvals import ApprovalDecided, ApprovalWithdrawn
from tenant_daemon.contracts.changes import UndoRequested
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.certificates import trusted_authorities

_TIMEOUT_SECONDS: Final = 10.0

log = structlog.get_logger()


class WrapperAway(Exception):
    """The wrapper does not answer; asking again later is right."""


class WrapperClient:
    """Use as ``async with WrapperClient(port, token) as wrapper``."""

    def __init__(self, port: int, token: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
            verify=trusted_authorities(),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def decide(self, decision: ApprovalDecided) -> None:
        """
        Pass a person's decision on. The wrapper reports the outcome to the hub itself, a conflict included.

        Raises:
            WrapperAway: It is not known whether the wrapper has it.
        """
        path = f"/api/v1/approvals/{decision.approval_id}/decision"
        answer = await self._deliver(path, decision.model_dump(mode="json"))
        log.info("approval.passed_on", approval_id=decision.approval_id, status=answer.status_code)

    async def withdraw(self, wish: ApprovalWithdrawn) -> None:
        """
        Have what an approval allowed from then on asked about again. The wrapper reports it itself.

        Raises:
            WrapperAway: It is not known whether the wrapper has it.
        """
        path = f"/api/v1/approvals/{wish.approval_id}/withdrawal"
        answer = await self._deliver(path, wish.model_dump(mode="json"))
        log.info("approval.withdrawal_passed_on", approval_id=wish.approval_id, status=answer.status_code)

    async def undo(self, wish: UndoRequested) -> None:
        """
        Have a change put back. The wrapper reports the outcome to the hub itself, a refusal included.

        Raises:
            WrapperAway: It is not known whether the wrapper has it.
        """
        path = f"/api/v1/changes/{wish.change_id}/undo"
        answer = await self._deliver(path, wish.model_dump(mode="json"))
        log.info("change.undo_passed_on", change_id=wish.change_id, status=answer.status_code)

    async def cancel(self, session: ChatSession) -> None:
        """A session was stopped: its calls that wait or run are off. A wrapper that is away has none."""
        try:
            await self._post("/api/v1/sessions/cancel", {"session_id": session.key})
        except WrapperAway as exc:
            log.warning("wrapper.cancel_failed", reason=str(exc))

    async def release(self, conversation_id: str) -> None:
        """Calls that wait for a decision are answered for now: the agent hears what was said since."""
        try:
            await self._post("/api/v1/conversations/release", {"conversation_id": conversation_id})
        except WrapperAway as exc:
            # The message waits for the call, as it would have.
            log.warning("wrapper.release_failed", reason=str(exc))

    async def cancel_conversation(self, conversation_id: str, asked_at: datetime) -> None:
        """
        A conversation was stopped: what it asked for until then is off, also where no run is behind it.

        Raises:
            WrapperAway: It is not known whether the wrapper has it. What waits there goes on waiting.
        """
        body: dict[str, object] = {"conversation_id": conversation_id, "asked_at": asked_at.isoformat()}
        await self._deliver("/api/v1/conversations/cancel", body)

    async def config_changed(self) -> None:
        """The configuration was replaced: calls of agents that are stopped now are off."""
        try:
            await self._post("/api/v1/config-changed", {})
        except WrapperAway as exc:
            # It reads the configuration when it starts.
            log.warning("wrapper.config_not_told", reason=str(exc))

    async def _deliver(self, path: str, body: dict[str, object]) -> httpx.Response:
        answer = await self._post(path, body)
        if answer.is_server_error or answer.status_code == httpx.codes.UNAUTHORIZED:
            raise WrapperAway(f"the wrapper answered {answer.status_code}")
        return answer

    async def _post(self, path: str, body: dict[str, object]) -> httpx.Response:
        try:
            return await self._http.post(path, json=body)
        except httpx.HTTPError as exc:
            raise WrapperAway(f"the wrapper does not answer: {type(exc).__name__}") from exc
