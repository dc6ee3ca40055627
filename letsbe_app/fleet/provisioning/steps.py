"""The steps of setting up a server, in order, in the customer's words. Each of them really happens."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class StepName(StrEnum):
    """Names in the database; the order is that of ``STEPS``."""

    RESERVE = "reserve"
    DISK = "disk"
    KEYS = "keys"
    AGENTS = "agents"
    START = "start"
    HEARTBEAT = "heartbeat"
    GUARDS = "guards"
    OPENCLAW = "openclaw"
    TOOLS = "tools"
    HANDOVER = "handover"


@dataclass(frozen=True)
class Step:
    """One line of the status page."""

    name: StepName
    title: str
    explanation: str
    usual_seconds: tuple[int, int] = (0, 1)
    """From and to, as measured with the local provider on two busy cores."""


STEPS: Final = (
    Step(StepName.RESERVE, "Reserve your server", "A place of its own is set aside, with its own ports."),
    Step(StepName.DISK, "Prepare its disk", "A folder that only your server can read, with room to work."),
    Step(
        StepName.KEYS,
        "Create its keys and its vault",
        "The server makes its own keys and introduces itself with a one-time token.",
        usual_seconds=(0, 3),
    ),
    Step(StepName.AGENTS, "Hire the agents", "Five agents get their duties and what they may do."),
    Step(StepName.START, "Switch it on", "The server's own programs start.", usual_seconds=(0, 2)),
    Step(
        StepName.HEARTBEAT,
        "First sign of life",
        "The server calls us for the first time.",
        usual_seconds=(2, 15),
    ),
    Step(
        StepName.GUARDS,
        "Put the guards in place",
        "One hides your secrets from the language model, one asks you before anything risky.",
    ),
    Step(
        StepName.OPENCLAW,
        "Open the agents' office",
        "OpenClaw starts, where the agents work.",
        usual_seconds=(6, 40),
    ),
    Step(
        StepName.TOOLS,
        "Check that only safe tools are on",
        "No agent is let in before every tool is seen to go through the guards.",
    ),
    Step(StepName.HANDOVER, "Hand over the keys", "Your agents' settings are in force: it is yours."),
)
