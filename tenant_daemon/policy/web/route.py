"""The path of a request as the rules read it: without what people have named, and with its words apart."""

import re
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

# What follows, or stands between, is a name that people gave (a file, a project, a table): it says nothing.
_NAMED: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\A(/(?:index\.php/)?remote\.php/(?:dav/(?:files|uploads|versions)/[^/]+|webdav))/.+", r"\1/~"),
        (r"\A(/remote\.php/dav/(?:calendars|addressbooks/users)/[^/]+/[^/]+)/.+", r"\1/~"),
        (r"\A(/dav/(?:card|cal|file)/[^/]+/[^/]+)/.+", r"\1/~"),
        (r"\A(/api/v1/repos/[^/]+/[^/]+/(?:contents|raw|media|wiki/\w+))/(?!(?:.*/)?\.).+", r"\1/~"),
        (r"\A(/api/v1/repos/[^/]+/[^/]+/(?:branches|tags))/.+", r"\1/~"),
        (r"\A(/api/v\d/db/data/(?:bulk/)?[^/]+/[^/]+)/[^/]+", r"\1/~"),
        (r"\A(/api/(?:v1/)?repos)/[^/]+/[^/]+(?=/)", r"\1/~/~"),
        # Docker takes the same calls with the version of its interface before them.
        (r"(/docker)/v\d+(?:\.\d+)*(?=/)", r"\1"),
        (
            r"\A(/api/(?:v1/)?(?:workspaces|orgs)|(?:/admin)?/realms|/api/apps(?!/backups))/[^/]+(?=/)",
            r"\1/~",
        ),
        (r"\A(/api/v1/accounts/\d+/portals)/[^/]+(?=/)", r"\1/~"),
        (r"\A(/api/content)/[^/]+/[^/]+", r"\1/~/~"),
        (r"\A(/api/0/(?:projects|teams)/[^/]+|/api/0/organizations)/[^/]+(?=/)", r"\1/~"),
        (r"(/slug)/[^/]+", r"\1/~"),
        (r"\A(/jmap/upload)/[^/]+\Z", r"\1/~"),
        (r"\A(/books)/[^/]+/(page|chapter)/[^/]+\Z", r"\1/~/\2/~"),
        (r"\A(/(?:books|shelves))/[^/]+\Z", r"\1/~"),
        # Odoo's models and methods are read by `rpc/odoo.py`.
        (r"\A(/json/2|/web/dataset/call_\w+)/.+", r"\1/~"),
    )
)
_MAY_BE_NAMED: Final = re.compile(
    r"\A/(?:index\.php/)?remote\.php/|\A/dav/|\A/api/(?:v\d/)?(?:repos|workspaces|orgs|apps|content|0|db|accounts)/"
    r"|/realms/|/slug/|/docker/v|\A/(?:books|shelves|jmap)/|\A/json/2/|\A/web/dataset/",
    re.IGNORECASE,
)
# The body is a record with fields that people have named themselves, or a file.
_RECORD: Final = re.compile(
    r"\A/api/v\d/(?:tables/[^/]+|data/[^/]+/[^/]+)/(?:records|links)(?:/|\Z)|\A/api/v\d/db/data/"
    r"|\A/(?:index\.php/|ocs/v2\.php/)?apps/tables/api/.*/rows?(?:/|\Z)|\A/api/content/~/~(?:/(?!bulk\b)[\w-]+)?/?\Z"
    r"|\A/remote\.php/(?:dav/files/[^/]+|webdav)/~|\A/api/v1/repos/~/~/(?:contents|wiki/\w+)/~",
    re.IGNORECASE,
)
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER_DOOR: Final = "rest_route"


class Route(NamedTuple):
    """Where a request goes, as rules look at it."""

    paths: tuple[str, ...]
    """In small letters, with its words apart and not; also that which the query names."""
    is_record: bool
    """Whether the body is somebody's own record or file, whose fields and words mean nothing to the tool."""


def read_route(path: str, query: str) -> Route:
    """
    The route of a request.

    Args:
        path: Decoded, without ending and doubled slashes.
        query: As sent, with its question mark.
    """
    if _OTHER_DOOR in query:
        inner = [value for key, value in parse_qsl(query[1:]) if key == _OTHER_DOOR]
        ways = (path.rstrip("/"), *inner)
        return Route(tuple(spelled for way in ways for spelled in _spelled(_without_names(way))), False)
    named = _without_names(path.rstrip("/"))
    return Route(_spelled(named), _RECORD.search(named) is not None)


def _without_names(path: str) -> str:
    if _MAY_BE_NAMED.search(path) is not None:
        for pattern, replacement in _NAMED:
            path = pattern.sub(replacement, path, count=1)
    return path


def _spelled(path: str) -> tuple[str, ...]:
    # In tRPC a dot stands between steps, elsewhere before the ending of a file or within a number.
    path = path.replace(".", "/") if "trpc" in path.lower() else path
    # Many tools do not mind capitals, so `inVites` is `invites` as well.
    return tuple(dict.fromkeys((split_words(path), split_words(path.lower()))))


def split_words(name: str) -> str:
    """A name in small letters with a dash between its words, however they were joined."""
    return _HUMP.sub("-", name).replace("_", "-").replace(".", "-").lower()
