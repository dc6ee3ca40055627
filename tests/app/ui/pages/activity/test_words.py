"""Every act that a business's record can hold is told in words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import letsbe_app
from letsbe_app.db.models import OrderStatus
from letsbe_app.ui.text import texts
from tenant_daemon.contracts.secrets import SecretChange

PACKAGE = Path(letsbe_app.__file__).parent


def recorded_acts() -> Iterator[str]:
    """Names of acts as they stand in the code."""
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text()
        if "record_act(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record_act":
                named = [part for part in node.args[2:3] if not isinstance(part, ast.JoinedStr)]
                for part in (part for argument in named for part in ast.walk(argument)):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def test_every_act_has_words() -> None:
    asked = [*SecretChange, "provide", "replace", "reveal"]
    acts = {
        *recorded_acts(),
        *(f"order.{status}" for status in OrderStatus),
        *(f"secret.{one}{end}" for one in asked for end in ("", "_asked")),
        *(f"agent.{one}" for one in ("changed", "stopped", "released", "restored")),
    }
    assert len(acts) > 40
    # Acts of staff that are in no business's record are told in the back office alone.
    assert sorted(acts - texts().activity.acts.keys() - texts().admin.acts.keys()) == []
