"""What a model request's span tells when things go wrong; how it goes well is told in one trace of all."""

from pathlib import Path

from starlette.responses import JSONResponse

from tenant_daemon.settings import TracesTo
from tests.support.collector import collecting
from tests.support.proxy import running


async def test_a_failure_is_told_by_its_code(tmp_path: Path) -> None:
    async with collecting() as collector:
        async with running(tmp_path, traces=TracesTo(otlp_url=collector.url)) as proxy:
            proxy.upstream.answer = lambda: JSONResponse({"error": {"message": "hush-hush"}}, 500)
            asked = {"model": "hush-hush", "messages": [{"role": "user", "content": "hush-hush"}]}
            refused = await proxy.ask(asked)
        (span,) = await collector.spans(1)

    assert span.is_error
    assert (span.parent_id, span.links) == ("", ())
    assert span.attributes == {
        "letsbe.agent_id": "sales",
        "letsbe.provider": "model",
        "letsbe.route": "chat/completions",
        "gen_ai.request.model": "real-model",
        "error.type": refused.json()["error"]["code"],
    }
    assert not any(b"hush" in body for body in collector.bodies)
