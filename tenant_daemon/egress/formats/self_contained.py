"""
A request is judged by what stands in it, so all that it needs has to stand in it.

What a provider fetches, looks up or switches on by itself would be a way out of the server, or into it, that
nothing here has seen: pictures by their address, texts that it keeps, plugins. Fields are a closed list,
since every provider has extensions of its own (as ``plugins``, ``data_sources`` or ``search_parameters``).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tenant_daemon.egress.errors import Refused

CHAT_FIELDS: Final = frozenset(
    {
        *("messages", "model", "n", "stream", "stream_options", "tools", "tool_choice", "functions"),
        *("function_call", "parallel_tool_calls", "max_tokens", "max_completion_tokens", "stop"),
        *("temperature", "top_p", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs"),
        *("top_logprobs", "seed", "response_format", "modalities", "audio", "prediction", "verbosity"),
        *("reasoning_effort", "moderation", "metadata", "store", "user", "safety_identifier"),
        *("service_tier", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
        # Of other providers that speak this format.
        *("reasoning", "include_reasoning", "thinking", "enable_thinking", "chat_template_kwargs"),
        *("tool_stream", "top_k", "top_a", "min_p", "repetition_penalty", "provider", "transforms", "usage"),
    }
)
RESPONSES_FIELDS: Final = frozenset(
    {
        *("input", "instructions", "model", "stream", "stream_options", "tools", "tool_choice"),
        *("parallel_tool_calls", "max_tool_calls", "max_output_tokens", "temperature", "top_p"),
        *("top_logprobs", "text", "truncation", "context_management", "reasoning", "include"),
        *("moderation", "metadata", "store", "user", "safety_identifier", "service_tier"),
        *("prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
    }
)
MESSAGES_FIELDS: Final = frozenset(
    {
        *("messages", "system", "model", "max_tokens", "stream", "stop_sequences", "tools", "tool_choice"),
        *("temperature", "top_p", "top_k", "thinking", "output_config", "output_format", "metadata"),
        *("cache_control", "context_management", "compaction", "service_tier", "inference_geo", "speed"),
    }
)
_NAMED: Final = frozenset(
    {
        *("previous_response_id", "conversation", "prompt", "web_search_options", "plugins", "container"),
        *("mcp_servers", "models", "fallbacks", "search_parameters", "data_sources", "connectors"),
        *("enable_search", "documents", "extra_body"),
    }
)
"""Fields of vendors, which a refusal may name: any other name may be a secret."""
_ADDRESSES: Final = ("url", "image_url", "file_url", "video_url", "audio_url", "uri", "file_uri")
_DATA: Final = ("data", "file_data")
"""What these hold is data, or to some providers the address of data."""
_HOLDERS: Final = ("image_url", "video_url", "audio_url", "input_audio", "file", "image", "video")
"""Fields of a part whose object holds the data or says where it is."""
_NESTED: Final = ("content", "output", "source", "images")
_TELLING: Final = frozenset({*_ADDRESSES, *_DATA, *_HOLDERS, "file_id"})
_BEGINS_AS_DATA: Final = re.compile("data:", re.IGNORECASE)
_BEGINS_AS_ADDRESS: Final = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def refuse_foreign_fields(body: Mapping[str, object], allowed: frozenset[str]) -> None:
    """
    Raise Refused for a field that is not on the list, unless it says nothing.

    An empty object says something: ``"web_search_options": {}`` has a search switched on.
    """
    for name, value in body.items():
        if name not in allowed and value is not None and value is not False and value not in ([], ""):
            # Only the field is named that vendors have: any other name may be a secret.
            shown = name if name in _NAMED else "another one"
            raise Refused(400, "field_not_allowed", f"A field of the request is not passed on: {shown}.")


def refuse_references(items: object) -> None:
    """
    Raise Refused where a message or item has data that the provider would have to get from elsewhere.

    Args:
        items: ``messages``, ``system`` or ``input`` of a request, of whatever shape.
    """
    for part in _parts(items):
        if part.get("type") == "item_reference":
            raise _refused("item_reference", "the item itself")
        if _TELLING.isdisjoint(part):
            continue
        _refuse_address(part)
        for holder in _HOLDERS:
            held = part.get(holder)
            if isinstance(held, dict):
                _refuse_address(held)


def _refuse_address(part: Mapping[str, object]) -> None:
    """Raise Refused where a part, or what holds its data, says where the data is."""
    for field in _ADDRESSES:
        address = part.get(field)
        if isinstance(address, str) and address and not _BEGINS_AS_DATA.match(address):
            raise _refused(field, "the data itself")
    for field in _DATA if part.get("type") != "text" else ():
        data = part.get(field)
        if isinstance(data, str) and _BEGINS_AS_ADDRESS.match(data):
            raise _refused(field, "the data itself")
    if part.get("file_id"):
        raise _refused("file_id", "the data itself")


def _parts(items: object) -> Iterator[Mapping[str, object]]:
    """Messages, items and their parts, but for the arguments of calls, which are the tools' own."""
    waiting: list[object] = [items]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            yield item
            waiting.extend(item[name] for name in _NESTED if isinstance(item.get(name), list | dict))


def _refused(field: str, instead: str) -> Refused:
    return Refused(
        400,
        "reference_not_allowed",
        f"The provider would have to get something from elsewhere ({field}): send {instead}.",
    )
