"""JMAP (RFC 8620, 8621): mail, calendars and contacts of Stalwart."""

import re
from typing import Any, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.rpc.call import (
    Procedure,
    Request,
    note_change,
    note_sending,
    note_unknown,
)

_DOOR: Final = re.compile(r"/jmap/*\Z", re.IGNORECASE)
_READ: Final = re.compile(
    r"[A-Z]\w*/(?:get|query|changes|queryChanges|lookup|parse|getAvailability)|Core/echo"
)
_CHANGE: Final = re.compile(
    r"(?:Email|Mailbox|Identity|ContactCard|AddressBook|Calendar|CalendarEvent)/(?:set|copy|import)"
)
# They answer, forward or hand on mail by themselves from then on.
_SENDS: Final = re.compile(
    r"EmailSubmission/set|MDN/send|(?:VacationResponse|SieveScript|PushSubscription)/set"
)
# Whom a folder is shown to, and who gets what is written from now on.
_TO_OTHERS: Final = re.compile(r"'(?:shareWith(?:/[^']*)?|bcc|replyTo)': (?!None|\[\]|\{\}|'')")
_DESTROYS: Final = ("destroy", "#destroy", "onDestroyRemoveEmails", "onSuccessDestroyOriginal")


def judge_jmap(verdict: Verdict, request: Request) -> Procedure:
    """Note what each of the calls in a JMAP request does."""
    if _DOOR.search(request.path) is None or (request.method != "POST" and not request.body.text):
        return Procedure.NONE
    value = request.body.value
    calls = value.get("methodCalls") if isinstance(value, dict) else None
    if not isinstance(calls, list) or not calls:
        return note_unknown(verdict)
    found = {_judge_call(verdict, call) for call in calls}
    return Procedure.READ if found == {Procedure.READ} else Procedure.CHANGE


def _judge_call(verdict: Verdict, call: Any) -> Procedure:
    if not isinstance(call, list) or len(call) != 3:
        return note_unknown(verdict)
    name, arguments, _ = call
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return note_unknown(verdict)
    if _READ.fullmatch(name) is not None:
        return Procedure.READ
    if _SENDS.fullmatch(name) is not None:
        return note_sending(verdict, "Sends or answers e-mails, or lets others know of them.")
    if _CHANGE.fullmatch(name) is None:
        return note_unknown(verdict)
    is_letter = name.startswith("Email/")
    if name.startswith("CalendarEvent/") and _has_guests(arguments):
        note_sending(verdict, "Invites guests to a meeting, or tells them of a change.")
    if not is_letter and _TO_OTHERS.search(repr(arguments)) is not None:
        note_sending(verdict, "Lets others see it, or has answers and copies go to them.")
    if any(arguments.get(key) for key in _DESTROYS):
        return note_change(verdict, Tier.RED, "Deletes e-mails, folders, contacts or meetings.")
    return note_change(verdict, Tier.YELLOW, "Changes e-mails, contacts or meetings.")


def _has_guests(arguments: dict[str, Any]) -> bool:
    return bool(arguments.get("sendSchedulingMessages")) or '"participants' in repr(arguments).replace(
        "'", '"'
    )
