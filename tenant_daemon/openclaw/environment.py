"""How OpenClaw's program is started: a clean environment and the pinned release, nothing inherited."""

from typing import Final

from tenant_daemon.home import TenantHome
from tenant_daemon.openclaw.paths import config_file, state_dir
from tenant_daemon.settings import TenantSettings

OPENCLAW_VERSION: Final = "2026.9.6"
"""As in ``release/package.json``; what the daemon reports and what its tests ran with."""

_NODE_FLAGS: Final = ("--max-old-space-size=512", "--max-semi-space-size=16")
"""0.75 GB after the start. With a heap of 256 MB it died of it after a few chats; with a young generation of
4 MB instead of 16 its start takes a second and a half more of processor time."""


def clean_environment(home: TenantHome, settings: TenantSettings) -> dict[str, str]:
    """
    All that OpenClaw gets to see of our environment.

    It picks up keys of model providers from the environment by itself and would use them past the proxy, so
    nothing is handed on that is not named here.
    """
    return {
        "PATH": f"{settings.openclaw.node.parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home.openclaw_dir),
        "LANG": "C.UTF-8",
        # About 50 MB less: Node's threads do not need a malloc arena each.
        "MALLOC_ARENA_MAX": "2",
        "OPENCLAW_STATE_DIR": str(state_dir(home)),
        "OPENCLAW_CONFIG_PATH": str(config_file(home)),
        "OPENCLAW_DISABLE_BONJOUR": "1",
        "OPENCLAW_NO_RESPAWN": "1",
        "OPENCLAW_NO_AUTO_UPDATE": "1",
        "OPENCLAW_SKIP_CHANNELS": "1",
        "OPENCLAW_EXEC_SHELL_SNAPSHOT": "0",
        # Its flight recorder would keep up to 10 MB more of each conversation, all that was said among it.
        "OPENCLAW_TRAJECTORY": "0",
        "DO_NOT_TRACK": "1",
    }


def command(settings: TenantSettings, *arguments: str) -> list[str]:
    """The argv that runs OpenClaw with these arguments."""
    program = settings.openclaw.package_dir / "openclaw.mjs"
    return [str(settings.openclaw.node), *_NODE_FLAGS, str(program), *arguments]
