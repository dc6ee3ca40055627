"""``python -m letsbe_app.jobs``: durable workflows; also keeps the servers of the local provider running."""

import argparse
import asyncio

from letsbe_app.composition import build_services
from letsbe_app.jobs.process import run_jobs
from letsbe_app.logs import configure_logging, tell_cautions
from letsbe_app.settings import load_settings
from letsbe_app.telemetry.tracing import configure_tracing


def main() -> int:
    argparse.ArgumentParser(prog="python -m letsbe_app.jobs", description=__doc__).parse_args()
    settings = load_settings()
    configure_logging(settings)
    tell_cautions(settings)
    configure_tracing(settings, "jobs")
    asyncio.run(run_jobs(build_services(settings)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
