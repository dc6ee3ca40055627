"""Addresses that a call hands to a tool."""

import json

import pytest

from tenant_daemon.policy import PolicyContext, classify

HOST = "https://tools.example.com"


def is_external(context: PolicyContext, path: str, body: object, method: str = "POST") -> bool:
    return classify("http", {"method": method, "url": HOST + path, "body": body}, context).is_external


@pytest.mark.parametrize(
    "body",
    [
        {"url": "https://evil.example/x"},
        {"url": "http:evil.example"},
        {"url": "\\\\evil.example\\x"},
        {"url": "//evil.example"},
        {"url": "evil.example/x"},
        {"uRl": "https://evil.example"},
        {"outgoingurl": "https://evil.example"},
        {"url": "https://tools.example.com:8443/x"},
        {"url": "https://tools.example.com@evil.example/"},
        {"a": [{"b": {"imageUrls": ["x", "http://169.254.169.254/"]}}]},
        {"remote_address": "git@evil.example:x"},
        {"connection": {"host": "db.evil.example"}},
        {"smtpHost": "127.0.0.1"},
        {"references": ["http://evil.example"]},
        {"settings": [{"key": "slack_url", "value": "https://hooks.example"}]},
        {"option": "smtpHost", "value": "evil.example"},
        "a=b&url=https%3A%2F%2Fevil.example",
        "&&hook[url]=https://evil.example",
        '--b\r\nContent-Disposition: form-data; name="url"\r\n\r\nhttps://evil.example\r\n--b--',
    ],
)
def test_a_field_that_leads_to_another_server_is_external(body: object, context: PolicyContext) -> None:
    assert is_external(context, "/api/things", body)


@pytest.mark.parametrize(
    "body",
    [
        {"website": "https://acme.example", "website_url": "https://acme.example"},
        {"settings": [{"key": "website_url", "value": "https://acme.example"}]},
        {"fields": [{"name": "LinkedIn URL", "value": "https://linkedin.example/in/anna"}]},
        {"canonical_url": "https://acme.example", "redirectUrl": "https://acme.example"},
        {"text": "see https://acme.example", "html": "<a href='https://acme.example'>x</a>"},
        {"url": "https://tools.example.com/a.png"},
        {"url": "/a/b", "urls": ["/cart"], "file_url": "about.html"},
        {"host": "", "url": None},
        {"hosted_by": "a.example", "curl": 3},
    ],
)
def test_links_for_people_are_data(body: object, context: PolicyContext) -> None:
    assert not is_external(context, "/api/things", body)


def test_a_get_may_have_the_tool_fetch_something(context: PolicyContext) -> None:
    assert is_external(context, "/oembed?url=http://169.254.169.254/", "", "GET")
    assert is_external(context, "/oembed?url=http%3A%2F%2F169.254.169.254/", "", "GET")
    assert not is_external(context, "/oembed?url=https://tools.example.com/a", "", "GET")
    assert not is_external(context, "/stats?url=/pricing&referrer=https://a.example", "", "GET")


def test_records_may_hold_any_address(context: PolicyContext) -> None:
    assert not is_external(context, "/api/v2/tables/m/records", {"url": "https://a.example"})


@pytest.mark.parametrize(
    "body",
    [
        "posts[0][status]=published",
        "&status=published",
        "post.status=x&status[]=published",
        "status%5B0%5D=published",
    ],
)
def test_a_form_says_what_json_says(body: str, context: PolicyContext) -> None:
    assert is_external(context, "/api/posts", body)
    assert is_external(context, f"/api/posts?{body}", json.dumps({"title": "x"}))


def test_a_form_of_very_many_fields_is_not_read(context: PolicyContext) -> None:
    call = {"method": "POST", "url": HOST + "/api/posts", "body": "a=b&" * 600}
    assert classify("http", call, context).is_unknown


@pytest.mark.parametrize("flags", ["-T week.md", "-X PUT --data-binary @week.md"])
def test_a_file_is_put_where_files_are_kept(flags: str, context: PolicyContext) -> None:
    for path in ("/remote.php/dav/files/anna/Reports/week.md", "/remote.php/webdav/week.md"):
        found = classify("shell", {"command": f"curl -s {flags} {HOST}{path}"}, context)
        assert not found.is_unknown, found.reason
        assert not found.is_external, found.reason


@pytest.mark.parametrize("flags", ["-T fair.ics", "-X PUT --data-binary @fair.ics"])
@pytest.mark.parametrize(
    "path",
    [
        # Everybody who is named in it would be invited.
        "/remote.php/dav/calendars/anna/personal/fair.ics",
        "/remote.php/dav/c%61lendars/anna/personal/fair.ics",
        "/remote.php/dav/c%2561lendars/anna/personal/fair.ics",
        "/remote.php/dav/files/%2e%2e/calendars/anna/personal/fair.ics",
        "/remote.php/caldav/calendars/anna/personal/fair.ics",
        "/api/v1/campaigns/4/status",
    ],
)
def test_what_is_made_of_it_elsewhere_nobody_sees(flags: str, path: str, context: PolicyContext) -> None:
    found = classify("shell", {"command": f"curl -s {flags} {HOST}{path}"}, context)
    assert (found.is_unknown, found.is_external) == (True, True), found.reason
