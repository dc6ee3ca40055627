"""No request has the provider fetch, look up or switch on anything by itself."""

from typing import Any

import pytest
from anthropic.types import message_create_params
from openai.types.chat import completion_create_params
from openai.types.responses import response_create_params

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats import FORMATS
from tenant_daemon.egress.formats.self_contained import CHAT_FIELDS, MESSAGES_FIELDS, RESPONSES_FIELDS
from tenant_daemon.redaction import Redactor
from tenant_daemon.settings import WireName

PNG = "data:image/png;base64,iVBORw0KGgo="
URL = "https://collector.example/p.png?d=1"
REDACTOR = Redactor([])


def chat(part: dict[str, Any], **more: object) -> tuple[WireName, dict[str, object]]:
    return "openai-chat", {"messages": [{"role": "user", "content": [part]}], **more}


def responses(item: dict[str, Any], **more: object) -> tuple[WireName, dict[str, object]]:
    return "openai-responses", {"input": [item], **more}


def messages(part: dict[str, Any], **more: object) -> tuple[WireName, dict[str, object]]:
    return "anthropic-messages", {"max_tokens": 9, "messages": [{"role": "user", "content": [part]}], **more}


TEXT = {"type": "text", "text": f"see {URL}"}
USER = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": f"see {URL}"}]}


@pytest.mark.parametrize(
    "request_of",
    [
        chat({"type": "image_url", "image_url": {"url": URL}}),
        chat({"type": "image_url", "image_url": URL}),
        chat({"type": "video_url", "video_url": {"url": "file:///etc/passwd"}}),
        chat({"type": "file", "file": {"file_id": "file-1"}}),
        chat({"type": "file", "file": {"file_data": URL, "filename": "a.pdf"}}),
        chat({"type": "input_audio", "input_audio": {"data": URL, "format": "wav"}}),
        responses({"role": "user", "content": [{"type": "input_image", "image_url": URL}]}),
        responses({"role": "user", "content": [{"type": "input_file", "file_url": URL}]}),
        responses({"role": "user", "content": [{"type": "input_image", "file_id": "file-1"}]}),
        responses(
            {
                "type": "function_call_output",
                "call_id": "c",
                "output": [{"type": "input_image", "image_url": URL}],
            }
        ),
        responses(
            {
                "type": "computer_call_output",
                "call_id": "c",
                "output": {"type": "computer_screenshot", "image_url": URL},
            }
        ),
        responses({"type": "item_reference", "id": "msg_1"}),
        messages({"type": "image", "source": {"type": "url", "url": URL}}),
        messages({"type": "document", "source": {"type": "file", "file_id": "file_1"}}),
        messages(
            {
                "type": "tool_result",
                "tool_use_id": "t",
                "content": [{"type": "image", "source": {"type": "url", "url": URL}}],
            }
        ),
        messages(
            {
                "type": "document",
                "source": {
                    "type": "content",
                    "content": [{"type": "image", "source": {"type": "url", "url": URL}}],
                },
            }
        ),
        messages(TEXT, system=[{"type": "document", "source": {"type": "url", "url": URL}}]),
    ],
)
def test_data_that_is_elsewhere_is_refused(request_of: tuple[WireName, dict[str, object]]) -> None:
    name, body = request_of
    with pytest.raises(Refused, match="send the") as refused:
        FORMATS[name].prepare(body, REDACTOR, "m")
    assert refused.value.status == 400
    assert URL not in refused.value.message


@pytest.mark.parametrize(
    "request_of",
    [
        chat(TEXT, store=False, plugins=[], web_search_options=None),
        chat({"type": "image_url", "image_url": {"url": PNG, "detail": "low"}}),
        chat({"type": "image_url", "image_url": {"url": PNG.replace("data", "DATA")}}),
        chat(
            {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0=", "filename": "a"}}
        ),
        chat({"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}),
        chat(TEXT, tools=[{"type": "function", "function": {"name": "f", "parameters": {"url": URL}}}]),
        responses(USER, background=False, previous_response_id=None),
        responses({"role": "user", "content": [{"type": "input_image", "image_url": PNG}]}),
        responses(
            {"type": "function_call", "call_id": "c", "name": "fetch", "arguments": f'{{"url":"{URL}"}}'}
        ),
        responses({"type": "local_shell_call", "call_id": "c", "action": {"env": {"url": URL}}}),
        messages({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"}}),
        messages({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": URL}}),
        messages({"type": "tool_use", "id": "t", "name": "fetch", "input": {"url": URL, "file_id": "x"}}),
        messages({"type": "search_result", "source": URL, "title": "t", "content": [TEXT]}),
    ],
)
def test_what_stands_in_the_request_is_passed_on(request_of: tuple[WireName, dict[str, object]]) -> None:
    name, body = request_of
    assert FORMATS[name].prepare(body, REDACTOR, "m").body["model"] == "m"


@pytest.mark.parametrize(
    ("request_of", "shown"),
    [
        (chat(TEXT, web_search_options={}), "web_search_options"),
        (chat(TEXT, plugins=[{"id": "web"}]), "plugins"),
        (chat(TEXT, data_sources=[{"type": "azure_search"}]), "data_sources"),
        (chat(TEXT, models=["dear"]), "models"),
        (responses(USER, previous_response_id="resp_1"), "previous_response_id"),
        (responses(USER, conversation="conv_1"), "conversation"),
        (responses(USER, prompt={"id": "pmpt_1"}), "prompt"),
        (messages(TEXT, mcp_servers=[{"type": "url", "url": URL}]), "mcp_servers"),
        (messages(TEXT, container="c"), "container"),
        (messages(TEXT, fallbacks=[{"model": "dear"}]), "fallbacks"),
        (messages(TEXT, kV9mQ2xLp7zR4wT8nBc3=1), "another one"),
    ],
)
def test_fields_that_reach_further_are_refused_by_name(
    request_of: tuple[WireName, dict[str, object]], shown: str
) -> None:
    name, body = request_of
    with pytest.raises(Refused, match=f": {shown}\\.$"):
        FORMATS[name].prepare(body, REDACTOR, "m")


@pytest.mark.parametrize(
    ("published", "passed", "kept_out"),
    [
        (completion_create_params.CompletionCreateParamsBase, CHAT_FIELDS, {"web_search_options"}),
        (
            response_create_params.ResponseCreateParamsBase,
            RESPONSES_FIELDS,
            {"access_programs", "background", "conversation", "image", "previous_response_id", "prompt"},
        ),
        (
            message_create_params.MessageCreateParamsBase,
            MESSAGES_FIELDS,
            {"container", "diagnostics", "user_profile_id", "workspace_id"},
        ),
    ],
)
def test_every_field_of_the_vendors_own_sdk_is_decided(
    published: Any, passed: frozenset[str], kept_out: set[str]
) -> None:
    fields = published.__required_keys__ | published.__optional_keys__
    assert fields - passed == kept_out
