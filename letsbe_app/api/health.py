"""Whether this process lives, and whether it can do its work."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from letsbe_app.api.dependencies import HubServices
from letsbe_app.composition import Services
from letsbe_app.db.models import Customer
from letsbe_app.errors import Unavailable
from letsbe_app.kit.disk_room import has_room

router = APIRouter(include_in_schema=False)

_TIMEOUT_SECONDS: Final = 2.0


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Answers as long as the process lives."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(hub: HubServices) -> JSONResponse:
    """
    200 when database and Redis answer, else 503 naming what is wrong.

    A full disk is named as well, and is a reason for 503 where the database lies on it: a hub whose database
    is a server of its own can do nearly all of its work without.
    """
    database, redis, disk = await asyncio.gather(
        _is_well(_ask_database(hub)), _is_well(hub.relay.ping()), _disk(hub.settings.data_dir)
    )
    is_ready = database and redis and (disk == "ok" or not hub.settings.is_database_a_file)
    parts = {"database": "ok" if database else "away", "redis": "ok" if redis else "away", "disk": disk}
    body = {"status": "ready" if is_ready else "not_ready", "parts": parts}
    return JSONResponse(body, status_code=200 if is_ready else 503)


async def _ask_database(hub: Services) -> None:
    async with hub.database.read() as session:
        await session.exec(select(Customer.id).limit(1))


async def _disk(place: Path) -> str:
    """The data folder's: keys and mail lie there, and the database unless it is a server of its own."""
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            return "ok" if await asyncio.to_thread(has_room, place) else "full"
    except (OSError, TimeoutError):
        return "away"


async def _is_well(question: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            await question
    except (SQLAlchemyError, OSError, TimeoutError, Unavailable):
        return False
    return True
