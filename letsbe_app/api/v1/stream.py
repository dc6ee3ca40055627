"""The browser's websocket, ``/api/v1/customer/stream``; frames and close codes in ``letsbe_app/api/live``."""

import asyncio
from contextlib import closing
from typing import Final

import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from letsbe_app.api.csrf import check_origin
from letsbe_app.api.dependencies import HubServices, session_token
from letsbe_app.api.live.client import LiveClient, StreamClosed
from letsbe_app.api.live.frames import (
    CLOSE_BAD_MESSAGE,
    CLOSE_NOT_SIGNED_IN,
    CLOSE_TRY_LATER,
    parse_client_frame,
)
from letsbe_app.composition import Services
from letsbe_app.errors import Forbidden, NotSignedIn, Unavailable
from letsbe_app.kit.tasks import run_until_one_fails, to_the_end
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.server.frames import handover_of
from letsbe_app.telemetry import metrics

log = structlog.get_logger()

router = APIRouter()

CLOSE_GONE: Final = 1001
SESSION_CHECK_SECONDS: Final = 60.0
PACE_CHECK_SECONDS: Final = 5.0
SILENCE_TIMEOUT_SECONDS: Final = 90.0
"""Browsers ping every 25 seconds."""


@router.websocket("/customer/stream")
async def stream(websocket: WebSocket, hub: HubServices) -> None:
    """Serve one tab."""
    try:
        check_origin(websocket.headers.get("origin"), hub.settings.allowed_origins())
    except Forbidden:
        # Before the handshake: another site's page learns nothing but 403.
        await websocket.close()
        return
    await websocket.accept()
    code, reason = CLOSE_GONE, ""
    try:
        await _serve(websocket, hub)
    except StreamClosed as exc:
        code, reason = exc.code, exc.reason
    except (NotSignedIn, Forbidden):
        code, reason = CLOSE_NOT_SIGNED_IN, "sign in first"
    except Unavailable:
        code, reason = CLOSE_TRY_LATER, "try again later"
    except WebSocketDisconnect:
        return
    await _close(websocket, code, reason)


async def _serve(websocket: WebSocket, hub: Services) -> None:
    token = session_token(websocket, hub)
    actor = await _watcher(hub, token)

    async def check_session() -> None:
        await to_the_end(_watcher(hub, token))

    wire = handover_of(websocket.scope).wire
    client = LiveClient(actor, hub.relay, hub.conversations, wire, check_session)
    async with hub.relay.subscriber.listening(client):
        await client.open()
        log.debug("stream.opened", session_id=actor.session_id)
        with metrics.STREAMS.track_inprogress(), closing(client):
            await run_until_one_fails(
                _receive(websocket, client),
                client.hear(),
                _watch_session(hub, token, actor),
                _watch_pace(client),
            )


async def _watcher(hub: Services, token: str | None) -> Actor:
    """The signed-in person, as long as they may look; raises NotSignedIn, Forbidden."""
    actor = await hub.accounts.actor_of(token)
    require(actor, Permission.READ)
    return actor


async def _receive(websocket: WebSocket, client: LiveClient) -> None:
    while True:
        try:
            async with asyncio.timeout(SILENCE_TIMEOUT_SECONDS):
                text = await websocket.receive_text()
        except TimeoutError:
            raise StreamClosed(CLOSE_GONE, "silent for too long") from None
        except KeyError:
            raise StreamClosed(CLOSE_BAD_MESSAGE, "text frames only") from None
        try:
            frame = parse_client_frame(text)
        except ValueError:
            raise StreamClosed(CLOSE_BAD_MESSAGE, "not a frame of this stream") from None
        await to_the_end(client.take(frame))


async def _watch_session(hub: Services, token: str | None, actor: Actor) -> None:
    """End the stream with the session, also where the wake about its end was lost."""
    while True:
        await asyncio.sleep(SESSION_CHECK_SECONDS)
        if (await to_the_end(_watcher(hub, token))).session_id != actor.session_id:
            raise NotSignedIn("Sign in first.")


async def _watch_pace(client: LiveClient) -> None:
    """End the stream of a browser that does not read; cheaper than a timer for every frame."""
    while True:
        await asyncio.sleep(PACE_CHECK_SECONDS)
        client.check_pace()


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    try:
        await websocket.close(code, reason)
    except (RuntimeError, OSError, WebSocketDisconnect):
        log.debug("stream.already_closed")
