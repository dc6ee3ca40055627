"""The folders of a call: its workspace, what it may read besides, and what belongs to the safety system."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tenant_daemon.policy.judgement import PolicyContext

ALWAYS_READABLE_ROOTS: Final = ("/var/log", "/opt/apps")


@dataclass(frozen=True, slots=True)
class Roots:
    """The context's folders as strings that end in a slash, for quick comparison."""

    workspace: str
    readable: tuple[str, ...]
    protected: tuple[str, ...]

    def has_readable(self, path: str) -> bool:
        """Whether a real path lies in one of the readable roots."""
        return any(is_below(path, root) for root in self.readable)


def roots_of(context: PolicyContext) -> Roots:
    """The folders of a context; real paths of the readable roots, in case one is a link."""
    # Nearly every call has the same context as the one before; to hash one takes longer than to judge a path.
    last = _last_roots[0]
    if last is None or last[0] is not context:
        last = _last_roots[0] = (context, _roots_of(context))
    return last[1]


@lru_cache(maxsize=256)
def _roots_of(context: PolicyContext) -> Roots:
    usual = () if context.has_own_roots else ALWAYS_READABLE_ROOTS
    readable = dict.fromkeys((*usual, *(str(root) for root in context.readable_roots)))
    return Roots(
        workspace=str(context.workspace).rstrip("/"),
        readable=tuple(dict.fromkeys(path.rstrip("/") for path in readable if path.rstrip("/"))),
        protected=tuple(str(root).rstrip("/") for root in context.protected_roots),
    )


_last_roots: list[tuple[PolicyContext, Roots] | None] = [None]


def is_below(path: str, root: str) -> bool:
    """Whether a real path is this folder or in it."""
    return path == root or (path.startswith(root) and path[len(root)] == "/")
