"""The wrapper's real way to the hub and to colleagues: the link's store and its local door."""

from typing import Final

from tenant_daemon.execution import ActionFailed, AskColleague, CallScope
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client import local_door
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.policy.actions import HandOver
from tenant_daemon.safety.ports import HubMessage, ToolEvent

_NO_CHAT: Final = "A colleague can only be asked from within a conversation."


class LinkHubDoor:
    """``HubDoor`` through ``link.db``."""

    def __init__(self, home: TenantHome) -> None:
        self._home = home
        self._store = LinkStore(home.link_db)

    def put(self, payload: HubMessage) -> object:
        return self._store.put(payload)

    def put_tool_event(self, conversation_id: str, session_id: str, body: ToolEvent) -> None:
        self._store.put_tool_event(conversation_id, session_id, body)

    def traces_of(self, conversation_id: str) -> list[str]:
        """The span of the run in progress there."""
        return self._store.traces.of_conversation(conversation_id)

    async def knock(self) -> None:
        await local_door.knock(self._home)

    async def tell_agent(self, session_id: str, text: str) -> None:
        await local_door.tell_agent(self._home, session_id, text)


def colleague_asker(home: TenantHome) -> AskColleague:
    """Handovers through the link."""

    async def ask(action: HandOver, scope: CallScope) -> str:
        if not scope.conversation_id:
            raise ActionFailed(_NO_CHAT)
        try:
            return await local_door.ask_colleague(
                home,
                from_agent=scope.agent_id,
                to_agent=action.agent_id,
                conversation_id=scope.conversation_id,
                message=action.message,
                tool_call_id=scope.call_id,
            )
        except (local_door.LinkAway, local_door.LinkRefused) as exc:
            raise ActionFailed(f"{action.agent_id} could not be asked: {exc}") from exc

    return ask
