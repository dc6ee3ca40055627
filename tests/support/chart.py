"""
Renders our Helm chart, as far as it uses templates: lookups, ``if``, ``printf``, and a few pipes.

It knows nothing else and fails at it, and at a value that is not there, so that the chart stays as simple.
"""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

_ACTION = re.compile(r"\{\{\s*(.+?)\s*\}\}")
_IF = re.compile(r"\s*\{\{- if (\S+) \}\}(.*?)\s*\{\{- end \}\}", re.DOTALL)
_PRINTF = re.compile(r'printf "([^"]*)" (\S+)')


def rendered(folder: Path, release: str = "biz", **changes: Any) -> dict[str, dict[str, Any]]:
    """The chart's objects by ``Kind/name``; ``changes`` replace values of the first level."""
    chart = yaml.safe_load((folder / "Chart.yaml").read_text())
    values = yaml.safe_load((folder / "values.yaml").read_text()) | changes
    root = {"Values": values, "Release": {"Name": release}, "Chart": {"AppVersion": chart["appVersion"]}}
    objects = {}
    for path in sorted((folder / "templates").glob("*.yaml")):
        text = _IF.sub(lambda found: found[2] if _term(found[1], root) else "", path.read_text())
        text = _ACTION.sub(lambda found: _value(found[1], root), text)
        for one in yaml.safe_load_all(text):
            objects[f"{one['kind']}/{one['metadata']['name']}"] = one
    return objects


def _value(action: str, root: dict[str, Any]) -> str:
    first, *pipes = [part.strip() for part in action.split("|")]
    value = _term(first, root)
    for pipe in pipes:
        if pipe == "quote":
            value = json.dumps(str(value))
        elif pipe == "toJson":
            value = json.dumps(value, sort_keys=True)
        elif pipe == "sha256sum":
            value = sha256(value.encode()).hexdigest()
        elif pipe.startswith("default "):
            value = value or _term(pipe.removeprefix("default "), root)
        else:
            raise ValueError(f"not known: {pipe}")
    return str(value)


def _term(term: str, root: dict[str, Any]) -> Any:
    if found := _PRINTF.fullmatch(term):
        return found[1].replace("%s", str(_term(found[2], root)))
    if not re.fullmatch(r"(\.[A-Za-z]+)+", term):
        raise ValueError(f"not known: {term}")
    value: Any = root
    for name in term[1:].split("."):
        value = value[name]
    return value
