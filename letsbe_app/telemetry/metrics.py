"""
Metrics of this process, in the words of Prometheus.

With several workers each writes into files of its own in ``PROMETHEUS_MULTIPROC_DIR``, which the command that
starts them sets; whichever worker is asked adds all of them up. What is true of the whole hub and not of one
process (depths of queues, servers online) is looked up when somebody asks, in ``telemetry/figures.py``.

Labels have few values: no ids, and paths only as the route's pattern.
"""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS: Final = Histogram(
    "letsbe_http_request_seconds",
    "Time to answer requests of the API.",
    ("method", "route", "status"),
    buckets=SECONDS,
)
STREAMS: Final = Gauge("letsbe_streams_open", "Browsers' streams that are open.", multiprocess_mode="livesum")
LINKS: Final = Gauge("letsbe_links_open", "Servers' links that are open.", multiprocess_mode="livesum")
LINK_MESSAGES: Final = Counter(
    "letsbe_link_messages",
    "Messages that servers sent, by kind and what became of them.",
    ("kind", "outcome"),
)
REDIS_ERRORS: Final = Counter("letsbe_redis_errors", "Calls of Redis that failed.")
DATABASE_ERRORS: Final = Counter(
    "letsbe_database_errors", "Statements that failed, by kind of error.", ("kind",)
)
WEBHOOK_TRIES: Final = Counter("letsbe_webhook_tries", "Webhooks that were posted.", ("outcome",))
NOTICES: Final = Counter("letsbe_notices", "Words to people, by way and outcome.", ("channel", "outcome"))
MAILS: Final = Counter("letsbe_mails", "Mails, by outcome.", ("outcome",))
JOBS: Final = Counter(
    "letsbe_jobs", "Durable workflows that ended, by name and outcome.", ("name", "outcome")
)
JOB_SECONDS: Final = Histogram(
    "letsbe_job_step_seconds",
    "Time of the steps of durable workflows.",
    ("step",),
    buckets=(0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 240.0),
)
