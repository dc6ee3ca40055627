"""What the judges of procedure calls share."""

from enum import Enum
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.bodies import Body

UNKNOWN: Final = "The called procedure is not known here."


class Procedure(Enum):
    """What became of a request that may be a procedure call."""

    NONE = "none"
    """It is an ordinary request; method and address say what it does."""
    READ = "read"
    """It only reads."""
    CHANGE = "change"
    """It was noted what it changes; the rules about addresses and bodies may make it stricter."""


class Request(NamedTuple):
    """One reading of a request."""

    method: str
    path: str
    """Decoded, without ending and doubled slashes."""
    query: str
    """As sent, with its question mark."""
    body: Body

    def asked(self, name: str) -> list[str]:
        """The values of a parameter of the address."""
        return [value for key, value in parse_qsl(self.query[1:], keep_blank_values=True) if key == name]


def note_unknown(verdict: Verdict, reason: str = UNKNOWN) -> Procedure:
    """Note a call that nobody here can tell the effect of."""
    verdict.note(Tier.RED, "http.procedure", reason, external=True, unknown=True)
    return Procedure.CHANGE


def note_sending(verdict: Verdict, reason: str) -> Procedure:
    """Note a call that reaches people outside."""
    verdict.note(Tier.YELLOW, "http.procedure-external", reason, external=True)
    return Procedure.CHANGE


def note_change(verdict: Verdict, tier: Tier, reason: str) -> Procedure:
    """Note a call that changes something."""
    verdict.note(tier, "http.procedure-change", reason)
    return Procedure.CHANGE
