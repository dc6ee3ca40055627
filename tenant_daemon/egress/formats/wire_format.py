"""What the proxy needs to know of a way to ask a model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.json_text import read_json, write_json
from tenant_daemon.metering import Usage
from tenant_daemon.redaction import Redactor
from tenant_daemon.settings import WireName


@dataclass(frozen=True)
class ModelRequest:
    """A request ready to be sent."""

    body: dict[str, object]
    is_stream: bool
    prompt_tokens: int
    """Estimated."""
    wants_usage: bool = True
    """Whether the client itself asked to be told the usage."""

    def encoded(self) -> bytes:
        """The body as it goes over the wire."""
        return write_json(self.body)

    def with_fields(self, **fields: object) -> "ModelRequest":
        """The same request with some fields of its body replaced."""
        return replace(self, body={**self.body, **fields})


class AnswerChecker(Protocol):
    """
    Checks a streamed answer. Feed every event; after the last one call ``finish`` once.

    Events that are there at the same moment are cheaper together: all but the last of them are fed with
    ``waits``, and ``settle`` comes behind the last.
    """

    usage: Usage | None
    """As the provider told it so far; final once ``is_done``."""
    is_done: bool
    """The answer came to its proper end; ``closing`` is then what tells the client so."""
    closing: list[bytes]

    @property
    def prompt_tokens(self) -> int | None:
        """What the provider said of the prompt, where it does so at the beginning."""
        ...

    @property
    def characters(self) -> int:
        """Of text so far, for an estimate should the stream be cut."""
        ...

    def feed(self, event: bytes, *, waits: bool = False) -> list[bytes]:
        """
        What the client gets now, as it goes over the wire. Texts of an event that waits come with later ones.

        Raises:
            Refused: The event cannot be read, or the provider broke off.
        """
        ...

    def settle(self) -> list[bytes]:
        """What may go out of texts that wait, when no further event is there yet."""
        ...

    def finish(self) -> list[bytes]:
        """What is still held back."""
        ...

    def failure(self, refused: Refused) -> bytes:
        """An error in the middle of a stream, as the client's SDK reads it."""
        ...


class WireFormat(Protocol):
    """One format. Without state."""

    name: WireName
    path: str
    """Behind ``/v1/``, at the proxy and at the provider."""

    def prepare(self, body: dict[str, object], redactor: Redactor, model: str) -> ModelRequest:
        """
        The request for the provider: redacted, with our model.

        Raises:
            Refused: It is no request of this format, or asks for what this proxy does not pass on.
        """
        ...

    def answer_limit(self, request: ModelRequest) -> int | None:
        """The most tokens that the answer may have, as the request says; None when it says nothing."""
        ...

    def limit_answer(self, request: ModelRequest, tokens: int) -> ModelRequest:
        """
        The request with its answer limited to so many tokens in all.

        Raises:
            Refused: It cannot be limited to that.
        """
        ...

    def usage_of(self, answer: Mapping[str, object]) -> Usage | None:
        """What an answer that does not stream says about its tokens."""
        ...

    def checker(self, redactor: Redactor, request: ModelRequest) -> AnswerChecker:
        """For one streamed answer."""
        ...

    def error_body(self, refused: Refused) -> dict[str, object]:
        """An error as the client's SDK reads it."""
        ...

    def headers(self, key: str | None, client: Mapping[str, str]) -> dict[str, str]:
        """The headers that this provider wants; ``client`` are those of the request we got."""
        ...


def redacted(body: dict[str, object], redactor: Redactor) -> dict[str, object]:
    """A body with every text redacted; ids, signatures and media stay as they are."""
    clean = redactor.redact_payload(body)
    if not isinstance(clean, dict):
        raise TypeError("a redacted object is an object")
    return dict(clean)


def refuse_foreign_tools(tools: object, allowed: frozenset[str], prefixes: tuple[str, ...] = ()) -> None:
    """
    Raise Refused for a tool that the provider itself would run.

    Searching, fetching or running code at the provider's would be a way out that no gate has judged.
    """
    if tools is not None and not isinstance(tools, list):
        raise Refused(400, "invalid_request", "The request's tools are no list.")
    for tool in tools or []:
        kind = tool.get("type") if isinstance(tool, dict) else None
        if kind is not None and kind not in allowed and not str(kind).startswith(prefixes or ("\0",)):
            raise Refused(
                400, "tool_not_allowed", "Tools that the model's provider runs are not allowed here."
            )


def wants_stream(body: Mapping[str, object]) -> bool:
    """
    Whether the answer is to be streamed.

    Raises:
        Refused: It cannot be told: what we took for one kind could come back as the other.
    """
    stream = body.get("stream")
    if stream is None or isinstance(stream, bool):
        return stream is True
    raise Refused(400, "invalid_request", "The request's stream is neither true nor false.")


def count(value: object) -> int | None:
    """A number of tokens; None when it is none."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None


def parsed_event(event: bytes) -> dict[str, object]:
    """The JSON object of a stream's event; raises Refused."""
    try:
        value = read_json(event)
    except ValueError:
        raise unreadable() from None
    if not isinstance(value, dict):
        raise unreadable()
    return value


def unreadable() -> Refused:
    """The provider sent what we cannot check."""
    return Refused(502, "upstream_invalid", "The model's answer could not be read, so it was not passed on.")
