"""File names that mean something: secrets, and settings that make a program run code."""

import re
import unicodedata
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

_HARMLESS_ENDINGS: Final = (".example", ".sample", ".template", ".dist", ".pub", ".crt.txt")

_SECRET_NAME: Final = re.compile(
    r"""
    \.env(?:\..*|rc(?:\..*)?|[^a-z0-9.](?!example|sample|template|dist).*)?
    | copy\ of\ \.env.* | \.flaskenv | \.dev\.vars
    | .*\.env(?:\.(?:local|prod\w*|dev\w*|staging|live))?
    | env\.(?:local|prod|production)
    | (?!(?:(?:full)?chain\d*|ca(?:certs?|-(?:certs?|bundle|chain))?|cert\d*)\.pem\Z)
      .*\.(?:pem|key|p12|pfx|jks|keystore|kdbx?|ppk|token|age|htpasswd|ovpn|agekey|ldif|p8
          |keytab|private|creds|tfvars|htdigest)
    | id_(?:rsa|dsa|ecdsa|ed25519)(?:_.*)? | ssh_host_.*_key | authorized_keys2? | known_hosts\.old
    | \.(?:pgpass|my\.cnf|mylogin\.cnf|netrc|git-credentials|npmrc|pypirc|htpasswd|dockercfg|s3cfg|boto
         |vault-token|cargo-credentials|yarnrc\.yml|smbcredentials|msmtprc|fetchmailrc|mbsyncrc|esmtprc)
    | \.[a-z_]*history | \.viminfo | \.lesshst
    | g?shadow-? | sudoers(?:\.d)? | master\.passwd | opasswd
    | (?!design[._-]tokens?\.json\Z)(?:.*[._-])?(?:secrets?|credentials?|passwords?|passwd|tokens?|apikeys?
      |(?:api|deploy|encryption|secret|service-?account)[_-]?keys?
      |(?:private|pre-?shared)[_-]?keys?|keyfile|rsa|jwks?[_-]private)
      (?:\.(?:txt|dat|json|ya?ml|toml|ini|conf|cfg|xml|csv|properties|env|db|sqlite|bak|old|enc|yml\.enc))*
    | master\.key | auth\.json | service[_-]account.*\.json | gcp.*key.*\.json | rclone\.conf
    | vault\.(?:db|key|ya?ml|json)(?:-.*)? | (?:vault-init|unseal)\w*\.json
    | secring\.gpg | \.erlang\.cookie | \.odoorc
    | pgpass\.conf | credentials\.tfrc\.json
    | (?:logins|jwk)\.json | login\ data | cookies\.(?:txt|sqlite) | \.\w+[-_]pass
    | kubeconfig(?:\.ya?ml)? | \.kube | wallet\.dat
    | htpasswd | acme\.json | jwt[_-].* | firebase-adminsdk.*\.json | client_secret.*\.json
    | \.dockerconfigjson
    | .*\.tfstate | wg\d*\.conf | .*passphrase.* | local_settings\.py | settings_local\.py | secret_key_base
    | \.vault[_-]?pass.* | env\.(?:backup|bak|old)
    | wp-config(?!-sample).*\.php
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SECRET_FOLDER: Final = re.compile(
    r"\.ssh|\.gnupg|\.aws|\.azure|\.gcloud|\.kube|\.docker|\.password-store|secrets?|private|credentials?"
    r"|letsencrypt|vault|keys|keyrings|\.letsbe|\.mc|\.minio(?:\.sys)?|\.oci|\.rclone|\.composer|\.m2|crontabs|gcloud|container_environment|\.activepieces",
    re.IGNORECASE,
)
# Settings of business tools that hold a database password; only outside the workspace.
_APP_SECRET_NAME: Final = re.compile(
    r"config\.production\.json|config\.php|wp-config.*\.php|local\.xml|database\.ya?ml|odoo\.conf|app\.ini"
    r"|config\.toml|\.runner|keycloak\.conf|localsettings\.php|parameters\.ya?ml|appsettings.*\.json|rpc\.key"
    r"|docker-compose\.override\.ya?ml|(?:.*-)?realm(?:-export)?.*\.json|settings\.php|standalone.*\.xml|redis\.conf|users\.acl|env|.*\.(?:(?:db|sqlite3?)(?:-wal)?|mdb|rdb|ibd|frm|aof|my[di]|ma[di])|ibdata\d+"
    r"|userlist\.txt|usersfile|dovecot-users|passwd\.dovecot|tomcat-users\.xml|context\.xml|database\.php|db\.php|local\.php"
    r"|(?:wp-)?salts?\.php|settings\.local\.php|(?:definitions|db-config|config\.local|keys|oauth)\.json|gradle\.properties"
    r"|rsa_key\.der|diun\.ya?ml|wpa_supplicant\.conf"
    r"|.*\.(?:sql|dump|pgdump|backup)(?:\.gz|\.xz|\.zst|\.bz2|\.lz4)?"
    r"|debian\.cnf|env\.php|configuration\.php|config\.inc\.php|config[._-]local\.php|grafana\.ini|storage\.yml"
    r"|application(?:-\w+)?\.(?:ya?ml|properties)|sasl_passwd.*|msmtprc|turnserver\.conf|sentinel\.conf|librechat\.ya?ml",
    re.IGNORECASE,
)
# Where database servers keep accounts and records, and a password store what opens it.
_RAW_DATA: Final = re.compile(
    r"/(?:postgres(?:ql)?|pgdata)/(?:.*/)?(?:base|global|pg_[a-z_]+)/|/gh/hosts\.ya?ml\Z"
    r"|/var/lib/(?:mysql|mariadb)/[^/]+/|/(?:vaultwarden|bitwarden)/(?:.*/)?config\.json\Z|/framework/sessions/|/var/lib/mysql/ibdata"
    r"|/\.git/config\Z",
    re.IGNORECASE,
)
# Where clients of other services put what they sign in with. Setups of projects may lie beside it.
_SIGNED_IN: Final = re.compile(
    r"/\.(?:docker/config\.json|kube/(?:config|cache/.+)|ssh/(?!known_hosts\Z|config\Z|.*\.pub\Z).+|gnupg/.+"
    r"|aws/(?:config|sso/.+|cli/.+)|azure/.+\.json|config/gcloud/.+|mc/config\.json|password-store/.+)\Z",
    re.IGNORECASE,
)
_EXECUTABLE_SETTING: Final = re.compile(
    r"""
    \.git | \.gitconfig | \.hg | \.hgrc | \.svn
    | \.(?:curlrc|wgetrc|psqlrc|sqliterc|my\.cnf|netrc|npmrc|yarnrc|pnpmrc|piprc|condarc|inputrc|screenrc
         |pip|manpath|npm-init\.js|colordiffrc|byobu(?:rc)?
         |tmux\.conf|vimrc|exrc|nanorc|emacs|lesskey|less|mailrc|muttrc|rsyncrc|toprc|gdbinit|pythonrc|irbrc
         |exiftool_config|digrc|magick|redisclirc|lftprc|ncftp|perltidyrc|jq|gemrc|bundle|cargo|mplayer|ackrc|ripgreprc|fdignore)
    | \.(?:bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|zshrc|zshenv|zprofile|zlogin
         |kshrc|cshrc|tcshrc|login|logout|xinitrc|xprofile|xsession|pam_environment|forward|rhosts|shosts
         |hushlogin|envrc)
    | \.(?:ssh|gnupg|config|local|docker|kube|aws|vim|emacs\.d|cargo|npm|gem|ansible|terraform|terraform\.d
         |mc|w3m|lynx|irssi)
    | \.(?:openclaw|claude|cursor|cursorrules|mcp\.json|vscode|idea|husky) | openclaw\.json | soul\.md
    | sitecustomize\.py | usercustomize\.py | .*\.pth | ansible\.cfg
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EXECUTED_FILE: Final = re.compile(
    r"(?:docker-)?compose.*\.ya?ml|dockerfile.*|.*\.(?:sh|bash|py|pl|rb|js|mjs|cjs|ts|php\d?|phtml|phar|cgi|so|service"
    r"|timer|socket|path|mount|jsp|war|jar|exe|bin|run|desktop|conf\.d|lua|wasm|node|htaccess)|\.htaccess|\.user\.ini"
    r"|crontab|entrypoint.*|makefile|.*\.override\..*|package(?:-lock)?\.json|(?:rake|gem|proc)file|artisan|occ"
    r"|console|gruntfile|gulpfile|.*\.(?:rake|ru|gemspec|erb|ejs|inc|module|jsx|tsx|class|groovy|exs?|tcl)",
    re.IGNORECASE,
)


PASSED_OVER: Final = (
    *(".env", ".env.*", "*.env", ".netrc", ".npmrc", ".pgpass", ".my.cnf", ".htpasswd", ".git-credentials"),
    *("*.pem", "*.key", "*.p12", "*.kdbx", "id_rsa", "id_ed25519", "credentials.json", "secrets.*"),
)
"""What programs that go through whole folders leave out."""
_TYPICAL_SECRETS: Final = (
    *(".env", ".env.local", ".env.production", ".netrc", ".pgpass", ".my.cnf", ".npmrc", ".git-credentials"),
    *("id_rsa", "id_ed25519", "server.key", "privkey.pem", ".htpasswd", ".bash_history", "shadow"),
)


_TYPICAL_APP_SECRETS: Final = (
    *("config.production.json", "config.php", "wp-config.php", "app.ini"),
    *("database.yml", "config.toml", "odoo.conf", "docker-compose.override.yml"),
)
# Where web servers keep what they serve; the tools put none of their own settings there.
_WEB_SETUPS: Final = re.compile(r"/(?:nginx|apache2|httpd|caddy)/(?:conf\.d|sites-(?:available|enabled))\Z")
_TYPICAL_SECRET_FOLDERS: Final = ("secrets", ".ssh", "private", "keys", "credentials", "vault", "crontabs")
# A pattern of the agent's own is tried on a few names; one that could take long is taken at its worst.
_SLOW: Final = re.compile(r"\)[*+{]|\[\[|.{100}", re.DOTALL)
_MOST_REPEATED: Final = 3
_ORDINARY: Final = (
    "notes.md",
    "report-2026.csv",
    "index.html",
    "main.py",
    "data.json",
    "photo 1.jpg",
    "README",
)


# Copies that editors and people leave behind: `wp-config.php~`, `.env.save`, `config.php.bak2`.
_COPY: Final = re.compile(
    r"(?:~|\.(?:bak|old|save|orig|swp|copy|tmp|backup|prev|[0-9]+)[0-9]*~?)+\Z", re.IGNORECASE
)


_USUAL_LENGTH: Final = 128
# Small Cyrillic and Greek letters that nobody can tell from those of ASCII.
_LOOKALIKES: Final = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458\u04cf\u0501\u04bb\u051b\u051d"
    "\u03b1\u03b2\u03b3\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0261\u0131",
    "abekmhopctyxsijldhqwabyeikvoptyxgi",
)


