"""The practice model itself: a pure function from a conversation to a reply."""

import re
from typing import Final

from tenant_daemon.practice.conversation import Conversation, read_result
from tenant_daemon.practice.explanations import explain
from tenant_daemon.practice.language import Language, choose, language_of
from tenant_daemon.practice.reply import Call, Reply, Say
from tenant_daemon.practice.requests import RULES, Found
from tenant_daemon.practice.texts import read_text

_SPECIALIST: Final = "it-admin"
_SETTLED: Final = re.compile(r"^status: \w+", re.MULTILINE)


def answer(conversation: Conversation, site_url: str) -> Reply:
    """
    What to say or do next.

    After a tool call it speaks of the result alone; before, it proposes the call that the question asks for,
    or hands it to a colleague where this agent lacks the tool.
    """
    language = language_of(conversation.question)
    if conversation.results:
        return Say(explain(conversation.results[-1], language))
    settled = _SETTLED.search(conversation.question)
    if settled:
        return Say(explain(read_result("", {}, conversation.question[settled.start() :]), language))
    reply = _propose(conversation.question, language, site_url)
    if isinstance(reply, Call) and reply.tool_name not in conversation.tools:
        return _without_tool(reply, conversation, language)
    return reply


def _propose(question: str, language: Language, site_url: str) -> Reply:
    for pattern, make in RULES:
        match = pattern.search(question)
        if match:
            return make(Found(match, language, site_url))
    return Say(read_text("abilities.md", language))


def _without_tool(call: Call, conversation: Conversation, language: Language) -> Reply:
    if "handover" in conversation.tools:
        lead_in = choose(
            language, f"That is a task for {_SPECIALIST}.", f"Das ist eine Aufgabe für {_SPECIALIST}."
        )
        return Call("handover", {"agent_id": _SPECIALIST, "message": conversation.question}, lead_in)
    return Say(
        choose(
            language,
            f"For that I would need the tool `{call.tool_name}`, which I was not given.",
            f"Dafür bräuchte ich das Werkzeug `{call.tool_name}`, das mir nicht gegeben wurde.",
        )
    )
