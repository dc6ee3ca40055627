"""Colleagues that an owner may add: ``templates.toml``, read once and checked when it is read."""

import re
import tomllib
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from letsbe_app.errors import InvalidInput, NotFound

MAX_AGENTS: Final = 12
"""Of one server."""
_ID_LENGTH: Final = 32


class AgentTemplate(BaseModel):
    """What a new colleague starts out with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    template_id: str
    name: str = Field(max_length=60)
    duty: str = Field(max_length=200)
    tools: list[str]
    soul_md: str


@lru_cache(maxsize=1)
def agent_templates() -> tuple[AgentTemplate, ...]:
    """The templates in the order in which pages list them."""
    with Path(__file__).with_name("templates.toml").open("rb") as file:
        entries = tomllib.load(file)["templates"]
    return tuple(
        AgentTemplate.model_validate({**entry, "soul_md": entry["soul_md"].lstrip()}) for entry in entries
    )


def template(template_id: str) -> AgentTemplate:
    """One of them; raises NotFound."""
    found = next((one for one in agent_templates() if one.template_id == template_id), None)
    if found is None:
        raise NotFound("There is no such template.")
    return found


def id_for(name: str, taken: Collection[str]) -> str:
    """
    The id of an agent with this name: plain letters, as the server takes it, and not taken yet.

    Raises:
        InvalidInput: The name is empty.
    """
    if not name.strip():
        raise InvalidInput.of_field("name", "Give the colleague a name.")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_ID_LENGTH].strip("-")
    if not base or not base[0].isalpha():
        base = f"agent-{base}".strip("-")
    numbered = (f"{base}-{number}" for number in range(2, MAX_AGENTS + len(taken) + 2))
    return next(one for one in (base, *numbered) if one not in taken)
