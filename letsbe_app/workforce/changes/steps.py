"""What belongs to one step of an agent's work, or to one of its answers, and is undone together."""

from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.changes.schemas import ChangeView, UndoPlan
from letsbe_app.workforce.changes.service import ChangeService
from letsbe_app.workforce.conversations.service import ConversationService


async def plan_undo(
    changes: ChangeService,
    conversations: ConversationService,
    actor: Actor,
    change_id: str,
    *,
    is_whole_answer: bool,
) -> tuple[ChangeView, UndoPlan]:
    """
    A change, and what undoing all that its call did would put back; or all that its agent did in the answer.

    Raises:
        NotFound: No such change on one of the actor's servers.
    """
    change = await changes.get(actor, change_id)
    calls: frozenset[str] = frozenset()
    if is_whole_answer and change.conversation_id:
        calls = await conversations.calls_of_answer(actor, change.conversation_id, change.tool_call_id)
    return change, await changes.plan(actor, change_id, calls)
