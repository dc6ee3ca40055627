"""A real redis-server on a free port, with kill and restart; and fixtures that use it."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support.engines import chosen_engine, redis_program


def free_port() -> int:
    """A port that nothing listens on now, below those that the kernel hands out by itself."""
    for port in range(20_000 + time.time_ns() % 9_000, 32_000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port below 32000")


def redis_client(port: int, **options: Any) -> redis.Redis:
    """One that says at once what is wrong: by default each failure is tried again for seconds."""
    return redis.Redis(port=port, retry=Retry(NoBackoff(), 0), **options)


class RedisServer:
    """One redis-server without persistence: what is killed comes back empty, as the relay must stand."""

    def __init__(self, folder: Path, engine: str = "") -> None:
        self._program = redis_program(engine or chosen_engine())
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.socket_url = f"unix://{folder}/redis.sock"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            "port": self.port,
            "bind": "127.0.0.1",
            "save": "",
            "appendonly": "no",
            "dir": self._folder,
            "unixsocket": self._folder / "redis.sock",
        }
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        self._process = subprocess.Popen([self._program, *arguments], stdout=subprocess.DEVNULL)
        client = redis_client(self.port)
        deadline = time.monotonic() + 10
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                client.close()
                return

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        self.kill()
        self.start()

    def dump(self) -> bytes:
        """Every key and value as text, to search for what must not be there."""
        client = redis_client(self.port)
        parts: list[bytes] = []
        for key in client.scan_iter():
            kind = client.type(key)
            parts.append(key)
            parts.append(
                repr(client.xrange(key)).encode() if kind == b"stream" else repr(client.get(key)).encode()
            )
        client.close()
        return b"\n".join(parts)


@contextmanager
def running_redis(engine: str = "") -> Iterator[RedisServer]:
    """A server for the length of the block; ``engine`` as in ``engines.py``, else the chosen one."""
    folder = Path(tempfile.mkdtemp(prefix="letsbe-redis-"))
    server = RedisServer(folder, engine)
    server.start()
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
