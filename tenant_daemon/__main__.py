"""``python -m tenant_daemon``: every process and tool of a tenant's server, one subcommand each."""

import sys
from typing import Final, TextIO, cast

import structlog

from tenant_daemon.kit.command_line import Command, run_command
from tenant_daemon.kit.log_output import LogOutput

_DESCRIPTION: Final = """\
The part of LetsBe Biz that runs on a customer's own server, around a vanilla OpenClaw:
it keeps secrets in, asks before anything risky is done, and links the server to the hub.
Each command explains itself: python -m tenant_daemon COMMAND --help"""

COMMANDS: Final = (
    Command(
        "enrol", "tenant_daemon.hub_client.enrol_command", "trade a one-time token for a place at the hub"
    ),
    Command("run", "tenant_daemon.run_command", "start and supervise every part of this server"),
    Command("doctor", "tenant_daemon.doctor_command", "check this server and say what is wrong"),
    Command("status", "tenant_daemon.hub_client.status_command", "show how the parts are"),
    Command("proxy", "tenant_daemon.egress.command", "the secrets proxy in front of the model"),
    Command("wrapper", "tenant_daemon.safety.command", "the safety wrapper around every tool call"),
    Command("link", "tenant_daemon.hub_client.command", "the connection to the hub"),
    Command("practice", "tenant_daemon.practice.command", "the practice model"),
    Command("redact", "tenant_daemon.redaction.command", "redact a text as everything that leaves is"),
    Command("policy", "tenant_daemon.policy.command", "judge a tool call without running it"),
    Command("vault", "tenant_daemon.vault.command", "provide, list, rotate and reveal secrets"),
    Command("approvals", "tenant_daemon.safety.approvals_command", "list and decide what waits for a person"),
    Command("changes", "tenant_daemon.safety.changes_command", "list and undo what agents changed"),
    Command("audit", "tenant_daemon.audit.command", "read and verify the audit trail"),
)


def main() -> int:
    """Run the command of this process' arguments; gives its exit code."""
    # Standard output belongs to the command's answer.
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            # By default tracebacks would show the values of local variables, which may be secrets.
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, LogOutput(sys.stderr))),
    )
    return run_command("python -m tenant_daemon", _DESCRIPTION, COMMANDS, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
