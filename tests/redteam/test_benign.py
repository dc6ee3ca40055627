"""Nothing that is no secret changes, however random it looks; and protocol fields and media never do."""

import json
import random
from collections.abc import Iterator

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor
from tests.redteam import benign
from tests.redteam.campaign import OTHERS
from tests.redteam.vendors import expand

REDACTOR = Redactor([*OTHERS, KnownSecret("pin", "4929183746"), KnownSecret("word", "Sommer#2041x")])
NEAR_MISS_GOAL = 0.1


def _shown(text: str) -> Iterator[object]:
    """A text by itself and where agents meet it."""
    yield text
    yield {"messages": [{"role": "tool", "tool_call_id": "call_1", "content": f"first\n{text}\nlast"}]}
    yield {"messages": [{"role": "tool", "content": json.dumps({"out": text, "n": 1})}]}
    yield {"rows": [{"value": text}, {"value": "end"}]}


def _changed(template: str, seed: int) -> list[str]:
    text = expand(template, random.Random(f"{seed} {template}"))
    cases = [(case, REDACTOR.redact_payload(case)) for case in _shown(text)]
    return [str(after) for before, after in cases if before != after]


@pytest.mark.parametrize("group", benign.GROUPS)
def test_benign_texts_stay(group: str) -> None:
    changed = [after for template in benign.GROUPS[group] for after in _changed(template, 1)]
    assert not changed


@pytest.mark.redteam
@pytest.mark.parametrize("seed", range(2, 102))
def test_benign_texts_stay_at_length(seed: int) -> None:
    templates = [template for group in benign.GROUPS.values() for template in group]
    changed = [after for template in templates for after in _changed(template, seed)]
    assert not changed


@pytest.mark.parametrize("name", benign.PROTOCOL)
def test_protocol_fields_and_media_stay(name: str) -> None:
    source = random.Random(name)
    for _ in range(5):
        payload = benign.PROTOCOL[name](source)
        request = {"messages": [{"role": "assistant", "content": [payload]}]}
        assert REDACTOR.redact_payload(payload) == payload
        assert REDACTOR.redact_payload(request) == request


def test_most_near_misses_stay() -> None:
    total = len(benign.NEAR_MISSES) * len(list(_shown("")))
    changed = [after for template in benign.NEAR_MISSES for after in _changed(template, 1)]
    assert len(changed) <= NEAR_MISS_GOAL * total, changed
