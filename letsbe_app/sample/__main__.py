"""
``python -m letsbe_app.sample``: a sample owner with one server, to try everything out. Safe to repeat.

Exits with ``os.EX_TEMPFAIL`` when all is well but the server needs longer than ``--wait`` waits.
"""

import argparse
import asyncio
import os
import sys

from letsbe_app.composition import Services, build_services
from letsbe_app.errors import LetsBeError
from letsbe_app.logs import configure_logging
from letsbe_app.sample.owner import SampleFailed, SampleSlow, SampleTaken, make_sample, wait_until_ready
from letsbe_app.settings import load_settings


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m letsbe_app.sample", description=__doc__)
    parser.add_argument("--wait", action="store_true", help="until her agents can be talked to")
    parser.add_argument("--timeout", type=float, default=240.0, metavar="SECONDS", help="how long at most")
    arguments = parser.parse_args()
    settings = load_settings()
    configure_logging(settings)
    try:
        asyncio.run(_run(build_services(settings), arguments.timeout if arguments.wait else None))
    except SampleTaken as exc:
        # No reason not to start: whoever changed her password knows how to sign in.
        print(f"{exc} She stays as she is.")
    except SampleSlow as exc:
        print(exc, file=sys.stderr)
        return os.EX_TEMPFAIL
    except (LetsBeError, SampleFailed) as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


async def _run(services: Services, wait_seconds: float | None) -> None:
    try:
        sample = await make_sample(services)
        if wait_seconds is not None:
            await wait_until_ready(services, wait_seconds)
        print(f"Sample owner: {sample.email}\nHer password is in {sample.password_file}")
    finally:
        await services.close()


if __name__ == "__main__":
    raise SystemExit(main())