def _as_seen(name: str) -> str:
    """The name with look-alike letters replaced by those that they look like."""
    if name.isascii():
        return name
    return unicodedata.normalize("NFKC", name).casefold().translate(_LOOKALIKES)


def _original(name: str) -> str:
    """The name as it is seen, without the marks of copies."""
    name = _as_seen(name)
    return _COPY.sub("", name).strip("#") or name


def is_secret_name(name: str) -> bool:
    """Whether a file of this name holds secrets wherever it lies: ``.env``, keys, password files."""
    return (_is_secret_name_cached if len(name) <= _USUAL_LENGTH else _is_secret_name)(name)


def _is_secret_name(name: str) -> bool:
    name = _original(name)
    return _SECRET_NAME.fullmatch(name) is not None and not name.lower().endswith(_HARMLESS_ENDINGS)


def may_name_secrets(pattern: str) -> bool:
    """Whether a pattern for file names is narrow enough to be meant for files with secrets."""
    name = pattern.rpartition("/")[2]
    if name in ("*", "*.*", "**"):
        return False
    return is_secret_name(name) or any(fnmatchcase(secret, name.lower()) for secret in _TYPICAL_SECRETS)


def may_name_app_secrets(pattern: str) -> bool:
    """Whether a pattern for files of the business tools may be meant for those with their passwords."""
    folder, _, name = pattern.lower().rpartition("/")
    if _WEB_SETUPS.search(folder) is not None:
        return False
    return any(fnmatchcase(secret, name) for secret in _TYPICAL_APP_SECRETS)


