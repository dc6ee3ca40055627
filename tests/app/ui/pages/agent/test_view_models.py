"""One agent's settings as its page shows them, and forms as changes."""

from datetime import UTC, datetime

import pytest

from letsbe_app.errors import InvalidInput
from letsbe_app.ui.pages.agent.view_models import Tool, bosses, budgets_from, sheet, tools_of, version_row
from letsbe_app.workforce.agents.budgets import Budget
from letsbe_app.workforce.agents.history import VersionView
from tests.support.ui_samples import agent_view


def version(**changes: object) -> VersionView:
    values = {
        "number": 3,
        "changed": ["soul_md", "level"],
        "changed_by": "ada@bakery.example",
        "restored_number": None,
        "soul_diff": "",
        "settings": {},
        "created_at": datetime(2026, 11, 21, tzinfo=UTC),
    }
    return VersionView(**{**values, **changes})  # type: ignore[arg-type]


def test_budgets_are_shown_in_thousands_and_read_back() -> None:
    budgets = [Budget("day", False, 500_000), Budget("month", True, 5_000_000)]
    shown = sheet(agent_view(budgets=budgets))
    assert (shown.budget_day, shown.budget_month, shown.budget_month_tree) == ("500", "", "5000")
    form = {"budget_day": "500", "budget_month": " ", "budget_month_tree": "5.000"}
    assert budgets_from(form) == budgets
    for amount in ("-1", "a lot", "1" * 8, "1.5", "0,5", "1.50", "12.34.567"):
        with pytest.raises(InvalidInput):
            budgets_from({"budget_day": amount})


def test_a_budget_that_is_left_alone_stays_to_the_token() -> None:
    budgets = [Budget("day", False, 500), Budget("month", False, 1_500)]
    shown = sheet(agent_view(budgets=budgets))
    assert (shown.budget_day, shown.budget_month) == ("1", "2")
    form = {"budget_day": "1", "budget_month": "2"}
    assert budgets_from(form, budgets) == budgets
    assert budgets_from(form | {"budget_month": "3"}, budgets) == [budgets[0], Budget("month", False, 3_000)]
    assert budgets_from({}, budgets) == []


def test_model_of_ones_own_is_named_apart() -> None:
    assert (sheet(agent_view(model="basic")).model, sheet(agent_view(model="basic")).model_id) == (
        "basic",
        "",
    )
    assert (sheet(agent_view(model="x/y")).model, sheet(agent_view(model="x/y")).model_id) == ("other", "x/y")


def test_versions_are_told_as_sentences() -> None:
    assert version_row(version()).told == "changed character, level"
    assert version_row(version(restored_number=1)).told == "brought back version 1"
    first = version_row(version(changed=[], changed_by=""))
    assert (first.who, first.told) == ("LetsBe Biz", "made this agent")


def test_tools_and_bosses() -> None:
    agent = agent_view(tools=["shell", "own"])
    assert tools_of(agent, ["http", "shell"]) == [
        Tool("own", "own", True),
        Tool("shell", "Run commands on your server", True),
        Tool("http", "Use your tools over the network", False),
    ]
    assert [one.agent_id for one in bosses([agent, agent_view(agent_id="sales")], agent.agent_id)] == [
        "sales"
    ]
