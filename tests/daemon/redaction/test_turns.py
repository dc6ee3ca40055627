"""A chat's next request: only what is new is searched for what runs over, and nothing is missed for it."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.leaves import Leaves
from tenant_daemon.redaction.orders import orders_of
from tenant_daemon.redaction.turns import Turns

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
SECRETS = [KnownSecret("key", SECRET)]
SHOWN = (SECRET, base64.b64encode(SECRET.encode()).decode(), SECRET.encode().hex(), SECRET[::-1])
TOOLS = [{"type": "function", "function": {"name": "exec", "description": "Runs a command. " * 9}}]
FIRST = Redactor(SECRETS)
Message = dict[str, object]
TELLS_NOTHING = 4
"""Characters of a secret's form, at its beginning."""


def fresh() -> Redactor:
    """One that remembers nothing."""
    return Redactor(SECRETS, previous=FIRST)


def chat(messages: list[Message]) -> dict[str, object]:
    return {"model": "m", "messages": [{"role": "system", "content": "Be kind."}, *messages], "tools": TOOLS}


def said(text: str) -> Message:
    return {"role": "user", "content": text}


def called(text: str) -> Message:
    call = {"id": "call_1", "type": "function", "function": {"name": "exec", "arguments": text}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def parts(text: str) -> Message:
    return {"role": "user", "content": [{"type": "text", "text": text}, {"type": "text", "text": "ok."}]}


MAKERS: tuple[Callable[[str], Message], ...] = (said, called, parts)
PIECES = [
    *(form[:cut] for form in SHOWN for cut in (TELLS_NOTHING, 9, len(form) - 5)),
    *(form[cut:] for form in SHOWN for cut in (4, 9, len(form) - 5)),
    *SHOWN,
    *("hello there", "", "see ", "\n"),
    # Some of them are longer than what is looked at around a change.
    *["All is well in the shop. " * 60] * 6,
]
messages = st.builds(lambda make, text: make(text), st.sampled_from(MAKERS), st.sampled_from(PIECES))
changes = st.tuples(st.integers(0, 6), st.integers(0, 2), st.lists(messages, max_size=3))


def left_of(redactor: Redactor, talk: list[Message]) -> str:
    """
    What is left of it; where several pieces are one secret, any of them may have its name.

    Pieces that tell nothing do not count: whether one that stands between two others goes along with them
    hangs on where the search began.
    """
    left = str(redactor.redact_payload(chat(talk))).replace("SECRET_REF(key)", "")
    for form in SHOWN:
        left = left.replace(form[:TELLS_NOTHING], "")
    return left


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@example([said("kV9mQ2xLp"), said("kV9m"), said("7zR4wT8nBc3")], [(0, 0, [said("kV9m"), said("kV9m")])])
@given(st.lists(messages, max_size=5), st.lists(changes, max_size=4))
def test_each_request_of_a_chat_is_cleaned_as_if_it_were_the_first(
    talk: list[Message], turns: list[tuple[int, int, list[Message]]]
) -> None:
    redactor = fresh()
    for place, gone, put_in in [(0, 0, []), *turns]:
        talk = [*talk[:place], *put_in, *talk[place + gone :]]
        assert left_of(redactor, talk) == left_of(fresh(), talk)


def test_new_messages_around_an_old_one_do_not_touch() -> None:
    redactor = fresh()
    left_of(redactor, [said("kV9m")])
    shop = "the shop opens up"
    assert shop in left_of(redactor, [said(shop), said("kV9m"), said(SECRET[9:])])


def test_request_shares_its_beginning_and_its_end_with_the_one_before() -> None:
    turns = Turns()
    turns.remember([b"a", b"b", b"c", b"tools"])
    for request, shared in (
        ([b"a", b"b", b"c", b"d", b"tools"], (3, 1)),
        ([b"a", b"B", b"c", b"tools"], (1, 2)),
        ([b"a", b"b", b"c", b"tools"], (4, 0)),
        ([b"a", b"tools"], (1, 1)),
        ([b"b", b"c", b"tools"], (0, 0)),
    ):
        assert turns.shared(request) == shared


def test_other_chats_push_the_oldest_one_out() -> None:
    turns = Turns()
    for number in range(100):
        turns.remember([b"a", b"b", b"chat %d" % number])
    assert turns.shared([b"a", b"b", b"chat 99"]) == (3, 0)
    assert turns.shared([b"a", b"b", b"chat 0"]) == (2, 0)


def test_only_what_is_new_and_its_surroundings_are_searched_for_what_runs_over() -> None:
    leaves = Leaves(chat([said(f"{number} " * 400) for number in range(100)]))
    last = leaves.texts.index("99 " * 400)
    near = orders_of(leaves).near(leaves.encoded, last, last + 1, 2_000)
    assert [leaves.texts[index].split()[0] for index in near.texts] == ["97", "98", "99", "exec", "Runs"]
