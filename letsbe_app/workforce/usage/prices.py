"""What tokens cost, from one data file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent / "data" / "prices.toml"
MICRO_EUR: Final = 1_000_000
"""In one euro."""
_MICRO_EUR_PER_CENT: Final = 10_000
_MILLION: Final = 1_000_000


@dataclass(frozen=True)
class PriceList:
    """Cents for a million tokens, by model."""

    default_cents: int
    cents: Mapping[str, int]

    def cost(self, model: str, tokens: int) -> int:
        """
        Cost in millionths of a euro, so that sums of small amounts are exact to the cent.

        Args:
            model: As the server's proxy counts it.
            tokens: Prompt plus completion.
        """
        return tokens * self.cents.get(model, self.default_cents) * _MICRO_EUR_PER_CENT // _MILLION


FREE: Final = PriceList(0, {})
"""For where only tokens count."""


@lru_cache(maxsize=1)
def price_list() -> PriceList:
    """The list in force."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    models = {one["name"]: int(one["cents_per_million"]) for one in data.get("model", [])}
    return PriceList(int(data["default_cents_per_million"]), models)
