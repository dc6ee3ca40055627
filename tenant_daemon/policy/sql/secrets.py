"""Passwords and keys that a database holds: columns, tables and settings by their names, whole accounts."""

import itertools
import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.sql.kept import shows_kept_keys
from tenant_daemon.policy.sql.settings import names_secret_setting, shows_hidden_settings
from tenant_daemon.policy.sql.tokens import Token
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.wordlist import word_set

_SECRET_NAME: Final = re.compile(
    r".*pass(?:word|wd|wort|phrase)(?!_(?:changed|updated|reset|expire[sd]?|set)).*|(?:.*_)?(?:pass|pw)(?:_hash)?"
    r"|(?:.*_)?(?:pwd|secret|api_?key|private_?key|access_?token|refresh_?token"
    r"|auth_?token|token"
    r"|token_hash|otp_secret|totp_secret|salt|credentials?|activation_key|secret_?key|signing_?key"
    r"|session_?key)s?(?:_?(?:hash|digest|enc|encrypted|value|plain|b64|pem))?"
    r"|(?:.*_)?(?:recovery|backup|scratch)_?codes?|(?:otp|totp|mfa|two_?factor|2fa)_?\w*(?:seed|secret|codes?)"
    r"|(?:sub|srv|primary_)?conninfo|pg_hba_file_rules|pg_file_settings|session_data|sess|turn_servers|umoptions|srvoptions|pg_authid|pg_shadow|pg_user_mappings?|authentication_string|rolpassword|passwd|user_privileges"
    r"|mysql_native_password|(?:\w+_)?app_?connections?|oc_authtoken|ciphers|akey|general_log|pg_largeobject"
    # Samples of what stands in columns, and passwords for other servers.
    r"|pg_statistic(?:_ext_data)?|stavalues\d|most_common_\w*vals|most_common_elems|histogram_bounds"
    r"|user_mapping_options|foreign_server_options",
    re.IGNORECASE,
)
# Columns in which settings have their names.
_NAMING: Final = word_set(
    "key option_name meta_key configkey config_key setting_key variable_name setting parameter"
)
_SETTINGS: Final = re.compile(r"\w{0,40}(?:settings?|options?|config|parameters?|variables?)")
_SECRET_KEY: Final = re.compile(
    r"[nN]?'[\w.%-]{0,40}(?:secret|conninfo|passw(?:or)?d|smtp_pass|pass(?=[%'])|salt|tokens?|api_?key|private_?key|credential"
    r"|(?:auth|nonce|logged_in|license|access)_key)[\w.%-]{0,40}'",
    re.IGNORECASE,
)
# They take a field out of a document, by name or by the way to it.
_TAKING: Final = frozenset({"->", "->>", "#>", "#>>", "["})
_TAKERS: Final = re.compile(r"jsonb?_(?:extract\w*|value|query|unquote|path_\w+)")
_STEPS: Final = re.compile(r"[^\w-]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Their rows hold what passwords were made into.
_ACCOUNTS: Final = re.compile(
    r"(?:\w+_)?users?(?:_v\d)?|(?:\w+_)?admins?|(?:\w+_)?sessions|django_session", re.IGNORECASE
)
_COUNTING: Final = frozenset({"group", "count"})
_BEFORE_TABLES: Final = frozenset({"from", "join", ".", "table", ",", "only"})
_BEFORE_STARS: Final = frozenset({"select", ".", ",", "distinct", "all"})
_SAYING_NOTHING: Final = frozenset({"true", "false", "not", "and", "or", "null", "is", "1", "0", "in", "="})
_A_LOOK: Final = 100
_ACCOUNT_TABLES: Final = word_set(
    "user global_priv db tables_priv columns_priv proxies_priv servers password_history slave_master_info"
)


_ABOUT_ACCOUNTS: Final = word_set(
    "select distinct user host plugin account_locked password_expired max_user_connections super_priv"
    " count concat from mysql where order by group having and or not like in is null as asc desc limit"
)


def looks_secret(name: str) -> bool:
    """Whether a column, field or table of this name holds passwords or keys, however its words are joined."""
    return any(_SECRET_NAME.fullmatch(one) is not None for one in (name, _HUMP.sub("_", name)))


def _names_secrets(tokens: list[Token], index: int) -> bool:
    """Whether a column, a table or the name of a setting says that passwords or keys are in it."""
    kind, text = tokens[index]
    if kind == "word":
        return _SECRET_NAME.fullmatch(text) is not None
    if kind == "quoted":
        return looks_secret(text.strip('"`[]'))
    if kind != "string":
        return False
    if _takes_secret(tokens, index):
        return True
    if _SECRET_KEY.fullmatch(text) is None and not names_secret_setting(text.strip("nN'")):
        return False
    before = {token.text.strip('"`[]') for token in tokens[max(0, index - 3) : index]}
    # Anything has a name; only that of a setting says what it is.
    is_named = "name" in before and any(_SETTINGS.fullmatch(token.text) for token in tokens)
    return is_named or not _NAMING.isdisjoint(before)


def _takes_secret(tokens: list[Token], index: int) -> bool:
    """``data->>'password'``, ``json_extract(data, "$.pass")``: a field of a document that is a secret."""
    if tokens[index - 1].text not in _TAKING and not any(
        _TAKERS.fullmatch(token.text) for token in tokens[max(0, index - 9) : index]
    ):
        return False
    return any(looks_secret(step) for step in _STEPS.split(tokens[index].text) if step)


def judge_names(verdict: Verdict, tokens: list[Token]) -> None:
    """Note columns, tables and settings in which passwords and keys are."""
    for index, token in enumerate(tokens):
        if not _names_secrets(tokens, index):
            continue
        # `ALTER ROLE ... PASSWORD` is judged by what it changes; a plain read shows the column.
        verdict.note(
            Tier.CRITICAL_RED,
            "sql.secret-column",
            f"Touches {token.text}, which looks like passwords or keys.",
            risk="Passwords could get to the language model.",
            unknown=index > 0,
        )
        return
    names = [token.text.strip('"`').lower() for token in tokens]
    for index in range(len(names) - 2):
        if names[index : index + 2] == ["mysql", "."] and names[index + 2] in _ACCOUNT_TABLES:
            if names[index + 2] == "user" and _only_who(tokens):
                continue
            verdict.note(Tier.CRITICAL_RED, "sql.secret-column", "Touches the accounts table.", unknown=True)


def _only_who(tokens: list[Token]) -> bool:
    """``SELECT user, host FROM mysql.user``: who there is, and nothing of what they sign in with."""
    texts = [token.text for token in tokens]
    return all(
        text in _ABOUT_ACCOUNTS
        if token.kind in ("word", "quoted")
        else text != "*" or texts[place - 1 : place] == ["("]
        for place, (token, text) in enumerate(zip(tokens, texts, strict=True))
    )


def is_account_table(name: str) -> bool:
    """Whether people who may sign in are kept in a table of this name."""
    return _ACCOUNTS.fullmatch(name.strip('"`[]')) is not None


def shows_accounts(tokens: list[Token]) -> bool:
    """``SELECT * FROM users``, all of it: with single columns, conditions or a limit it is a look."""
    texts = [token.text.strip('"`[]') for token in tokens]
    if _is_a_look(texts):
        return False
    if _COUNTING.isdisjoint(texts) and _shows_rows(texts):
        return True
    is_whole = any(
        text in ("*", "row_to_json", "to_json", "to_jsonb") and texts[place - 1] in _BEFORE_STARS
        for place, text in enumerate(texts)
        if place
    )
    return is_whole and any(
        before in _BEFORE_TABLES and is_account_table(name) for before, name in itertools.pairwise(texts)
    )


def _is_a_look(texts: list[str]) -> bool:
    """Whether a condition speaks of something, or a limit lets only a few rows through."""
    if "where" in texts and any(
        text[0] != "'" and (text[0].isalpha() or text[0] == "_") and text not in _SAYING_NOTHING
        for text in texts[texts.index("where") + 1 :]
        if text
    ):
        return True
    at = texts.index("limit") + 1 if "limit" in texts else len(texts)
    return at < len(texts) and texts[at].isdecimal() and int(texts[at][:9]) <= _A_LOOK


def _shows_rows(texts: list[str]) -> bool:
    """``TABLE users``, and ``SELECT u FROM users u``: in PostgreSQL the name of a table is its whole row."""
    for place, (before, name) in enumerate(itertools.pairwise(texts), 1):
        if before not in ("from", "join", "table") or not is_account_table(name):
            continue
        if before == "table":
            return True
        behind = texts[place + 1 : place + 3]
        alias = behind[-1] if behind[:1] == ["as"] else behind[0] if behind else ""
        names = {name, alias} if alias.isidentifier() else {name}
        if any(
            text in names
            and texts[at - 1] in ("select", ",", "(", "all", "distinct")
            and texts[at + 1 : at + 2] != ["."]
            for at, text in enumerate(texts[:place])
            if at
        ):
            return True
    return False


def note_shown(verdict: Verdict, tokens: list[Token]) -> None:
    """Note whole accounts, and settings that are not named one by one."""
    if shows_accounts(tokens):
        note_accounts(verdict)
    if shows_kept_keys([token.text.strip('"`[]') for token in tokens]):
        verdict.note(
            Tier.CRITICAL_RED,
            "sql.kept-keys",
            "Shows a table in which one of the tools keeps keys and passwords.",
            risk="Passwords could get to the language model.",
            unknown=True,
        )
    if shows_hidden_settings(tokens):
        verdict.note(
            Tier.CRITICAL_RED,
            "sql.hidden-settings",
            "Shows settings without saying which ones; passwords and keys are among them.",
            risk="Passwords could get to the language model.",
            unknown=True,
        )


def note_accounts(verdict: Verdict) -> None:
    """Note that a whole table of accounts is shown."""
    verdict.note(
        Tier.CRITICAL_RED,
        "sql.accounts",
        "Shows everything of every account, also what passwords were made into.",
        risk="Passwords could get to the language model.",
        unknown=True,
    )
