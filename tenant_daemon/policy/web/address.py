"""
Web addresses, read strictly.

Where two programs could read an address differently (userinfo, backslashes, odd IP spellings, names that are
numbers) it is refused instead of guessed.
"""

import ipaddress
import re
import unicodedata
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

import idna

from tenant_daemon.kit.ip_ranges import Ip

_URL: Final = re.compile(
    r"(?P<scheme>[Hh][Tt][Tt][Pp][Ss]?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!-~]*?)?(?P<query>\?[!-~]*)?",
    re.ASCII,
)
_AUTHORITY: Final = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://[^/?#\\@]+(?=/)")
_HOST_OF_LETTERS: Final = re.compile(
    r"(?P<scheme>[Hh][Tt][Tt][Pp][Ss]?://)(?P<host>[\w.-]{1,253})(?=[:/?]|\Z)"
)
_ASCII_SIGNS: Final = "".join(map(chr, range(0x21, 0x7F)))
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER_LABEL: Final = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)
_MAX_STEPS: Final = 100
_PORTS: Final = {"http": 80, "https": 443}


class BadAddress(ValueError):
    """Not an address that everybody reads the same way; the message is a sentence for people."""


class Address(NamedTuple):
    """A web address taken apart."""

    scheme: str
    host: str
    """Lower case; an IPv6 address without brackets."""
    port: int
    path: str
    """Decoded once, with a leading slash."""
    query: str
    ip: Ip | None
    """When the host is a literal address."""

    @property
    def endpoint(self) -> str:
        """``host:port`` as it stands in ``allowed_hosts``."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(url: str) -> Address:
    """
    Take an ``http`` or ``https`` address apart.

    Raises:
        BadAddress: It is not one, or could be read in more than one way.
    """
    found = _URL.fullmatch(url)
    if found is None or len(url) > 4_096:
        raise BadAddress("That is not a plain web address.")
    scheme, raw_path = found["scheme"].lower(), found["path"] or "/"
    port = int(found["port"]) if found["port"] else _PORTS[scheme]
    if not 1 <= port <= 65_535 or (found["port"] or "1").startswith("0"):
        raise BadAddress("The port is not possible.")
    if port == _PORTS["https" if scheme == "http" else "http"]:
        raise BadAddress("The port belongs to the other kind of address.")
    host, ip = _host(found["host"])
    return Address(scheme, host, port, _path(raw_path), found["query"] or "", ip)


def tidy_address(url: str) -> str:
    """
    The address as it will be sent: ``/a/../b`` is ``/b``, and letters beyond ASCII are encoded.

    What could be read in two ways is left as it is, and refused by ``parse_address``.
    """
    url = _with_ascii_host(url)
    found = _AUTHORITY.match(url)
    if found is None:
        return url
    start, rest = url[: found.end()], url[found.end() :]
    if rest.startswith("/") and "\\" not in rest:
        # What stands behind it is for browsers and never sent. Right behind the name it could hide another.
        rest = rest.partition("#")[0]
    if not rest.isascii():
        if not all(char.isascii() or _is_plain_letter(char) for char in rest):
            return url
        rest = quote(rest, safe=_ASCII_SIGNS)
    path, mark, query = rest.partition("?")
    return start + (_without_dots(path) if "/." in path else path) + mark + query


def ascii_name(host: str) -> str:
    """
    A host's name in small letters as it is looked up, with its port if it has one.

    ``müller.example`` is ``xn--mller-kva.example``.

    By IDNA 2008 without any mapping: what is not exactly such a name stays as it is, and no address fits it.
    """
    low = host.lower()
    if low.isascii():
        return low
    name, sign, port = low.partition(":")
    try:
        return idna.encode(name, strict=True).decode("ascii") + sign + port
    except idna.IDNAError:
        return low


def _with_ascii_host(url: str) -> str:
    if url.isascii():
        return url
    found = _HOST_OF_LETTERS.match(url)
    return url if found is None else found["scheme"] + ascii_name(found["host"]) + url[found.end() :]


def _is_plain_letter(char: str) -> bool:
    """A letter or digit that is not another way to write a sign or a letter of ASCII."""
    return char.isalnum() and not unicodedata.normalize("NFKC", char).isascii()


def _without_dots(path: str) -> str:
    """Nobody has a reason to go above the root or to encode a dot: that stays, and is refused."""
    steps: list[str] = []
    parts = path.split("/")
    for part in parts[1:]:
        if part == "..":
            if not steps:
                return path
            steps.pop()
        elif part != ".":
            steps.append(part)
    return "/" + "/".join(steps) + ("/" if parts[-1] in (".", "..") and steps else "")


def parse_host(host: str) -> tuple[str, Ip | None]:
    """
    A host name or literal address in its one normal spelling.

    Raises:
        BadAddress: It is neither, or spelled oddly.
    """
    return _host(host)


def _host(host: str) -> tuple[str, Ip | None]:
    if host.startswith("["):
        try:
            ip6 = ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            raise BadAddress("That is not an IPv6 address.") from None
        return str(ip6), ip6
    name = host.lower()
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadAddress("That is not a possible host name.")
    # A last label that is a number makes it an address to most programs: 127.1, 2130706433, 0x7f.0.0.1.
    if _NUMBER_LABEL.fullmatch(labels[-1]) is None:
        return name, None
    try:
        ip4 = ipaddress.IPv4Address(name)
    except ValueError:
        raise BadAddress("The IP address is spelled in an odd way.") from None
    return name, ip4


def _path(raw: str) -> str:
    path = unquote(raw, errors="strict") if "%" in raw else raw
    if "%" in path and re.search(r"%[0-9a-fA-F]{2}", path) is not None:
        raise BadAddress("The path is encoded twice.")
    if "\\" in raw or "\\" in path or "#" in raw or any(ord(char) < 32 for char in path):
        raise BadAddress("The path has characters in it that do not belong there.")
    if path.count("/") > _MAX_STEPS:
        raise BadAddress("The path has too many steps.")
    if any(step.split(";")[0] in ("..", ".") for step in path.split("/")):
        raise BadAddress("The path goes up a folder.")
    if re.search(r"%(?:2f|5c|00)", raw, re.IGNORECASE) is not None and ".." in path:
        raise BadAddress("The path hides where it goes.")
    return path
