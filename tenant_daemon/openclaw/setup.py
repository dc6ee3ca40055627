"""OpenClaw's files on disk, from the configuration in force."""

import asyncio
import json
from typing import Final

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.openclaw.config_writer import openclaw_config
from tenant_daemon.openclaw.environment import clean_environment, command
from tenant_daemon.openclaw.paths import config_file, state_dir
from tenant_daemon.openclaw.personas import write_personas, write_private
from tenant_daemon.settings import TenantSettings

_VALIDATE_SECONDS: Final = 60.0
_SHOWN_CHARACTERS: Final = 2_000


class ConfigRefused(ValueError):
    """OpenClaw does not accept the configuration; says why."""


def write_files(home: TenantHome, settings: TenantSettings, config: TenantConfig) -> bool:
    """
    Write the configuration and the agents' texts; True when OpenClaw has to be restarted for them.

    Texts alone take effect with the next message.
    """
    state_dir(home).mkdir(mode=0o700, parents=True, exist_ok=True)
    write_personas(home, config)
    text = json.dumps(openclaw_config(home, settings, config), indent=1)
    path = config_file(home)
    if path.exists() and path.read_text("utf-8") == text:
        return False
    write_private(path, text)
    return True


async def validate_files(home: TenantHome, settings: TenantSettings) -> None:
    """
    Ask the installed OpenClaw whether it accepts what was written.

    Raises:
        ConfigRefused: It does not, or it cannot be asked.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command(settings, "config", "validate"),
            env=clean_environment(home, settings),
            cwd=home.openclaw_dir,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as exc:
        raise ConfigRefused(f"OpenClaw cannot be started: {exc}") from exc
    try:
        async with asyncio.timeout(_VALIDATE_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError as exc:
        process.kill()
        await process.wait()
        raise ConfigRefused("OpenClaw did not check its configuration in time") from exc
    if process.returncode != 0:
        raise ConfigRefused(output.decode("utf-8", "replace").strip()[:_SHOWN_CHARACTERS])
