"""``python -m tests.soak``: many faults in a row; problems on standard error, the report as JSON."""

import argparse
import asyncio
import json
import logging
import sys
import time

import structlog

from tests.soak.scene import soak
from tests.support.engines import LARGE, SMALL


def main() -> int:
    """Run the soak and say whether it was endured."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--faults", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="to repeat a run")
    parser.add_argument("--engine", choices=[SMALL, LARGE], default=SMALL)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    sys.stderr.write(f"{options.faults} faults, seed {options.seed}, {options.engine}\n")
    report = asyncio.run(soak(options.faults, options.seed, options.engine))
    for problem in report.problems:
        sys.stderr.write(f"PROBLEM {problem}\n")
    sys.stdout.write(json.dumps(report.as_json()) + "\n")
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
