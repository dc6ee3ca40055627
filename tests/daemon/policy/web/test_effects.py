import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify
from tenant_daemon.policy.web.bodies import read_body

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
    assert read_body("{") == []


@pytest.mark.parametrize(
    "flag", ["-d @post.json", "--json @post.json", "-T post.json", "--data-urlencode @post.json"]
)
def test_curl_does_not_send_what_cannot_be_seen(context: PolicyContext, flag: str) -> None:
    found = classify("shell", {"command": f"curl -X PUT {flag} {HOST}/posts/1/"}, context)
    assert found.is_external
    assert found.is_unknown


@pytest.mark.parametrize(
    "body",
    [
        '{"content":"hi","content_attributes":{"private":true}}',
        '{"content":"hi","Private":true}',
        '{"content":"hi","private":"true"}',
        'content=hi&"private":true=1',
    ],
)
def test_only_the_key_itself_makes_a_message_a_private_note(context: PolicyContext, body: str) -> None:
    path = "/api/v1/accounts/1/conversations/5/messages"
    assert call(context, "POST", path, body).is_external
    assert not call(context, "POST", path, '{"content":"hi","private":true}').is_external


def test_guests_in_a_folded_line_are_seen(context: PolicyContext) -> None:
    body = "BEGIN:VCALENDAR\r\nATTEN\r\n DEE:mailto:a@b.example\r\nEND:VCALENDAR"
    assert call(context, "PUT", "/remote.php/dav/calendars/a/b/c.ics", body).is_external


@pytest.mark.parametrize(
    "path",
    [
        "/wp-json/wp/v2/posts/5?_method=DELETE",
        "/wp-json/wp/v2/posts/5?%5fmethod=DELETE",
        "/wp-admin/admin-ajax.php?action=delete-post&id=5",
        "/wp-admin/post.php?post=5&action=trash",
        "/wp-login.php?action=logout",
        "/index.php/logout",
    ],
)
def test_a_get_that_changes_something_asks(context: PolicyContext, path: str) -> None:
    assert call(context, "GET", path).is_unknown


@pytest.mark.parametrize(
    "path",
    [
        "/admin/realms/a/clients/x/client-secret",
        "/ghost/api/admin/integrations/?include=api_keys",
        "/api/endpoints/1/docker/secrets",
        "/web/database/backup",
        "/ghost/api/admin/db/",
        "/remote.php/dav/files/a/.env",
        "/wp-config.php.bak",
    ],
)
def test_raw_secrets_are_never_just_read(context: PolicyContext, path: str) -> None:
    assert call(context, "GET", path).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "path",
    [
        "/ocs/v2.php/apps/files_sharing/api/v1/shares",
        "/api/v1/accounts/1/webhooks",
        "/ghost/api/admin/emails/x/",
        "/wp-json/wp/v2/posts?status=publish",
        "/ghost/api/content/posts/?filter=tag:delete",
        "/api/audit?action=view",
    ],
)
def test_a_get_lists_what_a_post_would_send(context: PolicyContext, path: str) -> None:
    found = call(context, "GET", path)
    assert (found.tier, found.is_external, found.is_unknown) == (Tier.GREEN, False, False)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v2/meta/bases/p1/users", {"email": "a@b.example", "roles": "editor"}),
        ("POST", "/api/0/teams/acme/t/members/invite/", {"email": "a@b.example"}),
        ("PUT", "/admin/realms/shop/users/u1/send-verify-email", ""),
        ("PUT", "/admin/realms/shop/users/u1/execute-actions-email", ["VERIFY_EMAIL"]),
    ],
)
def test_an_invitation_is_external_and_no_more(
    context: PolicyContext, method: str, path: str, body: object
) -> None:
    found = call(context, method, path, body)
    assert (found.tier, found.is_external, found.is_unknown) == (Tier.YELLOW, True, False)


def test_an_invitation_that_gives_power_is_more(context: PolicyContext) -> None:
    body = {"email": "a@b.example", "roles": "owner"}
    assert call(context, "POST", "/api/v2/meta/bases/p1/users", body).tier is Tier.CRITICAL_RED
    assert call(context, "PATCH", "/api/v2/meta/bases/p1/users/u1", {"roles": "editor"}).tier is Tier.RED


def test_an_empty_automation_is_a_draft(context: PolicyContext) -> None:
    empty = {"displayName": "Weekly report", "projectId": "p"}
    assert call(context, "POST", "/api/v1/flows", empty).tier is Tier.YELLOW
    assert call(context, "POST", "/api/v1/flows", empty | {"trigger": {"type": "CODE"}}).tier is Tier.RED


def test_a_document_that_goes_out_by_mail_is_external(context: PolicyContext) -> None:
    body = {"title": "Contract", "recipients": [], "meta": {"distributionMethod": "EMAIL"}}
    assert call(context, "POST", "/api/v1/documents", body).is_external
    body["meta"] = {"distributionMethod": "NONE"}
    assert not call(context, "POST", "/api/v1/documents", body).is_external
