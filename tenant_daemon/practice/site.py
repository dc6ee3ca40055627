"""
The practice website: a tiny business tool that agents can publish to while no real one is connected.

It listens where the practice model does, and its posts live in the tenant's home.
"""

import html
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

SITE_PATH: Final = "/practice-site"
_MAX_POSTS: Final = 200
_MAX_BODY_BYTES: Final = 100_000
_SECURITY_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


class NewPost(BaseModel):
    """What is published."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=200)
    text: str = Field(default="", max_length=20_000)
    status: Literal["published"] = "published"
    """Said aloud, so that the policy sees that a post goes out to readers."""


@dataclass(frozen=True)
class Post:
    title: str
    text: str
    published_at: str


class PracticeSite:
    """The posts, oldest first, in one file or in memory; the oldest goes when there are too many."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._posts = _read(file) if file else []

    def posts(self) -> list[Post]:
        return list(self._posts)

    def publish(self, new: NewPost) -> Post:
        post = Post(new.title, new.text, datetime.now(UTC).isoformat(timespec="seconds"))
        self._posts = [*self._posts, post][-_MAX_POSTS:]
        if self._file:
            _write(self._file, self._posts)
        return post

    def routes(self) -> list[Route]:
        """Page and API, below ``SITE_PATH``."""
        return [
            Route(SITE_PATH, _to_page),
            Route(f"{SITE_PATH}/", self._show),
            Route(f"{SITE_PATH}/api/posts", self._list, methods=["GET"]),
            Route(f"{SITE_PATH}/api/posts", self._publish, methods=["POST"]),
        ]

    async def _show(self, _: Request) -> Response:
        return HTMLResponse(_page(self.posts()), headers=_SECURITY_HEADERS)

    async def _list(self, _: Request) -> Response:
        return JSONResponse([asdict(post) for post in self.posts()])

    async def _publish(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > _MAX_BODY_BYTES:
            return JSONResponse({"error": "The post is too long."}, 413)
        try:
            new = NewPost.model_validate_json(body)
        except ValidationError:
            return JSONResponse({"error": "A post has a title and a text."}, 422)
        return JSONResponse(asdict(self.publish(new)), 201)


def _read(file: Path) -> list[Post]:
    if not file.exists():
        return []
    return [Post(**post) for post in json.loads(file.read_text("utf-8"))]


def _write(file: Path, posts: list[Post]) -> None:
    draft = file.with_suffix(".new")
    draft.touch(0o600)
    draft.write_text(json.dumps([asdict(post) for post in posts], ensure_ascii=False), "utf-8")
    draft.replace(file)


async def _to_page(_: Request) -> Response:
    return RedirectResponse(f"{SITE_PATH}/")


def _page(posts: list[Post]) -> str:
    articles = "".join(
        f"<article><h2>{html.escape(post.title)}</h2><p>{html.escape(post.text)}</p>"
        f"<small>{html.escape(post.published_at)}</small></article>"
        for post in reversed(posts)
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Practice website</title>'
        '<meta name="viewport" content="width=device-width">'
        "<style>body{font:16px/1.6 system-ui;max-width:40rem;margin:2rem auto;padding:0 1rem}</style>"
        "<h1>Practice website</h1><p>What your agents published. Only this server can see it.</p>"
        f"{articles or '<p>Nothing has been published yet.</p>'}</html>"
    )
