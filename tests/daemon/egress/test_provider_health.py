"""What the owner is told of a model that does not answer."""

import pytest

from tenant_daemon.egress import provider_health
from tenant_daemon.egress.provider_health import ProviderHealth


def test_one_failure_is_no_news_and_a_second_is() -> None:
    health = ProviderHealth()
    health.failed("a", "Busy.")
    assert health.problem() == ""
    health.failed("a", "Still busy.")
    assert health.problem() == "Still busy."


def test_an_answer_ends_it_and_another_provider_s_does_not() -> None:
    health = ProviderHealth()
    for _ in range(2):
        health.failed("a", "Busy.")
    health.served("b")
    assert health.problem() == "Busy."
    health.served("a")
    health.failed("a", "Busy.")
    assert health.problem() == ""


def test_what_is_long_ago_is_not_known_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    health = ProviderHealth()
    for _ in range(2):
        health.failed("a", "Busy.")
    monkeypatch.setattr(provider_health, "_KEPT_SECONDS", -1.0)
    assert health.problem() == ""
    health.failed("a", "Busy.")
    assert health.problem() == ""


def test_a_provider_that_takes_a_request_and_says_nothing_is_told_long_before_it_has_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1_000.0
    monkeypatch.setattr(provider_health.time, "monotonic", lambda: now)
    health = ProviderHealth()
    with health.waiting() as slow, health.waiting():
        assert (health.is_silent(), health.problem()) == (False, "")
        now += 20
        assert (health.is_silent(), health.problem()) == (True, "")
        now += 80
        assert "sent nothing for more than a minute" in health.problem()
        slow.heard()
        assert health.is_silent(), "one of the two has heard nothing yet"
    assert (health.is_silent(), health.problem()) == (False, "")


def test_what_a_provider_said_counts_before_that_it_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(provider_health.time, "monotonic", lambda: now)
    health = ProviderHealth()
    for _ in range(2):
        health.failed("a", "The account is empty.")
    with health.waiting():
        now += 100
        assert health.problem() == "The account is empty."
