"""The faults: what is cut, killed, frozen or blocked, chosen by a seed."""

import asyncio
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.support.hub_process import ROOT, HubProcess
from tests.support.middlebox import FrontDoor, Middlebox
from tests.support.redis import RedisServer


class DaemonProcess:
    """The server's daemon, to be killed and started again over the same home."""

    def __init__(self, home: Path, link_url: str, api_key: str, seed: int) -> None:
        self._home, self._link_url, self._api_key, self._seed = home, link_url, api_key, seed
        self._lives = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._lives += 1
        arguments = [str(self._home), self._link_url, str(self._seed + self._lives)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.answerer", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=(self._home / "daemon.log").open("ab"),
        )
        assert self._process.stdin is not None
        self._process.stdin.write(f"{self._api_key}\n".encode())
        self._process.stdin.close()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Faults:
    """Does one thing at a time, at a moment and a place that nobody chose."""

    def __init__(
        self,
        seed: int,
        workers: list[HubProcess],
        redis: RedisServer,
        redis_road: Middlebox,
        daemon: DaemonProcess,
        daemon_door: FrontDoor,
        browser_door: FrontDoor,
    ) -> None:
        self._random = random.Random(seed)
        self._workers = workers
        self._redis = redis
        self._redis_road = redis_road
        self._daemon = daemon
        self._daemon_door = daemon_door
        self._browser_door = browser_door
        self.done: Counter[str] = Counter()
        self._kinds: dict[str, tuple[int, Callable[[], Awaitable[None]]]] = {
            "browser cut": (26, self._cut_browser),
            "daemon cut": (26, self._cut_daemon),
            "daemon killed": (12, self._kill_daemon),
            "worker killed": (8, self._kill_worker),
            "worker frozen": (6, self._freeze_worker),
            "redis killed": (8, self._kill_redis),
            "redis cut": (8, self._cut_redis),
            "websockets blocked": (6, self._block_websockets),
        }

    def choose(self) -> str:
        """The kind of the next fault."""
        weights = [weight for weight, _ in self._kinds.values()]
        [kind] = self._random.choices(list(self._kinds), weights)
        return kind

    async def inject(self, kind: str) -> None:
        """Do it; on return the part is back, or on its way back."""
        await self._kinds[kind][1]()
        self.done[kind] += 1

    def pause(self) -> tuple[int, float]:
        """How much may happen before the next fault: frames at the browser, or seconds."""
        return self._random.randint(0, 40), self._random.uniform(0.0, 1.0)

    def heal(self) -> None:
        """Nothing is blocked any more."""
        self._daemon_door.blocks_websockets = False

    async def _cut_browser(self) -> None:
        self._browser_door.cut()

    async def _cut_daemon(self) -> None:
        self._daemon_door.cut()

    async def _cut_redis(self) -> None:
        self._redis_road.cut()

    async def _kill_daemon(self) -> None:
        self._daemon.kill()
        self._daemon.start()

    async def _kill_worker(self) -> None:
        victim, other = self._random.sample(self._workers, 2)
        # The other one must serve before this one goes: two at once would only stop the clock.
        await asyncio.to_thread(other.wait)
        victim.kill()
        victim.start()

    async def _freeze_worker(self) -> None:
        victim = self._random.choice(self._workers)
        victim.signal(signal.SIGSTOP)
        await asyncio.sleep(self._random.uniform(0.1, 1.5))
        victim.signal(signal.SIGCONT)

    async def _kill_redis(self) -> None:
        self._redis.kill()
        await asyncio.sleep(self._random.uniform(0.0, 0.5))
        self._redis.start()

    async def _block_websockets(self) -> None:
        self._daemon_door.blocks_websockets = not self._daemon_door.blocks_websockets
        self._daemon_door.cut()
