"""The arguments of a call, taken apart for a person."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letsbe_app.ui.portal.call_parts import PartUnreadable, parts_of, with_typed

BODY = '{"title": "Fresh bread", "text": "From Monday.\\nCome early!", "price": 3.20, "tags": ["bread"]}'
POST: dict[str, Any] = {
    "method": "POST",
    "headers": {"Accept": "*/*"},
    "url": "https://blog.example/api/posts",
    "body": BODY,
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _texts(tool_args: dict[str, Any]) -> list[tuple[str, str]]:
    return [(part.label, part.text) for part in parts_of(tool_args)]


def test_each_field_of_what_is_sent_is_a_part_and_comes_first() -> None:
    assert _texts(POST) == [
        ("Title", "Fresh bread"),
        ("Text", "From Monday.\nCome early!"),
        ("Price", "3.2"),
        ("Tags", '[\n  "bread"\n]'),
        ("Method", "POST"),
        ("Address", "https://blog.example/api/posts"),
        ("Headers", '{\n  "Accept": "*/*"\n}'),
    ]


@pytest.mark.parametrize("name", ["url", "Address", "address ", "METHOD"])
def test_what_is_sent_cannot_pass_for_where_it_is_sent(name: str) -> None:
    call = {"method": "POST", "url": "https://mail.example/send", "body": {name: "https://blog.example"}}
    assert _texts(call) == [
        (f"Sent as “{name}”", "https://blog.example"),
        ("Method", "POST"),
        ("Address", "https://mail.example/send"),
    ]


def test_a_changed_field_leaves_the_others_as_they_were() -> None:
    after = with_typed(POST, {"body/title": "Fresh rolls", "body/text": "From Monday.\r\nCome early!"})

    assert json.loads(str(after["body"])) == {**json.loads(BODY), "title": "Fresh rolls"}
    assert {**after, "body": ""} == {**POST, "body": ""}


def test_a_body_that_is_an_object_stays_one() -> None:
    after = with_typed({"body": {"draft": True}}, {"body/draft": "false"})
    assert after == {"body": {"draft": False}}


@pytest.mark.parametrize(
    "body",
    [
        '{"to": "a@x.example", "to": "b@x.example"}',
        '{"amount": 12345678901234567890.123}',
        '{"amount": 1e999}',
        '{"amount": NaN}',
        "{}",
        "[1, 2]",
        "{broken",
        "{" + '"a": {' * 100_000,
        json.dumps({f"row{number}": number for number in range(41)}),
    ],
)
def test_a_body_that_would_not_say_the_same_stays_as_it_is(body: str) -> None:
    assert [part.text for part in parts_of({"body": body})] == [body]
    assert with_typed({"body": body}, {"body": "new"}) == {"body": "new"}


def test_the_content_of_a_file_is_one_text() -> None:
    assert _texts({"path": "menu.json", "content": '{"a": 1}'})[1] == ("Content", '{"a": 1}')


def test_a_value_that_is_no_text_must_stay_readable() -> None:
    with pytest.raises(PartUnreadable, match="Tags"):
        with_typed(POST, {"body/tags": "[bread"})


@pytest.mark.slow
@given(st.dictionaries(st.text(min_size=1), VALUES, min_size=1, max_size=5), st.sampled_from([None, 1, "\t"]))
def test_what_nobody_touched_is_sent_letter_by_letter(body: dict[str, Any], indent: int | str | None) -> None:
    tool_args = {"method": "POST", "body": json.dumps(body, indent=indent)}
    form = {part.name: part.text.replace("\n", "\r\n") for part in parts_of(tool_args)}
    assert with_typed(tool_args, form) == tool_args
