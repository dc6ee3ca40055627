"""
The websocket to OpenClaw's gateway on this machine.

One connection for one caller. It does not reconnect: when it is lost every waiting request raises
``GatewayGone`` and ``events`` ends, and the caller connects anew and asks ``history`` what it has missed.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tenant_daemon.openclaw.events import GatewayEvent
from tenant_daemon.openclaw.neutralise import neutralise
from tenant_daemon.openclaw.protocol import (
    CONNECT_ID,
    Alive,
    Answer,
    BadFrame,
    Challenge,
    Json,
    connect_frame,
    receive,
    request_frame,
)

log = structlog.get_logger()

_CONNECT_SECONDS: Final = 20.0
_REQUEST_SECONDS: Final = 30.0
_SILENCE_SECONDS: Final = 75.0
"""The gateway ticks every 30 s. Its event loop can be busy for seconds, so pings of ours would lie."""
_MAX_FRAME_BYTES: Final = 32 * 1024 * 1024
_MAX_WAITING_EVENTS: Final = 10_000
_CHAT_SCOPES: Final = ("operator.read", "operator.write")
_ADMIN_SCOPES: Final = (*_CHAT_SCOPES, "operator.admin")
_HISTORY_PAGE: Final = 200
_HISTORY_PAGES: Final = 50
_HISTORY_CHARACTERS: Final = 500_000
"""Of one message; OpenClaw allows no more, and cuts at 8,000 by itself."""
_SESSIONS_PAGE: Final = 200


class GatewayGone(ConnectionError):
    """The gateway cannot be reached, or the connection to it ended."""


class GatewayRefused(RuntimeError):
    """The gateway understood the request and says no."""

    def __init__(self, method: str, code: str, message: str) -> None:
        super().__init__(f"{method}: {code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True)
class SessionHistory:
    """What the gateway knows of a session."""

    messages: list[Json]
    running_text: str | None
    """Text so far of the answer that is being written, None when no run is active."""
    running_run_id: str = ""


class OpenClawClient:
    """Use as ``async with OpenClawClient(port, token) as client``."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answers: dict[str, asyncio.Future[Answer]] = {}
        self._events: asyncio.Queue[GatewayEvent | None] = asyncio.Queue(_MAX_WAITING_EVENTS)
        self._sent_count = 0

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def connect(self) -> None:
        """
        Open the connection and introduce ourselves.

        Raises:
            GatewayGone: Nobody listens, or the gateway is still starting.
            GatewayRefused: The token is wrong.
        """
        await self._open(_CHAT_SCOPES)

    async def close(self) -> None:
        """End the connection; runs go on."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader

    async def events(self) -> AsyncIterator[GatewayEvent]:
        """Events of every session, in order, until the connection ends."""
        while (event := await self._events.get()) is not None:
            yield event

    async def send(self, session_key: str, text: str, idempotency_key: str) -> str:
        """
        Give the agent a message; the answer comes as events. Returns the run's id, which is the key.

        A second call with the same key starts nothing new.
        """
        payload = await self._request(
            "chat.send",
            {"sessionKey": session_key, "message": neutralise(text), "idempotencyKey": idempotency_key},
        )
        return str(payload.get("runId") or idempotency_key)

    async def abort(self, session_key: str) -> bool:
        """Stop what runs in the session and what waits behind it; False when nothing ran."""
        params = {"sessionKey": session_key}
        try:
            payload = await self._request("chat.abort", params)
        except GatewayRefused as refusal:
            if refusal.message != "unauthorized":
                raise
            # Only the connection that began a run may stop it, or an administrator. Ours was lost since.
            payload = await self._ask_as_administrator("chat.abort", params)
        return payload.get("aborted") is True

    async def rewind(self, session_key: str, run_ids: Sequence[str]) -> bool:
        """
        Bring the session to the point before the first question of these runs that it knows; what follows
        that question is off the agent's memory. False when the session knows none of them.

        Args:
            session_key: Whose; a session that does not exist knows nothing.
            run_ids: As they were given to ``send``.
        """
        entry_id = await self._first_question(session_key, {f"{run_id}:user" for run_id in run_ids})
        if not entry_id:
            return False
        await self._ask_as_administrator("sessions.rewind", {"sessionKey": session_key, "entryId": entry_id})
        return True

    async def session_keys(self, agent_id: str, words: str) -> list[str]:
        """The keys of the agent's sessions in which these words occur, archived ones too."""
        params = {"agentId": agent_id, "search": words, "limit": _SESSIONS_PAGE, "archived": "all"}
        keys: list[str] = []
        while True:
            payload = await self._request("sessions.list", {**params, "offset": len(keys)})
            page = [str(session.get("key")) for session in payload.get("sessions") or []]
            keys += page
            if len(page) < _SESSIONS_PAGE:
                return [key for key in keys if words in key]

    async def delete_session(self, session_key: str) -> list[str]:
        """
        Delete a session; one that is gone already is no error.

        OpenClaw keeps what was said in it as compressed files: their paths are given.
        """
        payload = await self._ask_as_administrator(
            "sessions.delete", {"key": session_key, "deleteTranscript": True}
        )
        return [str(path) for path in payload.get("archived") or []]

    async def history(self, session_key: str, *, limit: int = 50) -> SessionHistory:
        """The session's last messages and the run that is active, for a caller that was away."""
        params = {"sessionKey": session_key, "limit": limit, "maxChars": _HISTORY_CHARACTERS}
        payload = await self._request("chat.history", params)
        in_flight = payload.get("inFlightRun")
        return SessionHistory(
            messages=list(payload.get("messages") or []),
            running_text=str(in_flight.get("text") or "") if isinstance(in_flight, dict) else None,
            running_run_id=str(in_flight.get("runId") or "") if isinstance(in_flight, dict) else "",
        )

    async def health(self) -> Json:
        """The gateway's own report, freshly taken."""
        return await self._request("health", {"probe": True})

    async def effective_tools(self, agent_id: str) -> frozenset[tuple[str, str]]:
        """Every tool that the agent's model can call, as (name, id of the plugin; empty for a built-in)."""
        session_key = f"agent:{agent_id}:verification"
        # The gateway tells the tools of existing sessions only. Creating one that exists changes nothing.
        await self._request("sessions.create", {"key": session_key, "agentId": agent_id})
        payload = await self._request("tools.effective", {"agentId": agent_id, "sessionKey": session_key})
        return frozenset(
            (str(tool.get("id")), str(tool.get("pluginId") or ""))
            for group in payload.get("groups") or []
            for tool in group.get("tools") or []
        )

    async def _first_question(self, session_key: str, wanted: set[str]) -> str:
        """The entry of the oldest message with one of these idempotency keys; empty when there is none."""
        found = ""
        for page in range(_HISTORY_PAGES):
            params = {"sessionKey": session_key, "limit": _HISTORY_PAGE, "offset": page * _HISTORY_PAGE}
            payload = await self._request("chat.history", params)
            # Pages go from the newest backwards, each in reading order.
            here = next(
                (one for one in payload.get("messages") or [] if one.get("idempotencyKey") in wanted), None
            )
            if here is not None:
                found = str((here.get("__openclaw") or {}).get("id") or "")
            if payload.get("hasMore") is not True or (found and here is None):
                break
        return found

    async def _ask_as_administrator(self, method: str, params: Json) -> Json:
        """Over a connection for this request alone: the one that carries text never has that scope."""
        other = OpenClawClient(self._port, self._token)
        try:
            await other._open(_ADMIN_SCOPES)
            return await other._request(method, params)
        finally:
            await other.close()

    async def _open(self, scopes: tuple[str, ...]) -> None:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                self._socket = await connect(
                    f"ws://127.0.0.1:{self._port}",
                    ping_interval=None,
                    compression=None,
                    proxy=None,
                    max_size=_MAX_FRAME_BYTES,
                )
                self._reader = asyncio.create_task(self._read(self._socket), name="openclaw-reader")
                await self._introduce(scopes)
        except (GatewayGone, GatewayRefused):
            await self.close()
            raise
        except (OSError, TimeoutError, InvalidHandshake) as exc:
            await self.close()
            raise GatewayGone(f"OpenClaw on port {self._port} cannot be reached") from exc

    async def _introduce(self, scopes: tuple[str, ...]) -> None:
        challenged = self._expect("")
        await challenged
        answer = self._expect(CONNECT_ID)
        await self._write(connect_frame(self._token, scopes=scopes))
        result = await answer
        if result.error_code == "UNAVAILABLE":
            raise GatewayGone("OpenClaw is still starting")
        if result.error_code:
            raise GatewayRefused("connect", result.error_code, result.error_message)

    async def _request(self, method: str, params: Json) -> Json:
        self._sent_count += 1
        request_id = f"r{self._sent_count}"
        answer = self._expect(request_id)
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                await self._write(request_frame(request_id, method, params))
                result = await answer
        except TimeoutError as exc:
            raise GatewayGone(f"OpenClaw did not answer {method} within {_REQUEST_SECONDS:.0f} s") from exc
        finally:
            self._answers.pop(request_id, None)
        if result.error_code:
            raise GatewayRefused(method, result.error_code, result.error_message)
        return result.payload

    def _expect(self, request_id: str) -> asyncio.Future[Answer]:
        if self._reader is None or self._reader.done():
            raise GatewayGone("the connection to OpenClaw has ended")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[request_id] = future
        return future

    async def _write(self, frame: str) -> None:
        assert self._socket is not None
        try:
            await self._socket.send(frame)
        except WebSocketException as exc:
            raise GatewayGone("the connection to OpenClaw has ended") from exc

    async def _read(self, socket: ClientConnection) -> None:
        """Until the connection ends, breaks the protocol, falls silent, or nobody takes its events."""
        reason = "closed"
        try:
            while True:
                async with asyncio.timeout(_SILENCE_SECONDS):
                    frame = await socket.recv()
                self._take(frame)
        except TimeoutError:
            reason = "silent"
        except BadFrame:
            reason = "bad_frame"
        except asyncio.QueueFull:
            reason = "events_not_taken"
        except WebSocketException:
            pass
        finally:
            log.info("openclaw.connection_ended", reason=reason)
            self._end()
            await socket.close()

    def _take(self, frame: str | bytes) -> None:
        match receive(frame):
            case Answer() as answer:
                self._resolve(answer.request_id, answer)
            case Challenge():
                self._resolve("", Answer("", {}))
            case Alive():
                pass
            case event:
                self._events.put_nowait(event)

    def _resolve(self, request_id: str, answer: Answer) -> None:
        future = self._answers.pop(request_id, None)
        if future is not None and not future.done():
            future.set_result(answer)

    def _end(self) -> None:
        for future in self._answers.values():
            if not future.done():
                future.set_exception(GatewayGone("the connection to OpenClaw has ended"))
        self._answers.clear()
        if self._events.full():
            self._events.get_nowait()
        self._events.put_nowait(None)
