"""Posting to strangers' addresses: only public ones, exactly the one that was checked, and with an end."""

import asyncio
import ssl
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import RedirectResponse, Response

from letsbe_app.kit.outbound import BadTarget, Outbound, Unreachable, check_url, is_allowed
from tests.support.certificate import certificate
from tests.support.receiver import receiver


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hook",
        "ftp://shop.example/hook",
        "https://",
        "https:///hook",
        "shop.example/hook",
        "https://user:word@shop.example/hook",
        "https://@shop.example/",
        "https://shop.example:22/",
        "https://shop.example:99999/",
        "https://shop.example/a b",
        "https://shop.example\\@127.0.0.1/",
        "https://shöp.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "https://[fe80::1%25eth0]/",
        "https://[not-an-address/",
        "https://shop.example/" + "a" * 2_000,
    ],
)
def test_such_an_address_is_refused_when_it_is_typed(url: str) -> None:
    with pytest.raises(BadTarget):
        check_url(url, allows_local=False)


@pytest.mark.parametrize("url", ["http://192.168.1.5/", "http://shop.example/", "https://169.254.169.254/"])
def test_where_this_machine_is_allowed_nothing_else_is(url: str) -> None:
    with pytest.raises(BadTarget):
        check_url(url, allows_local=True)


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="172.16.0.0/12"))
def test_no_disguise_of_a_private_address_passes(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    for text in (
        f"{address}",
        f"::ffff:{address}",
        f"64:ff9b::{number:x}" if number < 65536 else f"{address}",
    ):
        assert not is_allowed(ip_address(text), allows_local=True)
    sixtofour = ip_address((0x2002 << 112) | (number << 80))
    assert not is_allowed(sixtofour, allows_local=True)
    nat64 = ip_address((0x0064_FF9B << 96) | number)
    assert not is_allowed(nat64, allows_local=True)


@pytest.mark.parametrize("text", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_pass(text: str) -> None:
    assert is_allowed(ip_address(text), allows_local=False)


async def test_a_name_that_leads_inside_is_refused_also_beside_a_public_one() -> None:
    async def lookup(_host: str, _port: int) -> Sequence[str]:
        return ["93.184.216.34", "10.0.0.5"]

    with pytest.raises(BadTarget):
        await Outbound(resolve=lookup).post("https://shop.example/", {}, b"x")


async def test_the_name_is_looked_up_once_and_the_connection_goes_there() -> None:
    asked: list[str] = []

    async def lookup(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    async with receiver() as shop:
        port = shop.url.rpartition(":")[2]
        url = f"http://localhost:{port}/hook?a=1#part"
        answer = await Outbound(allows_local=True, resolve=lookup).post(url, {"X-A": "b"}, b"{}")

    assert (answer.status, answer.is_success, asked) == (204, True, ["localhost"])
    (one,) = shop.received
    assert (one.path, one.headers["host"], one.headers["x-a"], one.body) == (
        "/hook",
        f"localhost:{port}",
        "b",
        b"{}",
    )


async def test_redirects_are_not_followed() -> None:
    async with receiver() as shop:
        shop.answer = lambda _one: RedirectResponse("/elsewhere", 307)
        answer = await Outbound(allows_local=True).post(f"{shop.url}/hook", {}, b"")

    assert (answer.status, answer.is_success, len(shop.received)) == (307, False, 1)


async def test_an_endless_answer_is_not_read() -> None:
    class Endless(Response):
        async def __call__(self, scope: object, receive: object, send: object) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
            while True:
                await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})  # type: ignore[operator]
                await asyncio.sleep(0)

    async with receiver() as shop:
        shop.answer = lambda _one: Endless()
        answer = await Outbound(allows_local=True).post(f"{shop.url}/hook", {}, b"")

    assert answer.status == 200


async def test_nobody_there_is_told_in_a_word() -> None:
    async with receiver() as shop:
        url = shop.url
    with pytest.raises(Unreachable, match="refused"):
        await Outbound(allows_local=True).post(url, {}, b"")


async def test_what_the_receiver_asks_for_is_told() -> None:
    async with receiver() as shop:
        shop.answer = lambda _one: Response(status_code=429, headers={"Retry-After": "120"})
        answer = await Outbound(allows_local=True).post(shop.url, {}, b"")

    assert (answer.status, answer.retry_after_seconds) == (429, 120)


async def test_the_certificate_must_be_the_names_though_the_connection_goes_to_a_number(
    tmp_path: Path,
) -> None:
    async def lookup(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    files = certificate(tmp_path, "shop.example")
    trust = ssl.create_default_context(cafile=files[0])
    outbound = Outbound(allows_local=True, resolve=lookup, verify=trust)
    async with receiver(*files) as shop:
        port = shop.url.rpartition(":")[2]
        answer = await outbound.post(f"https://shop.example:{port}/hook", {}, b"")
        with pytest.raises(Unreachable, match="tls"):
            await outbound.post(f"https://other.example:{port}/hook", {}, b"")

    assert answer.status == 204
