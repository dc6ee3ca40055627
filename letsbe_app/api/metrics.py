"""``/metrics`` for Prometheus, behind a bearer token of its own."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from letsbe_app.api.dependencies import HubServices
from letsbe_app.api.envelope import failure
from letsbe_app.telemetry.exposition import CONTENT_TYPE, is_authorized, render
from letsbe_app.telemetry.figures import figures

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(request: Request, hub: HubServices) -> Response:
    """Metrics of all workers. Without the token, or where none is set, it is as if there were nothing."""
    token = hub.settings.metrics_token.get_secret_value()
    if not is_authorized(request.headers.get("authorization", ""), token):
        return failure(404, "not_found", "There is nothing at this address.")
    found = await figures(hub.database, hub.relay)
    # Reading the files of all workers takes a while.
    return Response(await asyncio.to_thread(render, found), media_type=CONTENT_TYPE)
