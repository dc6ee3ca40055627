"""Brings every judge of special arguments into the registry; import ``CommandJudge`` from here."""

from tenant_daemon.policy.programs import containers, git, scripts, values, wrappers
from tenant_daemon.policy.programs.judge import CommandJudge
from tenant_daemon.policy.sql import clients

__all__ = ["CommandJudge", "clients", "containers", "git", "scripts", "values", "wrappers"]
