"""Words about how long a question of an agent waits."""

from dataclasses import dataclass, field

_HOUR = 3_600
_UNITS = ((86_400, "day"), (_HOUR, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True)
class WaitingTimeTexts:
    title: str = "How long a question waits"
    detail: str = (
        "When an agent asks for your approval and nobody decides in time, it is denied: nothing is done, and the "
        "agent is told. What waits already keeps the end that it has."
    )
    details: dict[int, str] = field(
        default_factory=lambda: {
            _HOUR: "For a team that is always there. You are reminded once, after half an hour.",
            8 * _HOUR: "A working day. You are reminded after one hour, and an hour before the end.",
            24
            * _HOUR: "The usual. You are reminded after one hour, after twelve, and an hour before the end.",
            72 * _HOUR: "Over a weekend. You are also reminded every day.",
            168 * _HOUR: "Over a holiday. You are also reminded every day.",
        }
    )
    other_detail: str = "Set by a program of yours."
    saved: str = "Saved. It counts for what is asked from now on."

    def duration(self, seconds: int) -> str:
        """Such as ``8 hours`` or ``90 minutes``: the largest unit that leaves nothing over."""
        size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
        count = seconds // size
        if unit == "day" and count == 1:
            return "24 hours"
        return f"{count} {unit}{'' if count == 1 else 's'}"
