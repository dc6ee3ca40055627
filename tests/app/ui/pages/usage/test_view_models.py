"""Usage as bars, meters and rows."""

from datetime import UTC, date, datetime

from letsbe_app.fleet.secrets.schemas import AlarmView
from letsbe_app.ui.pages.usage.view_models import amount, bars, budget_bars, series_of, warnings
from letsbe_app.workforce.usage.schemas import BudgetState, DayLine, UsageAlertView, UsageReport

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def report(*days: DayLine) -> UsageReport:
    return UsageReport(date(2026, 11, 19), date(2026, 11, 21), list(days), [])


def test_every_day_has_its_bar_and_nothing_has_none() -> None:
    lines = [DayLine(date(2026, 11, 19), "a", "m", 30), DayLine(date(2026, 11, 21), "a", "m", 50)]
    lines.append(DayLine(date(2026, 11, 21), "b", "m", 10))
    assert [(one.day, one.percent) for one in bars(report(*lines))] == [
        ("2026-11-19", 50),
        ("2026-11-20", 0),
        ("2026-11-21", 100),
    ]
    assert bars(report()) == []


def test_bars_are_stacked_in_the_order_of_the_legend_with_the_colours_of_faces() -> None:
    day = date(2026, 11, 21)
    lines = [("sales", "m", 30), ("dispatcher", "m", 60), ("sales", "n", 10)]
    told = report(*(DayLine(day, agent, model, tokens, 20_000) for agent, model, tokens in lines))
    [bar] = [one for one in bars(told) if one.parts]
    assert [(part.colour, part.percent) for part in bar.parts] == [
        ("var(--agent-1)", 60),
        ("var(--agent-5)", 40),
    ]
    assert [(one.name, one.tokens, one.cost) for one in series_of(told, "agent", {"dispatcher": "Dan"})] == [
        ("Dan", "60", "EUR 0.02"),
        ("sales", "40", "EUR 0.04"),
    ]
    assert [(one.name, one.colour) for one in series_of(told, "model", {})] == [
        ("m", "var(--agent-1)"),
        ("n", "var(--agent-2)"),
    ]


def test_what_is_beyond_the_colours_shares_the_last_one() -> None:
    day = date(2026, 11, 21)
    told = report(*(DayLine(day, f"a{number}", f"m{number}", 100 - number) for number in range(9)))
    for by, names in (("model", 6), ("agent", 1)):
        shown = series_of(told, by, {})  # type: ignore[arg-type]
        assert (len(shown), shown[-1].name) == (names, "All others")
    assert shown[-1].tokens == "864"
    assert series_of(told, "model", {})[-1].tokens == "374"


def test_budgets_say_whose_and_how_much() -> None:
    states = [
        BudgetState("", "plan", False, 8_000_000, 7_900_000, NOW),
        BudgetState("sales", "day", True, 100_000, 500, NOW),
        BudgetState("gone", "day", False, 0, 0, NOW),
    ]
    shown = budget_bars(states, {"sales": "Sales"})
    assert [(one.name, one.value, one.percent, one.is_tight) for one in shown] == [
        ("Your plan, this month", "7.9 M of 8.0 M tokens", 99, True),
        ("Sales and those that work for it, today", "500 of 100 k tokens", 0, False),
        ("gone, today", "0 of 0 tokens", 100, True),
    ]


def test_alarms_come_first_and_say_what_to_do() -> None:
    alarm = AlarmView("alm_1", "spare-key", "hub message", NOW, is_open=True)
    shown = warnings([alarm], [UsageAlertView("", 80, "80 % of your tokens are used.", NOW)])
    assert [one.is_alarm for one in shown] == [True, False]
    assert "spare-key" in shown[0].detail
    assert "Stop your agents" in shown[0].detail


def test_amounts_are_short() -> None:
    assert [amount(one) for one in (0, 999, 12_345, 999_700, 2_540_000)] == [
        "0",
        "999",
        "12 k",
        "1.0 M",
        "2.5 M",
    ]
