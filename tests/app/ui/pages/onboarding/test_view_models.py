"""The wizard's steps, its plan choice and its suggestion in words."""

from datetime import UTC, datetime

import pytest

from letsbe_app.shop.catalog.service import Catalog
from letsbe_app.shop.onboarding.schemas import DraftView, Suggestion
from letsbe_app.ui.pages.onboarding.view_models import (
    STEPS,
    CheckView,
    check_view,
    neighbour,
    plan_to_take,
    plan_views,
    step_of,
    suggestion_view,
)

CATALOG = Catalog.load()


def draft(tool_ids: list[str], plan_id: str | None = None) -> DraftView:
    return DraftView(
        business_description="",
        bundle_id=None,
        tool_ids=tool_ids,
        plan_id=plan_id,
        server_name="bakery",
        step="plan",
        quote=CATALOG.quote(tool_ids),
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("wanted", "kept", "shown"),
    [("tools", "plan", "tools"), ("", "plan", "plan"), ("nonsense", "name", "name"), ("", "", "business")],
)
def test_address_wins_over_the_kept_step(wanted: str, kept: str, shown: str) -> None:
    assert step_of(wanted, kept) == shown


def test_steps_end_at_both_ends() -> None:
    assert (neighbour("business", -1), neighbour("business", 1)) == ("business", "tools")
    assert (neighbour("check", 1), neighbour("check", -1)) == ("check", "name")
    assert STEPS[0] == "business"


def test_plan_that_no_longer_fits_is_replaced_by_the_smallest_that_does() -> None:
    assert plan_to_take(draft(["ghost"], "scale")) == "scale"
    assert plan_to_take(draft(["plane", "odoo", "chatwoot", "calcom"], "lite")) == "build"
    assert plan_to_take(draft(["ghost"])) == "lite"


def test_plans_say_which_is_recommended_and_which_is_too_small() -> None:
    views = plan_views(draft(["plane", "odoo", "chatwoot", "calcom"]).quote)
    assert [(view.plan_id, view.is_fit, view.is_recommended) for view in views] == [
        ("lite", False, False),
        ("build", True, True),
        ("scale", True, False),
        ("enterprise", True, False),
    ]


def test_check_repeats_what_will_be_ordered() -> None:
    assert check_view(draft(["ghost", "umami"]).quote, "lite") == CheckView(
        tools="Ghost, Umami",
        plan="Lite: 4 cores, 8 GB memory, 160 GB disk",
        price_text="EUR 29 per month",
        tokens="8 million tokens a month",
    )


def test_check_is_empty_while_no_plan_is_taken() -> None:
    assert check_view(draft([]).quote, "") == CheckView()


def test_suggestion_says_how_sure_it_is() -> None:
    view = suggestion_view(
        Suggestion(CATALOG.bundle("agency"), 0.826, ["You wrote “clients”."], [CATALOG.bundle("freelancer")])
    )
    assert (view.bundle.bundle_id, view.percent, view.sure_text) == ("agency", 83, "83 % sure")
    assert [other.bundle_id for other in view.others] == ["freelancer"]
