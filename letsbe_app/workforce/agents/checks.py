"""What may be set of an agent. Pure; a server would refuse the rest."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

from pydantic import ValidationError

from letsbe_app.db.models import Agent
from letsbe_app.errors import FieldProblem, InvalidInput
from letsbe_app.kit.one_line import one_line
from letsbe_app.workforce.agents.defaults import known_tools
from letsbe_app.workforce.agents.schemas import AgentChanges, agent_config

PRESETS: Final = ("basic", "balanced", "complex")
"""Models that every plan includes; any other one is metered apart."""

MAX_NAME_LENGTH: Final = 60
MAX_DUTY_LENGTH: Final = 200


def wanted_settings(changes: AgentChanges) -> dict[str, Any]:
    """What is to be set, by column; raises InvalidInput."""
    given = {one.name: getattr(changes, one.name) for one in fields(changes)}
    wanted = {name: value for name, value in given.items() if value is not None}
    if "parent_agent_id" in wanted:
        wanted["parent_agent_id"] = wanted["parent_agent_id"] or None
    return checked_settings(wanted)


def checked_settings(wanted: dict[str, Any]) -> dict[str, Any]:
    """The settings with names on one line; raises InvalidInput for a tool that is none of ours."""
    for field in ("tools", "unlocked_tools", "tier_floors"):
        unknown = sorted(set(wanted.get(field, ())) - known_tools())
        if unknown:
            raise InvalidInput.of_field(field, f"There is no tool called {unknown[0][:60]!r}.")
    given = dict(wanted)
    if "name" in given:
        given["name"] = checked_name(given["name"])
    if "duty" in given:
        given["duty"] = one_line(given["duty"], "duty", longest=MAX_DUTY_LENGTH)
    return given


def checked_name(name: str) -> str:
    """An agent's name on one line; raises InvalidInput."""
    return one_line(name, "name", longest=MAX_NAME_LENGTH, missing="Give the agent a name.")


def check_config(row: Agent) -> None:
    """Raises InvalidInput; names the field."""
    try:
        agent_config(row)
    except ValidationError as exc:
        problems = [
            FieldProblem(str(problem["loc"][0]), problem["msg"])
            for problem in exc.errors(include_input=False, include_url=False)
        ]
        raise InvalidInput("These settings cannot be used.", problems) from None
    except ValueError:
        raise InvalidInput("The level is 1, 2 or 3; the tiers are 1 to 4.") from None
    if row.model not in PRESETS and not row.has_premium:
        raise InvalidInput.of_field("model", "Allow premium models first: this one is metered apart.")


def check_parents(row: Agent, all_rows: Sequence[Agent]) -> None:
    """Raises InvalidInput where an agent would work for nobody that is there, or in the end for itself."""
    parents = {one.agent_id: one.parent_agent_id for one in all_rows} | {row.agent_id: row.parent_agent_id}
    above, seen = row.parent_agent_id, {row.agent_id}
    while above is not None:
        if above not in parents:
            raise InvalidInput.of_field("parent_agent_id", "There is no such agent.")
        if above in seen:
            raise InvalidInput.of_field(
                "parent_agent_id", "An agent cannot work for itself, nor in a circle."
            )
        seen.add(above)
        above = parents[above]