def may_name_secret_folder(pattern: str) -> bool:
    """Whether a pattern for folders may stand for one with secrets in it."""
    return any(fnmatchcase(secret, pattern.lower()) for secret in _TYPICAL_SECRET_FOLDERS)


def looks_for_secrets(pattern: str) -> bool:
    """Whether a regular expression picks names of secrets out of a list, and not most names there are."""
    if _SLOW.search(pattern) is not None or sum(map(pattern.count, "*+{")) > _MOST_REPEATED:
        return True
    try:
        found = re.compile(pattern.replace("\\|", "|"), re.IGNORECASE)
    except re.error:
        return True
    if any(found.search(name) is not None for name in _ORDINARY):
        return False
    return any(found.search(name) is not None for name in _TYPICAL_SECRETS)


def is_secret_folder(name: str) -> bool:
    """Whether a folder of this name holds secrets."""
    return (_is_secret_folder_cached if len(name) <= _USUAL_LENGTH else _is_secret_folder)(name)


def _is_secret_folder(name: str) -> bool:
    return _SECRET_FOLDER.fullmatch(_as_seen(name)) is not None


def is_app_secret_name(name: str) -> bool:
    """Whether a business tool keeps its passwords in a file of this name."""
    return (_is_app_secret_name_cached if len(name) <= _USUAL_LENGTH else _is_app_secret_name)(name)


def _is_app_secret_name(name: str) -> bool:
    return _APP_SECRET_NAME.fullmatch(_original(name)) is not None


# What a name means depends on its letters alone, and the same names come again and again.
_is_secret_name_cached = lru_cache(maxsize=4_096)(_is_secret_name)
_is_secret_folder_cached = lru_cache(maxsize=4_096)(_is_secret_folder)
_is_app_secret_name_cached = lru_cache(maxsize=4_096)(_is_app_secret_name)


def is_raw_data(path: str) -> bool:
    """Whether a path leads into a server's own records, passwords included."""
    return _RAW_DATA.search(path) is not None


def is_sign_in(path: str) -> bool:
    """Whether a client keeps there what it signs in to other computers with (``.docker/config.json``)."""
    return _SIGNED_IN.search(_as_seen(path)) is not None


def is_executable_setting(name: str) -> bool:
    """Whether programs read a file or folder of this name and run what it says."""
    return _EXECUTABLE_SETTING.fullmatch(_as_seen(name)) is not None


def is_executed_file(name: str) -> bool:
    """Whether a file of this name, put where a tool lives, will be run."""
    return _EXECUTED_FILE.fullmatch(name) is not None
