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
    r"account|activity|album|appointment|archive|article|asset|batch|blocklist|board|bookmark|bulk"
    r"|calendar|calls?|campaign|card|category|chapter|chart|checklist|column|company|contact|content"
    r"|course|custom|customer|dashboard|data|deal|default|document|draft|employee|event|expense"
    r"|fav(?:ou?rites?)|feature|file|folder|form|gallery|image-gallery|import|inbox|index|inventory"
    r"|invoice|issue|item|jmap|json|jsonrpc|label|lead|lesson|library|like|link|list|location|me|meal"
    r"|media|menu|metadata|milestone|news|note|ooo|opportunity|order|page|payment-term|people|person"
    r"|personal|photo|post|product|profile|project|property|quote|read|recipe|record|recycle-bin|rest|room"
    r"|row|segment|site|star|stock|subscriber|supplier|survey|table|tag|task|team|template|text|ticket"
    r"|time|topic|track|unread|upload|variant|vendor|video|vote|warehouse|watch|wiki"
)
"""Kinds that are called by one of them, and the steps of addresses that say no more than that."""
_ACT: Final = re.compile(
    r"(?:"
    r"add|append|arrange|assign|attach|bookmark|check|clone|close|collapse|complete|copy|count|create"
    r"|detach|duplicate|edit|expand|filter|finish|format|generate|hide|insert|label|link|lock|mark|move"
    r"|mute|new|open|order|pause|pin|preview|rank|rate|remove|rename|reopen|reorder|replace|reschedule"
    r"|resolve|restart|save|schedule|search|set|show|snooze|sort|split|start|stop|swap|tag|toggle|touch"
    r"|translate|unarchive|unassign|unbookmark|uncheck|uncomplete|unfavorite|unhide|unlink|unlock|unmute"
    r"|unpause|unpin|unresolve|unstar|untag|unwatch|update|upsert|validate"
    r")(?:-[a-z-]+)?|[a-z]+-pdf"
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
