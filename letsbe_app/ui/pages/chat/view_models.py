"""What the chat page shows around a conversation; the messages themselves come over REST."""

from collections.abc import Sequence
from dataclasses import dataclass

from letsbe_app.ui.text import texts
from letsbe_app.workforce.agents.schemas import AgentView
from letsbe_app.workforce.conversations.schemas import ConversationView
from letsbe_app.workforce.conversations.search import Hit

DEFAULT_AGENT = "dispatcher"


@dataclass(frozen=True)
class Colleague:
    """An agent to talk to."""

    agent_id: str = ""
    name: str = ""
    duty: str = ""
    is_stopped: bool = False
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Thread:
    """A conversation in the list."""

    id: str
    title: str
    agent_id: str
    last_message_at: str


@dataclass(frozen=True)
class Found:
    """A conversation in which the words were said."""

    thread: Thread
    excerpt: str


def colleagues(agents: Sequence[AgentView]) -> list[Colleague]:
    """The agents, each with things that one may ask it."""
    suggestions = dict(texts().chat.suggestions)
    return [
        Colleague(
            agent.agent_id, agent.name, agent.duty, agent.is_stopped, suggestions.get(agent.agent_id, ())
        )
        for agent in agents
    ]


def chosen(known: Sequence[Colleague], agent_id: str) -> Colleague:
    """The agent with this id; else the one who takes any request."""
    by_id = {colleague.agent_id: colleague for colleague in known}
    return by_id.get(agent_id) or by_id.get(DEFAULT_AGENT) or next(iter(known), Colleague())


def thread(conversation: ConversationView) -> Thread:
    """A row of the list."""
    return Thread(
        id=conversation.id,
        title=conversation.title or texts().chat.untitled,
        agent_id=conversation.agent_id,
        last_message_at=conversation.last_message_at.isoformat(),
    )


def found(hit: Hit) -> Found:
    """A row of the search."""
    return Found(thread(hit.conversation), hit.excerpt)


def conversation_in(path: str) -> str:
    """The conversation that a path of the chat page names; empty for a new one."""
    parts = path.strip("/").split("/")
    return parts[2] if len(parts) == 3 else ""
