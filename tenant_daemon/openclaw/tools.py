"""The tools that agents may have: those of our plugin, named in its manifest and nowhere else."""

import json
from functools import cache
from pathlib import Path
from typing import Final

PLUGIN_ID: Final = "letsbe-safety"
PLUGIN_DIR: Final = Path(__file__).parent / "plugin"


@cache
def plugin_tools() -> tuple[str, ...]:
    """Names of every tool that the plugin offers, in the manifest's order."""
    manifest = json.loads((PLUGIN_DIR / "openclaw.plugin.json").read_text("utf-8"))
    return tuple(manifest["contracts"]["tools"])
