"""Doing what was judged and let through, and nothing else."""

from tenant_daemon.execution.executor import AskColleague, Executor
from tenant_daemon.execution.limits import Limits
from tenant_daemon.execution.outcome import ActionFailed, CallScope, Outcome

__all__ = ["ActionFailed", "AskColleague", "CallScope", "Executor", "Limits", "Outcome"]
