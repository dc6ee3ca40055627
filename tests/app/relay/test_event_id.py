"""Names of events."""

import pytest

from letsbe_app.relay.event_id import EventId


def test_ids_are_ordered_as_numbers() -> None:
    assert EventId.parse("2-10") > EventId.parse("2-9") > EventId.parse("1-400")
    assert str(EventId(3, 17)) == "3-17"


@pytest.mark.parametrize("text", ["", "3", "3-", "a-1", "-1-2", "1-2-3", "1-2\n", "9" * 16 + "-1"])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an event id"):
        EventId.parse(text)
