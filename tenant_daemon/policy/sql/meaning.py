"""Changed records that are more than records: they publish, send, or decide who has power."""

import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.sql.tokens import Token
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.wordlist import word_set

_PUBLIC_COLUMNS: Final = word_set(
    "published is_published published_at publish_at is_public visible_to_public send_at scheduled_at sent_at"
)
_PUBLISHING: Final = word_set("published publish scheduled sent sending public running queued live")
_SENDING: Final = re.compile(
    r"(?:\w+_)?(?:e?mails?|mail_queue|outbox|newsletters?|campaigns?|sms|messages?|notifications?"
    r"|invitations?|invites?"
    r"|webhooks?|bookings?)(?:_queue|_recipients?|_outbox)?"
)
_PEOPLE: Final = re.compile(
    r"(?:\w+_)?(?:users?|roles?|permissions?|accounts?|admins?|members?|sessions?|api_keys?|privileges"
    r"|grants|logins?)"
    r"|is_(?:admin|superuser|staff|owner)|user_level|wp_capabilities"
)
# Which of somebody's roles it is about cannot be told from its number.
_ROLES_OF_PEOPLE: Final = re.compile(
    r"\w*groups?_users?_rel|(?:\w+_)?(?:role_users?|users?_roles?|users?_groups|users?_user_permissions)"
    r"|model_has_(?:roles|permissions)|user_role_mapping"
)
_POWER: Final = re.compile(r".*(?:admin|super|owner\b|\broot\b|capabilities|user_level).*", re.DOTALL)
_POWER_COLUMN: Final = re.compile(
    r"is_?(?:admin|superuser|super|staff|owner)|superuser|admin|role|role_id|user_level"
)
_SETTINGS: Final = re.compile(r"\w*(?:options|settings|config|config_parameter|appconfig)")
# Who gets in, which code runs, and where a tool sends its mail and its events.
_RULING: Final = re.compile(
    r"siteurl|home|default_role|active_plugins|template|stylesheet|wp_user_roles|(?:new_)?admin_email|trusted_domains"
    r"|(?:smtp|mail_?smtp|mail_?server|oidc|sso|codeinjection)[\w.-]*|[\w.-]{0,40}(?:webhook|sign_?up|can_register)[\w.-]{0,40}"
)


def judge_meaning(verdict: Verdict, tokens: list[Token]) -> None:
    """Records that are more than records: they publish something, send it, or let somebody in."""
    if any(name.startswith(("pg_", "information_schema")) for name in _tables(tokens)):
        note_catalogue(verdict)
    strings = {token.text.lstrip("nNeE").strip("'").lower() for token in tokens if token.kind == "string"}
    names = {token.text.strip('"`[]').lower() for token in tokens if token.kind in ("word", "quoted")}
    is_sending = any(_SENDING.fullmatch(name) for name in _tables(tokens)) or bool(names & _PUBLIC_COLUMNS)
    if strings & _PUBLISHING or is_sending:
        verdict.note(
            Tier.YELLOW, "sql.publishes", "Publishes or sends something to people outside.", external=True
        )
    if _gives_power(tokens, names, strings):
        verdict.note(
            Tier.CRITICAL_RED,
            "sql.power",
            "Gives somebody power over a tool, past the tool itself.",
            risk="Strangers could get in and do everything there.",
            unknown=True,
        )
    if any(_PEOPLE.fullmatch(name) for name in names):
        verdict.note(Tier.RED, "sql.people", "Changes who may sign in or what they may do.")


def _gives_power(tokens: list[Token], names: set[str], strings: set[str]) -> bool:
    tables = _tables(tokens)
    if any(_ROLES_OF_PEOPLE.fullmatch(name) for name in tables):
        return True
    if any(map(_SETTINGS.fullmatch, tables)) and any(map(_RULING.fullmatch, strings)):
        return True
    if not any(_PEOPLE.fullmatch(name) or name.endswith("usermeta") for name in tables):
        return False
    is_set = any(_POWER_COLUMN.fullmatch(name) for name in names) and "true" in names
    return is_set or any(_POWER.fullmatch(text) for text in strings)


def note_catalogue(verdict: Verdict) -> None:
    """Note a change of what the database keeps for itself."""
    verdict.note(
        Tier.CRITICAL_RED,
        "sql.guardrail",
        "Changes what the database knows of itself.",
        risk="The database may stop working, or strangers may get in.",
        unknown=True,
    )


def _tables(tokens: list[Token]) -> list[str]:
    """The names after ``INTO`` and ``UPDATE``, a schema before them included."""
    names = [token.text.strip('"`[]').lower() for token in tokens]
    found: list[str] = []
    for index, name in enumerate(names):
        if name in ("into", "update"):
            found.extend(names[index + 1 : index + 4])
            found = found if "." in names[index + 1 : index + 4] else found[:-2]
    return found
