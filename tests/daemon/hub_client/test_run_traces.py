"""Which runs a tool call or a question to a model may belong to."""

from pathlib import Path

import pytest

from tenant_daemon.contracts.chat import RunFinished, RunOutcome
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.sessions import ChatSession


@pytest.fixture
def store(tmp_path: Path) -> LinkStore:
    store = LinkStore(tmp_path / "link.db")
    store.journal.begin("r1", ChatSession("sales", "cnv1"), traceparent="one")
    store.journal.begin("r2", ChatSession("sales", "cnv2"), traceparent="two")
    store.journal.begin("r3", ChatSession("it-admin", "cnv3"), traceparent="three")
    store.journal.begin("r4", ChatSession("it-admin", "cnv4"))
    return store


def test_a_conversation_has_one_run_in_progress(store: LinkStore) -> None:
    assert store.traces.of_conversation("cnv2") == ["two"]
    assert store.traces.of_conversation("cnv4") == []
    assert store.traces.of_conversation("") == []


def test_a_run_that_is_over_leads_to_nothing_and_is_forgotten_with_the_run(store: LinkStore) -> None:
    store.journal.append("r2", RunFinished(outcome=RunOutcome.COMPLETED))
    assert store.traces.of_conversation("cnv2") == []
    assert store.traces.of_run("r2") == ["two"]
    store.journal.confirm("r2", 2)
    assert store.traces.of_run("r2") == []


def test_an_agent_may_be_in_several_and_a_colleague_in_any(store: LinkStore) -> None:
    assert store.traces.of_agent("sales") == ["one", "two"]
    assert store.traces.of_agent("it-admin") == ["three"]
    assert store.traces.of_agent("marketing") == ["one", "two", "three"]
