"""The examples of rules mean the same on every computer, at every time."""

from dataclasses import replace

import pytest

from tenant_daemon.policy.commands import judge_shell
from tenant_daemon.policy.programs import processes
from tenant_daemon.policy.programs.examples import EXAMPLE_CONTEXT, find_broken_examples


@pytest.mark.slow
def test_examples_hold_whatever_runs_on_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    # The wrapper would not start while a guardrail happened to have the number of an example.
    monkeypatch.setattr(processes, "_is_guardrail_process", lambda _number: True)
    assert find_broken_examples() == []


def test_number_of_a_guardrail_is_known_where_commands_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_is_guardrail_process", lambda _number: True)
    here = replace(EXAMPLE_CONTEXT, has_processes=True)
    assert judge_shell("kill 1234", here).is_unknown
    assert judge_shell("renice -n 10 -p 1234", here).is_unknown
