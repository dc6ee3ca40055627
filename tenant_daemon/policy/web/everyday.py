"""
What everyday changes to a tool's records look like.

Tools have more calls than anybody can list, and what nobody has listed may invite, connect or install. So
what is not known by its shape waits: a new record goes to where its kind is kept (``POST /contacts``), a
change to the record itself (``PATCH /contacts/7``), and what else may be done with a record is named here.
"""

import re
from typing import Final

# What tools made up themselves: numbers, random ids, long slugs; `~` stands for a name that people gave.
_ID: Final = re.compile(r"~|[^/]*\d[^/]*|[^/]{24,}")
# A place where records of one kind are kept is called by their plural.
_KEPT: Final = re.compile(r"[^/]*(?<!s)s|status|address|business|canvas")
_SINGLE: Final = re.compile(
    r"account|activity|appointment|archive|article|asset|batch|blocklist|board|bulk|calendar|calls?|campaign|card"
    r"|category|chapter|column|company|contact|content|course|custom|customer|data|deal|default|document|draft|event"
    r"|fav(?:ou?rites?)|feature|file|folder|form|gallery|image-gallery|import|inbox|index|inventory|invoice|issue|item"
    r"|jmap|json|jsonrpc|label|lead|library|like|list|me|media|menu|metadata|milestone|news|note|ooo|opportunity|order"
    r"|page|person|personal|post|product|profile|project|property|quote|read|recipe|record|recycle-bin|rest|room|row"
    r"|segment|site|star|stock|subscriber|survey|table|tag|task|team|template|text|ticket|time|topic|track|unread"
    r"|upload|variant|vote|watch|wiki"
)
"""Kinds that are called by one of them, and the steps of addresses that say no more than that."""
_ACT: Final = re.compile(
    r"(?:add|append|arrange|assign|copy|count|create|duplicate|edit|filter|format|generate|insert|mark|move|mute"
    r"|new|order|pause|pin|preview|remove|rename|reorder|replace|reschedule|restart|save|schedule|search|set|snooze"
    r"|sort|start|stop|swap|toggle|touch|translate|unarchive|unassign|unfavorite|unmute|unpause|unpin|unstar|unwatch"
    r"|update|upsert|validate)(?:-[a-z-]+)?|[a-z]+-pdf|publish-pdf"
)
"""What is done with a record; rules of their own say where the same word means more."""


def is_everyday(method: str, path: str) -> bool:
    """Whether a POST, PUT or PATCH to this route, in small letters, creates or changes a record."""
    steps = [step for step in path.split("/") if step]
    is_of_record = False
    while steps and _ID.fullmatch(steps[-1]) is not None:
        steps.pop()
        is_of_record = True
    if not steps:
        return False
    if _is_known(steps[-1]):
        return True
    # `PATCH /contacts/anna`: a record may be called by its name.
    return method != "POST" and not is_of_record and len(steps) > 1 and _is_known(steps[-2])


def _is_known(step: str) -> bool:
    return any(pattern.fullmatch(step) is not None for pattern in (_KEPT, _SINGLE, _ACT))
