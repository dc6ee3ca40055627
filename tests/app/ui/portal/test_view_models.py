"""The frame and the approval cards."""

from dataclasses import replace
from typing import Any

import pytest

from letsbe_app.db.models import TenantStatus, UserRole
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.diffs import diff_of
from letsbe_app.ui.portal.view_models import ApprovalCard, Frame, approval_card, card_groups, frame_of
from tenant_daemon.contracts.distress import VaultTrouble
from tests.support.ui_samples import approval_view, tenant_view

ACTOR = Actor("usr_1", "cus_1", UserRole.OWNER, "ada@bakery.example", "ses_1")
ASKED = approval_view()


def test_a_customer_without_a_server_has_an_empty_frame() -> None:
    assert frame_of(ACTOR, []) == Frame(email="ada@bakery.example", can_manage=True, can_decide=True)


@pytest.mark.parametrize(
    ("actor", "offered"),
    [
        (ACTOR, (True, True, True)),
        (replace(ACTOR, role=UserRole.APPROVER), (False, True, True)),
        (replace(ACTOR, role=UserRole.MEMBER), (False, False, True)),
        (replace(ACTOR, role=UserRole.READ_ONLY), (False, False, False)),
        (replace(ACTOR, visit_id="vis_1"), (False, False, False)),
    ],
)
def test_what_somebody_may_not_do_is_not_offered(actor: Actor, offered: tuple[bool, ...]) -> None:
    frame = frame_of(actor, [tenant_view()])

    assert (frame.can_manage, frame.can_decide, not frame.is_reader) == offered


def test_the_frame_is_about_the_newest_server_that_works() -> None:
    old, new = tenant_view("ten_1", name="old"), tenant_view("ten_2", name="new")
    frame = frame_of(ACTOR, [old, new])
    assert (frame.server_name, frame.has_server, frame.set_up_path) == ("new", True, "")


def test_a_server_that_is_being_set_up_can_be_watched_while_the_old_one_works() -> None:
    working = tenant_view("ten_1")
    moving = tenant_view("ten_2", status=TenantStatus.PROVISIONING, order_id="ord_2")
    frame = frame_of(ACTOR, [working, moving])
    assert (frame.tenant_id, frame.set_up_path) == ("ten_1", "/portal/provisioning/ord_2")


@pytest.mark.parametrize("trouble", list(VaultTrouble))
def test_a_locked_vault_is_told_with_what_is_wrong_and_what_to_do(trouble: VaultTrouble) -> None:
    frame = frame_of(ACTOR, [tenant_view(is_online=False, vault_trouble=trouble.value)])
    assert len(frame.vault_trouble) > 80
    assert "write to us" in frame.vault_trouble
    assert frame_of(ACTOR, [tenant_view()]).vault_trouble == ""


def test_an_answer_that_does_not_go_on_names_who_is_waited_for() -> None:
    assert frame_of(ACTOR, [tenant_view()]).why_quiet == ""
    assert "provider of the language model" in frame_of(ACTOR, [tenant_view(is_model_silent=True)]).why_quiet
    failing = frame_of(ACTOR, [tenant_view(model_trouble="Overloaded")])
    assert "tries again by itself" in failing.why_quiet
    away = frame_of(ACTOR, [tenant_view(is_online=False, is_model_silent=True)])
    assert "out of reach" in away.why_quiet


def test_a_failed_set_up_says_so() -> None:
    frame = frame_of(ACTOR, [tenant_view("ten_1", status=TenantStatus.FAILED)])
    assert (frame.has_server, frame.has_set_up_failed) == (False, True)


def test_a_command_is_shown_so_that_its_parts_cannot_be_mistaken() -> None:
    assert approval_card(ASKED, {}).command == "rm -r 'old drafts; reboot'"


def test_a_call_that_is_no_command_is_shown_with_its_arguments() -> None:
    card = approval_card(
        replace(ASKED, argv=[], tool_name="http", tool_args={"url": "https://ü.example"}), {}
    )
    assert (card.command, card.call) == ("", 'http {\n  "url": "https://ü.example"\n}')
    assert [(part.label, part.text) for part in card.parts] == [("Address", "https://ü.example")]


def test_a_diff_stands_for_the_call() -> None:
    card = approval_card(replace(ASKED, argv=[], diff="-a\n+b"), {})
    assert (card.diff, card.call) == (diff_of("-a\n+b"), "")


