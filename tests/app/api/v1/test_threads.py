"""Renaming, searching and taking away conversations, over REST."""

import json

import pytest

from letsbe_app.composition import Services
from letsbe_app.workforce.conversations import service as module
from tests.support.browser_client import BrowserClient
from tests.support.hub import paid_order

CUSTOMER = "/api/v1/customer"


@pytest.fixture
async def tenant_id(services: Services, browser: BrowserClient) -> str:
    await browser.sign_up()
    actor = await services.accounts.actor_of(browser.cookies["letsbe_session"])
    _, tenant = await paid_order(services, actor)
    await services.agents.create_defaults(tenant)
    return tenant


@pytest.fixture
async def conversation_id(browser: BrowserClient, tenant_id: str) -> str:
    answer = await browser.post(f"{CUSTOMER}/tenants/{tenant_id}/conversations", json={"agent_id": "sales"})
    conversation = str(answer.json()["data"]["id"])
    for text in ("# Cake\nfor Zoë", "How much?", "Thanks"):
        sent = await browser.post(f"{CUSTOMER}/conversations/{conversation}/messages", json={"text": text})
        assert sent.status_code == 201
    return conversation


async def test_title_is_changed(browser: BrowserClient, conversation_id: str) -> None:
    address = f"{CUSTOMER}/conversations/{conversation_id}"
    answer = await browser.request("PATCH", address, json={"title": "  Zoë's\n cake "})
    assert answer.json()["data"]["title"] == "Zoë's cake"
    assert (await browser.get(address)).json()["data"]["title"] == "Zoë's cake"
    for title in ("", "   ", "x" * 121, "ca\u202eke", "cake\0"):
        refused = await browser.request("PATCH", address, json={"title": title})
        assert refused.status_code == 422, title


async def test_words_are_found(browser: BrowserClient, tenant_id: str, conversation_id: str) -> None:
    answer = await browser.get(f"{CUSTOMER}/tenants/{tenant_id}/search", params={"words": "zoë"})
    (hit,) = answer.json()["data"]
    assert (hit["conversation"]["id"], hit["excerpt"]) == (conversation_id, "# Cake for Zoë")


async def test_thread_is_taken_away_as_text(
    browser: BrowserClient, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Read in several pages.
    monkeypatch.setattr(module, "MAX_LIMIT", 2)
    answer = await browser.get(f"{CUSTOMER}/conversations/{conversation_id}/export")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="cake.md"'
    assert answer.headers["cache-control"] == "no-store"
    places = [answer.text.index(part) for part in ("# # Cake", "## You", "for Zoë", "How much?", "Thanks")]
    assert places == sorted(places)


async def test_thread_is_taken_away_as_data(browser: BrowserClient, conversation_id: str) -> None:
    answer = await browser.get(
        f"{CUSTOMER}/conversations/{conversation_id}/export", params={"format": "json"}
    )
    assert answer.headers["content-disposition"].endswith('.json"')
    document = json.loads(answer.content)
    assert document["conversation"]["id"] == conversation_id
    assert [message["text"] for message in document["messages"]] == ["# Cake\nfor Zoë", "How much?", "Thanks"]


async def test_strangers_find_nothing_there(browser: BrowserClient, conversation_id: str) -> None:
    await browser.sign_up("eve@other.example")
    for method, path in (("PATCH", ""), ("GET", "/export")):
        answer = await browser.request(
            method, f"{CUSTOMER}/conversations/{conversation_id}{path}", json={"title": "mine"}
        )
        assert answer.status_code == 404
