"""What the first page says of a server and of usage."""

import pytest

from letsbe_app.ui.pages.home.view_models import (
    AgentUsage,
    Measure,
    Usage,
    gigabytes,
    is_set_up,
    measures,
    millions,
    usage_of,
    wellbeing,
)
from letsbe_app.workforce.usage.schemas import UsageLine, UsageSummary
from tests.support.ui_samples import NOW, agent_view, tenant_view


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Your server is well."),
        (
            {"is_ready": False},
            "Your server is starting. Agents answer as soon as it is ready.",
        ),
        ({"is_ready": False, "is_online": False}, "Your server is not connected."),
        ({"is_stopped": True}, "Everything on your server is stopped, as you asked."),
    ],
)
def test_wellbeing_is_one_sentence(changes: dict[str, bool], sentence: str) -> None:
    assert wellbeing(tenant_view(**changes)) == sentence


def test_measures_say_their_number_and_warn_when_it_is_tight() -> None:
    assert measures(tenant_view()) == [
        Measure("Memory", "5.4 GB of 16 GB", 34, is_tight=False),
        Measure("Disk", "290 GB of 320 GB", 91, is_tight=True),
        Measure("Processor", "12 %", 12, is_tight=False),
    ]


def test_a_server_that_has_not_said_anything_has_no_measures() -> None:
    silent = tenant_view(
        cpu_percent=None, memory_used_bytes=None, disk_used_bytes=None, disk_total_bytes=None
    )
    assert measures(silent) == []


def test_usage_is_added_up_per_agent_most_first() -> None:
    def line(agent_id: str, model: str, tokens: int) -> UsageLine:
        return UsageLine(agent_id, model, tokens, 0, 0, 1, 0)

    lines = [line("sales", "a", 1_000_000), line("it-admin", "a", 800_000), line("it-admin", "b", 1_200_000)]
    summary = UsageSummary("ten_1", NOW, 3_000_000, lines)
    assert usage_of(summary, {"sales": "Sales"}) == Usage(
        "3.0 M tokens",
        (
            AgentUsage("it-admin", "it-admin", "2.0 M tokens", 100),
            AgentUsage("sales", "Sales", "1.0 M tokens", 50),
        ),
    )


def test_nothing_used_is_no_division() -> None:
    assert usage_of(UsageSummary("ten_1", NOW, 0, []), {}) == Usage("0.0 M tokens", ())


@pytest.mark.parametrize(
    ("tokens", "text"), [(0, "0.0"), (1, "under 0.1"), (149_999, "0.1"), (2_360_000, "2.4")]
)
def test_tokens_are_told_in_millions(tokens: int, text: str) -> None:
    assert millions(tokens) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0.0 GB"), (5_440_000_000, "5.4 GB"), (16_200_000_000, "16 GB")]
)
def test_sizes_are_told_in_gigabytes(size: int, text: str) -> None:
    assert gigabytes(size) == text


def test_an_agent_that_was_never_touched_is_not_set_up() -> None:
    assert not is_set_up(agent_view())
    assert is_set_up(agent_view(level=1))
    assert is_set_up(agent_view(unlocked_tools=["shell"]))
