"""
Other addresses inside a request: a tool that is given one fetches from it, sends to it or connects to it.

Only fields whose name says so count. A website in a contact, a link in a text and where a browser is sent are
data.
"""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from tenant_daemon.policy.web.address import Address
from tenant_daemon.policy.web.bodies import Body
from tenant_daemon.policy.web.route import split_words
from tenant_daemon.policy.wordlist import word_set

# The last word of a field's name.
_ADDRESS_WORDS: Final = word_set(
    "url urls uri uris endpoint endpoints webhook webhooks callback callbacks remote repository repo src feed"
    " feeds reference references proxy target server servers host hosts hostname hostnames addr upstream"
    " registry"
)
_HOST_WORDS: Final = word_set(
    "server servers host hosts hostname hostnames endpoint endpoints proxy upstream"
)
_HOST_NAMES: Final = word_set(
    "remote-address server-address smtp-address imap-address pop3-address clone-addr from-image"
)
# Shown to people or followed by their browsers; the tool itself goes nowhere.
_SHOWN: Final = re.compile(
    r"(?:website|web|canonical|external|redirect|home-?page|company|public|profile|linkedin|facebook|twitter|instagram"
    r"|youtube|github|author|meeting|video|video-call|privacy-policy|privacy|terms|terms-of-service|button|cta|site"
    r"|short|signup|after-login|logo-link|docs|help|about|contact|shop|product)-(?:url|uri)s?"
    r"|(?:.*-)?redirect-(?:url|uri)s?|(?:.*-)?back-?urls?"
    r"|(?:website|canonical|external|redirect|homepage|profile|author|company|public|site|.*redirect)(?:url|uri)s?"
)
_LINK_PATH: Final = re.compile(r"/(?:links?|menu-items?|attachments|navigation|issues)(?:/[^/]*)?/?\Z")
# What is named there is fetched, whatever the field is called.
_FETCHING_PATH: Final = re.compile(
    r"/(?:upload|import|fetch|proxy|crawl|scrape|from-url|o?embed|preview|unfurl|screenshot|render|url-details)s?/?\Z"
)
# As lenient as browsers and Node are: `http:evil`, `\\\\evil`.
_ABSOLUTE: Final = re.compile(
    r"[\s\x00-\x20]*(?:(?:[a-z][a-z0-9+.-]*:)?[\\/]{2}|(?:https?|ftps?|wss?):)", re.IGNORECASE
)
# Without its beginning: `evil.example/x`, but not `about.html`.
_BARE: Final = re.compile(
    r"\s*(?:[\w-]+\.)+(?!(?:html?|php|aspx?|pdf|png|jpe?g|gif|svg|webp|md|json|xml|txt|css|js)\b)[a-z]{2,}(?::\d+)?(?:/\S*)?\s*",
    re.IGNORECASE,
)
_BY_SSH: Final = re.compile(r"\s*[\w.+-]+@[\w.-]+:")
_HOST: Final = re.compile(
    r"\s*\[?[\w-]*(?:[.:][\w-]+)+\]?(?::\d+)?(?:/.*)?\s*|\s*localhost\s*", re.IGNORECASE
)
_HINT: Final = re.compile(
    r"//|@|(?:url|uri|host|hostname|server|endpoint|address|addr|proxy|upstream|image|registry)s?[\"'\]=]",
    re.IGNORECASE,
)
# A field as `bodies.py` writes those of a form.
_PAIR: Final = re.compile(r'"([^"\\]{1,100})":"((?:[^"\\]|\\.){1,500})')
_PORTS: Final = {"http": 80, "https": 443}


def names_another_server(address: Address, path: str, bodies: list[Body]) -> bool:
    """Whether a field of the query or the body has the tool turn to another server."""
    fields = (
        list(parse_qsl(address.query[1:], keep_blank_values=True))
        if "//" in address.query or "%" in address.query or "http" in address.query
        else []
    )
    is_list_of_links = _LINK_PATH.search(path) is not None
    is_fetched = _FETCHING_PATH.search(path) is not None
    for body in bodies:
        if _HINT.search(body.text) is not None:
            fields.extend(_fields(body))
    return any(
        _leads_away(address, key, value, is_link=is_list_of_links, is_fetched=is_fetched)
        for key, value in fields
    )


def _fields(body: Body) -> Iterator[tuple[str, str]]:
    """Every text in a JSON value with the name of the field that holds it; pairs of a form."""
    if body.value is None:
        yield from _PAIR.findall(body.text)
        return
    waiting: list[tuple[str, Any]] = [("", body.value)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.items())
            waiting.extend(_named(value))
        elif isinstance(value, list):
            waiting.extend((key, part) for part in value)
        elif isinstance(value, str):
            yield key, value


def _named(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """``{"key": "slack_url", "value": "https://..."}``: a setting that stands beside its name."""
    for naming in ("key", "setting", "option", "field"):
        name = record.get(naming)
        if isinstance(name, str) and "value" in record:
            yield name, record["value"]


def _leads_away(address: Address, key: str, value: str, *, is_link: bool, is_fetched: bool) -> bool:
    if not value.strip():
        return False
    key = key.rstrip("]").rpartition("[")[2] or key.partition("[")[0]
    # Some tools do not mind capitals in names of fields.
    return any(
        _is_target(address, name, value, is_link=is_link, is_fetched=is_fetched)
        for name in {split_words(key), split_words(key.lower())}
    )


def _is_target(address: Address, name: str, value: str, *, is_link: bool, is_fetched: bool) -> bool:
    last = name.rpartition("-")[2]
    # Joined without a sign in between: `outgoingurl`, `webhookurl`.
    is_address = last in _ADDRESS_WORDS or last.endswith(("url", "uri")) or name in _HOST_NAMES
    if is_fetched and _ABSOLUTE.match(value) is not None:
        return not _is_same_server(address, value.strip())
    is_shown = _SHOWN.fullmatch(name) is not None and not is_fetched
    if not is_address or is_shown or (is_link and last == "url"):
        return False
    if _ABSOLUTE.match(value) is not None:
        return not _is_same_server(address, value.strip())
    if _BY_SSH.match(value) is not None:
        return True
    is_host = last in _HOST_WORDS or name in _HOST_NAMES
    pattern = _HOST if is_host else _BARE
    return pattern.fullmatch(value) is not None and value.strip().lower() != address.host


def _is_same_server(address: Address, value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port or _PORTS.get(parts.scheme or address.scheme, 0)
    except ValueError:
        return False
    return (parts.hostname, port) == (address.host, address.port)
