"""What visitors may ask."""

import pytest

from tests.support.browser_client import BrowserClient


@pytest.mark.parametrize(("path", "count"), [("plans", 4), ("tools", 25), ("bundles", 5)])
async def test_the_catalogue_is_public(browser: BrowserClient, path: str, count: int) -> None:
    answer = (await browser.get(f"/api/v1/public/{path}")).json()

    assert (answer["success"], len(answer["data"]), answer["meta"]) == (True, count, {"next_cursor": None})


async def test_a_quote_names_the_smallest_plan(browser: BrowserClient) -> None:
    answer = await browser.post("/api/v1/public/quote", json={"tool_ids": ["ghost", "plane"]})
    quote = answer.json()["data"]

    assert quote["smallest_plan"]["id"] == "lite"
    assert quote["ram_needed_mb"] == 7080
    assert [fit["is_fit"] for fit in quote["fits"]] == [True] * 4


async def test_an_unknown_tool_is_named(browser: BrowserClient) -> None:
    answer = await browser.post("/api/v1/public/quote", json={"tool_ids": ["typewriter"]})

    assert answer.status_code == 422
    assert answer.json()["error"]["details"] == [
        {"field": "tool_ids", "message": "There is no such tool: typewriter."}
    ]


async def test_a_suggestion_comes_with_its_reasons(browser: BrowserClient) -> None:
    answer = await browser.post("/api/v1/public/suggest", json={"description": "We are a bakery."})
    suggestion = answer.json()["data"]

    assert suggestion["bundle"]["id"] == "local-business"
    assert suggestion["reasons"] == ["You wrote “bakery”: that speaks for Local business."]
