"""Kinds that are a closed choice of words: everything else in their place asks."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.programs.kinds import KINDS, PLAIN_ENDING, Kind
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.programs.variables import is_credential_variable

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_NUMBER: Final = r"\d+"
_CHOICES: Final = {
    # Without `e`, which shows the environment of every process.
    "pset": r"(?:format|border|fieldsep|recordsep|tuples_only|expanded|null|footer|title|linestyle"
    r"|numericlocale)(?:=[^|`]*)?|pager(?:=off)?",
    "phpsetting": r"memory_limit=-?\d+[KMG]?|max_execution_time=\d+|apc\.enable_cli=[01]|display_errors=\w+"
    r"|error_reporting=\w+",
    "mailboxword": r"[\w.*/%-]+",
    "giteaconfig": r"/data/gitea/conf/app\.ini|/etc/gitea/app\.ini",
    "stalwartkind": r"(?i:(?:x:)?(?:account|domain|group|mailinglist|queuedmessage|role|tenant|task|report))",
    "wgfact": r"latest-handshakes|transfer|endpoints|peers|public-key|listen-port|persistent-keepalive"
    r"|allowed-ips",
    "localurl": r"https?://(?:localhost|127\.0\.0\.1)(?::\d{1,5})?/?",
    "mailboxaddress": r"[\w.+-]+(?:@[\w.-]+)?",
    "optionfields": r"(?:(?:option_name|option_id|autoload|size_bytes)(?:,(?!\Z)|\Z))+",
    "doveuser": r"status|\*|[\w.+*-]+@[\w.*-]+|(?!stop\Z)[a-z][\w.-]*",
    "alpn": r"(?:h2|h3|http/1\.[01]|imap|pop3|smtp)(?:,(?:h2|h3|http/1\.[01]))*",
    "starttls": r"smtp|lmtp|pop3|imap|ftp|xmpp(?:-server)?|irc|postgres|mysql|sieve|ldap",
    "consoleword": r"[A-Za-z0-9][\w:.-]*",
    "symfonyenv": r"prod|production|dev|test|staging",
    "benchsite": r"all|[A-Za-z0-9][A-Za-z0-9.-]*",
    "benchswitch": r"on|off|status|enable|disable|resume|pause",
    "idlist": r"\d+(?:,\d+)*",
    "niceness": r"\+?1?\d",
    "whoword": r"am|i|I",
    "psword": r"-?[aAxuflgjmnrstvwhLTNHo]+|\d+|(?!.*env)[a-z_%]+(?:,[a-z_%]+)+",
    "psformat": r"(?!.*env)[a-z_%,=]+",
    "systemfact": r"list-(?:locales|keymaps)|PAGE_?SIZE|[A-Z_]*NPROCESSORS[A-Z_]*|[A-Z_]{3,}|status|-a",
    "pagingword": r"never",
    "grepfolders": r"skip|read",
    # Anything else is a program that says the names.
    "vcs": r"git",
    "suffix": r"[.~_A-Za-z0-9-]{1,40}",
    "backupending": PLAIN_ENDING.pattern,
    "serviceverb": r"status|restart|reload|start|stop|force-reload",
    # Dots and slashes may change places, so two of them could be a way out of the settings.
    "sysctlname": r"(?:/proc/sys/)?(?!.*[./]{2})[a-z0-9_*][a-z0-9_.*/-]*",
    "calendarword": r"\d{1,4}|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}",
    # One file that is known by its beginning.
    "dumpformat": r"[cp]|custom|plain",
    "font": r"[A-Za-z0-9][\w-]*",
    "getentdb": r"passwd|group|hosts|ahosts|ahostsv4|ahostsv6|services|protocols|networks|rpc",
    "nftverb": r"list",
    "ufwverb": r"status|show|version|app",
    # Whatever has a slash in it is read as a file that describes a character set.
    "sqlcharset": r"(?i:utf-?8(?:mb[34])?|latin1|ascii|binary|auto)",
    "charset": r"[\w.:+()-]+(?://(?:TRANSLIT|IGNORE|//)*)?",
    # With a value behind it, `scterc` and `scttempint` set something.
    "disklog": r"(?:x?error|selective|directory|background|sasphy|sataphy|devstat|ssd|defects|farm|genstats"
    r"|scttemp(?:sts|hist)?|scterc|scttempint|nvmelog|envrep|zdevstat|gplog|smartlog|x?selftest)"
    r"|(?:x?error|x?selftest|devstat|defects|gplog|smartlog|nvmelog)(?:,\w+)+",
    "tableform": r"[a-z]{1,10}(?:=[a-z0-9]{1,10})?",
    "lines": r"\+?\d+|all",
    "fail2banverb": r"status|ping|version|banned|get",
    "mediaformat": r"(?!file:)[\w;%$/., \\:-]*",
    "exifempty": r"",
    "lintpreset": r"relaxed|default",
    "exiftext": r"[^<@$\n\x00-\x1f][^$\n]{0,500}|",
    "bridge": r"bridge",
    # A part of the private addresses; any other would lead what is for the internet to the containers.
    "subnet": r"(?:10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168)(?:\.\d{1,3}){2}/(?:1[6-9]|2\d|30)",
    "device": r"(?:/dev/|/sys/(?:block|class|devices)/)?[A-Za-z][\w/:.-]*",
    "logtag": r"(?!.*(?:ssh|sudo|letsbe|openclaw|audit|kernel|login|pam|cron|systemd))[A-Za-z][\w.-]*",
    "logpriority": r"(?:user|local[0-7]|daemon|cron|mail)\.[a-z]+",
    # A proxy's address can hold a password.
    "npmsetting": r"registry|prefix|cache|globalconfig|userconfig|loglevel|engine-strict|save-exact|fund"
    r"|save-prefix|audit|progress|node-version|init[.-](?:author[.-]name|license|version)|package-lock|ignore-scripts|offline"
    r"|legacy-peer-deps|access|tag|umask|user-agent",
    "poolword": r"[A-Za-z][\w:.,-]*(?:/[A-Za-z0-9_][\w:.-]*)*(?:@[\w:.-]+)?",
    "mdarray": r"/dev/md(?:/[A-Za-z0-9]\w*|\d{1,3})",
    "langs": r"[a-z]{3}(?:_[a-z]+)?(?:\+[a-z]{3}(?:_[a-z]+)?)*",
    "tesseractkind": r"pdf|txt|hocr|tsv|alto",
    "pngending": r"[-_]?\w{0,10}\.png",
    "plainssh": r"ssh(?: -p ?\d{1,5})?",
    "hostedrepo": r"[\w.-]+/[\w.-]+",
    "postfixword": r"[a-z0-9_]+",
    "doveword": r"errors|find|dump|[\w@.-]*@[\w.-]+",
    "plainvariable": r"PATH|HOME|PWD|LANG|LC_[A-Z]+|TZ|USER|LOGNAME|SHELL|TERM|HOSTNAME|EDITOR|NODE_ENV"
    r"|(?:[A-Z0-9_]+_)?VERSION",
    "plainvariables": r"(?:[\s,]*\$(?:PATH|HOME|PWD|LANG|TZ|USER|HOSTNAME"
    r"|\{(?:PATH|HOME|PWD|LANG|TZ|USER|HOSTNAME)\}))+",
    "unit": r"[A-Za-z0-9_*][A-Za-z0-9_.:@*-]*",
    "unitproperty": r"(?!.*(?i:environ|cred|secret))[A-Za-z,]+",
    "analyzeverb": r"blame|time|critical-chain|unit-paths|calendar|timespan|timestamp|verify|security"
    r"|[a-z@-]+\.(?:service|timer|target)",
    "analyzeword": r"[\w@*][\w@.*:, ~-]*(?:/\d+[\w:., ~*-]*)?",
    "splitname": r"[\w.-]*%0?\d*d[\w.-]*",
    "caddyfile": r"/etc/(?:caddy/Caddyfile|traefik/traefik\.(?:ya?ml|toml))|/opt/apps/[\w-]+/Caddyfile",
    "manpage": r"[\w\[][\w.+:\[-]*",
    "clockverb": r"tracking|sources|sourcestats|activity|serverstats|rtcdata",
    "mailbox": r"[A-Za-z0-9_.+-]+(?:@[A-Za-z0-9.-]+)?",
    "celeryfact": r"active|active_queues|ping|registered|reserved|scheduled|stats|revoked|clock",
    "pagekind": r"text/(?:html|plain)",
    "xmlname": r"[A-Za-z_][\w.-]*",
    "xmlnamespace": r"(?!xsl=)[A-Za-z_]\w*=[\w:/.#-]+",
    # Single facts; a script or a package to fetch is none.
    "packagefact": r"(?:name|version|description|license|homepage|author|author\.(?:name|email|url)|private"
    r"|keywords\[\d*\]|type|engines\.(?:node|npm))=[^\n]*",
    "perlpattern": r"(?!.*\(\?\??\{)[^\n]+",
    "mailaddress": r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*",
    "nginxsignal": r"reload|reopen",
    "apachesignal": r"graceful|restart",
    "port": r"\d{1,5}(?:/(?:tcp|udp))?",
    "module": r"[A-Za-z0-9][A-Za-z0-9_-]*",
    "interface": r"[a-z]{2,10}\d*(?:[.:]\d+)?",
    "ipobject": r"a|ad|addr|address|l|link|r|ro|route|n|neigh|neighbour|ru|rule|maddr|tunnel",
    "ipverb": r"s|sh|show|list|ls|g|get",
    "aptcacheverb": r"policy|show|search|depends|rdepends|madison|pkgnames|stats|showpkg|showhold|showmanual"
    r"|showauto|dump|\^?[a-z0-9][a-z0-9+.:*-]*(?:\[[0-9a-z-]+\])?\$?|find|list",
    "backupname": r"(?:/?[A-Za-z0-9*][A-Za-z0-9_./*?-]*)?(?:::[A-Za-z0-9_.:*-]*)?",
}
# What some of them would show instead: passwords, and the environment in which programs keep them.
_ASKING_FOR_SECRETS: Final = {
    "getentdb": r"g?shadow",
    "psword": r"-?[a-zA-Z]*[eE][a-zA-Z]*|.*env.*",
    "psformat": r".*env.*",
    "wpconstant": r"DB_(?:PASSWORD|USER)|.*(?:KEY|SALT|SECRET|PASS|TOKEN|AUTH).*",
}
_APT_CACHE_CHANGES: Final = frozenset(
    {"hold", "unhold", "auto", "manual", "gencaches", "update", "minimize-manual", "shell"}
)
_DISK: Final = re.compile(r"/dev/[a-z]+\d*(?:n\d+)?")
_HARDWARE_READS: Final = frozenset({"list", "smart-log", "id-ctrl", "-H", "-a", "-i"})


def choice(name: str, pattern: str) -> Kind:
    """A kind that lets only what fits the pattern pass."""
    compiled = re.compile(pattern)
    asking = re.compile(_ASKING_FOR_SECRETS.get(name, r"(?!)"))

    def judge_word(judge: "CommandJudge", value: str) -> None:
        if compiled.fullmatch(value) is not None:
            return
        judge.unknown(f"argument.{name}", f"What “{value}” does here is not known.")
        if asking.fullmatch(value) is not None:
            judge.verdict.note(
                Tier.CRITICAL_RED,
                "argument.secret",
                f"“{value}” shows passwords or keys.",
                risk="They could get to the language model.",
                unknown=True,
            )

    return judge_word


def _program_name(judge: "CommandJudge", value: str) -> None:
    """A program that a supervisor knows already; a file would be a new one."""
    is_file = judge.arguments[:1] == ["start"] and judge.places.resolve(value).exists
    if value == "all" or is_file or re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_:-]*", value) is None:
        judge.unknown("service.name", f"“{value}” is not the name of one program.")
    KINDS["service"](judge, value)


def _apache_verb(judge: "CommandJudge", value: str) -> None:
    if value in ("graceful", "restart"):
        judge.verdict.note(Tier.YELLOW, "apache.reload", "Makes the web server read its setup again.")
    elif value not in ("configtest", "status", "fullstatus"):
        judge.unknown("argument.apacheverb", f"What “{value}” does here is not known.")


def _cron_file(judge: "CommandJudge", value: str) -> None:
    judge.verdict.note(
        Tier.CRITICAL_RED,
        "crontab.replace",
        "Replaces the planned commands.",
        risk="Commands would run later with nobody watching.",
        unknown=True,
    )


def _apt_cache(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if reading.positionals[:1] and reading.positionals[0] in _APT_CACHE_CHANGES:
        judge.verdict.note(Tier.CRITICAL_RED, "apt.change", "Changes the package manager.", unknown=True)


def _firewall(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Only a list may be asked for; anything that could change a rule is a guardrail."""
    is_list = reading.has("-L", "-S", "--list", "--list-rules") or (
        profile.rule_id.endswith("-save") and not reading.positionals
    )
    if reading.unknown or not is_list:
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "firewall.change",
            "Changes the firewall.",
            risk="Strangers could get in, or you could be locked out.",
            unknown=True,
        )


