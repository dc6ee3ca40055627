"""Usage in euros, and as a table."""

from datetime import date

from letsbe_app.workforce.usage.export import as_csv
from letsbe_app.workforce.usage.prices import MICRO_EUR, price_list
from letsbe_app.workforce.usage.schemas import DayLine


def test_a_million_tokens_cost_what_the_list_says() -> None:
    prices = price_list()
    assert prices.cost("any/model", 1_000_000) == round(0.60 * MICRO_EUR)
    assert prices.cost("any/model", 5) == 3
    assert prices.cost("practice", 1_000_000) == 0


def test_the_table_opens_in_a_spreadsheet_and_carries_nothing_out() -> None:
    lines = [
        DayLine(date(2026, 11, 20), "sales", "m, large", 1_500, 900),
        DayLine(date(2026, 11, 21), "it-admin", '=HYPERLINK("x")', 1, 0),
    ]
    assert as_csv(lines).splitlines() == [
        "day,agent,model,tokens,cost_eur",
        '2026-11-20,sales,"m, large",1500,0.000900',
        '2026-11-21,it-admin,"\'=HYPERLINK(""x"")",1,0.000000',
    ]
