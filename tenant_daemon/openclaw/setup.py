"""OpenClaw's files on disk, from the configuration in force."""

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.private_file import write_changed
from tenant_daemon.openclaw.config_writer import openclaw_text
from tenant_daemon.openclaw.paths import config_file, state_dir
from tenant_daemon.openclaw.personas import write_personas
from tenant_daemon.settings import TenantSettings


def write_files(home: TenantHome, settings: TenantSettings, config: TenantConfig) -> bool:
    """
    Write the configuration and the agents' texts; True when OpenClaw has to be restarted for them.

    Texts alone take effect with the next message.
    """
    state_dir(home).mkdir(mode=0o700, parents=True, exist_ok=True)
    write_personas(home, config)
    return write_changed(config_file(home), openclaw_text(home, settings, config))
