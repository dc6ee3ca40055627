"""How a change is told, and when it can be undone."""

from datetime import timedelta
from typing import Any

import pytest

from letsbe_app.ui.pages.changes.view_models import (
    PlanView,
    Progress,
    change_card,
    plan_view,
    progress_of,
    with_steps,
)
from letsbe_app.workforce.changes.schemas import ChangeView, UndoPlan
from tests.support.ui_samples import NOW


def change(**changes: Any) -> ChangeView:
    values: dict[str, Any] = {
        "id": "chg_1",
        "tenant_id": "ten_1",
        "conversation_id": "cnv_1",
        "agent_id": "it-admin",
        "tool_call_id": "call_1",
        "change": "changed",
        "path": "post.md",
        "moved_from": "",
        "setting": "",
        "diff": "",
        "undoes": "",
        "is_by_person": False,
        "status": "made",
        "detail": "",
        "can_undo": True,
        "is_too_late": False,
        "created_at": NOW,
        "undo_until": NOW + timedelta(days=7),
        "settled_at": None,
    }
    return ChangeView(**{**values, **changes})


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (change(), "changed post.md"),
        (change(change="created"), "made post.md"),
        (change(change="deleted"), "deleted post.md"),
        (change(change="moved", moved_from="draft.md"), "moved draft.md to post.md"),
        (change(change="setting", path=".env", setting="PORT"), "changed the setting PORT in .env"),
        (change(undoes="chg_0", is_by_person=True), "put back post.md"),
    ],
)
def test_change_is_told_in_plain_words(made: ChangeView, told: str) -> None:
    assert change_card(made, {}).told == told


def test_agent_has_its_name_and_a_person_is_no_agent() -> None:
    assert change_card(change(), {"it-admin": "Otto"}).who == "Otto"
    assert change_card(change(is_by_person=True), {"it-admin": "Otto"}).who == "You or a colleague"


@pytest.mark.parametrize(
    ("made", "state", "note"),
    [
        (change(), "open", ""),
        (change(status="undoing", can_undo=False), "undoing", ""),
        (change(status="undone", can_undo=False), "undone", ""),
        (change(status="kept", can_undo=False, detail="Changed since."), "over", "Changed since."),
        (change(can_undo=False, is_too_late=True), "over", "This was more than seven days ago."),
        (change(can_undo=False), "over", "The file was too large to keep a copy of how it was."),
        (change(detail="The disk is full."), "open", "The disk is full."),
    ],
)
def test_state_says_what_can_be_done(made: ChangeView, state: str, note: str) -> None:
    card = change_card(made, {})
    assert (card.state, card.note) == (state, note)


def test_first_card_of_a_step_leads_to_undoing_all_of_it() -> None:
    made = [
        change(id="chg_3", open_beside=1),
        change(id="chg_2", open_beside=2, can_undo=False),
        change(id="chg_1", open_beside=1),
        change(id="chg_0", tool_call_id="call_0"),
    ]
    cards = with_steps([change_card(one, {}) for one in made])
    assert [card.all_of_step for card in cards] == ["Undo all 2 changes of this step", "", "", ""]


def test_plan_says_what_will_happen_to_each_file_and_why_others_stay() -> None:
    plan = UndoPlan(
        [change(id="chg_2", change="created"), change(id="chg_1", change="deleted", path="menu.md")],
        [change(path="film.mp4", can_undo=False), change(path="a.md", can_undo=False, status="undone")],
        is_cut=False,
    )
    assert plan_view(plan, change(id="chg_1"), is_whole_answer=False) == PlanView(
        change_id="chg_1",
        can_widen=True,
        ids=("chg_2", "chg_1"),
        put_back=("post.md will be deleted.", "menu.md will be there again, as it was."),
        left=("film.mp4: The file was too large to keep a copy of how it was.", "a.md: Undone"),
        confirm="Undo 2 changes",
    )


def test_what_was_refused_of_several_is_told_by_name() -> None:
    undone, refused = change(status="undone", can_undo=False), change(path="b.md", detail="Changed since.")
    going = change(status="undoing", can_undo=False)
    assert progress_of([undone, refused, going]) == Progress(
        "2 of 3 changes are settled. Your server is putting back the rest.", failed=("b.md: Changed since.",)
    )
    assert progress_of([undone, refused]) == Progress(
        "1 of 2 changes were undone. These were not:", is_over=True, failed=("b.md: Changed since.",)
    )
    assert progress_of([undone, undone]) == Progress("All 2 changes were undone.", is_over=True)
