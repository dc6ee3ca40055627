"""
What each role and each scope of an API key may do, over all routes: the whole table.

Every customer route stands in ``NEEDS``; a new one fails here until it does. Who may is not refused (what
else is wrong with the made-up request does not matter), who may not gets 403.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import IMPLIED, SESSION_ONLY, Permission, is_allowed
from tests.support.api import api_over
from tests.support.api_description import api_description
from tests.support.browser_client import BrowserClient
from tests.support.hub import PASSWORD, running_services
from tests.support.mail import token_for

P = Permission
CUSTOMER = "/api/v1/customer"
NEEDS = {
    "me": P.READ,
    "sign_out": P.ACCOUNT,
    "draft": P.BUY,
    "save_draft": P.BUY,
    "orders": P.READ,
    "place_order": P.BUY,
    "order": P.READ,
    "checkout": P.BUY,
    "pay_practice": P.BUY,
    "progress": P.READ,
    "retry": P.BUY,
    "tenants": P.READ,
    "tenant": P.READ,
    "tenant_history": P.READ,
    "set_stopped": P.MANAGE,
    "set_approval_ttl": P.MANAGE,
    "renew_server_key": P.MANAGE,
    "revoke_server_key": P.MANAGE,
    "list_agents": P.READ,
    "change_agent": P.MANAGE,
    "stop_agent": P.MANAGE,
    "list_agent_templates": P.READ,
    "add_agent": P.MANAGE,
    "remove_agent": P.MANAGE,
    "list_agent_versions": P.READ,
    "restore_agent": P.MANAGE,
    "usage": P.READ,
    "usage_report": P.READ,
    "usage_table": P.READ,
    "list_conversations": P.READ,
    "start_conversation": P.CHAT,
    "get_conversation": P.READ,
    "list_messages": P.READ,
    "say": P.CHAT,
    "stop": P.CHAT,
    "list_approvals": P.READ,
    "get_approval": P.READ,
    "decide": P.APPROVE,
    "withdraw": P.APPROVE,
    "rename_conversation": P.CHAT,
    "delete_conversation": P.CHAT,
    "edit_message": P.CHAT,
    "upload_attachment": P.CHAT,
    "get_retention": P.READ,
    "set_retention": P.DATA,
    "drop_attachment": P.CHAT,
    "regenerate_answer": P.CHAT,
    "search_conversations": P.READ,
    "export_conversation": P.READ,
    "decide_all": P.APPROVE,
    "list_changes": P.READ,
    "get_change": P.READ,
    "undo_change": P.APPROVE,
    "undo_changes": P.APPROVE,
    "plan_undo": P.READ,
    "list_secrets": P.READ,
    "provide_secret": P.SECRETS,
    "change_secret": P.SECRETS,
    "reveal_secret": P.SECRETS,
    "get_secret_request": P.SECRETS,
    "take_revealed": P.SECRETS,
    "acknowledge_alarm": P.SECRETS,
    "send_confirmation": P.ACCOUNT,
    "change_password": P.ACCOUNT,
    "sessions": P.ACCOUNT,
    "end_session": P.ACCOUNT,
    "sign_in_rules": P.READ,
    "set_sign_in_rules": P.PEOPLE,
    "end_other_sessions": P.ACCOUNT,
    "second_factor": P.ACCOUNT,
    "begin_second_factor": P.ACCOUNT,
    "enable_second_factor": P.ACCOUNT,
    "renew_recovery_codes": P.ACCOUNT,
    "disable_second_factor": P.ACCOUNT,
    "passkeys": P.ACCOUNT,
    "new_passkey_options": P.ACCOUNT,
    "add_passkey": P.ACCOUNT,
    "remove_passkey": P.ACCOUNT,
    "support_access": P.PEOPLE,
    "allow_support": P.PEOPLE,
    "end_support_access": P.PEOPLE,
    "activity": P.PEOPLE,
    "members": P.READ,
    "set_role": P.PEOPLE,
    "remove_member": P.PEOPLE,
    "invitations": P.PEOPLE,
    "invite": P.PEOPLE,
    "take_invitation_back": P.PEOPLE,
    "export_data": P.DATA,
    "delete_data": P.DATA,
    "keys": P.KEYS,
    "create_key": P.KEYS,
    "revoke_key": P.KEYS,
    "webhooks": P.MANAGE,
    "add_webhook": P.MANAGE,
    "webhook": P.MANAGE,
    "change_webhook": P.MANAGE,
    "remove_webhook": P.MANAGE,
    "renew_webhook_secret": P.MANAGE,
    "check_webhook": P.MANAGE,
    "webhook_deliveries": P.MANAGE,
    "redeliver": P.MANAGE,
    "notice_preferences": P.ACCOUNT,
    "set_notice_preferences": P.ACCOUNT,
    "push_key": P.ACCOUNT,
    "notice_devices": P.ACCOUNT,
    "add_notice_device": P.ACCOUNT,
    "remove_notice_device": P.ACCOUNT,
    "try_notices": P.ACCOUNT,
}
LAST = "sign_out"


@pytest.fixture
async def services(tmp_path: Path, redis_url: str, database_url: str) -> AsyncIterator[Services]:
    """As everywhere, but one key may walk the whole table at once."""
    settings = {"DATABASE_URL": database_url, "LETSBE_KEY_RATE": 1_000}
    async with running_services(tmp_path / "data", redis_url, **settings) as hub:
        yield hub


def operations() -> list[tuple[str, str, str, Any]]:
    """Name, method, address and body of every customer route; the one that ends the session comes last."""
    found = []
    for path, methods in api_description()["paths"].items():
        for method, one in methods.items():
            if path.startswith(f"{CUSTOMER}/"):
                media = one.get("requestBody", {}).get("content", {}).get("application/json", {})
                body = media.get("example")
                if isinstance(body, dict) and one["operationId"] == "provide_secret":
                    body = body | {"name": "mail-key"}
                found.append((one["operationId"], method.upper(), filled(path) + asked(one), body))
    return sorted(found, key=lambda one: one[0] == LAST)


def asked(operation: dict[str, Any]) -> str:
    needed = [one["name"] for one in operation["parameters"] if one["in"] == "query" and one.get("required")]
    return "?" + "&".join(f"{name}=bread" for name in needed) if needed else ""


def filled(path: str) -> str:
    return "/".join("x-1" if part.startswith("{") else part for part in path.split("/"))


def test_every_route_stands_in_the_table() -> None:
    names = {name for name, *_ in operations()}

    assert names - NEEDS.keys() == set()
    assert NEEDS.keys() - names == set()


@pytest.mark.slow
@pytest.mark.parametrize("role", UserRole)
async def test_a_role_may_do_exactly_this(
    services: Services, owner: Actor, browser: BrowserClient, role: UserRole
) -> None:
    await services.members.invite(owner, "bob@bakery.example", role)
    token = await token_for(services, "bob@bakery.example", "join")
    await services.members.accept(token, PASSWORD, Visitor())
    form = {"email": "bob@bakery.example", "password": PASSWORD}
    assert (await browser.post("/api/v1/public/sign-in", json=form)).status_code == 200
    for name, method, path, body in operations():
        answer = await browser.request(method, path, json=body)
        is_refused = answer.status_code == 403
        assert is_refused != is_allowed(role, NEEDS[name]), (name, answer.status_code, answer.text)


@pytest.mark.slow
@pytest.mark.parametrize("scope", sorted(set(Permission) - SESSION_ONLY - IMPLIED.keys()))
async def test_a_key_may_do_exactly_what_its_scope_says(
    services: Services, owner: Actor, scope: Permission
) -> None:
    made = await services.keys.create(owner, "Till", [scope])
    transport = httpx.ASGITransport(api_over(services))
    headers = {"Authorization": f"Bearer {made.key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers=headers) as program:
        for name, method, path, body in operations():
            answer = await program.request(method, path, json=body)
            is_refused = answer.status_code == 403
            assert is_refused != (NEEDS[name] in {scope, P.READ}), (name, answer.status_code, answer.text)
