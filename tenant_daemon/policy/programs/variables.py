"""Environment variables: which ones may be set, for a command or in a settings file."""

import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.verdict import Verdict

_HARMLESS: Final = re.compile(
    r"LANG|LANGUAGE|LC_[A-Z]+|TZ|COLUMNS|LINES|TERM|NO_COLOR|CLICOLOR|FORCE_COLOR|DEBIAN_FRONTEND|PGUSER|PGDATABASE"
    r"|PGPORT|PGCONNECT_TIMEOUT|PGTZ|PGAPPNAME|COMPOSE_PROJECT_NAME|GIT_PAGER|PAGER|SYSTEMD_PAGER|SYSTEMD_COLORS"
    r"|NODE_ENV|CI|BLOCK_SIZE|TIME_STYLE|QUOTING_STYLE"
)
# As a path it would lead to texts that the program then prints, patterns for its own words included.
_LANGUAGE: Final = re.compile(r"(?:LANG|LC_)\w*|TERM")
_PROTECTED_PROJECT: Final = re.compile(r"letsbe|openclaw|safety|proxy|tenant", re.IGNORECASE)
_CREDENTIAL_FOR_PROGRAM: Final = frozenset({"PGPASSWORD", "MYSQL_PWD", "REDISCLI_AUTH"})
_OF_SHELLS: Final = frozenset(
    {
        "PWD", "OLDPWD", "UID", "EUID", "USER", "LOGNAME", "HOSTNAME", "RANDOM", "SECONDS", "REPLY", "OPTARG",
        "OPTIND", "PS1", "PS2", "PS3", "PS4", "GROUPS", "DIRSTACK", "FUNCNAME", "LINENO", "PPID", "TMOUT",
        "MAIL", "MAILPATH", "FCEDIT",
    }
)  # fmt: skip
_REFERENCE: Final = re.compile(r"SECRET_REF\([A-Za-z0-9][A-Za-z0-9._-]*\)")
_LOADER: Final = re.compile(
    r"LD_.*|DYLD_.*|GCONV_PATH|GLIBC_TUNABLES|MALLOC_.*|NLSPATH|PATH|IFS|ENV|BASH_.*|BASHOPTS|SHELLOPTS|PS4"
    r"|PROMPT_COMMAND|PYTHON.*|PERL.*|RUBY.*|NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|ELECTRON_RUN_AS_NODE|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS"
    r"|JDK_JAVA_OPTIONS|.*(?:JAVA|JVM|CATALINA|KC|KEYCLOAK).*_OPT(?:ION)?S(?:_.*)?|JAVA_.*|(?:.*_)?IMAGE(?:_(?:NAME|REPO|REPOSITORY|URL))?|.*REGISTRY.*|(?:.*_)?ENTRYPOINT|(?:.*_)?(?:COMMAND|CMD)|CLASSPATH|LUA_.*|PHP_INI_SCAN_DIR|PHPRC|GIT_.*|EDITOR|VISUAL|.*PAGER|BROWSER|LESS.*|MANPAGER"
    r"|.*_PROXY|HOSTALIASES|RESOLV_HOST_CONF|LOCALDOMAIN|RES_OPTIONS|SSL_CERT_.*|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE"
    r"|SSLKEYLOGFILE|HOME|XDG_.*|SHELL|TMPDIR|DOCKER_.*|COMPOSE_FILE|COMPOSE_ENV_FILES|KUBECONFIG|SSH_.*|RSYNC_RSH|TAR_OPTIONS"
    r"|TAR_RSH|GZIP|BZIP2?|XZ_.*|ZIPOPT|UNZIP|WGETRC|CURL_HOME|PSQLRC|PSQL_.*|PGSERVICE.*|PGSYSCONFDIR|MYSQL_HOME|OPENSSL_.*"
    r"|ANSIBLE_.*|NPM_CONFIG_.*|PIP_.*|MAKEFLAGS|CC|CXX|AWKPATH|AWKLIBPATH|FPATH|CDPATH|BUNDLE_.*|GEM_.*|DENO_.*|BUN_.*|.*PRIVILEGED_IMAGES?|GLOBIGNORE|INPUTRC|COR(?:ECLR)?_.*|COMPLUS_.*|DOTNET_.*|ERL_.*|ELIXIR_ERL_OPTIONS|GHCRTS|R_(?:PROFILE|ENVIRON).*|RUSTC?_WRAPPER|RUSTC_WORKSPACE_WRAPPER|GOFLAGS|GODEBUG|GOTOOLCHAIN|ZDOTDIR|LOCPATH|NIX_.*|UWSGI_.*|GUNICORN_CMD_ARGS"
    r"|YARN_.*|PNPM_.*|BOOT_CLASSPATH|MAVEN_(?:OPTS|ARGS)|GRADLE_OPTS|SBT_OPTS|PROMPT_.*|RSYNC_.*|BORG_.*|RESTIC_.*|TERMINFO.*|TERMCAP"
    # With these, options behind the first name are names of files themselves.
    r"|POSIX.*|_POSIX.*",
    re.IGNORECASE,
)
_CREDENTIAL: Final = re.compile(
    r"(?:.*[_.-])?(?:PASS(?:WORD|WD|PHRASE)?|PWD|SECRETS?|TOKENS?|(?:API|ACCESS|PRIVATE|SECRET|ENCRYPTION|SIGNING|MASTER|AUTH"
    r"|APP|JWT|SSH|LICENSE|ADMIN)_?KEYS?|KEY|APIKEY|CREDENTIALS?|AUTH|SALT|PEPPER|PIN|OTP|TOTP|DSN|CERT(?:IFICATE)?"
    r"|(?:DATABASE|DB|REDIS|MONGO(?:DB)?|MYSQL|MARIADB|POSTGRES(?:QL)?|PG|AMQP|RABBITMQ|SMTP|MAIL(?:ER)?|CONN(?:ECTION)?|BROKER|CACHE|QUEUE|ELASTIC(?:SEARCH)?"
    r"|LDAP|S3|STORAGE|KEYDB|CLICKHOUSE)_?(?:URL|URI|STR|STRING|DSN)|CONN_?STR|PW|SK)"
    r"(?:[_.-](?:BASE|HASH|FILE|OLD|NEW|ID|KEY|B64|BASE64|SEED|[0-9]+))*"
    r"|.*PASSWORD.*|.*PASSWD.*|.*SECRET.*|.*APIKEY.*|.*API_KEY.*|.*PRIVATE_KEY.*|.*CREDENTIAL.*|.*_TOKEN.*",
    re.IGNORECASE,
)


