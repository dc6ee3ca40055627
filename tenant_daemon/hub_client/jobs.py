"""What a conversation has to do next: one job is one run."""

from collections import deque
from dataclasses import dataclass, field

from tenant_daemon.contracts.chat import SendMessage
from tenant_daemon.hub_client.gateway import GatewayEvent
from tenant_daemon.hub_client.inbox import Incoming
from tenant_daemon.hub_client.journal import JournaledRun
from tenant_daemon.hub_client.sessions import ChatSession


@dataclass(frozen=True)
class AnswerMessage:
    """The customer said something."""

    inbox_id: str
    message: SendMessage
    is_stopped: bool = False
    """Stopped before it was begun: it gets a run that says so and nothing else."""

    @classmethod
    def of(cls, incoming: Incoming) -> "AnswerMessage":
        """The job of a stored message."""
        if not isinstance(incoming.payload, SendMessage):
            raise TypeError(f"{incoming.payload.kind} is no message to an agent")
        return cls(incoming.id, incoming.payload)


@dataclass(frozen=True)
class DeliverFollowUp:
    """The server has something to tell the agent."""

    position: int
    session: ChatSession
    text: str


@dataclass
class Uninvited:
    """The agent began by itself: a colleague's or sub-agent's work came to its end, or a run was resumed."""

    run_id: str
    session: ChatSession
    latest: GatewayEvent


@dataclass(frozen=True)
class Resume:
    """A run that a restart of this process left open."""

    run: JournaledRun
    text: str
    """What it has given out so far."""
    message: SendMessage | None
    """What it answers, when that was not handed to OpenClaw yet."""


Job = AnswerMessage | DeliverFollowUp | Uninvited | Resume


class RecentRuns:
    """Ids of runs that are over: what OpenClaw still says of them is dropped."""

    def __init__(self, limit: int = 1_000) -> None:
        self._ids: deque[str] = deque(maxlen=limit)

    def add(self, run_id: str) -> None:
        self._ids.append(run_id)

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._ids


@dataclass
class Waiting:
    """A conversation's jobs in the order they will be done."""

    jobs: list[Job] = field(default_factory=list)

    def uninvited(self, run_id: str) -> Uninvited | None:
        """The waiting run of this id."""
        return next((job for job in self.jobs if isinstance(job, Uninvited) and job.run_id == run_id), None)

    def put_first(self, job: Job) -> None:
        """A run that is under way already goes before what is still to be asked."""
        count = sum(isinstance(waiting, Uninvited | Resume) for waiting in self.jobs)
        self.jobs.insert(count, job)

    def stop(self) -> None:
        """The customer pressed stop: messages that wait are not begun any more."""
        self.jobs = [
            AnswerMessage(job.inbox_id, job.message, is_stopped=True)
            if isinstance(job, AnswerMessage)
            else job
            for job in self.jobs
        ]
