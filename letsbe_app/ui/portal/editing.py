"""Changing a call before it is approved: one field per argument."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from letsbe_app.ui.text import texts
from letsbe_app.workforce.approvals.schemas import ApprovalView

_HIDDEN: Final = "[REDACTED:"


@dataclass(frozen=True)
class ArgumentField:
    """One argument; what is no text stands as JSON."""

    name: str
    label: str
    text: str
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
        fields=tuple(_field(name, value) for name, value in approval.tool_args.items()),
    )


def edited_args(before: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, object]:
    """
    The arguments as they were typed.

    Raises:
        EditProblem: Nothing was changed, or a value that is no text cannot be read.
    """
    after = {name: _typed(name, value, form.get(name)) for name, value in before.items()}
    if after == before:
        raise EditProblem(texts().approvals.edit_unchanged)
    return after


def _field(name: str, value: Any) -> ArgumentField:
    text = _as_text(value)
    label = texts().approvals.argument(name)
    return ArgumentField(name, label, text, rows=min(max(text.count("\n") + 1, 2), 12))


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def _typed(name: str, before: Any, typed: str | None) -> object:
    # Browsers send line ends as CRLF, which would change every text of several lines.
    text = _as_text(before) if typed is None else typed.replace("\r\n", "\n")
    if isinstance(before, str):
        return text
    try:
        after: object = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise EditProblem(texts().approvals.edit_unreadable(texts().approvals.argument(name))) from exc
    return after
