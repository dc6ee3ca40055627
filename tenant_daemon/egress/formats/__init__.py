"""The three ways to ask a language model, each as its vendor publishes it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tenant_daemon.egress.formats.anthropic_messages import AnthropicMessages
from tenant_daemon.egress.formats.openai_chat import OpenAIChat
from tenant_daemon.egress.formats.openai_responses import OpenAIResponses
from tenant_daemon.egress.formats.wire_format import AnswerChecker, ModelRequest, WireFormat
from tenant_daemon.settings import WireName

FORMATS: Final[Mapping[WireName, WireFormat]] = MappingProxyType(
    {
        "openai-chat": OpenAIChat(),
        "openai-responses": OpenAIResponses(),
        "anthropic-messages": AnthropicMessages(),
    }
)

__all__ = ["FORMATS", "AnswerChecker", "ModelRequest", "WireFormat", "format_of_path"]


def format_of_path(path: str) -> WireFormat:
    """The format that a client speaks who asks for this path; OpenAI's where it cannot be told."""
    for wire in FORMATS.values():
        if path.endswith(f"/v1/{wire.path}"):
            return wire
    return FORMATS["openai-chat"]
