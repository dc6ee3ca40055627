"""A wrapper on a folder of its own, with real databases, vault, executors and redaction."""

import argparse
import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType

import pytest
import uvicorn

from tenant_daemon.contracts.tiers import AutonomyLevel
from tenant_daemon.local_tokens import local_token
from tenant_daemon.safety.server import create_app
from tests.support.wrapper import WrapperBench

Command = Callable[..., "asyncio.Future[int]"]
"""Takes the command's module and its words."""


@pytest.fixture
def bench(tmp_path: Path) -> WrapperBench:
    """Not started yet."""
    bench = WrapperBench(tmp_path / "home")
    bench.configure(level=AutonomyLevel.TRUSTED_ASSISTANT)
    return bench


@pytest.fixture
async def running(bench: WrapperBench) -> AsyncIterator[WrapperBench]:
    """Started; stopped in order at the end."""
    async with bench.started():
        yield bench


@pytest.fixture
async def command(bench: WrapperBench) -> AsyncIterator[Command]:
    """A command, run in a thread while the wrapper serves."""
    listener = socket.create_server(("127.0.0.1", 0))
    bench.home.settings_file.write_text(
        f'tenant_name = "t"\nhub_url = "http://h"\n[ports]\nwrapper = {listener.getsockname()[1]}\n'
    )
    app = create_app(bench.started, local_token(bench.home, "wrapper"))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))

    def run(module: ModuleType, *words: str) -> int:
        parser = argparse.ArgumentParser()
        module.add_parser(parser.add_subparsers())
        return int(module.run(parser.parse_args([*words, "--home", str(bench.home.root)])))

    yield lambda module, *words: asyncio.ensure_future(asyncio.to_thread(run, module, *words))
    server.should_exit = True
    await serving