def test_a_change_that_is_too_large_for_a_diff_is_shown_as_a_call() -> None:
    asked = replace(ASKED, argv=[], diff="Too large.", tool_args={"path": "a.txt", "content": "b"})
    card = approval_card(asked, {})
    assert [part.text for part in card.diff.parts] == ["Too large."]
    assert [part.text for part in card.parts] == ["a.txt", "b"]


def test_nothing_on_a_card_is_hidden_from_the_eye() -> None:
    hidden, shown = "pay \u202e001", "pay [U+202E]001"
    words = {"summary": hidden, "reason": hidden, "risk": hidden, "changed_to": hidden, "deny_reason": hidden}
    asked = replace(ASKED, tool_name="http", tool_args={"body": {hidden: hidden}}, **words)

    of_call = approval_card(replace(asked, argv=[]), {})
    of_command = approval_card(replace(asked, argv=["echo", hidden]), {})
    of_change = approval_card(replace(asked, argv=[], diff=f"+{hidden}"), {})

    assert (of_call.summary, of_call.reason, of_call.risk, of_call.changed_to, of_call.note) == (shown,) * 5
    assert [(part.label, part.text) for part in of_call.parts] == [(f"P{shown[1:]}", shown)]
    assert of_command.command == f"echo '{shown}'"
    assert [part.text for part in of_change.diff.parts] == [f"+ {shown}"]


def test_an_agent_is_called_by_its_name() -> None:
    assert approval_card(ASKED, {"it-admin": "Otto"}).agent_name == "Otto"


def test_a_decision_that_the_server_has_not_confirmed_is_on_its_way() -> None:
    card = approval_card(replace(ASKED, verdict="approve"), {})
    assert (card.status, card.is_open) == ("deciding", False)


def test_only_critical_calls_must_be_held() -> None:
    assert not approval_card(ASKED, {}).is_critical
    assert approval_card(replace(ASKED, tier="CRITICAL_RED"), {}).is_critical


def test_open_questions_that_are_alike_are_grouped() -> None:
    def card(number: int, **changes: Any) -> ApprovalCard:
        return approval_card(approval_view(f"apr_{number}", **changes), {"it-admin": "Otto"})

    cards = [
        card(1, argv=["rm", "a"]),
        card(2, argv=["mv", "a", "b"]),
        card(3, argv=["rm", "b c"]),
        card(4, argv=["rm", "d"], verdict="deny"),
        card(5, argv=["rm", "e"], tier="CRITICAL_RED"),
    ]

    [group] = card_groups(cards)

    assert group.title == "Otto asks for 2 things that are alike: rm"
    assert group.summaries == ("rm a", "rm 'b c'")


def test_calls_that_are_decided_together_are_shown_as_they_are() -> None:
    def card(number: int, **changes: Any) -> ApprovalCard:
        return approval_card(approval_view(f"apr_{number}", argv=[], **changes), {"it-admin": "Otto"})

    posts = [card(n, summary="Publishes.", tool_name="http", tool_args={"url": f"/{n}"}) for n in (1, 2)]
    files = [card(n, summary="Writes a.", tool_name="file_write", diff=f"+{n}") for n in (3, 4)]

    published, written = card_groups([*posts, *files])

    assert published.title == "Otto asks for 2 things that are alike: Publishes."
    assert published.summaries == ('http {\n  "url": "/1"\n}', 'http {\n  "url": "/2"\n}')
    assert written.summaries == ("Writes a.\n+ 3", "Writes a.\n+ 4")


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [("", "approved"), ("executed", "executed"), ("failed", "failed"), ("blocked", "not_done")],
)
def test_what_was_approved_is_shown_with_what_became_of_it(outcome: str, shown: str) -> None:
    approved = replace(ASKED, status="approved", verdict="approve", outcome=outcome)
    card = approval_card(replace(approved, outcome_detail="Exit code 1."), {})
    assert (card.status, card.note) == (shown, "Exit code 1.")


def test_a_call_that_a_person_changed_says_so_and_what_was_done_instead() -> None:
    changed = replace(ASKED, status="approved", verdict="edit_and_approve", changed_to="rm -r older")
    card = approval_card(changed, {})
    assert (card.was_changed, card.changed_to) == (True, "rm -r older")
    assert not approval_card(replace(changed, verdict="approve"), {}).was_changed