def is_loader_variable(name: str) -> bool:
    """Whether a program that finds this variable loads or runs something because of it."""
    return _LOADER.fullmatch(name) is not None


def is_credential_variable(name: str) -> bool:
    """Whether a variable of this name holds a password, a key or an address with one in it."""
    return _CREDENTIAL.fullmatch(name) is not None


def is_harmless_variable(name: str) -> bool:
    """Whether programs know the variable, and only print otherwise because of it."""
    return _HARMLESS.fullmatch(name) is not None


def is_plain_variable(name: str) -> bool:
    """Whether no program and no shell makes anything of a variable of this name."""
    return not (
        _HARMLESS.fullmatch(name)
        or is_loader_variable(name)
        or is_credential_variable(name)
        or name in _OF_SHELLS
    )


def judge_assignment(verdict: Verdict, name: str, value: str) -> None:
    """Note what setting a variable for one command means."""
    if _HARMLESS.fullmatch(name) is not None:
        if "PAGER" in name and value not in ("", "cat"):
            verdict.note(Tier.RED, "variable.pager", f"{name} would start another program.", unknown=True)
        if "/" in value and _LANGUAGE.fullmatch(name) is not None:
            verdict.note(Tier.RED, "variable.path", f"{name} would lead to files elsewhere.", unknown=True)
        if name == "COMPOSE_PROJECT_NAME" and _PROTECTED_PROJECT.search(value) is not None:
            verdict.note(
                Tier.CRITICAL_RED, "variable.guardrail", "Works on the safety system itself.", unknown=True
            )
        return
    if name in _CREDENTIAL_FOR_PROGRAM and _REFERENCE.fullmatch(value) is not None:
        return
    is_loader = is_loader_variable(name)
    verdict.note(
        Tier.CRITICAL_RED if is_loader else Tier.RED,
        "variable.loader" if is_loader else "variable.unknown",
        f"The variable {name} can make a program run something else."
        if is_loader
        else f"What the variable {name} does is not known here.",
        unknown=True,
    )
