"""The connection to a provider: who is asked is who was meant."""

from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from tenant_daemon.egress.addresses import Addresses
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.known import Known
from tenant_daemon.egress.upstream import Provider
from tenant_daemon.redaction import Redactor
from tenant_daemon.settings import Upstream
from tests.support.certificate import certificate
from tests.support.receiver import receiver


async def ask(url: str) -> int:
    """The status of the answer of a provider there."""
    provider = Provider(Known(), Addresses())
    try:
        upstream = Upstream(name="one", url=url, model="m")
        answer = await provider.ask(upstream, "chat/completions", b"{}", {}, Redactor([]))
        provider.leave(answer, is_done=False)
        return answer.status
    finally:
        await provider.close()


async def test_host_name_is_the_same_in_capital_letters(tmp_path: Path) -> None:
    async with receiver() as server:
        server.answer = lambda _one: JSONResponse({})
        port = server.url.rpartition(":")[2]
        assert await ask(f"http://LocalHost:{port}/v1") == 200
        assert server.received[0].path == "/v1/chat/completions"


async def test_proxies_of_the_environment_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiver() as elsewhere, receiver() as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere.url)
        monkeypatch.delenv("no_proxy", raising=False)
        server.answer = elsewhere.answer = lambda _one: JSONResponse({})
        assert await ask(f"{server.url}/v1") == 200
        assert (len(server.received), elsewhere.received) == (1, [])


async def test_nothing_is_said_to_a_server_whose_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    async with receiver(*certificate(tmp_path, "localhost")) as server:
        port = server.url.rpartition(":")[2]
        with pytest.raises(Refused) as caught:
            await ask(f"https://localhost:{port}/v1")
        assert (caught.value.code, server.received) == ("upstream_unreachable", [])
