"""What is done before the wrapper says that it is ready."""

from collections.abc import Mapping

import pytest

from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.redaction import Redactor
from tenant_daemon.vault import VaultLocked
from tests.support.wrapper import WrapperBench, scripted_classify


async def test_rules_and_redactor_are_loaded_before_the_first_call(bench: WrapperBench) -> None:
    loaded: list[str] = []
    build = bench.redactor

    def classify(tool_name: str, tool_args: Mapping[str, object], context: PolicyContext) -> Judgement:
        loaded.append("rules")
        return scripted_classify(tool_name, tool_args, context)

    def redactor() -> Redactor:
        loaded.append("redactor")
        built = build()
        assert isinstance(built, Redactor)
        return built

    bench.classify, bench.redactor = classify, redactor
    async with bench.started():
        assert loaded == ["rules", "redactor"]


async def test_broken_rules_stop_the_start(bench: WrapperBench) -> None:
    def classify(*_call: object) -> Judgement:
        raise RuntimeError("broken rules")

    bench.classify = classify
    with pytest.raises(RuntimeError, match="broken rules"):
        async with bench.started():
            pass


async def test_locked_vault_does_not_stop_the_start(bench: WrapperBench) -> None:
    def redactor() -> Redactor:
        raise VaultLocked("the key is missing")

    bench.redactor = redactor
    async with bench.started() as parts:
        assert parts.problem() == ""
