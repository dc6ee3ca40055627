"""What a new value of a tool's setting means: who may get in, where it connects to, which code runs."""

import ipaddress
import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.kit.ip_ranges import is_public
from tenant_daemon.policy.judgement import PolicyContext
from tenant_daemon.policy.programs.variables import is_credential_variable
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.wordlist import word_set

_FOLDER_NAME: Final = re.compile(
    r".*(?:DIR(?:ECTORY)?|PATH|ROOT|VOLUMES?|MOUNT|LOCATION|FOLDER)", re.IGNORECASE
)
_ADDRESS_WITH_PASSWORD: Final = re.compile(r"://[^\s/@:]{0,200}:[^\s/@]{1,400}@")
_COMMAND: Final = re.compile(r"\$\(|`")
_CODE: Final = re.compile(
    r"<\?php|\b(?:eval|system|exec|passthru|shell_exec|base64_decode|require)\s*\(", re.IGNORECASE
)
# A container's rights on the server, too.
_CODE_NAME: Final = re.compile(
    r"(?:.*_)?(?:PRIVILEGED|(?:NETWORK|PID|IPC|USERNS)_?MODE|CAP_?ADD|SECURITY_?OPTS?|DEVICES)|KC_FEATURES"
    r"|.*(?:CONFIG_EXTRA|EXTRA_CONFIG|INIT_SCRIPTS?|STARTUP_SCRIPTS?|_HOOKS?|CUSTOM_CODE|PRELOAD|PHP_(?:ADMIN_)?VALUE)"
    r"|(?:.*_)?(?:INSTALL_(?:PLUGINS?|MODULES?|EXTENSIONS?|PACKAGES?|APPS?|REQUIREMENTS)|(?:EXTRA|JVM|START|RUN|CMD|SERVER|DAEMON)_?(?:ARGS?|OPTS?|OPTIONS|FLAGS)|ARGS|FLAGS)"
    r"|(?:.*_)?(?:PLUGINS?|EXTENSIONS?|MODULES?)(?:_(?:URLS?|INSTALL|LIST))?",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"[a-z]+")
# Another setting's value is put in there, by compose and by many tools.
_FILLED_IN: Final = re.compile(r"\$\{?([A-Za-z_]\w*)")
_WHOLE_SERVER: Final = re.compile(
    r"[\"']?(?:/|~|/(?:etc|root|proc|sys|dev|boot|run|home|usr|opt|bin|lib|sbin|var/(?:run|lib/docker)|opt/letsbe)(?:/.*)?)/?[\"']?"
)
# The tool connects there.
_CONNECTED: Final = word_set(
    "host hosts server servers url urls uri endpoint endpoints proxy relay relayhost smarthost webhook"
    " webhooks address addr registry mirror broker upstream nameserver dns prefix peer peers target"
    " script scripts source sources feed feeds remote import backup sync"
)
# It says who may sign in.
_VOUCHES: Final = word_set(
    "issuer discovery jwks metadata entrypoint authority idp sso oidc saml oauth oauth2 ldap openid"
)
_TURNED_TO: Final = _CONNECTED | _VOUCHES
# Stores that are always somebody else's, whatever the first word of the address says.
_STORES: Final = frozenset(
    {"s3", "gs", "gcs", "b2", "az", "azure", "wasb", "wasbs", "abfs", "swift", "dropbox", "oss"}
)
# Its own address, or one that only people follow.
_SHOWN: Final = word_set(
    "logo icon favicon image avatar privacy terms imprint legal support docs documentation help brand contact"
    " facebook twitter instagram linkedin youtube download manual company banner background css font"
)
_OWN: Final = re.compile(
    r"(?:(?:next|nuxt|public|vite|react|app|site|web|webapp|website|frontend|backend|base|root|home|canonical|ghost"
    r"|nextauth|kc|keycloak|wordpress|wp|umami|gitea|server|service|virtual|letsencrypt|admin|force|default|instance"
    r"|external|my|install|overwrite|cli|nextcloud|chatwoot|odoo|listmonk|calcom|ap|activepieces|documenso|vaultwarden"
    r"|minio|browser|redirect|bookstack|squidex|plane|librechat|glitchtip|stalwart|nocodb|portainer|domain|self)_+)*"
    r"(?:urls?|uri|host|hostname|overwritehost|domain)(?:_admin)?"
)
_SCHEME: Final = re.compile(
    r"\s*(?:jdbc:)?([a-z][a-z0-9+.-]*)://(?:[^/@\s]*@)?(\[[^\]]+\]|[^/:?#,\s]+)", re.IGNORECASE
)
_BARE: Final = re.compile(r"\s*((?:[\w-]+\.)+[\w-]+|\[[0-9a-f:]+\])(?::\d+)?(?:/\S*)?\s*", re.IGNORECASE)
_DOMAIN: Final = re.compile(r"(?:[\w-]+\.)+[a-z][\w-]+", re.IGNORECASE)
_LOCAL_NAME: Final = re.compile(
    r".*\.(?:internal|local|localhost|lan|docker|svc|home\.arpa)|localhost", re.IGNORECASE
)

