"""
Pages that find their hub wherever they were loaded from.

Reflex writes the hub's address into the pages when they are built, so that a build serves one host and port
only. We let it write a placeholder and replace that, in the finished bundle, by what the browser's own
address bar says.
"""

import re
from pathlib import Path
from typing import Any, Final

from reflex.plugins import Plugin

PLACEHOLDER_URL: Final = "http://hub.invalid"
"""A host that can never exist (RFC 6761 section 6.4)."""

_LITERAL: Final = re.compile(r"""(["'`])(http|ws)://hub\.invalid(/[\w./-]*)?\1""")


class BrowserOriginPlugin(Plugin):
    """Replaces the placeholder when the bundle is written."""

    def post_build(self, **context: Any) -> None:
        """
        Rewrite the bundle.

        Raises:
            RuntimeError: No script holds the placeholder: Reflex writes its address another way now.
        """
        scripts = [path for path in Path(context["static_dir"]).rglob("*.js") if path.is_file()]
        if sum(_rewrite(script) for script in scripts) == 0:
            raise RuntimeError(f"no built script mentions {PLACEHOLDER_URL}; pages could not reach the hub")


def with_browser_origin(script: str) -> str:
    """The script with each placeholder address as an expression over ``location.origin``."""

    def expression(match: re.Match[str]) -> str:
        _quote, scheme, path = match.groups()
        origin = "location.origin" if scheme == "http" else 'location.origin.replace(/^http/,"ws")'
        return f'({origin}+"{path or ""}")'

    return _LITERAL.sub(expression, script)


def _rewrite(script: Path) -> bool:
    before = script.read_text(encoding="utf-8")
    after = with_browser_origin(before)
    if after == before:
        return False
    script.write_text(after, encoding="utf-8")
    return True
