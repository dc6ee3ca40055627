"""Calls that a person changes before approving them."""

from typing import Any

import pytest

from letsbe_app.ui.portal.editing import EditProblem, can_edit, edit_of, edited_args
from tests.support.ui_samples import approval_view

REQUEST: dict[str, Any] = {"method": "POST", "url": "https://shop.example", "headers": {"Accept": "*/*"}}


def test_each_argument_is_a_field_and_what_is_no_text_stands_as_json() -> None:
    fields = edit_of(approval_view(tool_args=REQUEST)).fields
    assert [(field.part.name, field.part.label, field.part.text) for field in fields] == [
        ("method", "Method", "POST"),
        ("url", "Address", "https://shop.example"),
        ("headers", "Headers", '{\n  "Accept": "*/*"\n}'),
    ]


def test_what_was_typed_becomes_the_call_with_its_types() -> None:
    form = {"method": "GET", "url": "https://shop.example", "headers": '{"Accept": "text/html"}'}
    assert edited_args(REQUEST, form) == {
        "method": "GET",
        "url": "https://shop.example",
        "headers": {"Accept": "text/html"},
    }


def test_line_ends_are_those_that_the_agent_wrote() -> None:
    before = {"path": "menu.md", "content": "one\ntwo"}
    assert edited_args(before, {"path": "menu.md", "content": "one\r\nthree"})["content"] == "one\nthree"


def test_a_form_cannot_add_arguments() -> None:
    assert edited_args({"command": "ls"}, {"command": "df", "user": "root"}) == {"command": "df"}


@pytest.mark.parametrize("form", [{}, {"command": "rm -r old"}])
def test_an_edit_that_changes_nothing_is_no_edit(form: dict[str, str]) -> None:
    with pytest.raises(EditProblem, match="Nothing is changed yet"):
        edited_args({"command": "rm -r old"}, form)


def test_broken_json_is_said_at_its_argument() -> None:
    with pytest.raises(EditProblem, match="Headers"):
        edited_args(REQUEST, {**REQUEST, "headers": '{"Accept"'})


def test_a_call_with_a_hidden_value_cannot_be_changed() -> None:
    assert can_edit({"command": "rm -r old"})
    assert can_edit({"command": "mysql -pSECRET_REF(db)"})
    assert not can_edit({"headers": {"Authorization": "[REDACTED:bearer]"}})
    assert not can_edit({})
