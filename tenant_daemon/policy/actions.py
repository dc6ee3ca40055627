"""
What a tool call comes down to, once it is understood.

The classifier turns a call into one of these, judges it, and the executor runs exactly this value: there is
no second reading of the agent's text anywhere. Strings may still hold ``SECRET_REF(name)``, which is
resolved at the last moment before execution.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

MOST_UNDONE_BYTES: Final = 64 * 1_048_576
"""A file up to this size is copied before it is changed, so that the change can be undone."""


class Command(NamedTuple):
    """One program to run, without a shell."""

    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    """Variables set for this command alone."""
    stdin_path: Path | None = None
    stdout_path: Path | None = None
    """Redirections, judged and opened by us; None for a pipe."""
    is_append: bool = False
    needs_network: bool = False
    needs_server: bool = False
    """It works on the server itself, with the daemon's own rights; all others run as the tenant's user."""
    stderr_path: Path | None = None
    """Where complaints go (``2> FILE``), appended to; None keeps them with the caller."""
    is_stderr_merged: bool = False
    """``2>&1``: complaints go wherever the output goes."""
    stdin_text: str | None = None
    """What it reads from its input (a here-document), instead of a file or a pipe."""
    cwd: Path | None = None
    """Where it runs when that is not the folder of the whole call; it may be made by an earlier command."""
    captures: tuple["RunPipelines", ...] = ()
    """What runs before it, its output standing in the arguments (``$(...)``) by the placeholder's number."""
    takes_output: bool = False
    """Its arguments hold placeholders for ``captures`` or for the last exit code (``$?``)."""
    is_mask: bool = False
    """Put in by us behind the command whose exit code counts: it hides values, or writes into a file."""


Plan = tuple[Any, ...]
"""
When each pipeline runs, as nested tuples: ``("run", number)``, ``("row", plan, ...)``,
``("and", plan, plan)``, ``("or", plan, plan)``, ``("not", plan)`` or
``("if", condition, then[, otherwise])``. ``("each", source, numbers, separator, plan)`` runs the plan for
each line that the source prints, the line's parts standing in the arguments by their numbers; a separator of
None means each word instead.
``("let", number, plan)`` keeps what the plan prints for the arguments after it.
``("sum", number, ((sign, text), ...))`` adds up whole numbers and keeps the sum, in place of an earlier one.
``("into", plan, plan)`` lets the second plan read what the first one prints.
``("while", condition, plan)`` runs the plan as long as the condition comes off.
"""


class RunPipelines(NamedTuple):
    """
    Commands as judged: pipelines, one after the other.

    ``connectors[i]`` stands between pipeline i and i + 1: ``;``, ``&&`` or ``||``.
    """

    pipelines: tuple[tuple[Command, ...], ...]
    connectors: tuple[str, ...] = ()
    cwd: Path = Path()
    plan: Plan | None = None
    """When each of them runs, where the connectors cannot say it; they are then only for people."""


@dataclass(frozen=True)
class ReadFile:
    path: Path
    """Real path, every link resolved."""


@dataclass(frozen=True)
class WriteFile:
    path: Path
    content: str


@dataclass(frozen=True)
class ListFiles:
    path: Path


@dataclass(frozen=True)
class MovePath:
    source: Path
    target: Path


@dataclass(frozen=True)
class DeletePath:
    path: Path


@dataclass(frozen=True)
class ReadEnv:
    """Read a ``.env`` file with every value masked."""

    path: Path


@dataclass(frozen=True)
class UpdateEnv:
    path: Path
    key: str
    value: str


@dataclass(frozen=True)
class HttpCall:
    """A request to a business tool, with the address that was judged: no second look-up happens."""

    method: str
    url: str
    address: str
    """IP address to connect to."""
    port: int
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


@dataclass(frozen=True)
class GenerateSecret:
    name: str
    length: int = 32


@dataclass(frozen=True)
class RotateSecret:
    """A new value, in the vault and in the tool that knows it; the agent sees neither."""

    name: str


@dataclass(frozen=True)
class RequestSecret:
    """Ask the customer to provide a secret; its value never passes the agent."""

    name: str
    purpose: str


@dataclass(frozen=True)
class HandOver:
    """Ask a colleague and wait for the answer."""

    agent_id: str
    message: str


@dataclass(frozen=True)
class BrowseScenario:
    """A written-down way through the pages of a business tool."""

    scenario: str
    url: str
    address: str
    """IP address to connect to."""


@dataclass(frozen=True)
class StartHelper:
    """A sub-agent with the agent's own rights."""

    task: str
    tokens: int


Action = (
    RunPipelines
    | ReadFile
    | WriteFile
    | ListFiles
    | MovePath
    | DeletePath
    | ReadEnv
    | UpdateEnv
    | HttpCall
    | GenerateSecret
    | RotateSecret
    | RequestSecret
    | HandOver
    | BrowseScenario
    | StartHelper
)
