"""tRPC: the pages of Cal.com and Documenso call procedures by name, several at once with commas between."""

import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.route import split_words
from tenant_daemon.policy.web.rpc.call import (
    Procedure,
    Request,
    note_change,
    note_sending,
    note_unknown,
)
from tenant_daemon.policy.wordlist import word_set

_DOOR: Final = re.compile(r"/trpc/(?P<procedures>.+)", re.IGNORECASE)
_CHANGES: Final = word_set(
    "create update set edit add save upsert rename move copy duplicate reorder toggle archive"
)
_DELETES: Final = word_set("delete remove destroy purge wipe clear drop revoke reset")
_SENDS: Final = word_set(
    "send resend invite publish confirm cancel accept reject approve decline request notify remind share"
    " distribute redistribute reschedule sign complete"
)


_GUARDED: Final = re.compile(
    r"\b(?:apps?|credentials?|users?|admin|auth|teams?|organizations?|payments?|keys?|tokens?|webhooks?|o-?auth)\b"
)


def judge_trpc(verdict: Verdict, request: Request) -> Procedure:
    """Note what the named procedures do: queries are asked by GET, everything else must have a known verb."""
    found = _DOOR.search(request.path)
    if found is None:
        return Procedure.NONE
    if request.method in ("GET", "HEAD"):
        # The rules about addresses still look for keys and tokens among the names.
        return Procedure.NONE
    names = [name for name in found["procedures"].split(",") if name.strip("/")]
    judged = [_judge_name(verdict, name.strip("/")) for name in names]
    return judged[0] if judged else note_unknown(verdict)


def _judge_name(verdict: Verdict, name: str) -> Procedure:
    words = split_words(re.split(r"[/.]", name)[-1]).split("-")
    if any(word in _SENDS for word in words):
        return note_sending(verdict, "Sends something to people outside, or decides something for them.")
    if any(word in _DELETES for word in words):
        return note_change(verdict, Tier.RED, "Deletes or takes back something.")
    if words[0] in _CHANGES and "password" in words:
        return note_change(verdict, Tier.CRITICAL_RED, "Sets a password.")
    if words[0] in _CHANGES and _GUARDED.search(split_words(name)) is not None:
        return note_change(verdict, Tier.RED, "Changes who may do what, or what the tool is connected with.")
    if words[0] in _CHANGES:
        return note_change(verdict, Tier.YELLOW, "Changes records.")
    return note_unknown(verdict, f"What the procedure {name[:60]} does is not known here.")
