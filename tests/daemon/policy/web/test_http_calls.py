from dataclasses import replace

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify
from tenant_daemon.policy.actions import HttpCall

BASE = "http://127.0.0.1:2368"


def call(method: str, url: str, context: PolicyContext, body: str = "", **headers: str) -> Judgement:
    args = {"method": method, "url": url, "body": body, "headers": headers}
    return classify("http", args, context)


def test_a_listed_host_is_read_at_the_address_that_was_judged(context: PolicyContext) -> None:
    found = call("GET", "http://ghost.internal:2368/a?b=c", context)
    assert found.tier is Tier.GREEN
    assert found.action == HttpCall("GET", "http://ghost.internal:2368/a?b=c", "172.18.0.5", 2368)
    assert call("GET", "http://ghost.internal:2368/a?b=c#@x/d", context).action == found.action


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:2369/",
        "http://localhost:2368/",
        "http://169.254.169.254/latest/",
        "http://10.0.0.6/",
        "http://2130706433:2368/",
        "http://127.1:2368/",
        "http://0x7f.0.0.1:2368/",
        "http://0177.0.0.1:2368/",
        "http://0/",
        "http://[::1]:2368/",
        "http://[::ffff:127.0.0.1]:2368/",
        "http://[::ffff:7f00:1]:2368/",
        "http://a@127.0.0.1:2368/",
        "http://127.0.0.1:2368@evil.example/",
        "http://127.0.0.1:2368\\@evil.example/",
        "http://evil.example#@127.0.0.1:2368/",
        "http://127.0.0.1:2368.evil.example/",
        "http://127.0.0.1.:2368/",
        "http://127.0.0.1:02368/",
        "http://127.0.0.1:2368:80/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:2368/",
        "ftp://127.0.0.1:2368/",
        "//127.0.0.1:2368/",
        "127.0.0.1:2368",
        "http:/127.0.0.1:2368/",
        "http:///x",
        BASE + "/../x",
        BASE + "/%2e%2e/x",
        BASE + "/%252e%252e/x",
        BASE + "/a/..;/b",
        BASE + "/a%00",
        BASE + "/a\nb",
        BASE + "/a b",
        "http://ⓛocalhost:2368/",
        "http://１２７.0.0.1:2368/",
        "http://evil.example/",
        "",
    ],
)
def test_every_other_address_is_denied(url: str, context: PolicyContext) -> None:
    found = call("GET", url, context)
    assert found.is_forbidden
    assert found.is_external
    assert found.action is None


@pytest.mark.parametrize(
    "found", [("127.0.0.1",), ("10.0.0.1",), ("93.184.216.34", "169.254.169.254"), (), ("x",)]
)
def test_a_public_name_that_points_inside_is_denied(found: tuple[str, ...], context: PolicyContext) -> None:
    context = replace(context, resolve=lambda name: found)
    assert call("GET", "https://tools.example.com/", context).is_forbidden


@pytest.mark.parametrize("found", ["255.255.255.255", "224.0.0.1", "0.0.0.0", "169.254.169.254", "fe80::1"])
def test_an_internal_name_leads_to_one_computer(found: str, context: PolicyContext) -> None:
    context = replace(
        context,
        allowed_hosts=frozenset({"tools.internal:80"}),
        internal_names=frozenset({"tools.internal"}),
        resolve=lambda name: (found,),
    )
    assert call("GET", "http://tools.internal/", context).is_forbidden
    context = replace(context, resolve=lambda name: ("172.18.0.5",))
    assert not call("GET", "http://tools.internal/", context).is_forbidden


def test_a_name_is_looked_up_once(context: PolicyContext) -> None:
    asked: list[str] = []
    context = replace(context, resolve=lambda name: (asked.append(name), ("93.184.216.34",))[1])
    call("GET", "https://tools.example.com/", context)
    call("GET", "https://unlisted.example/", context)
    assert asked == ["tools.example.com"]


