"""Agents that repeat themselves or flood the server are held back; the owner hears of it once."""

import pytest

from tenant_daemon.safety.pace import PaceKeeper
from tenant_daemon.safety.schemas import ExecuteStatus
from tenant_daemon.settings import Pace
from tests.support.wrapper import WrapperBench


class Clock:
    """A clock that tests move on."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def keeper(clock: Clock, **limits: int) -> PaceKeeper:
    return PaceKeeper(Pace(**limits), clock)


def test_the_same_call_again_and_again_is_refused_until_a_pause(clock: Clock) -> None:
    pace = keeper(clock, same_calls=3, same_call_seconds=60)
    assert [pace.check("a", "ls") is None for _ in range(5)] == [True, True, True, False, False]
    assert pace.check("a", "df") is None
    assert pace.check("b", "ls") is None
    clock.now += 61
    assert pace.check("a", "ls") is None


def test_calls_in_turns_are_a_circle_too(clock: Clock) -> None:
    pace = keeper(clock, same_calls=3)
    answers = [pace.check("a", call) for _ in range(4) for call in ("one", "two")]
    assert [answer is None for answer in answers] == [True] * 6 + [False] * 2


def test_a_flood_of_different_calls_is_refused(clock: Clock) -> None:
    pace = keeper(clock, calls_per_minute=5)
    answers = [pace.check("a", str(number)) for number in range(6)]
    assert [answer is None for answer in answers] == [True] * 5 + [False]
    held = answers[-1]
    assert held is not None
    assert "Wait a minute" in held.reason


def test_an_hour_has_its_limit(clock: Clock) -> None:
    pace = keeper(clock, calls_per_hour=10, calls_per_minute=100)
    for number in range(10):
        assert pace.check("a", str(number)) is None
        clock.now += 61
    assert pace.check("a", "one more") is not None
    clock.now += 3_601
    assert pace.check("a", "after a pause") is None


def test_owner_is_told_once_until_it_has_been_quiet(clock: Clock) -> None:
    pace = keeper(clock, same_calls=2)
    told = [held.told for _ in range(6) if (held := pace.check("a", "ls"))]
    assert [bool(text) for text in told] == [True, False, False, False]
    clock.now += 3_700
    told = [held.told for _ in range(3) if (held := pace.check("a", "ls"))]
    assert told == ["made the same call 3 times in 5 minutes"]


@pytest.mark.slow
async def test_repeated_call_does_not_run_and_the_agent_learns_why(bench: WrapperBench) -> None:
    bench.pace = Pace(same_calls=2)
    async with bench.started():
        # However it is written: what counts is what would be done.
        answers = [
            await bench.execute("shell", f"call-{number}", command=command)
            for number, command in enumerate(["echo  hi", "echo hi", "echo 'hi'", 'echo "hi"'])
        ]
        other = await bench.execute("shell", "call-9", command="echo ho")

    assert [answer.status for answer in answers] == [
        ExecuteStatus.EXECUTED,
        ExecuteStatus.EXECUTED,
        ExecuteStatus.BLOCKED,
        ExecuteStatus.BLOCKED,
    ]
    assert "Making it again will not change the answer" in answers[2].reason
    assert other.status is ExecuteStatus.EXECUTED
    [notice] = bench.hub.held_back
    assert (notice.agent_id, notice.conversation_id) == ("it-admin", "conv1")
    refused = [entry.record for entry in bench.audit().entries() if entry.record.event == "call.refused"]
    assert len(refused) == 2


async def test_second_delivery_is_not_a_repetition(bench: WrapperBench) -> None:
    bench.pace = Pace(same_calls=2)
    async with bench.started():
        answers = [await bench.execute("shell", "call-1", command="echo hi") for _ in range(5)]

    assert {answer.status for answer in answers} == {ExecuteStatus.EXECUTED}


async def test_loop_of_questions_does_not_bury_the_owner(bench: WrapperBench) -> None:
    bench.pace = Pace(same_calls=2)
    async with bench.started():
        waiting = [bench.begin("shell", f"call-{number}", command="rm a") for number in (1, 2)]
        asked = [await bench.asked() for _ in waiting]
        refused = await bench.execute("shell", "call-3", command="rm a")

    assert refused.status is ExecuteStatus.BLOCKED
    assert len(asked) == 2
    assert bench.hub.requests.empty()
    for task in waiting:
        task.cancel()
