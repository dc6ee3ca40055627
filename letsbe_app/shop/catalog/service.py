"""The catalogue: read once from its data files, checked as a whole."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from letsbe_app.errors import InvalidInput
from letsbe_app.shop.catalog.calculator import calculate
from letsbe_app.shop.catalog.schemas import Bundle, Plan, Platform, Quote, Tool


class Catalog:
    """Plans from small to large, tools, bundles. A value: it never changes while the process runs."""

    def __init__(
        self, plans: Iterable[Plan], tools: Iterable[Tool], bundles: Iterable[Bundle], platform: Platform
    ) -> None:
        self.plans = tuple(plans)
        self.tools = tuple(tools)
        self.bundles = tuple(bundles)
        self.platform = platform
        self._plans = {plan.id: plan for plan in self.plans}
        self._tools = {tool.id: tool for tool in self.tools}
        self._bundles = {bundle.id: bundle for bundle in self.bundles}

    @classmethod
    @cache
    def load(cls) -> "Catalog":
        """
        The catalogue in ``data/``, one for the process.

        Raises:
            ValueError: A file is wrong, a name is used twice, or a bundle names a tool that there is not.
        """
        catalog = cls(
            (Plan.model_validate(row) for row in _read("plans")["plan"]),
            (Tool.model_validate(row) for row in _read("tools")["tool"]),
            (Bundle.model_validate(row) for row in _read("bundles")["bundle"]),
            Platform.model_validate(_read("platform")),
        )
        catalog._check()
        return catalog

    def plan(self, plan_id: str) -> Plan:
        """The plan with this id; raises InvalidInput."""
        if plan_id not in self._plans:
            raise InvalidInput.of_field("plan_id", "There is no such plan. Choose one of those on the page.")
        return self._plans[plan_id]

    def bundle(self, bundle_id: str) -> Bundle:
        """The bundle with this id; raises InvalidInput."""
        if bundle_id not in self._bundles:
            raise InvalidInput.of_field("bundle_id", "There is no such bundle.")
        return self._bundles[bundle_id]

    def tools_of(self, tool_ids: Iterable[str]) -> list[Tool]:
        """The tools with these ids, each once, in the catalogue's order; raises InvalidInput."""
        wanted = set(tool_ids)
        unknown = wanted - self._tools.keys()
        if unknown:
            raise InvalidInput.of_field("tool_ids", f"There is no such tool: {min(unknown)[:60]}.")
        return [tool for tool in self.tools if tool.id in wanted]

    def quote(self, tool_ids: Iterable[str]) -> Quote:
        """What these tools need and which plans fit; raises InvalidInput for an unknown tool."""
        return calculate(self.tools_of(tool_ids), self.plans, self.platform)

    def _check(self) -> None:
        for rows, by_id in (
            (self.plans, self._plans),
            (self.tools, self._tools),
            (self.bundles, self._bundles),
        ):
            if len(rows) != len(by_id):
                raise ValueError("an id is used twice in the catalogue")
        for bundle in self.bundles:
            missing = set(bundle.tools) - self._tools.keys()
            if missing:
                raise ValueError(f"bundle {bundle.id} names unknown tools: {sorted(missing)}")


def _read(name: str) -> dict[str, Any]:
    path = files("letsbe_app.shop.catalog") / "data" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
