"""Odoo: a model and one of its methods, in four envelopes (Odoo's external API and web client)."""

import json
import re
from typing import Any, Final, NamedTuple

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.bodies import read_body
from tenant_daemon.policy.web.rpc.call import (
    Procedure,
    Request,
    note_change,
    note_sending,
    note_unknown,
)

_DOOR: Final = re.compile(
    r"/(?:jsonrpc|web/dataset/\w+(?:/.*)?|json/2/.*|web/database(?:/.*)?)/*\Z", re.IGNORECASE
)
_READS: Final = re.compile(
    r"(?:web_|formatted_)?(?:search_read|read|read_group|name_search)|search(?:_count|_fetch)?|fields_get|name_get"
    r"|default_get|get_views?|fields_view_get|check_access_rights|has_access|get_metadata|exists"
)
_CHANGES: Final = re.compile(
    r"create|write|copy|name_create|web_save|action_(?:un)?archive|toggle_active|activity_schedule"
    r"|message_(?:un)?subscribe"
)
_DELETES: Final = frozenset({"unlink", "web_unlink"})
_SENDING: Final = re.compile(
    r"(?:message_|action_|button_|send|sms_|mail_|invite|notify|publish|launch|print)"
)
# Users, rights, settings and code of the whole tool, and the keys that it keeps.
_GUARDED: Final = re.compile(
    r"res\.users(?:\..*)?|res\.groups(?:\..*)?|ir\..*|base\..*|auth\..*|auth_.*|fetchmail\..*|payment\..*|iap\..*"
    r"|res\.partner\.bank|certificate\..*|change\.password.*|google\..*|microsoft\..*|.*\.api_?keys?"
)
_PLAIN: Final = frozenset(
    {
        "res.partner.bank",
        "ir.attachment",
        "ir.model",
        "ir.model.fields",
        "ir.model.data",
        "ir.sequence",
        "ir.module.module",
    }
)
_TO_PEOPLE: Final = re.compile(
    r"(?:mail\.(?!activity)|sms\.|mailing\.|whatsapp\.|social\.|survey\.invite|discuss\.|im_livechat"
    r"|sign\.(?:request|send)|portal\.|documents\.share|[\w.]+\.(?:invite|share)(?:\.|\Z)"
    r"|marketing\.|snailmail|event\.registration|calendar\.attendee)"
)
_GUESTS: Final = re.compile(r'"(?:partner_ids|attendee_ids|attendees?)"')
_BINDING: Final = re.compile(r"account\.|sale\.|purchase\.|stock\.|payment\.|hr\.(?:expense|leave)")
_STATE: Final = re.compile(r'"state":"(?!draft")')
_REFERENCE: Final = re.compile(r"SECRET_REF\([A-Za-z0-9][A-Za-z0-9._-]*\)")
_COMMON_READS: Final = frozenset({"version", "login", "authenticate"})


# Also of other records that a record leads to: `user_ids.password`, `user_ids/password`.
_SECRET_FIELD: Final = re.compile(
    r'"(?:[\w./]{0,80}[./])?(?:new_password|password(?:_crypt)?|smtp_pass|totp_secret|signup_token|oauth_access_token'
    r'|api_?key|client_secret|secret_key)"'
)


class _Call(NamedTuple):
    model: str
    method: str


def is_own_key(path: str, body: str) -> bool:
    """Whether the one secret in it is what Odoo's calls are signed with, which is stored nowhere."""
    readings = read_body(body)
    is_door = path.rstrip("/").endswith("/jsonrpc") and body.count("SECRET_REF(") == 1
    return is_door and bool(readings) and all(_is_signed(reading.value) for reading in readings)


def _is_signed(value: object) -> bool:
    params = value.get("params") if isinstance(value, dict) else None
    if not isinstance(params, dict) or not isinstance(arguments := params.get("args"), list):
        return False
    signed = {"object": ("execute_kw", "execute"), "common": ("login", "authenticate")}
    is_call = params.get("method") in signed.get(str(params.get("service")), ())
    key = arguments[2] if len(arguments) > 2 else None
    return is_call and isinstance(key, str) and _REFERENCE.fullmatch(key) is not None


