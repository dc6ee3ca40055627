"""Where the local set-up puts things. All of it is inside the checkout, and `make clean` takes it away."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = ROOT / os.environ.get("LETSBE_RUNTIME_DIR", ".runtime")
STAMPS = RUNTIME / "stamps"
OPENCLAW = RUNTIME / "openclaw"
OPENCLAW_RELEASE = ROOT / "tenant_daemon" / "openclaw" / "release"
WEB = ROOT / ".web"
DATA = ROOT / os.environ.get("LETSBE_DATA_DIR", ".data")
