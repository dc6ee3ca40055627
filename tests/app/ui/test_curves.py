"""Figures over time as lines."""

from datetime import UTC, datetime, timedelta

from letsbe_app.fleet.tenants.history import Span
from letsbe_app.fleet.tenants.schemas import History, Sample
from letsbe_app.ui.curves import POINTS, curves_of

BEGAN = datetime(2026, 11, 21, tzinfo=UTC)


def history(*figures: tuple[int, float | None]) -> History:
    samples = [Sample(BEGAN + timedelta(minutes=minute), True, cpu, None, 19.0) for minute, cpu in figures]
    return History(Span.DAY, 60, samples)


def test_a_line_breaks_where_the_server_was_away() -> None:
    processor, disk = curves_of(history((0, 10), (1, None), (2, 30), (10, 120)))

    assert processor.drawn == "M0.0,90.0h0 L140.0,70.0 M700.0,0.0h-8"
    assert (processor.name, processor.last) == ("Processor", "120 %")
    assert (processor.began_at, processor.ended_at) == (
        "2026-11-21T00:00:00+00:00",
        "2026-11-21T00:10:00+00:00",
    )
    assert processor.told == "Processor: between 10 and 120 percent, 120 percent at the end."
    assert disk.name == "Disk"


def test_what_stands_alone_is_seen() -> None:
    [processor, _] = curves_of(history((0, 10)))

    assert processor.drawn == "M0.0,90.0h8"


def test_a_whole_day_has_no_more_points_than_a_screen_shows() -> None:
    [processor, _] = curves_of(history(*((minute, float(minute % 100)) for minute in range(1_440))))

    assert len(processor.drawn.split()) <= POINTS
    assert processor.drawn.count("M") == 1
    assert curves_of(history()) == []
