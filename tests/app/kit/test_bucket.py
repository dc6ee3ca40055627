"""So much at once, so much per second after that."""

import pytest

from letsbe_app.kit.bucket import Bucket


def test_a_burst_passes_and_then_the_rate_holds() -> None:
    bucket = Bucket(per_second=10, burst=20)

    assert [bucket.take(1, 100.0) for _ in range(20)] == [0.0] * 20
    assert bucket.take(1, 100.0) == pytest.approx(0.1)
    assert bucket.take(1, 100.1) == pytest.approx(0.1)


def test_a_pause_fills_it_up_to_the_burst_and_no_further() -> None:
    bucket = Bucket(per_second=10, burst=20)
    bucket.take(20, 100.0)

    assert bucket.take(20, 1_000.0) == 0.0
    assert bucket.take(5, 1_000.0) == 0.5
