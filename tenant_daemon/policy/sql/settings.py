"""Settings that a tool keeps as rows of names and values, keys and passwords among them."""

import re
from collections.abc import Container, Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Final

from tenant_daemon.policy.sql.tokens import Token
from tenant_daemon.policy.wordlist import word_set

# Where the tools of the catalogue keep them; elsewhere `value` is a word like any other.
_STORES: Final = re.compile(
    r"wp\w{0,20}_options|\w{0,40}(?:_usermeta|sitemeta)|oc_(?:appconfig|preferences|external_config)|ir_config_parameter"
    r"|(?:installation|instance)_config(?:s|urations)|component_config|realm_smtp_config|idp_mapper_config"
    r"|identity_provider_config|user_federation_config|authenticator_config_entry"
)
_SETTINGS: Final = re.compile(r"(?!pg_)\w{0,40}(?:settings?|options?|config|parameters?|preferences)")
_TOLD: Final = re.compile(r"option|setting|config|meta|param|preference")
_VALUES: Final = word_set(
    "option_value meta_value configvalue config_value serialized_value setting_value value *"
)
_NAMES: Final = word_set("key name option_name meta_key configkey config_key setting_key variable parameter")
_MEASURES: Final = word_set("length char_length octet_length bit_length pg_column_size count")
_CLAUSES: Final = word_set("select from where on having order group limit set values")
_BEHIND_WHERE: Final = word_set("group order limit having offset for fetch returning union ;")
_LEADING: Final = frozenset({"where", "and", "or", "(", "not"})
_FOLLOWING: Final = frozenset(
    {"and", "or", ")", "group", "order", "limit", "offset", "for", "fetch", "union"}
)
# What can turn a condition round, or be one beside which the others say nothing.
_UNSURE: Final = frozenset({"select", "case", "between", "having", "union", "except", "intersect"})
_SECRET_SETTINGS: Final = (
    *("auth_key", "auth_salt", "nonce_salt", "logged_in_key", "secret", "secret_key", "client_secret"),
    *("api_key", "access_token", "smtp_password", "smtp_pass", "db_password", "jwt_secret", "private_key"),
    *("session_tokens", "wp_mail_smtp", "license_key", "webhook_secret", "stripe_secret_key"),
)
# They sound like settings, and a password is one of them.
_HOLDS_SECRETS: Final = re.compile(
    r"(?:smtp|messengers|wp_mail_smtp|swpsmtp_options|fluentmail[\w-]*|mailserver_pass|updraft_\w+|jetpack_(?:private_)?options"
    r"|woocommerce_(?:stripe|paypal|ppcp|square)\w*_settings|session_tokens|_application_passwords)",
    re.IGNORECASE,
)
_BEFORE_TABLES: Final = frozenset({"from", "join", "table"})
_MOST_WILD: Final = 3


def shows_hidden_settings(tokens: list[Token]) -> bool:
    """
    Whether a query may show keys or passwords among settings without naming them.

    Of a known store of settings, values are shown only by names that are written out. Of other tables that
    sound like settings, a name that is calculated, or a pattern that fits names of secrets, is not believed.
    """
    texts = [token.text.strip('"`[]') for token in tokens]
    if _TOLD.search(" ".join(texts)) is None:
        return False
    stores = [text for text in texts if _STORES.fullmatch(text)]
    if any(text == "setting" and before in _BEFORE_TABLES for before, text in pairwise(texts)):
        # To PostgreSQL that is a column.
        stores.append("setting")
    if "option_value" in texts and not stores:
        stores = [text for text in texts if text.endswith("options")]
    if stores and (texts[0] == "table" or shows_values(texts, stores, _VALUES)):
        return not _is_pinned(tokens, texts)
    if stores or _VALUES.isdisjoint(texts) or not any(map(_SETTINGS.fullmatch, texts)):
        return False
    return any(not _is_plain_condition(tokens, texts, at) for at in _named(texts))


def names_secret_setting(text: str) -> bool:
    """Whether a setting of this name has a password among what it holds."""
    return _HOLDS_SECRETS.fullmatch(text) is not None


def shows_values(texts: list[str], stores: list[str], values: Container[str]) -> bool:
    """Whether what a query selects has certain columns of these tables in it, or whole rows."""
    rows = set(stores)
    for at, text in enumerate(texts[:-1]):
        if text in stores:
            rows.add(texts[at + 2] if texts[at + 1] == "as" and at + 2 < len(texts) else texts[at + 1])
    clause = ""
    for at, text in enumerate(texts):
        if text in _CLAUSES:
            clause = text
        elif clause == "select" and text in values:
            is_measured = texts[at - 1] == "(" and texts[at - 2] in _MEASURES
            if not is_measured and (text != "*" or texts[at - 1] in ("select", ",", ".", "distinct", "all")):
                return True
        elif clause == "select" and text in rows and text.isidentifier() and texts[at + 1 : at + 2] != ["."]:
            return True
    return False


