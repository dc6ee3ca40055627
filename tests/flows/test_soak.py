"""
A short soak: the same faults as ``make soak``, fewer of them.

Browser, daemon, workers and Redis are cut, killed, frozen and blocked in an order that the seed decides.
"""

import pytest

from tests.soak.scene import soak
from tests.support.engines import LARGE, SMALL

pytestmark = [pytest.mark.flow, pytest.mark.timeout(240)]

FAULTS = 30


@pytest.mark.parametrize("engine", [SMALL, LARGE])
async def test_nothing_is_lost_doubled_or_out_of_order(engine: str) -> None:
    report = await soak(FAULTS, seed=3, engine=engine)
    assert report.problems == []
    assert report.messages > 10
    assert sum(report.faults.values()) == FAULTS
    assert len(report.faults) >= 5
