"""What the practice model can answer: words, or one tool call."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Say:
    text: str


@dataclass(frozen=True)
class Call:
    """Call a tool; ``lead_in`` is said first."""

    tool_name: str
    tool_args: dict[str, Any] = field(default_factory=dict)
    lead_in: str = ""


Reply = Say | Call
