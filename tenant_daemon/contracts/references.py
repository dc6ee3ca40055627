"""``SECRET_REF(name)``, by which agents, redacted texts and approvals speak of a secret."""

import re
from typing import Final

_REFERENCE: Final = re.compile(r"SECRET_REF\(([^()\s]{1,100})\)")


def reference_to(name: str) -> str:
    """How agents and redacted texts name the secret."""
    return f"SECRET_REF({name})"


def references_in(text: str) -> frozenset[str]:
    """The names that a text refers to, in whatever form they are written there."""
    return frozenset(_REFERENCE.findall(text))
