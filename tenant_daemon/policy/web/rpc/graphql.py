"""GraphQL: whether a document only queries, and what its mutations are called."""

import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.rpc.call import (
    Procedure,
    Request,
    note_change,
    note_sending,
    note_unknown,
)

_DOOR: Final = re.compile(r"/graphql/*\Z", re.IGNORECASE)
# Block strings, strings and comments; the rest is names and punctuation.
_SKIPPED: Final = re.compile(r'"""(?:\\"""|.)*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*', re.DOTALL)
_TOKEN: Final = re.compile(r"[_A-Za-z][_0-9A-Za-z]*|[{}()]")
_DELETES: Final = re.compile(r"delete|remove|destroy|drop|purge|truncate|wipe|revoke", re.IGNORECASE)
_SECRETS: Final = re.compile(
    r"(?<![A-Za-z])\w*(?:passwordHash|password_hash|encryptedPassword|apiKey|api_key|accessToken|access_token|secretKey"
    r"|clientSecret|privateKey|recoveryCode|(?:reset|change|set|update)Password|impersonate|disableTwoFactor)",
    re.IGNORECASE,
)
_EVERYTHING: Final = re.compile(r"(?:delete|remove|destroy|purge|wipe)_?all", re.IGNORECASE)
_SENDS: Final = re.compile(
    r"send|publish|invite|share|notify|post|mail|message|schedule|trigger|webhook|integration|payment|refund|transfer",
    re.IGNORECASE,
)
_CHANGES: Final = re.compile(r"(?:create|update|upsert|set|add|patch|edit|rename|move)", re.IGNORECASE)


def judge_graphql(verdict: Verdict, request: Request) -> Procedure:
    """Note what the operations of a GraphQL request do."""
    if _DOOR.search(request.path) is None:
        return Procedure.NONE
    documents = _documents(request)
    if not documents:
        return note_unknown(verdict)
    found = {_judge_document(verdict, document) for document in documents}
    return Procedure.READ if found == {Procedure.READ} else Procedure.CHANGE


def _documents(request: Request) -> list[str]:
    """Every document that the request carries; none when one of them cannot be seen (a persisted query)."""
    value = request.body.value
    operations = value if isinstance(value, list) else [] if value is None else [value]
    found = [operation.get("query") if isinstance(operation, dict) else None for operation in operations]
    if value is None and request.body.text.strip():
        return []
    documents = [*found, *request.asked("query")]
    return [text for text in documents if isinstance(text, str)] if None not in documents else []


def _judge_document(verdict: Verdict, document: str) -> Procedure:
    operations, fields = _read(document)
    if _SECRETS.search(document) is not None:
        note_change(verdict, Tier.CRITICAL_RED, "Touches passwords or keys.")
    if operations <= {"query", "fragment"}:
        return Procedure.READ
    if operations - {"query", "fragment", "mutation"}:
        return note_unknown(verdict)
    for name in fields:
        if _SENDS.search(name) is not None:
            note_sending(verdict, "Publishes or sends something.")
        if _DELETES.search(name) is not None:
            is_all = _EVERYTHING.match(name) is not None
            note_change(verdict, Tier.CRITICAL_RED if is_all else Tier.RED, "Deletes records.")
        elif _CHANGES.match(name) is None and _SENDS.search(name) is None:
            note_unknown(verdict, f"What the mutation {name[:60]} does is not known here.")
    return note_change(verdict, Tier.YELLOW, "Changes records.")


def _read(document: str) -> tuple[set[str], set[str]]:
    """The kinds of operations of a document, and the names right inside the braces of its mutations."""
    operations: set[str] = set()
    fields: set[str] = set()
    braces = brackets = 0
    kind = ""
    for part in _TOKEN.findall(_SKIPPED.sub(" ", document)):
        if part in "()":
            brackets += 1 if part == "(" else -1
        elif brackets:
            continue
        elif part in "{}":
            if braces == 0 and part == "{" and not kind:
                operations.add("query")
            braces += 1 if part == "{" else -1
            kind = kind if braces else ""
        elif braces == 0 and not kind:
            kind = part
            operations.add(kind)
        elif braces == 1 and kind == "mutation":
            fields.add(part)
    return operations, fields
