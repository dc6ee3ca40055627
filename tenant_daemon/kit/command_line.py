"""The daemon's subcommands, each loaded from its own package only when it is called."""

import argparse
import importlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

DEFAULT_HOME: Final = Path("/var/lib/letsbe/tenant")
HOME_VARIABLE: Final = "LETSBE_TENANT_HOME"


@dataclass(frozen=True)
class Command:
    """A subcommand: ``module`` has ``add_parser(subparsers)`` and ``run(args) -> int``."""

    name: str
    module: str
    summary: str


def run_command(program: str, description: str, commands: Sequence[Command], argv: Sequence[str]) -> int:
    """
    Parse the arguments, load the one module that is needed, run it, give its exit code.

    Every command gets ``--home``; a command may bring its own ``run`` by ``set_defaults(run=...)``.
    """
    parser = argparse.ArgumentParser(
        prog=program, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((word for word in argv if not word.startswith("-")), "")
    module: ModuleType | None = None
    for command in commands:
        if command.name == wanted:
            module = importlib.import_module(command.module)
            module.add_parser(subparsers)
            add_home_option(subparsers.choices[command.name])
        else:
            subparsers.add_parser(command.name, help=command.summary, add_help=False)
    args = parser.parse_args(argv)
    run: Callable[[argparse.Namespace], int] = getattr(args, "run", None) or module.run  # type: ignore[union-attr]
    return run(args)


def add_home_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--home`` unless the command has its own."""
    if "--home" in parser.format_usage():
        return
    parser.add_argument(
        "--home",
        type=Path,
        default=Path(os.environ.get(HOME_VARIABLE, DEFAULT_HOME)),
        help=f"the tenant's folder (default: {HOME_VARIABLE} or {DEFAULT_HOME})",
    )
