"""Which trace a run belongs to, for the processes that OpenClaw stands between."""

import sqlite3

from tenant_daemon.hub_client.schema import select
from tenant_daemon.kit.database import Database

_OF_OPEN_RUNS = "SELECT traceparent FROM run_traces JOIN runs USING (run_id) WHERE is_finished = 0"


class RunTraces:
    """The traces of ``link.db``: the link notes them, others look. Made by ``LinkStore``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, db: sqlite3.Connection, run_id: str, traceparent: str) -> None:
        """Keep the run's span, in the caller's transaction, as long as the run is kept."""
        db.execute("INSERT INTO run_traces (run_id, traceparent) VALUES (?, ?)", (run_id, traceparent))

    def of_run(self, run_id: str) -> list[str]:
        """The span that the run began with."""
        return self._found("SELECT traceparent FROM run_traces WHERE run_id = ?", run_id)

    def of_conversation(self, conversation_id: str) -> list[str]:
        """The run in progress, of which a conversation has one at a time."""
        return self._found(f"{_OF_OPEN_RUNS} AND conversation_id = ?", conversation_id)

    def of_agent(self, agent_id: str) -> list[str]:
        """
        The runs in progress that a question of this agent to a model may belong to.

        A colleague that was asked has no run of its own: it works for one of the others.
        """
        return self._found(f"{_OF_OPEN_RUNS} AND agent_id = ?", agent_id) or self._found(_OF_OPEN_RUNS)

    def _found(self, query: str, *values: str) -> list[str]:
        return [row["traceparent"] for row in select(self._db, query, values)]
