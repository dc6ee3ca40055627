"""
Asks the installed OpenClaw whether it would start with a configuration, before that replaces one that works.

What it accepted is remembered on disk, because the link asks before it takes a configuration over and the
supervisor before it writes the files; asking costs two seconds.
"""

import asyncio
import hashlib
import re
import tempfile
from pathlib import Path
from typing import Final

import structlog

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.child import die_with_parent
from tenant_daemon.kit.private_file import write_private
from tenant_daemon.openclaw.config_writer import openclaw_text
from tenant_daemon.openclaw.environment import OPENCLAW_VERSION, clean_environment, command
from tenant_daemon.openclaw.paths import accepted_file, state_dir
from tenant_daemon.settings import TenantSettings

_CHECK_SECONDS: Final = 60.0
_SHOWN_CHARACTERS: Final = 500
_PROBLEM: Final = re.compile(r"× (?:[^\s:]+:\d+ — )?(.+)")

log = structlog.get_logger()


class ConfigRefused(ValueError):
    """OpenClaw does not accept the configuration; says why, in words for the owner."""


class CannotAsk(RuntimeError):
    """OpenClaw cannot be started, or does not answer in time."""


class ConfigCheck:
    """One per process; remembers what was refused, too."""

    def __init__(self, home: TenantHome, settings: TenantSettings) -> None:
        self._home = home
        self._settings = settings
        self._refused: dict[str, str] = {}
        self._turn = asyncio.Lock()

    async def check(self, config: TenantConfig) -> None:
        """
        Return when OpenClaw accepts it, has no part in it (there is no agent) or cannot be asked.

        Raises:
            ConfigRefused: It does not accept it.
        """
        if not config.agents:
            return
        text = openclaw_text(self._home, self._settings, config)
        digest = hashlib.sha256(f"{OPENCLAW_VERSION}\n{text}".encode()).hexdigest()
        async with self._turn:
            if digest in self._refused:
                raise ConfigRefused(self._refused[digest])
            if not self._is_accepted(digest):
                await self._ask(text, digest)

    def _is_accepted(self, digest: str) -> bool:
        try:
            return accepted_file(self._home).read_text("utf-8") == digest
        except FileNotFoundError:
            return False

    async def _ask(self, text: str, digest: str) -> None:
        state_dir(self._home).mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".check-", dir=self._home.openclaw_dir) as folder:
            draft = Path(folder) / "openclaw.json"
            write_private(draft, text)
            try:
                await ask_openclaw(self._home, self._settings, draft)
            except CannotAsk as exc:
                # Whatever is wrong with OpenClaw, the gate goes by the owner's newest word.
                log.warning("openclaw.check_impossible", reason=str(exc))
                return
            except ConfigRefused as exc:
                self._refused = {digest: str(exc)}
                raise
        write_private(accepted_file(self._home), digest)


async def ask_openclaw(home: TenantHome, settings: TenantSettings, file: Path) -> None:
    """
    Have OpenClaw read a configuration file. Call it from the main thread.

    Raises:
        ConfigRefused: It does not accept it.
        CannotAsk: It did not say.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command(settings, "config", "validate"),
            env=clean_environment(home, settings) | {"OPENCLAW_CONFIG_PATH": str(file)},
            cwd=home.openclaw_dir,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            preexec_fn=die_with_parent(),
        )
    except OSError as exc:
        raise CannotAsk(f"OpenClaw cannot be started: {exc.strerror}") from exc
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError as exc:
        raise CannotAsk("OpenClaw did not check the configuration in time") from exc
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise ConfigRefused(_told(output.decode("utf-8", "replace")))


def _told(output: str) -> str:
    """Its complaints without its advice, which is for people at a terminal of that server."""
    problems = "; ".join(_PROBLEM.findall(output)) or " ".join(output.split())
    return f"OpenClaw cannot work with these settings: {problems[:_SHOWN_CHARACTERS]}"
