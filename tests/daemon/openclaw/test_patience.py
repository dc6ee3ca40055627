"""How long OpenClaw may take to start."""

from pathlib import Path

import pytest

from tenant_daemon.daemon import Daemon
from tenant_daemon.home import TenantHome
from tenant_daemon.openclaw.supervisor import OpenClawProcess
from tenant_daemon.settings import TenantSettings


class _Slow(OpenClawProcess):
    """Ready after so many seconds."""

    needs_seconds = 700.0

    async def wait_ready(self, *, timeout_seconds: float = 0.0) -> None:
        if timeout_seconds < self.needs_seconds:
            raise TimeoutError


async def test_a_start_that_was_too_slow_gets_longer_next_time(tmp_path: Path) -> None:
    """On an overloaded server it would be ended and begun again for ever."""
    home, settings = TenantHome(tmp_path), TenantSettings(tenant_name="t", hub_url="http://127.0.0.1:1")
    daemon, slow = Daemon(home, settings, str), _Slow(home, settings)
    for seconds in (120, 240, 480):
        with pytest.raises(TimeoutError, match=f"not ready within {seconds} s"):
            await daemon._wait_ready(slow)
    await daemon._wait_ready(slow)
    with pytest.raises(TimeoutError, match="not ready within 120 s"):
        await daemon._wait_ready(slow)


async def test_patience_has_an_end(tmp_path: Path) -> None:
    home, settings = TenantHome(tmp_path), TenantSettings(tenant_name="t", hub_url="http://127.0.0.1:1")
    daemon, never = Daemon(home, settings, str), _Slow(home, settings)
    never.needs_seconds = float("inf")
    for _ in range(10):
        with pytest.raises(TimeoutError):
            await daemon._wait_ready(never)
    with pytest.raises(TimeoutError, match="not ready within 1800 s"):
        await daemon._wait_ready(never)
