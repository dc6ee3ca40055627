"""The daemon installs without the hub: its own dependencies, the same versions."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAEMON = ROOT / "tenant_daemon"
MODULES = {
    "google-re2": "re2",
    "opentelemetry-exporter-otlp-proto-http": "opentelemetry",
    "opentelemetry-sdk": "opentelemetry",
    "pyahocorasick": "ahocorasick",
    "pynacl": "nacl",
    "tree-sitter": "tree_sitter",
    "tree-sitter-bash": "tree_sitter_bash",
}
"""Packages whose module has another name."""
TAKEN_BY_UVICORN = {"httptools", "uvloop"}
"""Where they are installed, without being named."""
PARTS = {"pydantic_core": "pydantic"}
"""Modules of a package that another one brings in exactly one version."""


def _dependencies(path: Path) -> dict[str, str]:
    project = tomllib.loads(path.read_text("utf-8"))["project"]
    pairs = (line.split("==") for line in project["dependencies"])
    return {name.lower(): version for name, version in pairs}


def _imported() -> set[str]:
    found: set[str] = set()
    for file in DAEMON.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return {PARTS.get(name, name) for name in found} - set(sys.stdlib_module_names) - {"tenant_daemon"}


@pytest.mark.slow
def test_every_import_is_a_dependency_and_every_dependency_is_imported() -> None:
    declared = {MODULES.get(name, name) for name in _dependencies(DAEMON / "pyproject.toml")}
    assert _imported() == declared - TAKEN_BY_UVICORN


def test_versions_are_those_of_the_project() -> None:
    project = _dependencies(ROOT / "pyproject.toml")
    daemon = _dependencies(DAEMON / "pyproject.toml")
    assert {name: project[name] for name in daemon} == daemon
