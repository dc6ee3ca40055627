"""A body means what the tool reads in it: by its content type, and beside what stands in the address."""

import json
from dataclasses import replace

import pytest

from tenant_daemon.policy import Judgement, PolicyContext, classify

HOST = "https://tools.example.com"
POSTS = f"{HOST}/wp-json/wp/v2/posts"
MESSAGES = f"{HOST}/api/v1/accounts/1/conversations/1/messages"
HIDDEN = '{"title":"x&status=publish&y=z"}'
UTF7 = '{"posts":[{"status":"+AHAAdQBiAGwAaQBzAGgAZQBk-"}]}'
PARTS = '\r\n--q\r\nContent-Disposition: form-data; name="status"\r\n\r\npublish\r\n--q--'


@pytest.fixture
def context(context: PolicyContext) -> PolicyContext:
    return replace(context, has_processes=False)


def call(url: str, body: str, context: PolicyContext, *, kind: str = "", method: str = "POST") -> Judgement:
    headers = {"Content-Type": kind} if kind else {}
    args = {"method": method, "url": url, "body": body, "headers": headers}
    return classify("http", args, context)


@pytest.mark.parametrize("query", ["?private=false", "?content=hello", "?private"])
def test_a_note_is_one_only_without_fields_in_the_address(query: str, context: PolicyContext) -> None:
    note = json.dumps({"content": "hi", "private": True})
    assert not call(MESSAGES, note, context).is_external
    assert call(MESSAGES + query, note, context).is_external


@pytest.mark.parametrize("kind", ["", "application/x-www-form-urlencoded", "text/plain"])
def test_fields_of_a_form_that_looks_like_json_count(kind: str, context: PolicyContext) -> None:
    assert call(POSTS, HIDDEN, context, kind=kind).is_external


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=UTF-8", "text/json"])
def test_what_is_sent_as_json_is_nothing_else(kind: str, context: PolicyContext) -> None:
    found = call(POSTS, '{"title":"https://a.example/?x=1&status=publish"}', context, kind=kind)
    assert (found.is_external, found.is_unknown) == (False, False), found.reason


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (UTF7, "application/json; charset=utf-7"),
        (UTF7, 'application/json; x=y; CHARSET = "utf-16"'),
        ("a=b" + "x" * 3_000 + PARTS, "multipart/form-data; boundary=q"),
        (
            PARTS.replace("\r\n\r\npublish", "\r\nContent-Transfer-Encoding: base64\r\n\r\ncHVibGlzaA=="),
            "multipart/form-data; boundary=q",
        ),
    ],
)
def test_a_body_that_is_read_otherwise_asks(body: str, kind: str, context: PolicyContext) -> None:
    assert call(POSTS, body, context, kind=kind).is_unknown


def test_a_packed_body_is_refused(context: PolicyContext) -> None:
    args = {"method": "POST", "url": POSTS, "body": "x", "headers": {"Content-Encoding": "deflate"}}
    assert classify("http", args, context).is_forbidden


@pytest.mark.parametrize(
    "command",
    [
        f"curl -s -X POST {POSTS} -d '{HIDDEN}'",
        f"wget -qO- --post-data='{HIDDEN}' {POSTS}",
        f"""curl -s {POSTS} --json '{{"status":"publi' --json 'sh"}}'""",
        f"curl -s {POSTS} -F title=x -F 'status=publish;type=text/plain'",
        f"curl -s {POSTS} -H 'Content-Encoding: deflate' -d x",
        f"curl -s {POSTS} -H 'content-type: application/json; charset=utf-7' -d '{UTF7}'",
    ],
)
def test_content_is_read_as_the_program_sends_it(command: str, context: PolicyContext) -> None:
    found = classify("shell", {"command": command}, context)
    assert found.is_external or found.is_unknown


@pytest.mark.parametrize(
    "command",
    [
        f"""curl -s {POSTS} -H 'Content-Type: application/json' -d '{{"title":"a&status=publish"}}'""",
        f"""curl -s {POSTS} --json '{{"title":"a","status":"draft"}}'""",
        f"curl -s {POSTS} -F title=x -F status=draft",
        f"curl -s {POSTS} -F title=x -F status=draft -F file=@photo.jpg",
        f"curl -s {POSTS} -d 'title=bread; butter&status=draft'",
    ],
)
def test_drafts_are_changes(command: str, context: PolicyContext) -> None:
    found = classify("shell", {"command": command}, context)
    assert (found.is_external, found.is_unknown) == (False, False), found.reason
