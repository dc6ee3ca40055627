"""Tokens, counts and the pace of the practice model."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_daemon.practice.pacing import RATE_VARIABLE, Pace, count_tokens, split_tokens


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(split_tokens(text)) == text


def test_tokens_are_counted_by_length() -> None:
    assert [count_tokens(text) for text in ("", "a", "abcd", "abcde")] == [0, 1, 1, 2]


async def test_the_pace_is_kept() -> None:
    loop = asyncio.get_running_loop()
    started_at = loop.time()
    tokens = [token async for token in Pace(100).stream("r", "word " * 11)]
    assert len(tokens) >= 11
    assert loop.time() - started_at >= 0.1


@pytest.mark.parametrize("text", ["fast", "0", "-1", "nan"])
def test_a_wrong_rate_stops_the_start(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RATE_VARIABLE, text)
    with pytest.raises(SystemExit, match=RATE_VARIABLE):
        Pace.from_environment()
