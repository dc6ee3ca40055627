"""Keeps a verified connection to OpenClaw and tells the chats when it is there and when it is not."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from tenant_daemon.hub_client.applied_config import AppliedConfig
from tenant_daemon.hub_client.chat import ChatRelay
from tenant_daemon.hub_client.openclaw_gateway import OpenClawGateway
from tenant_daemon.openclaw.client import GatewayGone, GatewayRefused, OpenClawClient
from tenant_daemon.openclaw.verification import NotVerified, verify

_FIRST_PAUSE_SECONDS: Final = 0.25
_LONGEST_PAUSE_SECONDS: Final = 1.0
"""A refused connection to this machine costs next to nothing, and a person waits for the agents."""

log = structlog.get_logger()


class OpenClawLink:
    """Runs until cancelled. ``problem`` says in words why OpenClaw is not used, empty while it is."""

    def __init__(
        self,
        connect: Callable[[], OpenClawClient],
        config: AppliedConfig,
        chat: ChatRelay,
        on_change: Callable[[], None],
    ) -> None:
        self._connect = connect
        self._config = config
        self._chat = chat
        self._on_change = on_change
        self._config_came = asyncio.Event()
        self.problem = "starting"

    def on_config_changed(self) -> None:
        """There may be agents now."""
        self._config_came.set()

    async def run(self) -> None:
        """Connect, verify, pass events on; again and again."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            if self._config.current is None:
                self._say("no configuration yet")
                await self._config_came.wait()
            was_open = await self._run_once()
            pause = _FIRST_PAUSE_SECONDS if was_open else min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _run_once(self) -> bool:
        """One connection from open to end; whether it came to relaying."""
        is_open = False
        config = self._config.current
        assert config is not None
        try:
            async with self._connect() as client:
                await verify(client, config)
                gateway = OpenClawGateway(client)
                await self._chat.on_gateway_opened(gateway)
                is_open = True
                self._say("")
                async for event in gateway.events():
                    self._chat.on_gateway_event(event)
            self._say("the connection ended")
        except NotVerified as exc:
            self._say(f"not as it must be: {exc}")
        except (GatewayGone, GatewayRefused) as exc:
            self._say(str(exc))
        finally:
            if is_open:
                self._chat.on_gateway_lost()
        return is_open

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            log.info("openclaw.link", problem=problem or None)
            self.problem = problem
            self._on_change()
