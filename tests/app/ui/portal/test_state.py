"""Decisions on approvals, as the portal's handlers take them."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from letsbe_app.db.models import UserRole
from letsbe_app.errors import Conflict
from letsbe_app.fleet.audit_heads.continuity import HeadProblem
from letsbe_app.kit.pagination import Page
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.workforce.approvals.schemas import ApprovalView, Choice
from letsbe_app.workforce.notices.service import Notice
from tenant_daemon.contracts.approvals import Verdict
from tests.support.ui_samples import NOW, agent_view, approval_view, tenant_view

ACTOR = Actor("usr_1", "cus_1", UserRole.OWNER, "ada@bakery.example", "ses_1")


@dataclass
class FakeApprovals:
    """Open approvals in memory; the first decision wins."""

    rows: list[ApprovalView]
    decided: list[tuple[str, Choice]] = field(default_factory=list)

    async def get(self, actor: Actor, approval_id: str) -> ApprovalView:
        return next(row for row in self.rows if row.id == approval_id)

    async def list_open(
        self, actor: Actor, *, conversation_id: str | None = None, cursor: str | None = None
    ) -> Page[ApprovalView]:
        if conversation_id:
            return Page([row for row in self.rows if row.conversation_id == conversation_id], None)
        return Page(self.rows[1:] if cursor else self.rows[:1], None if cursor else "more")

    async def decide(self, actor: Actor, approval_id: str, choice: Choice) -> None:
        if any(decided == approval_id for decided, _choice in self.decided):
            raise Conflict("Somebody has decided this already.")
        self.decided.append((approval_id, choice))
        self.rows = [
            replace(row, verdict=choice.verdict) if row.id == approval_id else row for row in self.rows
        ]


async def tenants_of(_actor: Actor) -> list[Any]:
    return [tenant_view()]


async def alarm_of(_actor: Actor, _tenant_id: str) -> bool:
    return True


async def agents_of(_actor: Actor, _tenant_id: str) -> list[Any]:
    return [agent_view("it-admin", name="Otto")]


async def notice_of(_actor: Actor, _tenant_id: str) -> Notice:
    return Notice("it-admin", "made the same call 21 times in 5 minutes", NOW)


async def problem_of(_tenant_id: str) -> HeadProblem:
    return HeadProblem.FORKED


@pytest.fixture
def approvals() -> FakeApprovals:
    return FakeApprovals([approval_view("apr_1"), approval_view("apr_2")])


@pytest.fixture
def state(approvals: FakeApprovals, monkeypatch: pytest.MonkeyPatch) -> PortalState:
    services = SimpleNamespace(
        approvals=approvals,
        tenants=SimpleNamespace(list=tenants_of),
        agents=SimpleNamespace(list=agents_of),
        secrets=SimpleNamespace(has_alarm=alarm_of),
        notices=SimpleNamespace(newest=notice_of),
        audit_heads=SimpleNamespace(newest_problem=problem_of),
    )

    async def actor(_self: PortalState) -> Actor:
        return ACTOR

    monkeypatch.setattr(PortalState, "_services", lambda _self: services)
    monkeypatch.setattr(PortalState, "_actor", actor)
    return PortalState()


async def test_only_what_loads_a_page_says_that_it_is_there(state: PortalState) -> None:
    await state._refresh_frame()
    assert state.loaded_pages == []
    for _ in range(2):
        await state._enter()
        assert state.loaded_pages == [PortalState.get_full_name()]


async def test_entering_brings_the_frame_and_the_cards(state: PortalState) -> None:
    await state._enter()
    assert (state.frame.server_name, state.frame.has_alarm) == ("bakery", True)
    assert state.frame.notice.startswith("Otto made the same call 21 times in 5 minutes")
    assert state.frame.has_audit_alarm
    assert [(card.id, card.agent_name) for card in state.cards] == [("apr_1", "Otto")]


async def test_what_waits_is_counted_without_claiming_more_than_is_known(state: PortalState) -> None:
    assert (state.waiting_mark, state.waiting_text) == ("", "")
    await state._enter()
    assert state.waiting_mark == "1+"
    await PortalState.more_cards.fn(state)
    assert (state.waiting_mark, state.waiting_text) == ("2", "2 approvals wait for you")


async def test_more_cards_come_behind_the_others(state: PortalState) -> None:
    await state._enter()
    await PortalState.more_cards.fn(state)
    assert ([card.id for card in state.cards], state.cards_cursor) == (["apr_1", "apr_2"], "")


async def test_what_waits_in_the_open_conversation_is_there_however_many_others_wait(
    state: PortalState, approvals: FakeApprovals
) -> None:
    approvals.rows.append(approval_view("apr_3", conversation_id="cnv_1"))
    await state._enter("cnv_1")
    assert [card.id for card in state.cards] == ["apr_1", "apr_3"]
    await PortalState.more_cards.fn(state)
    assert [card.id for card in state.cards] == ["apr_1", "apr_3", "apr_2"]


async def test_a_changed_call_is_approved_as_it_was_typed(
    state: PortalState, approvals: FakeApprovals
) -> None:
    await PortalState.ask_to_edit.fn(state, "apr_1")
    await PortalState.approve_edited.fn(state, {"command": "rm -r 'old drafts/2019'"})
    assert approvals.decided == [
        ("apr_1", Choice(Verdict.EDIT_AND_APPROVE, edited_args={"command": "rm -r 'old drafts/2019'"}))
    ]
    assert state.edit.approval_id == ""


async def test_an_edit_without_a_change_stays_open_and_says_so(
    state: PortalState, approvals: FakeApprovals
) -> None:
    await PortalState.ask_to_edit.fn(state, "apr_1")
    await PortalState.approve_edited.fn(state, {"command": "rm -r 'old drafts; reboot'"})
    assert (approvals.decided, state.edit.approval_id) == ([], "apr_1")
    assert "Nothing is changed yet" in state.edit.problem


async def test_approving_shows_the_card_as_decided(state: PortalState, approvals: FakeApprovals) -> None:
    await PortalState.approve.fn(state, "apr_1")
    assert approvals.decided == [("apr_1", Choice(Verdict.APPROVE))]
    assert state.cards[0].status == "deciding"


async def test_refusing_passes_the_reason_on_and_closes_the_dialog(
    state: PortalState, approvals: FakeApprovals
) -> None:
    PortalState.ask_to_refuse.fn(state, "apr_1")
    await PortalState.refuse.fn(state, {"reason": "  not now "})
    assert approvals.decided == [("apr_1", Choice(Verdict.DENY, deny_reason="not now"))]
    assert state.refusing_id == ""


async def test_remembering_is_for_thirty_days(state: PortalState, approvals: FakeApprovals) -> None:
    PortalState.ask_to_remember.fn(state, "apr_1")
    await PortalState.remember.fn(state)
    assert approvals.decided == [("apr_1", Choice(Verdict.APPROVE_AND_REMEMBER, remember_days=30))]


async def test_the_second_decision_sees_that_it_came_second(state: PortalState) -> None:
    await PortalState.approve.fn(state, "apr_1")
    shown = await PortalState.approve.fn(state, "apr_1")
    assert "Somebody has decided this already." in str(shown.args)
