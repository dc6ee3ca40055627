"""Procedure calls: the procedure decides, from its fixed place, and not a word somewhere in the body."""

import json

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify

HOST = "http://127.0.0.1:2368"


def call(context: PolicyContext, path: str, body: object, method: str = "POST") -> Judgement:
    return classify("http", {"method": method, "url": HOST + path, "body": body}, context)


def odoo(context: PolicyContext, model: str, method: str, *arguments: object, **named: object) -> Judgement:
    params = {
        "service": "object",
        "method": "execute_kw",
        "args": ["db", 2, "key", model, method, [*arguments], named],
    }
    return call(context, "/jsonrpc", {"jsonrpc": "2.0", "method": "call", "params": params})


@pytest.mark.parametrize("method", ["search_read", "read", "fields_get", "web_search_read"])
def test_odoo_reads_run(context: PolicyContext, method: str) -> None:
    found = odoo(context, "res.partner", method, [["state", "=", "sent"]], message="write")
    assert (found.tier, found.is_external, found.is_unknown) == (Tier.GREEN, False, False)


@pytest.mark.parametrize(
    "method", ["merge", "set_x", "load", "web_override_translations", "execute_kw_write"]
)
def test_a_reading_word_elsewhere_does_not_make_an_odoo_call_a_read(
    context: PolicyContext, method: str
) -> None:
    assert odoo(context, "res.partner", method, ["read"], specification={"a": "search_read"}).is_unknown


@pytest.mark.parametrize(
    ("model", "method", "tier", "is_external"),
    [
        ("res.partner", "create", Tier.YELLOW, False),
        ("res.partner", "web_save", Tier.YELLOW, False),
        ("res.partner", "unlink", Tier.RED, False),
        ("mail.activity", "create", Tier.YELLOW, False),
        ("mail.message", "create", Tier.YELLOW, True),
        ("sale.order", "message_notify", Tier.YELLOW, True),
        ("marketing.campaign", "action_start_campaign", Tier.YELLOW, True),
        ("res.users.apikeys", "search_read", Tier.CRITICAL_RED, False),
        ("ir.config_parameter", "search_read", Tier.CRITICAL_RED, False),
        ("ir.attachment", "search_read", Tier.GREEN, False),
    ],
)
def test_odoo_calls(context: PolicyContext, model: str, method: str, tier: Tier, is_external: bool) -> None:
    by_service = odoo(context, model, method, [1])
    by_path = call(context, f"/json/2/{model}/{method}", {"ids": [1]})
    by_client = call(
        context, "/web/dataset/call_kw", {"params": {"model": model, "method": method, "args": [[1]]}}
    )
    for found in (by_service, by_path, by_client):
        assert (found.tier, found.is_external, found.is_unknown) == (tier, is_external, False)


def test_meetings_with_guests_reach_them(context: PolicyContext) -> None:
    assert odoo(context, "calendar.event", "create", {"name": "x", "partner_ids": [5]}).is_external
    assert not odoo(context, "calendar.event", "create", {"name": "x"}).is_external


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"params": []},
        {"params": {"service": "object", "method": "execute_kw", "args": ["db", 2, "key"]}},
        {"params": {"service": "object", "method": "execute_kw", "args": ["db", 2, "key", ["m"], "read"]}},
        {"params": {"service": "report", "method": "render", "args": []}},
        '{"params":{"service":"object","method":"execute_kw","args":["d",2,"k","m","read"]},"params":{}}',
    ],
)
def test_calls_without_a_procedure_in_its_place_ask(context: PolicyContext, body: object) -> None:
    found = call(context, "/jsonrpc", body)
    assert found.is_unknown
    assert found.is_external


@pytest.mark.parametrize("path", ["/web/database/drop", "/web/database/backup"])
def test_whole_databases_are_critical(context: PolicyContext, path: str) -> None:
    assert call(context, path, "name=db").tier is Tier.CRITICAL_RED


@pytest.mark.parametrize("path", ["/xmlrpc/2/object", "/xmlrpc.php"])
def test_calls_by_xml_ask(context: PolicyContext, path: str) -> None:
    assert call(context, path, "<methodCall><methodName>version</methodName></methodCall>").is_unknown


def jmap(context: PolicyContext, *calls: object) -> Judgement:
    return call(context, "/jmap", {"using": [], "methodCalls": [*calls]})


def test_jmap(context: PolicyContext) -> None:
    query = ["Email/query", {"filter": {"text": "/set destroy"}}, "a"]
    draft = ["Email/set", {"create": {"a": {"subject": "x"}}}, "b"]
    assert jmap(context, query).tier is Tier.GREEN
    assert jmap(context, query, draft).tier is Tier.YELLOW
    assert jmap(context, query, ["Email/set", {"#destroy": {"resultOf": "a"}}, "b"]).tier is Tier.RED
    for name in ("EmailSubmission/set", "VacationResponse/set", "SieveScript/set", "PushSubscription/set"):
        assert jmap(context, query, [name, {"create": {}}, "b"]).is_external
    guests = {"create": {"a": {"participants": {"x": {}}}}}
    assert jmap(context, ["CalendarEvent/set", guests, "a"]).is_external
    for odd in (["Principal/set", {}, "a"], ["Email/query", {}], "Email/query", ["Email/query", [], "a"]):
        assert jmap(context, query, odd).is_unknown


