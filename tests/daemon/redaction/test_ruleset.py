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


def test_every_example_is_found_by_the_finder_too() -> None:
    finder = pattern_detector()
    missed = [
        (rule.id, example)
        for rule in RULES
        for example in map(expand, rule.match)
        if not any(finding.placeholder for finding in finder.find(f"see\n{example}\n".encode()))
    ]
    assert missed == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.ahead], ids=lambda rule: rule.id)
def test_rule_whose_ends_are_looked_for_first_finds_all_that_its_pattern_does(rule: Rule) -> None:
    # Values that go on behind the limit, too.
    examples = " and ".join(expand(example + end) for example in rule.match for end in ("", "{a300}"))
    # The finder is asked first in a long text only; for a value of a cookie there has to be one.
    text = f"{'word ' * 1_000} cookie {examples} x {'word ' * 300}{examples}\n{examples}".encode()
    found = {(finding.start, finding.end) for finding in pattern_detector().find(text)}
    spans = set(rule.spans(text))
    assert len(spans) > 1
    assert spans <= found


def test_every_rule_does_what_its_examples_say() -> None:
    try_examples(RULES)


def test_rule_that_fails_its_examples_is_refused() -> None:
    for match, not_match in (["other"], []), (["key-1"], ["key-2"]):
        data = _RuleData(id="x", regex=r"key-\d", match=match, not_match=not_match)
        with pytest.raises(BadRule):
            try_examples([_rule(data, {})])


def test_rule_that_cannot_be_compiled_is_refused() -> None:
    with pytest.raises(BadRule):
        try_examples([_rule(_RuleData(id="x", regex="(", match=["x"]), {})])


def test_parts_are_put_into_patterns() -> None:
    data = _RuleData(id="x", regex=r"<<whole>>=(\d+)", match=["key-1=2345"])
    rule = _rule(data, {"whole": r"key-<<digit>>", "digit": r"\d"})
    assert list(rule.spans(b"key-1=2345")) == [(6, 10)]
