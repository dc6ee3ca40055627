"""What the machine did besides: figures without it say little."""

import os
from typing import Any

import psutil


def load_now() -> float:
    """Processes that wanted to run, on average of the last minute."""
    return round(os.getloadavg()[0], 2)


def machine(load_before: float) -> dict[str, Any]:
    """Cores, and the load before and after the measurement."""
    return {"cores": psutil.cpu_count(), "load_before": load_before, "load_after": load_now()}