def _guarded_change(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``ufw`` and ``nft`` beyond showing."""
    words = reading.positionals
    if words[:1] == ["app"] and words[1:2] not in (["list"], ["info"]):
        judge.unknown("firewall.change", "Changes the firewall.")
    if judge.verdict.is_unknown:
        judge.verdict.note(Tier.CRITICAL_RED, "firewall.change", "Changes the firewall.", unknown=True)


def _system_change(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """What is more than a question changes how the whole server runs."""
    if reading.unknown or judge.verdict.is_unknown:
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "system.change",
            "Changes the system itself.",
            risk="The server may stop working.",
            unknown=True,
        )


def _ip(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    changing = {
        "set",
        "add",
        "del",
        "delete",
        "change",
        "replace",
        "flush",
        "exec",
        "append",
        "save",
        "restore",
    }
    words = reading.positionals
    # Verbs may be cut short, and `ip link s` is `set`, unlike that of every other object.
    is_link = bool(words) and "link".startswith(words[0])
    if changing & set(words) or (is_link and words[1:2] and "set".startswith(words[1])):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "ip.change",
            "Changes the network of the server.",
            risk="The server could no longer be reached.",
            unknown=True,
        )


def _hardware(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    words = reading.positionals
    given = {flag.name for flag, _ in reading.given}
    # Every other flag of it sets something, when something stands right behind it.
    is_asking = bool(given) and given <= {"-i", "-I"} and not reading.unknown
    if profile.rule_id == "hdparm" and is_asking and all(map(_DISK.fullmatch, words)):
        return
    if profile.rule_id in ("hdparm", "nvme", "efibootmgr") and (
        profile.rule_id != "nvme" or not words or words[0] not in _HARDWARE_READS
    ):
        judge.verdict.note(Tier.CRITICAL_RED, "hardware.change", "May change a disk.", unknown=True)
    if reading.unknown:
        judge.verdict.note(Tier.CRITICAL_RED, "hardware.change", "May change a disk.", unknown=True)


def _disk_list(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """These change how disks are divided; they may only be asked for a list."""
    is_list = reading.has("-l", "-x", "--list", "--list-details") and not reading.unknown
    if not is_list or (profile.rule_id == "parted" and reading.positionals):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "disk.change",
            "Changes how a disk is divided.",
            risk="Everything on it could be lost.",
            unknown=True,
        )


def _foreign_setup(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """A setup of the agent's own could make the program do anything."""
    workspace = judge.places.roots.workspace
    if any(is_below(judge.places.resolve(name).path, workspace) for name in reading.positionals):
        judge.unknown(f"{profile.rule_id}.own-setup", "It would work by a setup of the agent's own.")


_BRACES: Final = re.compile(r"(?:[\w-][\w./-]*/)?(?:\*\*/)?\*\.\{\w+(?:,\w+)*\}")


def _prettier(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Settings and plugins of the folder would be code."""
    if any(re.fullmatch(r"[a-z0-9-]+", value) is None for value in reading.values("--parser")):
        judge.unknown("prettier.parser", "A parser could be a program of its own.")
    # It takes braces apart by itself: `{..,x}/*` is a folder above.
    if any("{" in name and _BRACES.fullmatch(name) is None for name in reading.positionals):
        judge.unknown("prettier.pattern", "The pattern could name files elsewhere.")
    judge.insert("--no-config", "--no-editorconfig")


def _shellcheck(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Settings beside a script can have it follow `source ./.env`."""
    judge.insert("--norc")


def _mutt(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Without anybody to write to it opens the mailbox; settings of the agent's own could run programs."""
    if not reading.positionals:
        judge.unknown("mutt.nobody", "It is not said to whom it goes.")
    judge.insert("-n", "-F", "/dev/null")


def _printenv(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Without a name it shows everything."""
    if not reading.positionals or any(map(is_credential_variable, reading.positionals)):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "env.shown",
            "Shows the environment, where programs keep passwords and keys.",
            unknown=True,
        )


def _port_probe(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``nc -z`` connects and says nothing; everything else that it can do is a way out."""
    if reading.unknown or judge.upstream or not reading.has("-z"):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "connection.opened",
            "Opens a connection, past what can be checked.",
            risk="It could get around the guardrails.",
            external=True,
            unknown=True,
        )
    host = reading.positionals[0] if reading.positionals else ""
    is_near = judge.is_in_container and re.fullmatch(r"[a-z][a-z0-9_-]*", host) is not None
    if not is_near and host not in ("localhost", "127.0.0.1", "::1"):
        judge.verdict.note(
            Tier.YELLOW, "connection.elsewhere", f"Connects to {host[:80]}.", external=True, general=True
        )


def _lsof(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Names of open files only; nothing more to see."""


def _named(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """What shows everything unless it is told what is wanted."""
    if not reading.positionals:
        judge.unknown(f"{profile.rule_id}.all", "It does not say what is wanted.")


def _media(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    # To some of them a line before or behind a name says that it is a program.
    if any(re.match(r"[a-z0-9]{2,}:|@|\|", name) or "|" in name[-2:] for name in reading.positionals):
        judge.unknown("media.protocol", "The file is named in a way that could make the program do more.")
    names = reading.positionals
    is_tagged = any(flag.kind == "exiftext" and value is not None for flag, value in reading.given)
    is_emptied = any(flag.kind == "exifempty" and value is not None for flag, value in reading.given)
    if is_emptied:
        judge.verdict.note(Tier.YELLOW, "exiftool.emptied", "Takes facts out of a picture.")
    if is_tagged or is_emptied or reading.has("-overwrite_original"):
        for name in names:
            judge.places.write(name)
    if profile.rule_id == "pdftotext" and names and (len(names) < 2 or names[-1] != "-"):
        # Without a second name it writes beside the document.
        beside = names[0].removesuffix(".pdf").removesuffix(".PDF") + ".txt"
        judge.places.write(names[-1] if len(names) > 1 else beside)


def _backup_repository(judge: "CommandJudge", value: str) -> None:
    """Another repository than the one that the server's settings name."""
    if ":" in value:
        judge.verdict.note(
            Tier.RED, "backup.elsewhere", "The backups are somewhere else.", external=True, unknown=True
        )
    else:
        judge.places.measure(value)


def _backup_source(judge: "CommandJudge", value: str) -> None:
    """What goes into a backup stays locked there; a repository somewhere else takes it off the server."""
    if re.fullmatch(r"::[A-Za-z0-9_.:{}%-]+", value) is not None:
        return
    here = re.fullmatch(r"(/[A-Za-z0-9_./-]+)::[A-Za-z0-9_.:{}%-]+", value)
    if here is not None:
        _backup_repository(judge, here[1])
        return
    if ":" in value or value.startswith("-"):
        judge.verdict.note(
            Tier.RED, "backup.elsewhere", "The backup would go somewhere else.", external=True, unknown=True
        )
        return
    place = judge.places.measure(value)
    roots = judge.places.roots
    if not judge.is_in_container and not any(
        is_below(place.path, root) for root in (roots.workspace, *roots.readable)
    ):
        judge.unknown("backup.source", f"Takes {place.path} into a backup.")


KINDS.update({"backupsource": _backup_source, "backuprepo": _backup_repository, "apacheverb": _apache_verb})
KINDS.update({name: choice(name, pattern) for name, pattern in _CHOICES.items()})
KINDS.update({"cronfile": _cron_file, "programname": _program_name})
REVIEWS.update(
    {
        "firewall": _firewall,
        "guarded": _guarded_change,
        "systemchange": _system_change,
        "ip": _ip,
        "disklist": _disk_list,
        "hardware": _hardware,
        "lsof": _lsof,
        "portprobe": _port_probe,
        "mutt": _mutt,
        "printenv": _printenv,
        "prettier": _prettier,
        "shellcheck": _shellcheck,
        "foreignsetup": _foreign_setup,
        "media": _media,
        "named": _named,
        "aptcache": _apt_cache,
    }
)
