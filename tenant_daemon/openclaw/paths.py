"""Where OpenClaw's files lie, below ``home.openclaw_dir``."""

from pathlib import Path

from tenant_daemon.home import TenantHome


def config_file(home: TenantHome) -> Path:
    return home.openclaw_dir / "openclaw.json"


def accepted_file(home: TenantHome) -> Path:
    """Digest of the configuration that OpenClaw accepted last."""
    return home.openclaw_dir / "accepted.sha256"


def state_dir(home: TenantHome) -> Path:
    """Sessions and transcripts; OpenClaw's own, never read or changed by us."""
    return home.openclaw_dir / "state"


def persona_dir(home: TenantHome, agent_id: str) -> Path:
    """``SOUL.md`` and the other texts that an agent is instructed with."""
    return home.openclaw_dir / "personas" / agent_id


def texts_stamp(home: TenantHome) -> Path:
    """Digest of all agents' texts: it changes after they did, for whoever hands them on."""
    return home.openclaw_dir / "texts.sha256"


def output_file(home: TenantHome) -> Path:
    """What the process prints."""
    return home.logs_dir / "openclaw.log"


def log_file(home: TenantHome) -> Path:
    """OpenClaw's structured log."""
    return home.logs_dir / "openclaw-events.log"
