import pytest

from tenant_daemon.hub_client.sessions import ChatSession


@pytest.mark.parametrize(
    "session",
    [
        ChatSession("it-admin", "cnv_01k9"),
        ChatSession("sales", "cnv_01k9", "call_1-h-2.b8d4277b-d5b7"),
    ],
)
def test_key_is_read_back(session: ChatSession) -> None:
    assert ChatSession.parse(session.key) == session


@pytest.mark.parametrize(
    "key",
    ["agent:main:main", "agent:it-admin:verification", "agent:A:c-x", "agent:a:c-", "c-x", "agent:a:c-x\n"],
)
def test_other_sessions_are_none_of_ours(key: str) -> None:
    assert ChatSession.parse_or_none(key) is None
    with pytest.raises(ValueError, match="not a chat session"):
        ChatSession.parse(key)