_TRUE: Final = frozenset({"1", "true", "yes", "on", "enabled", "enable", "open", "all", "*"})
_FALSE: Final = frozenset({"0", "false", "no", "off", "disabled", "disable", "none", ""})
_TURNS_ROUND: Final = word_set(
    "disable disabled deny block closed close forbid prevent no without skip ignore bypass off noauth"
)
_OPENS: Final = re.compile(
    r".*(?:SIGN_?UPS?|REGISTRATIONS?|REGISTER|ANONYMOUS|GUEST_?(?:ACCESS|LOGIN)|PUBLIC_ACCESS|INSECURE|UNSAFE|IMPERSONAT|DEBUG_TOOLBAR"
    r"|ALLOW_(?:ALL|ANY|EMPTY|\w*SCRIPTS?|\w*HTML|INVIT|LOCAL).*|INVITATIONS?_ALLOWED|TRUST_(?:ALL|PROXY)"
    r"|HTTP_ENABLED|(?:APP|DJANGO|FLASK)_DEBUG\Z).*",
    re.IGNORECASE,
)
_GUARDS: Final = re.compile(
    r".*(?:HOSTNAME_STRICT|(?:SSL|TLS|CERT)_?VERIF\w*|VERIFY_?(?:SSL|TLS|CERT)|CSRF|CAPTCHA|RATE_?LIMIT|2FA|MFA|TOTP|TWO_?FACTOR|SANDBOX|FORCE_SSL"
    r"|(?:DISABLE|NO|SKIP|BYPASS|WITHOUT|IGNORE)_?(?:AUDIT|LOGIN|AUTH(?!OR(?!I))|SECURITY|ACCESS_?CONTROL|PERMISSIONS?|FIREWALL|TLS|SSL|HTTPS)"
    r"|(?:AUDIT|LOGIN|AUTH(?:ENTICATION|ORI[SZ]ATION)?|SECURITY|ACCESS_?CONTROL|PERMISSIONS?|FIREWALL|TLS|SSL|HTTPS)_?(?:DISABLED?|OFF|BYPASS|SKIP)"
    r"|FRAME_SAMEORIGIN|FORCE_PRIVATE|INSTALL_LOCK|ONLY_?ADMINS?|INVITE_?ONLY|SECURE_COOKIE|COOKIE_SECURE|AUTH(?:ENTICATION)?_(?:ENABLED|REQUIRED)|REQUIRE_(?:AUTH|LOGIN|SIGNIN)\w*|SIGNIN_VIEW).*",
    re.IGNORECASE,
)
_TRUSTED: Final = re.compile(
    r".*(?:TRUSTED_(?:DOMAINS?|PROX(?:Y|IES)|ORIGINS?|HOSTS?)|ALLOWED_(?:\w+_)?(?:HOSTS?|ORIGINS?)(?:_LIST)?"
    r"|CORS(?:_\w+)?|(?:\w+_)?(?:WHITELIST|ALLOWLIST|ALLOWED_(?:EMAIL_)?DOMAINS?)(?:_\w+)?)",
    re.IGNORECASE,
)
_RELEASE: Final = re.compile(r"(?:.*_)?(?:VERSION|TAG|RELEASE)", re.IGNORECASE)
_RULERS: Final = re.compile(
    r"(?:.*_)?(?:ADMIN|ROOT|SUPERUSER|OWNER)(?:_?(?:USER|USERNAME|NAME|LOGIN|E?MAIL))?|(?:.*_)?USER_CREATE",
    re.IGNORECASE,
)
_STAGE: Final = re.compile(r"(?:.*_)?(?:ENV|ENVIRONMENT)", re.IGNORECASE)
_OF_DEVELOPERS: Final = frozenset({"development", "dev", "debug", "local", "test"})
_LISTENING: Final = re.compile(r"(?:.*_)?(?:(?:BIND|LISTEN)(?:_\w+)?|PORTS?)", re.IGNORECASE)
_EVERYWHERE: Final = re.compile(r"(?:0\.0\.0\.0|\[?::\]?|\*)(?::\d+)?(?:/0)?")
_RUNS_AS: Final = re.compile(
    r"(?:.*_)?(?:P?[UG]ID|RUN_?AS(?:_USER)?|(?:CONTAINER_|DOCKER_)?USER)", re.IGNORECASE
)
_BUCKET: Final = re.compile(r"(?:.*_)?BUCKET(?:_?NAME)?", re.IGNORECASE)
_SENDER: Final = re.compile(r".*(?:SENDER|FROM)(?:_?(?:E?MAIL|ADDRESS))?|(?:.*_)?MAIL_?DOMAIN", re.IGNORECASE)
_MAIL_ADDRESS: Final = re.compile(r"(?:[^@]*@)?([\w.-]+\.\w+)[>\s\"']*")


