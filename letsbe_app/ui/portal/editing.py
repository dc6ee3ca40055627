"""Changing a call before it is approved: one field for each part of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from letsbe_app.ui.portal.call_parts import CallPart, PartUnreadable, parts_of, with_typed
from letsbe_app.ui.text import texts
from letsbe_app.workforce.approvals.schemas import ApprovalView

_HIDDEN: Final = "[REDACTED:"


@dataclass(frozen=True)
class ArgumentField:
    """A part of the call, and how many lines its field shows."""

    part: CallPart
    rows: int


@dataclass(frozen=True)
class Edit:
    """The dialog; without an ``approval_id`` it is closed."""

    approval_id: str = ""
    is_critical: bool = False
    fields: tuple[ArgumentField, ...] = ()
    problem: str = ""


class EditProblem(Exception):
    """What was typed cannot be sent; ``text`` says why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def can_edit(tool_args: Mapping[str, Any]) -> bool:
    """
    Whether a person sees the whole call and so can change it.

    Where the server hid a value that has no name, the changed call would carry the placeholder instead.
    """
    return bool(tool_args) and _HIDDEN not in json.dumps(tool_args, ensure_ascii=False)


def edit_of(approval: ApprovalView) -> Edit:
    """The dialog for an approval."""
    return Edit(
        approval_id=approval.id,
        is_critical=approval.tier == "CRITICAL_RED",
        fields=tuple(ArgumentField(part, _rows(part.text)) for part in parts_of(approval.tool_args)),
    )


def edited_args(before: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, object]:
    """
    The arguments as they were typed.

    Raises:
        EditProblem: Nothing was changed, or a value that is no text cannot be read.
    """
    try:
        after = with_typed(before, form)
    except PartUnreadable as exc:
        raise EditProblem(texts().approvals.edit_unreadable(exc.label)) from exc
    if after == before:
        raise EditProblem(texts().approvals.edit_unchanged)
    return after


def _rows(text: str) -> int:
    # A long line wraps.
    return min(max(text.count("\n") + 1, len(text) // 60 + 1, 2), 12)
