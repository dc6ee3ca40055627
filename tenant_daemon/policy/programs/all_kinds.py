"""Brings every judge of special arguments into the registry; import ``CommandJudge`` from here."""

from tenant_daemon.policy.programs import scripts, values, wrappers
from tenant_daemon.policy.programs.judge import CommandJudge

__all__ = ["CommandJudge", "scripts", "values", "wrappers"]
