"""The rules: enough of them, all doing what they say, in both engines."""

import pytest

from tenant_daemon.redaction.detectors.patterns import pattern_detector
from tenant_daemon.redaction.ruleset import (
    BadRule,
    Rule,
    _rule,
    _RuleData,
    expand,
    load_rules,
    try_examples,
)

RULES = load_rules()


def test_there_are_at_least_150_rules() -> None:
    assert len(RULES) >= 150


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_example_is_found_by_the_finder_too(rule: Rule) -> None:
    for example in map(expand, rule.match):
        text = f"see\n{example}\n".encode()
        found = pattern_detector().find(text)
        assert any(finding.placeholder for finding in found), example


def test_every_rule_does_what_its_examples_say() -> None:
    try_examples(RULES)


def test_rule_that_fails_its_examples_is_refused() -> None:
    for match, not_match in (["other"], []), (["key-1"], ["key-2"]):
        data = _RuleData(id="x", regex=r"key-\d", match=match, not_match=not_match)
        with pytest.raises(BadRule):
            try_examples([_rule(data)])


def test_rule_that_cannot_be_compiled_is_refused() -> None:
    with pytest.raises(BadRule):
        try_examples([_rule(_RuleData(id="x", regex="(", match=["x"]))])
