"""The append script: only the next event gets in."""

import asyncio

import pytest

from letsbe_app.kit.ids import new_id
from letsbe_app.relay import Relay, RelayAway
from letsbe_app.relay.channels import run_stream
from letsbe_app.relay.event_id import START, EventId
from letsbe_app.relay.stream import Appended, Outcome, StreamEvent
from tests.support.hub import new_content
from tests.support.redis import RedisServer

OK = Outcome.OK


def delta(run_number: int, seq: int, text: str = "x") -> StreamEvent:
    return StreamEvent(EventId(run_number, seq), f"run_{run_number}", {"type": "delta", "text": text})


@pytest.fixture
def conversation() -> str:
    return new_id("cnv")


async def test_events_are_appended_in_order_and_read_back(relay: Relay, conversation: str) -> None:
    events = [delta(1, 1, "a"), delta(1, 2, "b"), delta(2, 1, "c")]
    outcomes = [(await relay.streams.append(conversation, event)).outcome for event in events]
    assert outcomes == [OK, OK, OK]
    assert await relay.streams.read(conversation, START) == events
    assert await relay.streams.read(conversation, EventId(1, 1)) == events[1:]


async def test_duplicate_is_refused_whoever_brings_it(relay: Relay, conversation: str) -> None:
    other = Relay(f"redis://127.0.0.1:{_port(relay)}/0", new_content())
    answers = await asyncio.gather(
        *(one.streams.append(conversation, delta(1, 1)) for one in (relay, other, relay, other))
    )
    await other.close()
    assert sorted(answer.outcome for answer in answers) == ["duplicate", "duplicate", "duplicate", "ok"]
    assert len(await relay.streams.read(conversation, START)) == 1


@pytest.mark.parametrize(
    ("present", "arriving", "expected_seq"),
    [([], (1, 2), 1), ([(1, 1)], (1, 3), 2), ([(1, 1)], (2, 2), 1), ([], (7, 9), 1)],
)
async def test_gap_names_the_event_to_send_first(
    relay: Relay,
    conversation: str,
    present: list[tuple[int, int]],
    arriving: tuple[int, int],
    expected_seq: int,
) -> None:
    for run_number, seq in present:
        await relay.streams.append(conversation, delta(run_number, seq))
    answer = await relay.streams.append(conversation, delta(*arriving))
    assert answer == Appended(Outcome.GAP, expected_seq)


async def test_event_of_an_earlier_run_is_a_duplicate(relay: Relay, conversation: str) -> None:
    await relay.streams.append(conversation, delta(2, 1))
    assert (await relay.streams.append(conversation, delta(1, 4))).outcome is Outcome.DUPLICATE


async def test_stream_is_capped_and_expires(redis_server: RedisServer, conversation: str) -> None:
    relay = Relay(redis_server.url, new_content())
    relay.streams._max_events = 100
    for seq in range(1, 400):
        await relay.streams.append(conversation, delta(1, seq))
    kept = await relay.streams.read(conversation, START)
    assert 100 <= len(kept) < 300
    assert (await relay.streams.append(conversation, delta(1, 400))).outcome is OK
    assert 86_000 < await relay._redis.ttl(run_stream(conversation)) <= 86_400
    await relay.close()


async def test_lost_stream_is_a_gap_and_a_killed_redis_is_said(conversation: str) -> None:
    from tests.support.redis import running_redis

    with running_redis() as server:
        relay = Relay(server.url, new_content())
        await relay.streams.append(conversation, delta(1, 1))
        server.kill()
        with pytest.raises(RelayAway):
            await relay.streams.append(conversation, delta(1, 2))
        server.start()
        assert await relay.streams.append(conversation, delta(1, 2)) == Appended(Outcome.GAP, 1)
        await relay.close()


async def test_find_and_read_run(relay: Relay, conversation: str) -> None:
    for event in (delta(1, 1), delta(2, 1), delta(2, 2), delta(3, 1)):
        await relay.streams.append(conversation, event)
    assert await relay.streams.find(conversation, EventId(2, 2)) == delta(2, 2)
    assert await relay.streams.find(conversation, EventId(2, 3)) is None
    assert await relay.streams.read_run(conversation, 2) == [delta(2, 1), delta(2, 2)]


def _port(relay: Relay) -> int:
    return int(relay._redis.connection_pool.connection_kwargs["port"])
