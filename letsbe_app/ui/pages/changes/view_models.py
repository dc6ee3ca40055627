"""What the page of changes shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from letsbe_app.ui.diffs import NO_DIFF, Diff, diff_of
from letsbe_app.ui.text import texts
from letsbe_app.workforce.changes.schemas import ChangeView, UndoPlan
from tenant_daemon.contracts.hidden import with_hidden_shown


@dataclass(frozen=True)
class ChangeCard:
    """A change as its card shows it."""

    id: str = ""
    agent_id: str = ""
    who: str = ""
    told: str = ""
    """What was done: the rest of the sentence that begins with ``who``."""
    diff: Diff = NO_DIFF
    state: str = ""
    """``open``, ``undoing``, ``undone`` or ``over``."""
    note: str = ""
    undo_detail: str = ""
    created_at: str = ""
    undo_until: str = ""
    conversation_id: str = ""
    all_of_step: str = ""
    """The words of the button that undoes its whole step; empty where the card has none."""
    step: str = ""
    """What the cards of one step have in common."""


@dataclass(frozen=True)
class PlanView:
    """What undoing several at once would do; without an id the dialog is closed."""

    change_id: str = ""
    """The change from which it was asked."""
    is_whole_answer: bool = False
    can_widen: bool = False
    """Whether it was made in an answer, which may have changed more."""
    ids: tuple[str, ...] = ()
    put_back: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    is_cut: bool = False
    confirm: str = ""


@dataclass(frozen=True)
class Progress:
    """How undoing several goes; without a text nothing is under way."""

    text: str = ""
    is_over: bool = False
    failed: tuple[str, ...] = ()


def plan_view(plan: UndoPlan, change: ChangeView, *, is_whole_answer: bool) -> PlanView:
    """The dialog about a plan."""
    t = texts().changes
    return PlanView(
        change_id=change.id,
        is_whole_answer=is_whole_answer,
        can_widen=bool(change.conversation_id) and not change.is_by_person,
        ids=tuple(one.id for one in plan.changes),
        put_back=tuple(with_hidden_shown(t.undo_detail(*_what(one))) for one in plan.changes),
        left=tuple(_left_line(one) for one in plan.left),
        is_cut=plan.is_cut,
        confirm=t.undo_all_confirm(len(plan.changes)),
    )


def progress_of(changes: Sequence[ChangeView]) -> Progress:
    """How it stands with changes that were asked to be undone together."""
    t = texts().changes
    open_ones = sum(one.status == "undoing" for one in changes)
    done = sum(one.status == "undone" for one in changes)
    failed = tuple(_left_line(one) for one in changes if one.status not in {"undoing", "undone"})
    if open_ones:
        return Progress(t.undo_all_going_on(len(changes) - open_ones, len(changes)), failed=failed)
    if failed:
        return Progress(t.undo_all_partly(done, len(changes)), is_over=True, failed=failed)
    return Progress(t.undo_all_done(len(changes)), is_over=True)


def with_steps(cards: Sequence[ChangeCard]) -> list[ChangeCard]:
    """The same cards, of which the first of each step alone leads to undoing all of it."""
    seen: set[str] = set()
    shown = []
    for card in cards:
        shown.append(replace(card, all_of_step="") if card.step in seen else card)
        seen.add(card.step)
    return shown


def change_card(change: ChangeView, agent_names: Mapping[str, str]) -> ChangeCard:
    """The card of a change."""
    t = texts().changes
    what = _what(change)
    count = change.open_beside + change.can_undo
    agent = agent_names.get(change.agent_id, change.agent_id)
    return ChangeCard(
        id=change.id,
        agent_id=change.agent_id,
        who=t.you if change.is_by_person else agent,
        told=with_hidden_shown(t.told(*what, is_put_back=bool(change.undoes))),
        diff=diff_of(change.diff),
        state=_state(change),
        note=_note(change),
        undo_detail=with_hidden_shown(t.undo_detail(*what)),
        created_at=change.created_at.isoformat(),
        undo_until=change.undo_until.isoformat(),
        conversation_id=change.conversation_id or "",
        all_of_step=t.undo_all(count) if count > 1 else "",
        step=f"{change.tenant_id} {change.agent_id} {change.tool_call_id} {change.is_by_person}",
    )


def _what(change: ChangeView) -> tuple[str, str, str, str]:
    return change.change, change.path, change.moved_from, change.setting


def _left_line(change: ChangeView) -> str:
    return f"{with_hidden_shown(change.path)}: {_why_left(change)}"


def _why_left(change: ChangeView) -> str:
    """Why it stays as it is, as the end of a line that begins with its name."""
    t = texts().changes
    if change.status == "undone":
        return t.undone
    return t.undoing if change.status == "undoing" else _note(change) or t.cannot


def _state(change: ChangeView) -> str:
    if change.status in {"undoing", "undone"}:
        return change.status
    return "open" if change.can_undo else "over"


def _note(change: ChangeView) -> str:
    """Why it is as it is, where the badge does not say it all."""
    if change.detail:
        return change.detail
    if change.status != "made" or change.can_undo:
        return ""
    t = texts().changes
    return t.too_late if change.is_too_late else t.no_copy