def judge_meaning(key: str, value: str, context: PolicyContext, verdict: Verdict) -> None:
    """Note what the tool will do because of its new setting."""
    _judge_code(key, value, verdict)
    _judge_folder(key, value, verdict)
    if not is_credential_variable(key) and any(map(is_credential_variable, _FILLED_IN.findall(value))):
        verdict.note(
            Tier.CRITICAL_RED,
            "env.secret-elsewhere",
            f"The tool would use a password or key as {key}, where it may be shown.",
            risk="Whoever sees that sees the secret.",
            unknown=True,
        )
    if not is_credential_variable(key) and _ADDRESS_WITH_PASSWORD.search(value) is not None:
        verdict.note(
            Tier.RED,
            "env.credential",
            f"The new value of {key} is an address with a password in it.",
            risk="The tool may no longer reach its database or other services.",
        )
    if _lets_people_in(key, value, context):
        verdict.note(
            Tier.RED,
            "env.who-gets-in",
            f"{key} decides who may get into the tool.",
            risk="Strangers could sign in, or what people do could be listened to.",
        )
    _judge_people(key, value, context, verdict)
    host = _connected_host(key, value)
    if host and (_is_foreign(host, context) or _is_store(value)):
        if _is_about(key, _VOUCHES):
            verdict.note(
                Tier.RED,
                "env.who-gets-in",
                f"{host[:80]} would say who may get into the tool.",
                risk="Strangers could sign in.",
            )
        verdict.note(
            Tier.YELLOW,
            "env.another-server",
            f"The tool would connect to {host[:80]}, outside this server.",
            risk="What it stores or sends could end up there.",
            external=True,
        )


def _judge_people(key: str, value: str, context: PolicyContext, verdict: Verdict) -> None:
    """Who would be written to from where, and where people would be led."""
    own = key.lower().replace(".", "_").replace("-", "_")
    sender = _MAIL_ADDRESS.fullmatch(value) if _SENDER.fullmatch(key) is not None else None
    host = sender[1] if sender is not None else _host_of(value) if _OWN.fullmatch(own) is not None else ""
    if host and _has_domain(context) and _is_foreign(host, context):
        verdict.note(
            Tier.YELLOW,
            "env.foreign-name",
            f"The tool would write to people, or lead them, in the name of {host[:80]}.",
            risk="Its links and mails would not be the business's own any more.",
            external=True,
        )
    if _BUCKET.fullmatch(key) is not None and value:
        verdict.note(
            Tier.YELLOW,
            "env.another-store",
            f"{key} decides where the tool keeps its files.",
            risk="What it stores could end up with somebody else.",
            external=True,
        )


