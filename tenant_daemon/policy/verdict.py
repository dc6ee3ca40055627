"""The ledger in which the judges of one call note what they saw; the strictest note decides."""

from operator import itemgetter
from pathlib import Path
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import Action
from tenant_daemon.policy.judgement import Judgement

_MAX_REASONS: Final = 3
_MILD: Final = 2 * int(Tier.YELLOW)
_weight: Final = itemgetter(0)


class Verdict:
    """
    Notes only ever make a call stricter.

    Fields are plain and slotted because a verdict is filled on the hot path of every tool call.
    """

    __slots__ = ("is_external", "is_forbidden", "is_unknown", "notes", "risk", "rule_ids", "tier")

    def __init__(self) -> None:
        self.tier = Tier.GREEN
        self.is_external = False
        self.is_unknown = False
        self.is_forbidden = False
        self.risk = ""
        self.notes: list[tuple[int, str]] = []
        self.rule_ids: list[str] = []

    def note(
        self,
        tier: Tier,
        rule_id: str,
        reason: str,
        *,
        risk: str = "",
        external: bool = False,
        unknown: bool = False,
        forbidden: bool = False,
        general: bool = False,
    ) -> None:
        """
        Write down one finding.

        Args:
            tier: The least tier that the call has because of this.
            rule_id: Stable name of the rule, ``area.thing``.
            reason: A sentence for the owner.
            risk: What can go wrong, a sentence; that of the strictest note is shown.
            external: It reaches people or systems outside the server.
            unknown: It is not known well enough to run by itself at any level.
            forbidden: It is refused whatever anybody decides.
            general: The reason says what a program is for; a note about this very call says it better.
        """
        weight = tier + 10 * forbidden + 3 * unknown + external
        if risk and (not self.risk or tier > self.tier):
            self.risk = risk
        if tier > self.tier:
            self.tier = tier
        self.is_external |= external
        self.is_unknown |= unknown
        self.is_forbidden |= forbidden
        self.notes.append((weight * 2 - general, reason))
        self.rule_ids.append(rule_id)

    def reason(self) -> str:
        """The weightiest sentences, each once."""
        if len(self.notes) == 1:
            return self.notes[0][1]
        ranked = sorted(self.notes, key=_weight, reverse=True)
        heaviest = ranked[0][0] if ranked else 0
        # Beside something serious nobody wants to read that a folder is also listed.
        floor = heaviest if heaviest <= _MILD else _MILD + 1
        told: list[str] = []
        for weight, text in ranked:
            if weight < floor or len(told) == _MAX_REASONS:
                break
            if text not in told:
                told.append(text)
        return " ".join(told)

    def judgement(self, action: Action | None) -> Judgement:
        """Close the ledger. A call without an action was not understood: at least RED and unknown."""
        if action is None and not self.is_forbidden:
            self.is_unknown = True
        if self.is_unknown:
            self.tier = max(self.tier, Tier.RED)
        elif self.is_external:
            self.tier = max(self.tier, Tier.YELLOW)
        return Judgement(
            tier=self.tier,
            is_external=self.is_external,
            reason=self.reason(),
            rule_ids=tuple(self.rule_ids if len(self.rule_ids) == 1 else dict.fromkeys(self.rule_ids)),
            action=action,
            is_unknown=self.is_unknown,
            is_forbidden=self.is_forbidden,
            risk=self.risk,
        )


def refusal(rule_id: str, reason: str, *, tier: Tier = Tier.RED, forbidden: bool = False) -> Judgement:
    """A call that was not understood, or (``forbidden``) is refused whatever anybody decides."""
    verdict = Verdict()
    verdict.note(tier, rule_id, reason, unknown=True, forbidden=forbidden)
    return verdict.judgement(None)


def display_path(path: str, workspace: Path | str) -> str:
    """How a path is called in a reason: short inside the workspace, whole elsewhere."""
    root = f"{workspace}/"
    return path.removeprefix(root)
