"""Work of the first request, done before it."""

from fastapi import FastAPI


def warm_routes(api: FastAPI) -> None:
    """
    Have every route put together now.

    FastAPI does it when an address is first compared with a router's: a third of a second of processor time,
    and several on a machine that is busy, in which a worker answers nobody.
    """
    nowhere = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "root_path": "",
        "headers": [],
        "path_params": {},
    }
    for route in api.routes:
        route.matches(dict(nowhere))
