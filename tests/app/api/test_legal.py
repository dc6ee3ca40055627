"""Links in the footer to what an operator has to publish."""

from dataclasses import replace

import httpx
import pytest

from letsbe_app.composition import Services
from letsbe_app.settings import LegalNotice
from tests.support.api import api_over
from tests.support.browser_client import BrowserClient


@pytest.mark.parametrize("notice", LegalNotice)
async def test_a_notice_is_where_the_operator_says(services: Services, notice: LegalNotice) -> None:
    address = f"https://shop.example/{notice.value}"
    settings = services.settings.model_copy(update={f"{notice.value}_url": address})
    async with BrowserClient(httpx.ASGITransport(api_over(replace(services, settings=settings)))) as browser:
        answer = await browser.get(f"/legal/{notice.value}")
        others = [await browser.get(f"/legal/{one.value}") for one in LegalNotice if one is not notice]

    assert (answer.status_code, answer.headers["location"]) == (302, address)
    assert {(one.status_code, one.headers["location"]) for one in others} == {(302, "/legal")}
