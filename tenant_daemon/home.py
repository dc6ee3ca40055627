"""Where a tenant keeps its things. One folder, only for its user; no other module builds these paths."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TenantHome:
    """Paths below the daemon's home folder."""

    root: Path

    @property
    def settings_file(self) -> Path:
        """``daemon.toml``: settings without secrets."""
        return self.root / "daemon.toml"

    @property
    def enrolment_file(self) -> Path:
        """``enrolment.json``: which tenant this is and where the hub's link is; written at enrolment."""
        return self.root / "enrolment.json"

    @property
    def keys_dir(self) -> Path:
        """0700. ``vault.key``, ``sealing.key`` and the local tokens ``*.token``, each 0600."""
        return self.root / "keys"

    @property
    def vault_db(self) -> Path:
        return self.root / "vault.db"

    @property
    def audit_db(self) -> Path:
        return self.root / "audit.db"

    @property
    def safety_db(self) -> Path:
        """The wrapper's: calls, approvals, remembered approvals, undo records."""
        return self.root / "safety.db"

    @property
    def metering_db(self) -> Path:
        """The proxy's: usage buckets. In its own folder where it has a user of its own."""
        return self.root / "metering.db"

    @property
    def link_db(self) -> Path:
        """The link's: outbox, inbox, run journal. Wrapper and daemon put messages in."""
        return self.root / "link.db"

    @property
    def config_file(self) -> Path:
        """Last good ``TenantConfig``, written by the link by temp file and rename."""
        return self.root / "config.json"

    @property
    def workspaces_dir(self) -> Path:
        return self.root / "workspaces"

    def workspace(self, agent_id: str) -> Path:
        """The agent's current directory."""
        return self.workspaces_dir / agent_id

    @property
    def openclaw_dir(self) -> Path:
        """OpenClaw's state, configuration and log."""
        return self.root / "openclaw"

    @property
    def run_dir(self) -> Path:
        """Sockets and process ids."""
        return self.root / "run"

    @property
    def link_socket(self) -> Path:
        """HTTP over a unix socket: the link's local door (``/wake``, ``/handover``)."""
        return self.run_dir / "link.sock"

    @property
    def feed_socket(self) -> Path:
        """Where the daemon tells the proxy what it must know, while both have one user."""
        return self.run_dir / "feed.sock"

    @property
    def notice_file(self) -> Path:
        """Whether vault or configuration have changed (``kit/notice.py``)."""
        return self.run_dir / "notice"

    @property
    def pid_file(self) -> Path:
        """``run/daemon.pid``: the supervisor's, locked while it lives."""
        return self.run_dir / "daemon.pid"

    @property
    def logs_dir(self) -> Path:
        return self.root / "logs"

    def create(self) -> None:
        """Make the folders that are missing, readable by this user alone."""
        for folder in (
            self.root,
            self.keys_dir,
            self.workspaces_dir,
            self.openclaw_dir,
            self.run_dir,
            self.logs_dir,
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
