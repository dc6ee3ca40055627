"""
Every event handler asks who is there, so that a new one cannot be forgotten.

Read from the source: a handler that reaches the services, itself or by a method that it calls, must also
reach ``_actor``, ``_enter`` or ``_staff``. Whose things they are is then for the services to check.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[3] / "letsbe_app" / "ui"
ASKING = {"_actor", "_enter", "_staff"}
OPEN_TO_ALL = {
    "CalculatorState.open_page",
    "CalculatorState.toggle",
    "CalculatorState.choose_bundle",
    "OnboardingState.suggest",
}
"""They work with the catalogue alone, and show nothing of anybody."""

Methods = dict[str, ast.FunctionDef | ast.AsyncFunctionDef]


def classes() -> dict[str, ast.ClassDef]:
    return {
        node.name: node
        for path in UI.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }


CLASSES = classes()


def methods_of(name: str) -> Methods:
    """A class's methods, with those of its bases."""
    node = CLASSES.get(name)
    if node is None:
        return {}
    found: Methods = {}
    for base in reversed(node.bases):
        found |= methods_of(base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", ""))
    return found | {
        one.name: one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def is_handler(method: ast.AST) -> bool:
    decorators = getattr(method, "decorator_list", [])
    return any(
        "event" in {getattr(part, "attr", "") for part in ast.walk(decorator)} for decorator in decorators
    )


def own_calls(method: ast.AST) -> set[str]:
    """Names of the object's own methods that this one mentions."""
    return {
        node.attr
        for node in ast.walk(method)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }


def reached(name: str, methods: Methods) -> set[str]:
    found, waiting = set[str](), [name]
    while waiting:
        for called in own_calls(methods[waiting.pop()]) - found:
            found.add(called)
            if called in methods and called not in ASKING:
                waiting.append(called)
    return found


def handlers() -> Iterator[tuple[str, str]]:
    for name in CLASSES:
        methods = methods_of(name)
        for method_name, method in methods.items():
            if is_handler(method):
                yield name, method_name


HANDLERS = sorted(set(handlers()))


def test_there_are_handlers() -> None:
    assert len(HANDLERS) > 60


@pytest.mark.parametrize("state", sorted({state for state, _ in HANDLERS}))
def test_a_handler_that_reaches_the_services_asks_who_is_there(state: str) -> None:
    methods = methods_of(state)
    for name in (name for owner, name in HANDLERS if owner == state):
        found = reached(name, methods)
        if "_services" in found and f"{state}.{name}" not in OPEN_TO_ALL:
            assert found & ASKING, f"{state}.{name}"