def _is_pinned(tokens: list[Token], texts: list[str]) -> bool:
    """Whether every way through the condition says by name which settings are meant, and none is secret."""
    if texts.count("where") != 1 or texts.count("select") != 1 or not _UNSURE.isdisjoint(texts[1:]):
        return False
    start = texts.index("where") + 1
    end = next((at for at in range(start, len(texts)) if texts[at] in _BEHIND_WHERE), len(texts))
    if any(texts[at] == "not" and texts[at + 1] == "(" for at in range(start, end - 1)):
        return False
    return all(any(map(_pins, way)) for way in _ways(tokens[start:end]))


def _ways(condition: list[Token]) -> Iterator[list[list[Token]]]:
    """
    The parts between ``OR``, each as its parts between ``AND``.

    Parentheses are left out, save those of lists: what holds for every part so found holds for the condition.
    """
    ways: list[list[list[Token]]] = [[[]]]
    is_list = False
    for at, token in enumerate(condition):
        begins_list = token.text == "(" and at > 0 and condition[at - 1].text == "in"
        is_list = begins_list or (is_list and token.text != ")")
        if token.text in "()" and not begins_list:
            continue
        if token.text == "or":
            ways.append([[]])
        elif token.text == "and":
            ways[-1].append([])
        else:
            ways[-1][-1].append(token)
    yield from ways


def _pins(part: list[Token]) -> bool:
    """``option_name = 'siteurl'``, ``o.option_name IN ('siteurl', 'home')`` and nothing else."""
    if len(part) > 2 and part[1].text == ".":
        part = part[2:]
    if len(part) < 3 or part[0].text.strip('"`[]').lower() not in _NAMES:
        return False
    sign, values = part[1].text, part[2:]
    if sign == "in":
        inside = values[1:] if values[0].text == "(" else []
        return bool(inside) and all(
            token.text == "," if at % 2 else _is_harmless(token) for at, token in enumerate(inside)
        )
    return len(values) == 1 and sign in ("=", "like", "ilike") and _is_harmless(values[0])


def _is_harmless(token: Token) -> bool:
    """Whether a name, or a pattern for names, is written out and fits no secret."""
    if token.kind != "string" or token.text[0] != "'":
        return False
    pattern = token.text.strip("'").lower()
    if names_secret_setting(pattern) or pattern.count("%") + pattern.count("_") > 8 * _MOST_WILD:
        return False
    if "%" not in pattern:
        return True
    return pattern.count("%") <= _MOST_WILD and not any(
        fnmatchcase(name, pattern.replace("%", "*").replace("_", "?")) for name in _SECRET_SETTINGS
    )


def _named(texts: list[str]) -> Iterator[int]:
    """Where a condition speaks of the names of settings."""
    start = texts.index("where") if "where" in texts else len(texts)
    for at in range(start, len(texts)):
        if texts[at] in ("order", "group"):
            return
        if texts[at] in _NAMES:
            yield at


def _is_plain_condition(tokens: list[Token], texts: list[str], at: int) -> bool:
    """Whether a name is compared with what is written out, and with nothing that is calculated."""
    begin = at - 2 if texts[at - 1] == "." else at
    if texts[begin - 1] not in _LEADING or (texts[begin - 1] == "(" and texts[begin - 2] not in _LEADING):
        return False
    place = at + 1
    is_denied = texts[place : place + 1] == ["not"]
    place += is_denied
    sign = texts[place] if place < len(texts) else ""
    if sign == "is":
        return True
    if sign == "in" and texts[place + 1 : place + 2] == ["("] and ")" in texts[place:]:
        end = texts.index(")", place)
        inside = tokens[place + 2 : end]
        return all(token.text == "," or is_denied or _is_harmless(token) for token in inside)
    if sign not in ("=", "!=", "<>", "like", "ilike") or place + 1 >= len(tokens):
        return False
    is_denied = is_denied or sign in ("!=", "<>")
    is_whole = place + 2 >= len(texts) or texts[place + 2] in _FOLLOWING
    value = tokens[place + 1]
    return is_whole and (
        value.kind == "string" if is_denied else _is_harmless(value) or value.kind == "number"
    )