@pytest.mark.parametrize(
    ("document", "tier", "asks"),
    [
        ("{ posts { mutation delete } }", Tier.GREEN, False),
        ('query Q($a: Int = 1) { posts(text: "} mutation { x }") { id } }', Tier.GREEN, False),
        ("query A { a } mutation B { deletePost }", Tier.RED, False),
        ("# query\nmutation { updatePost(id: 1, with: {title: 2}) { id } }", Tier.YELLOW, False),
        ("mutation { doSomething }", Tier.RED, True),
        ("subscription { a }", Tier.RED, True),
    ],
)
def test_graphql(context: PolicyContext, document: str, tier: Tier, asks: bool) -> None:
    found = call(context, "/graphql", json.dumps({"query": document}))
    assert (found.tier, found.is_unknown) == (tier, asks)


def test_graphql_documents_may_hide(context: PolicyContext) -> None:
    read = '{"query":"{a}"}'
    assert call(context, "/graphql?query=mutation%7BdoX%7D", read).is_unknown
    assert call(context, "/graphql", '{"query":"{a}","query":"mutation{doX}"}').is_unknown
    assert call(context, "/graphql", '[{"query":"{a}"},{"query":"mut\\u0061tion{doX}"}]').is_unknown
    assert call(context, "/graphql", '{"id":"persisted"}').is_unknown
    assert call(context, "/graphql", "query={a}").is_unknown
    assert call(context, "/graphql", read).tier is Tier.GREEN


@pytest.mark.parametrize(
    ("arguments", "tier"),
    [
        (["db", 2, "SECRET_REF(odoo)", "res.partner", "search_read", [[]]], Tier.GREEN),
        (["db", 2, "SECRET_REF(odoo)", "res.partner", "write", [[5], {"phone": "1"}]], Tier.YELLOW),
        (["db", 2, "SECRET_REF(odoo)", "res.partner", "write", [[5], {"phone": "SECRET_REF(a)"}]], Tier.RED),
        (["db", 2, "x", "res.partner", "write", [[5], {"phone": "SECRET_REF(a)"}]], Tier.RED),
        (["db", 2, "xSECRET_REF(odoo)", "res.partner", "search_read", [[]]], Tier.RED),
    ],
)
def test_a_secret_may_sign_a_call_of_odoo_and_be_nothing_else_in_it(
    arguments: list[object], tier: Tier, context: PolicyContext
) -> None:
    params = {"service": "object", "method": "execute_kw", "args": arguments}
    assert call(context, "/jsonrpc", {"jsonrpc": "2.0", "method": "call", "params": params}).tier is tier


@pytest.mark.parametrize(
    ("procedures", "tier", "is_external", "is_unknown"),
    [
        ("eventTypes.update", Tier.YELLOW, False, False),
        ("viewer/eventTypes/duplicate", Tier.YELLOW, False, False),
        ("eventTypes.heavy.delete", Tier.RED, False, False),
        ("viewer/deleteMe", Tier.RED, False, False),
        ("viewer/bookings.confirm", Tier.YELLOW, True, False),
        ("eventTypes.update,viewer.bookings.confirm", Tier.YELLOW, True, False),
        ("viewer/somethingOdd", Tier.RED, True, True),
        (",", Tier.RED, True, True),
    ],
)
def test_trpc(
    context: PolicyContext, procedures: str, tier: Tier, is_external: bool, is_unknown: bool
) -> None:
    found = call(context, f"/api/trpc/{procedures}?batch=1", {"0": {"json": {"id": 1}}})
    assert (found.tier, found.is_external, found.is_unknown) == (tier, is_external, is_unknown)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "GET", "DELETE"])
@pytest.mark.parametrize("path", ["/jsonrpc", "/JsonRPC/", "/web/dataset/call_kw/res.partner/read"])
def test_odoo_answers_to_any_method(context: PolicyContext, method: str, path: str) -> None:
    service = {
        "service": "object",
        "method": "execute_kw",
        "args": ["db", 2, "k", "mail.mail", "send", [[1]]],
    }
    params = service if "rpc" in path.lower() else {"model": "mail.mail", "method": "send", "args": [[1]]}
    assert call(context, path, {"params": params}, method).is_external


@pytest.mark.parametrize(
    "arguments",
    [
        ([1], ["user_ids.password"]),
        ([["user_ids.password", "like", "a%"]],),
        ([1], ["name", "user_ids/new_password"]),
    ],
)
def test_fields_that_open_accounts_are_not_read(
    context: PolicyContext, arguments: tuple[object, ...]
) -> None:
    assert odoo(context, "res.partner", "read", *arguments).tier is Tier.CRITICAL_RED
    nested: dict[str, object] = {"user_ids": {"fields": {"password": {}}}}
    assert odoo(context, "res.partner", "web_search_read", specification=nested).tier is Tier.CRITICAL_RED


def test_the_key_that_signs_a_call_is_no_field(context: PolicyContext) -> None:
    arguments = ["db", 2, "password", "res.partner", "read", [[1], ["name"]]]
    params = {"service": "object", "method": "execute_kw", "args": arguments}
    assert (
        call(context, "/jsonrpc", {"jsonrpc": "2.0", "method": "call", "params": params}).tier is Tier.GREEN
    )