def judge_odoo(verdict: Verdict, request: Request) -> Procedure:
    """Note what a call of an Odoo model does; anything that is not known asks."""
    # Odoo takes its calls by any method; one without a body says nothing.
    if _DOOR.search(request.path) is None or (request.method != "POST" and not request.body.text):
        return Procedure.NONE
    path = request.path.lower().rstrip("/")
    if "/web/database" in path:
        return note_change(verdict, Tier.CRITICAL_RED, "Makes, copies, restores or drops whole databases.")
    value = request.body.value
    if path.endswith("/jsonrpc") and isinstance(value, dict):
        return _judge_service(verdict, request, value.get("params"))
    call = _read_call(request)
    return note_unknown(verdict) if call is None else _judge_call(verdict, request, call)


def _judge_service(verdict: Verdict, request: Request, params: object) -> Procedure:
    if not isinstance(params, dict) or not isinstance(params.get("args", []), list):
        return note_unknown(verdict)
    service, method, arguments = params.get("service"), params.get("method"), params.get("args", [])
    if service == "common" and method in _COMMON_READS:
        return Procedure.READ
    if service == "db":
        return note_change(verdict, Tier.CRITICAL_RED, "Makes, copies, restores or drops whole databases.")
    is_object = service == "object" and method in ("execute_kw", "execute")
    # Database, user, key, model, method, and what the method takes.
    call = _call(arguments[3:5]) if is_object else None
    return note_unknown(verdict) if call is None else _judge_call(verdict, request, call)


def _read_call(request: Request) -> _Call | None:
    steps = request.path.lower().rstrip("/").split("/")
    if steps[-4:-2] == ["json", "2"]:
        return _call(steps[-2:])
    value = request.body.value
    params = value.get("params") if isinstance(value, dict) else None
    if not isinstance(params, dict):
        return None
    # Behind `call_kw/` the address is only said; Odoo reads model and method from the body.
    is_search = steps[-3:] == ["web", "dataset", "search_read"]
    return _call([params.get("model"), "search_read" if is_search else params.get("method")])


def _call(names: list[Any]) -> _Call | None:
    words = [name for name in names if isinstance(name, str)]
    return _Call(*words) if len(words) == 2 else None


def _asked(request: Request) -> str:
    """What a call brings with it; the key that signs it, which stands before, is no field."""
    value = request.body.value
    params = value.get("params") if isinstance(value, dict) else None
    arguments = params.get("args") if isinstance(params, dict) else None
    if request.path.lower().rstrip("/").endswith("/jsonrpc") and isinstance(arguments, list):
        return json.dumps(arguments[3:])
    return request.body.text


def _judge_call(verdict: Verdict, request: Request, call: _Call) -> Procedure:
    model, method = call.model, call.method
    is_read = _READS.fullmatch(method) is not None
    if _GUARDED.fullmatch(model) is not None and not (is_read and model in _PLAIN):
        if _SENDING.match(method) is not None:
            note_sending(verdict, f"May write to people, or to a bank, through {model}.")
        return note_change(
            verdict, Tier.CRITICAL_RED, f"Touches {model}: users, rights, keys or code of Odoo."
        )
    if is_read and _SECRET_FIELD.search(_asked(request)) is not None:
        return note_change(verdict, Tier.CRITICAL_RED, f"Asks {model} for what opens an account.")
    if is_read:
        return Procedure.READ
    reaches_people = _TO_PEOPLE.match(model) is not None or (
        model.startswith("calendar.") and _GUESTS.search(request.body.text) is not None
    )
    if reaches_people:
        note_sending(verdict, f"Reaches people outside through {model}.")
    if method in _DELETES:
        return note_change(verdict, Tier.RED, f"Deletes records of {model}.")
    if _BINDING.match(model) is not None and _STATE.search(request.body.text) is not None:
        return note_change(verdict, Tier.RED, f"Sets the state of {model} past Odoo's own checks.")
    if _CHANGES.fullmatch(method) is not None:
        return note_change(verdict, Tier.YELLOW, f"Changes records of {model}.")
    if _SENDING.match(method) is not None:
        return note_sending(verdict, "Sends something to customers, or makes a document binding.")
    return note_unknown(verdict, f"What {method[:60]} does to {model[:60]} is not known here.")
