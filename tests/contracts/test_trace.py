"""What is taken for the name of a trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_daemon.contracts.chat import SendMessage
from tenant_daemon.contracts.trace import traceparent_or_empty

GOOD = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def message(traceparent: object) -> SendMessage:
    fields = {"message_id": "msg_1", "conversation_id": "cnv_1", "agent_id": "sales", "text": "hi"}
    return SendMessage.model_validate({**fields, "traceparent": traceparent})


def test_a_name_in_the_form_of_w3c_is_kept() -> None:
    assert message(GOOD).traceparent == GOOD


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "nonsense",
        GOOD.upper(),
        f"{GOOD}-more",
        f"{GOOD}\n",
        GOOD.replace("00-0af", "ff-0af"),
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
        GOOD.replace("-01", "-1"),
        None,
        7,
        [GOOD],
        {"traceparent": GOOD},
    ],
)
def test_anything_else_is_passed_over_and_the_message_taken(bad: object) -> None:
    assert message(bad).traceparent == ""
    assert message(bad).text == "hi"


@given(st.text() | st.text("0123456789abcdef-", min_size=50, max_size=60))
def test_what_is_kept_has_no_room_for_anything_else(value: str) -> None:
    kept = traceparent_or_empty(value)
    assert kept in {"", value}
    assert set(kept) <= set("0123456789abcdef-")
