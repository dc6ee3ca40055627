"""``python -m benchmarks <name> [options]``: each benchmark prints one line of JSON."""

import importlib
import sys
from pathlib import Path

NAMES = sorted(
    path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if "\ndef main(" in path.read_text("utf-8")
)


def main() -> int:
    """Run the benchmark that is named first."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        sys.stderr.write(f"usage: python -m benchmarks {{{','.join(NAMES)}}} [--quick]\n")
        return 2
    return int(importlib.import_module(f"benchmarks.{sys.argv[1]}").main(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
