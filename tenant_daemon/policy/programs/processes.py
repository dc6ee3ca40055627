"""Which running programs a command would stop or slow down: those of the protection are never among them."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.containers import is_foundation, is_guardrail_service
from tenant_daemon.policy.programs.kinds import KINDS

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

# What the guardrails run as, and what keeps the server reachable.
_OWN_PROGRAMS: Final = ("python3", "node", "openclaw", "systemd", "sshd", "dbus-daemon")
_OWN_LINES: Final = (
    "/opt/letsbe/venv/bin/python -P -m tenant_daemon run --home /var/lib/letsbe/tenant",
    "/opt/letsbe/venv/bin/python -P -m tenant_daemon proxy --home /var/lib/letsbe/tenant",
    "/opt/letsbe/bin/node /opt/letsbe/openclaw/node_modules/openclaw/openclaw.mjs gateway --port 18789",
    "/usr/lib/systemd/systemd --system",
    "sshd: /usr/sbin/sshd -D",
)

_OWN_WORD: Final = re.compile(r"tenant_daemon|letsbe|openclaw", re.IGNORECASE)
_MOST_READ: Final = 4_096


def _may_be_own(judge: "CommandJudge", value: str) -> bool:
    """Whether ``pkill PATTERN``, which is looked for anywhere in a name, would find a guardrail."""
    if judge.program != "pkill" or re.fullmatch(r"[\w.@:-]+", value) is None:
        return False
    texts = _OWN_LINES if judge.reading.has("-f") else _OWN_PROGRAMS
    return any(re.search(value, text, re.IGNORECASE) is not None for text in texts)


def _is_guardrail_process(number: str) -> bool:
    """Whether the process of this number is one of the guardrails, or what keeps the server reachable."""
    try:
        with open(f"/proc/{int(number)}/cmdline", "rb") as file:
            line = file.read(_MOST_READ).replace(b"\0", b" ").decode(errors="replace")
    except (OSError, ValueError):
        return False
    program = line.partition(" ")[0].rstrip(":").rpartition("/")[2]
    return is_guardrail_service(program) or is_foundation(program) or _OWN_WORD.search(line) is not None


def _names_guardrail(judge: "CommandJudge", number: str) -> bool:
    if judge.is_in_container or not judge.context.has_processes:
        return False
    return _is_guardrail_process(number)


def _note_guardrail(judge: "CommandJudge", value: str) -> None:
    judge.verdict.note(
        Tier.CRITICAL_RED,
        "kill.guardrail",
        f"Stops “{value}”, which the server needs, or which its protection runs as.",
        risk="The guardrails could be switched off, or the server stop.",
        unknown=True,
    )


def _process(judge: "CommandJudge", value: str) -> None:
    """The number of a process that gets less time."""
    if not value.isdecimal() or _names_guardrail(judge, value):
        _note_guardrail(judge, value)


def _kill_target(judge: "CommandJudge", value: str) -> None:
    if is_foundation(value):
        judge.verdict.note(Tier.CRITICAL_RED, "kill.foundation", f"Every tool needs {value}.", unknown=True)
        return
    is_everything = value in ("0", "1", "-1", ".", ".*", "") or value.startswith("-")
    is_own = is_guardrail_service(value) or _may_be_own(judge, value)
    is_own |= value.isdecimal() and _names_guardrail(judge, value)
    if is_everything or is_own or not re.fullmatch(r"[A-Za-z0-9][\w.@:-]*", value):
        _note_guardrail(judge, value)
    elif re.fullmatch(
        r"(?:python\d?|node|java|bash|sh|systemd.*|init|wrapper|proxy|link|gateway|tenant.*)", value
    ):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "kill.wide",
            f"Stops every “{value}” on the server, the safety system's too.",
            unknown=True,
        )


KINDS.update({"killtarget": _kill_target, "process": _process})
