import pytest

from tenant_daemon.policy import Judgement, PolicyContext, classify
from tenant_daemon.policy.web.effects import body_readings

HOST = "http://127.0.0.1:2368"


def call(context: PolicyContext, method: str, path: str, body: object = "") -> Judgement:
    return classify("http", {"method": method, "url": HOST + path, "body": body}, context)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/wp-json/wp/v2/posts", "st%61tus=publish"),
        ("/posts", '{"st\\u0061tus":"published"}'),
        ("/posts", '{"status":"published","status":"draft"}'),
        ("/posts", '{"status":"draft","status":"published"}'),
        ("/posts", {"status": "published"}),
        ("/posts/1/?newsl%65tter=weekly", "{}"),
        ("/api//tx", "{}"),
        ("/api/tx;v=1", "{}"),
        ("/api/tx.json", "{}"),
        ("/json/2/sale.order/action_quotation_send", "{}"),
        ("/api/v1/accounts/1/conversations", '{"message":{"content":"hi"}}'),
        ("/api/v1/accounts/1/conversations/5/messages", '{"private":true,"private":false,"content":"hi"}'),
    ],
)
def test_no_spelling_hides_that_people_outside_are_reached(
    context: PolicyContext, path: str, body: object
) -> None:
    assert call(context, "POST", path, body).is_external


def test_a_body_that_only_looks_like_json_is_not_understood(context: PolicyContext) -> None:
    assert call(context, "POST", "/posts", '{"status":"published",}').is_unknown
    assert body_readings("{") == []


@pytest.mark.parametrize(
    "flag", ["-d @post.json", "--json @post.json", "-T post.json", "--data-urlencode @post.json"]
)
def test_curl_does_not_send_what_cannot_be_seen(context: PolicyContext, flag: str) -> None:
    found = classify("shell", {"command": f"curl -X PUT {flag} {HOST}/posts/1/"}, context)
    assert found.is_external
    assert found.is_unknown