def _has_domain(context: PolicyContext) -> bool:
    """Whether a domain of the tools is known, so that another one can be told from it."""
    hosts = (listed.rpartition(":")[0] for listed in context.allowed_hosts)
    return any(_DOMAIN.fullmatch(host) is not None and _LOCAL_NAME.fullmatch(host) is None for host in hosts)


def _judge_code(key: str, value: str, verdict: Verdict) -> None:
    if _COMMAND.search(value) is not None:
        verdict.note(
            Tier.RED,
            "env.command",
            f"The new value of {key} would be a command where a shell reads the file.",
            risk="The tool could run foreign code.",
            unknown=True,
        )
    elif (
        _CODE.search(value) is not None
        or _CODE_NAME.fullmatch(key) is not None
        or (_RELEASE.fullmatch(key) is not None and "/" in value)
        or value.upper() == "UNSANDBOXED"
    ):
        verdict.note(
            Tier.RED,
            "env.code",
            f"{key} decides which code the tool runs.",
            risk="The tool could run foreign code.",
            unknown=True,
        )


def _judge_folder(key: str, value: str, verdict: Verdict) -> None:
    if _FOLDER_NAME.fullmatch(key) is not None and (value.startswith(("/", "~")) or ".." in value):
        is_open = _WHOLE_SERVER.fullmatch(value) is not None and not value.startswith("/opt/apps/")
        verdict.note(
            Tier.RED,
            "env.folder",
            f"{key} decides which folder of the server the tool gets.",
            risk="The tool could read or change files that are none of its business.",
            unknown=is_open,
        )


def _lets_people_in(key: str, value: str, context: PolicyContext) -> bool:
    """Whether a door is opened, or a lock taken off. Closing one is as harmless as any change."""
    if _TRUSTED.fullmatch(key) is not None:
        names = re.split(r"[\s,;]+", value.strip("[]\"' "))
        return any(
            "*" in name or name.endswith("/0") or _is_foreign(_host_of(name) or "localhost", context)
            for name in names
        )
    if _LISTENING.fullmatch(key) is not None:
        return _EVERYWHERE.fullmatch(value.strip()) is not None
    word = value.strip().strip("\"'").lower()
    if _RULERS.fullmatch(key) is not None:
        return bool(word)
    if _RUNS_AS.fullmatch(key) is not None:
        return word in ("0", "root")
    if _STAGE.fullmatch(key) is not None and word in _OF_DEVELOPERS:
        return True
    is_opening = _OPENS.fullmatch(key) is not None
    if not is_opening and _GUARDS.fullmatch(key) is None:
        return False
    is_turned = not _TURNS_ROUND.isdisjoint(_WORDS.findall(key.lower()))
    weakening = _TRUE if is_opening is not is_turned else _FALSE
    return word in weakening


def _connected_host(key: str, value: str) -> str:
    """The host that the tool will turn to because of this setting; empty when it will not."""
    low = key.lower().replace(".", "_").replace("-", "_")
    found = _SCHEME.match(value)
    if found is not None and found[1].lower() not in ("http", "https"):
        return found[2]
    if not _is_about(key, _TURNED_TO) and not is_credential_variable(key):
        return ""
    return "" if _OWN.fullmatch(low) is not None else _host_of(value)


def _is_about(key: str, subjects: frozenset[str]) -> bool:
    """Whether a setting is about one of these, and not an address that only people follow."""
    words = _WORDS.findall(key.lower())
    return not subjects.isdisjoint(words) and _SHOWN.isdisjoint(words)


def _is_store(value: str) -> bool:
    found = _SCHEME.match(value)
    return found is not None and found[1].lower() in _STORES


def _host_of(value: str) -> str:
    found = _SCHEME.match(value)
    if found is not None:
        return found[2]
    bare = _BARE.fullmatch(value)
    return bare[1] if bare is not None else ""


def _is_foreign(host: str, context: PolicyContext) -> bool:
    """Whether a host is neither this server, nor one of its containers, nor of a tool's own domain."""
    host = host.strip("[]").rstrip(".").lower()
    try:
        return is_public(ipaddress.ip_address(host))
    except ValueError:
        pass
    if "." not in host or _LOCAL_NAME.fullmatch(host) is not None or host in context.internal_names:
        return False
    return not context.is_tools_name(host)