@pytest.mark.parametrize(
    ("method", "path", "body", "tier", "external"),
    [
        ("GET", "/api/posts", "", Tier.GREEN, False),
        ("POST", "/api/posts", '{"status":"draft"}', Tier.YELLOW, False),
        ("PATCH", "/api/records/3", "{}", Tier.YELLOW, False),
        ("DELETE", "/api/posts/3", "", Tier.RED, False),
        ("PUT", "/ghost/api/admin/posts/1/", '{"posts":[{"status":"published"}]}', Tier.YELLOW, True),
        ("PUT", "/ghost/api/admin/posts/1/", '{"posts":[{"st\\u0061tus":"published"}]}', Tier.YELLOW, True),
        ("POST", "/api/v1/accounts/1/conversations/5/messages", '{"content":"x"}', Tier.YELLOW, True),
        ("POST", "/api/v1/accounts/1/conversations/5/messages", '{"private":true}', Tier.YELLOW, False),
        ("PUT", "/api/campaigns/3/status", '{"status":"running"}', Tier.YELLOW, True),
        ("POST", "/v2/bookings", "{}", Tier.YELLOW, True),
        ("POST", "/api/tx", "{}", Tier.YELLOW, True),
        ("POST", "/ocs/v2.php/apps/files_sharing/api/v1/shares", "path=/a", Tier.YELLOW, True),
        ("DELETE", "/admin/realms/shop", "", Tier.CRITICAL_RED, False),
        ("POST", "/api/endpoints/1/docker/containers/create", "{}", Tier.CRITICAL_RED, False),
        ("POST", "/api/posts/3?_method=DELETE", "", Tier.RED, False),
        ("POST", "/jmap", '{"methodCalls":[["EmailSubmission/set",{},"a"]]}', Tier.YELLOW, True),
    ],
)
def test_what_a_request_means(
    method: str, path: str, body: str, tier: Tier, external: bool, context: PolicyContext
) -> None:
    found = call(method, BASE + path, context, body)
    assert (found.tier, found.is_external) == (tier, external), found.reason


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "evil.example"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X", "a\r\nB: c"),
        ("Transfer-Encoding", "chunked"),
    ],
)
def test_headers_cannot_turn_a_call_into_another(name: str, value: str, context: PolicyContext) -> None:
    assert call("GET", BASE + "/", context, **{name: value}).is_forbidden


def test_a_secret_travels_in_a_header_but_not_in_an_address(context: PolicyContext) -> None:
    assert call("GET", BASE + "/", context, Authorization="Bearer SECRET_REF(ghost)").tier is Tier.GREEN
    assert call("GET", BASE + "/?k=SECRET_REF(ghost)", context).is_forbidden


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (BASE + "/a/../b?c=..", BASE + "/b?c=.."),
        (BASE + "/a/./b/", BASE + "/a/b/"),
        (BASE + "/a/b/..", BASE + "/a/"),
        (BASE + "/größe?q=ä%20b", BASE + "/gr%C3%B6%C3%9Fe?q=%C3%A4%20b"),
    ],
)
def test_an_address_is_sent_as_it_was_judged(url: str, sent: str, context: PolicyContext) -> None:
    found = call("GET", url, context)
    assert isinstance(found.action, HttpCall)
    assert found.action.url == sent


@pytest.mark.parametrize(
    "path", ["/a/../../b", "/a/%2e%2e/b", "/a/..%2fb", "/a/．．/b", "/ｂ", "/a∕b", "/a/..;/b"]
)
def test_a_path_that_two_readers_read_differently_is_denied(path: str, context: PolicyContext) -> None:
    assert call("GET", BASE + path, context).is_forbidden


def test_a_path_is_judged_by_where_it_leads(context: PolicyContext) -> None:
    def judged(path: str) -> tuple[object, bool]:
        found = call("POST", BASE + path, context)
        return found.tier, found.is_external

    assert judged("/ghost/api/admin/posts/../emails/1/retry/") == judged("/ghost/api/admin/emails/1/retry/")


@pytest.mark.parametrize("url", ["http://tools.example.com:443/", "https://tools.example.com:80/"])
def test_a_port_of_the_other_kind_is_refused(url: str, context: PolicyContext) -> None:
    everywhere = replace(context, allowed_hosts=context.allowed_hosts | {"tools.example.com:80"})
    assert classify("http", {"method": "GET", "url": url}, everywhere).is_forbidden
