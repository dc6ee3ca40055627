"""Verbs below a subcommand, as in ``vault list``."""

import argparse
from pathlib import Path
from typing import Any


def add_verb(verbs: Any, name: str, meaning: str) -> argparse.ArgumentParser:
    """Add a verb. ``--home`` may stand behind it as well as before it."""
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=meaning)
    # SUPPRESS: without a default of its own it leaves alone what stood before the verb.
    parser.add_argument("--home", type=Path, default=argparse.SUPPRESS, help="the tenant's folder")
    return parser
