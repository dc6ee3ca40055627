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
