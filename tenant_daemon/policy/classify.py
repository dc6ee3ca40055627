"""The one door: a tool call in, a judgement out. Never raises."""

from collections.abc import Callable, Mapping
from typing import Final

import structlog

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import files
from tenant_daemon.policy.browser import judge_browser
from tenant_daemon.policy.colleagues import judge_handover
from tenant_daemon.policy.commands import judge_docker, judge_shell
from tenant_daemon.policy.env_files import judge_env_read, judge_env_update
from tenant_daemon.policy.helpers import judge_helper
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.policy.programs.examples import check_examples
from tenant_daemon.policy.secrets import judge_generate, judge_request, judge_rotate
from tenant_daemon.policy.verdict import refusal
from tenant_daemon.policy.web.http_calls import judge_http

log = structlog.get_logger()

_Judge = Callable[..., Judgement]
# Tool -> judge, needed arguments, arguments that may be there.
_TOOLS: Final[dict[str, tuple[_Judge, tuple[str, ...], tuple[str, ...]]]] = {
    "shell": (judge_shell, ("command",), ()),
    "docker": (judge_docker, ("command",), ()),
    "file_read": (files.judge_read, ("path",), ()),
    "file_write": (files.judge_write, ("path", "content"), ()),
    "file_list": (files.judge_list, ("path",), ()),
    "file_move": (files.judge_move, ("source", "target"), ()),
    "file_delete": (files.judge_delete, ("path",), ()),
    "env_read": (judge_env_read, ("path",), ()),
    "env_update": (judge_env_update, ("path", "key", "value"), ()),
    "http": (judge_http, ("method", "url"), ("body", "headers")),
    "secret_generate": (judge_generate, ("name",), ("length",)),
    "secret_rotate": (judge_rotate, ("name",), ()),
    "secret_request": (judge_request, ("name", "purpose"), ()),
    "handover": (judge_handover, ("agent_id", "message"), ()),
    "browser": (judge_browser, ("scenario", "url"), ()),
    "helper": (judge_helper, ("task",), ("tokens",)),
}
TOOL_NAMES: Final = frozenset(_TOOLS)
"""Every tool that there is."""
_NOT_TEXT: Final[dict[str, type | tuple[type, ...]]] = {
    "headers": dict,
    "length": int,
    "tokens": int,
    "body": (str, dict, list),
}


def classify(tool_name: str, tool_args: Mapping[str, object], context: PolicyContext) -> Judgement:
    """
    Judge a tool call. Whatever the call is, this does not raise.

    Args:
        tool_name: One of the safety plugin's tools.
        tool_args: As the agent sent them; nothing is assumed about them.
        context: The server and the agent's workspace. ``context.workspace`` must be a real path.

    Returns:
        The judgement. What is not understood, and every failure in here, is unknown and therefore asks;
        only the file system is looked at (``lstat``, ``readlink``, folder names for patterns), and names
        are looked up by ``context.resolve`` for listed hosts alone.

    Raises:
        BadRule: At the first call only, when the rules that were shipped are broken: nothing runs then.
    """
    check_examples()
    entry = _TOOLS.get(tool_name)
    if entry is None:
        return refusal("tool.unknown", "There is no such tool.", forbidden=True)
    judge, needed, optional = entry
    problem = _problem(tool_args, needed, optional)
    if problem:
        return refusal("tool.arguments", problem)
    try:
        if not optional:
            return judge(*[tool_args[name] for name in needed], context)
        return judge(
            *[tool_args[name] for name in needed], *[tool_args.get(name) for name in optional], context
        )
    except Exception as exc:  # noqa: BLE001 - whatever went wrong in here, the call must not run by itself
        log.error("policy.failed", tool_name=tool_name, error=type(exc).__name__)
        return refusal("policy.failed", "The call could not be checked.", tier=Tier.CRITICAL_RED)


def _problem(args: Mapping[str, object], needed: tuple[str, ...], optional: tuple[str, ...]) -> str:
    for name in needed:
        if not isinstance(args.get(name), str):
            return f"The argument {name} is missing or is not text."
    if len(args) == len(needed):
        return ""
    for name, value in args.items():
        if name not in needed and name not in optional:
            return f"The argument {name} is not known."
        if name in optional and value is not None:
            wanted = _NOT_TEXT.get(name, str)
            if not isinstance(value, wanted) or isinstance(value, bool):
                return f"The argument {name} has the wrong form."
    return ""
