"""Arguments of docker and compose that need a closer look."""

import posixpath
import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.container import ContainerPlaces
from tenant_daemon.policy.paths.names import is_executed_file
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.paths.trees import holds_links, holds_programs
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.programs.variables import judge_assignment

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_GUARDRAIL: Final = re.compile(
    r"(?:ssh|sshd|ufw|firewalld|nftables|ip6?tables.*|netfilter-persistent|shorewall6?|ferm|csf|lfd|pf|ipfw|fail2ban|auditd"
    r"|apparmor|systemd-.*|dbus|polkit|sudo|crowdsec.*|sshguard|denyhosts|ossec.*|wazuh.*|falco.*|suricata|snort.*|zeek"
    r"|aide.*|psad|clamav.*|osquery.*|(?:audit|file|packet)beat|elastic-agent|cbdaemon|cbagentd?|kesl.*|mdatp|xagt|nessus.*"
    r"|samhain|tripwire|rkhunter"
    r"|letsbe.*|openclaw.*|safety.*|.*secrets-proxy.*|tenant[-_]daemon.*)"
    r"(?:\.(?:service|socket|target|timer))?(?:@.*)?"
    r"|(?:rescue|emergency|reboot|poweroff|shutdown|halt|kexec|suspend|hibernate)(?:\.(?:target|service))?"
    r"|.+\.(?:target|mount|automount|swap|slice|scope)|debug-shell(?:\.service)?|(?:user|getty|serial-getty)@.*",
    re.IGNORECASE,
)
_FOUNDATION: Final = re.compile(
    r"(?:dockerd?|containerd(?:-shim.*)?|crond?|network(?:ing|-?manager)?|resolvconf|r?syslogd?|syslog-ng|unattended-upgrades)"
    r"(?:\.\w+)?",
    re.IGNORECASE,
)
_IN_BACKGROUND: Final = re.compile(r"(?:crond?|rsyslog|unattended-upgrades)(?:\.service)?")
_STARTING_AGAIN: Final = frozenset({"restart", "reload", "try-restart", "reload-or-restart", "force-reload"})
_BACKUPS: Final = re.compile(r".*(?:backup|restic|borg|duplic|rsnapshot|kopia).*", re.IGNORECASE)
_STOPPING: Final = frozenset({"stop", "disable"})
_DOORS: Final = re.compile(
    r"(?:cloudflared?|ngrok|tailscaled?|zerotier.*|openvpn.*|wg-quick.*|strongswan|frp[cs]|autossh.*|tor|teleport|chisel.*"
    r"|rustdesk|anydesk|teamviewer.*|xrdp|vnc.*|x11vnc|cockpit|telnetd?|rsh|rlogin|rsyncd?|vsftpd|proftpd|pure-ftpd|tftpd?"
    r"|smbd|samba|nfs-server|nfs-kernel-server|squid|danted|shadowsocks.*)(?:\.\w+)?(?:@.*)?",
    re.IGNORECASE,
)
"""Services by which others get in from outside, or something gets out past the tools."""
_OPENING: Final = frozenset(
    {"start", "restart", "enable", "reenable", "unmask", "try-restart", "reload-or-restart"}
)
_SHOWS_SECRETS: Final = re.compile(
    r"Env\b|ContainerConfig|\.Config(?!\.(?:Image|Hostname|User|Labels|WorkingDir|ExposedPorts|Healthcheck))|json\s+\.\s*}|range\s+\.\s*}|Secret|Cmd|Args|Entrypoint"
)
_BLOCK: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_WHOLE_RECORD: Final = re.compile(r"(?<![\w\].\"])\.(?![\w\"])|\$(?![\w.])|\btemplate\b")
_ENDING: Final = re.compile(
    r"\w\.[A-Za-z0-9]{1,5}\Z|\A(?:(?:Caddy|Docker|Make|Proc|Gem)file|README|LICENSE|CHANGELOG|VERSION)\Z"
)
_SHOWN_FOLDER: Final = re.compile(
    r"/(?:images?|img|media|uploads?|themes?|plugins|public|static|assets|logs?|exports?|reports?|files|documents"
    r"|templates?|tmp)(?:/|\Z)"
)
_WHOLE_TREE: Final = re.compile(
    r"/*(?:\./*)?|/+(?:etc|run|var/run|run/secrets|proc|sys|dev|root|home|app|srv|opt|usr|var)/*\.?/*"
)


def is_guardrail_service(name: str) -> bool:
    """Whether a service or container of this name is part of the server's protection."""
    return _GUARDRAIL.fullmatch(name) is not None


def is_foundation(name: str) -> bool:
    """Whether every tool on the server needs this service."""
    return _FOUNDATION.fullmatch(name) is not None


def _service(judge: "CommandJudge", value: str) -> None:
    """A service or container that is about to be started, stopped or removed."""
    KINDS["name"](judge, value)
    if value == FROM_INPUT:
        judge.unknown("service.from-input", "It touches services that are named only while it runs.")
    elif is_guardrail_service(value):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "service.guardrail",
            f"{value} is part of the server's protection.",
            risk="The guardrails could be switched off, or nobody could sign in any more.",
            unknown=True,
        )
    elif is_foundation(value) and not _comes_back(judge, value):
        judge.verdict.note(
            Tier.RED, "service.foundation", f"Every tool needs {value}.", risk="All tools stop for a while."
        )
    elif _DOORS.fullmatch(value) is not None and not _OPENING.isdisjoint(judge.arguments):
        judge.verdict.note(
            Tier.RED,
            "service.door",
            f"{value} lets others in from outside, or something out.",
            risk="Strangers could reach the server past the tools.",
            external=True,
        )
    elif _BACKUPS.fullmatch(value) is not None and not _STOPPING.isdisjoint(judge.arguments):
        judge.verdict.note(
            Tier.RED, "service.backups", f"{value} makes backups.", risk="There would be no newer ones."
        )


def _comes_back(judge: "CommandJudge", value: str) -> bool:
    """Whether a service is only started, or is one that no tool misses while it starts again."""
    words = judge.arguments[1:] if judge.program == "service" else judge.arguments
    verb = next((word for word in words if word != "--user"), "")
    return verb == "start" or (verb in _STARTING_AGAIN and _IN_BACKGROUND.fullmatch(value) is not None)


def _compose_service(judge: "CommandJudge", value: str) -> None:
    """A service of a compose file: one called ``cron`` is not the server's own."""
    if value != FROM_INPUT and is_foundation(value):
        KINDS["name"](judge, value)
    else:
        _service(judge, value)


def _pull_policy(judge: "CommandJudge", value: str) -> None:
    if value not in ("never", "missing"):
        judge.verdict.note(Tier.YELLOW, "compose.pull", "Downloads newer images.", external=True)


def _docker_signal(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Some signals only make a program read its settings again; every other one ends it."""
    signals = reading.values("-s", "--signal")
    if len(signals) != 1 or signals[0].upper().removeprefix("SIG") not in ("HUP", "USR1", "USR2", "WINCH"):
        judge.verdict.note(Tier.RED, "docker.kill.now", "Stops a container at once.")


def _unit_shown(judge: "CommandJudge", value: str) -> None:
    """A service whose setup is shown: anybody's but that of the server's protection."""
    KINDS["unit"](judge, value)
    if is_guardrail_service(value):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "service.guardrail",
            f"{value} is part of the server's protection.",
            unknown=True,
        )


def _service_call(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``service NAME VERB``: every verb but ``status`` changes the service."""
    if reading.positionals[1:] in ([], ["status"]):
        return
    judge.verdict.note(Tier.YELLOW, "service.change", "Starts or stops a service.")
    _service(judge, reading.positionals[0])


def _network(judge: "CommandJudge", value: str) -> None:
    KINDS["service"](judge, value)
    if value == "host":
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "docker.host-network",
            "Gives a container the server's own network.",
            risk="It could reach everything that only this server may reach.",
            unknown=True,
        )


def _template(judge: "CommandJudge", value: str) -> None:
    # A dot or dollar alone is the whole record.
    is_whole = any(_WHOLE_RECORD.search(block) is not None for block in _BLOCK.findall(value))
    if is_whole or _SHOWS_SECRETS.search(value) is not None:
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "docker.environment",
            "Shows a container's environment, where passwords are.",
            risk="Passwords could get to the language model.",
            unknown=True,
        )


def _container_folder(judge: "CommandJudge", value: str) -> None:
    """Where a command starts inside the container: names are relative to it."""
    inside = ContainerPlaces(judge.context, judge.verdict)
    inside.read(f"{value}/file")
    is_open = inside.is_scratch(value) or is_below(inside.resolve(value).path, "/var/tmp")  # noqa: S108 - its own
    if not value.startswith("/") or is_open:
        judge.unknown("container.folder", "It would start among files that were put there from outside.")


def _container_env(judge: "CommandJudge", value: str) -> None:
    name, sign, content = value.partition("=")
    if not sign:
        judge.unknown("variable.unknown", "A variable of this server would be handed on.")
    else:
        judge_assignment(judge.verdict, name, content)


def _may_leave(path: str) -> bool:
    """Whether a path in a container is one file, or a folder of things that people look at."""
    is_folder, path = path.endswith("/"), posixpath.normpath(path)
    is_file = _ENDING.search(path.rpartition("/")[2]) is not None and not is_folder
    return is_file or _SHOWN_FOLDER.search(path) is not None


def docker_copy(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``docker cp CONTAINER:PATH PATH`` and the other way round."""
    if len(reading.positionals) != 2:
        judge.unknown("docker.cp", "It is not clear what is copied.")
        return
    source, target = reading.positionals
    inside = ContainerPlaces(judge.context, judge.verdict)
    inside.folder = "/"
    source_name, source_sign, source_path = source.partition(":")
    target_name, target_sign, target_path = target.partition(":")
    if bool(source_sign) == bool(target_sign) or "-" in (source, target):
        judge.unknown("docker.cp", "It is not clear what is copied.")
    elif source_sign:
        KINDS["name"](judge, source_name)
        inside.read(source_path)
        if _WHOLE_TREE.fullmatch(posixpath.normpath(source_path)) is not None or not _may_leave(source_path):
            judge.unknown("docker.cp", "It takes a whole part of the container, with its passwords.")
        judge.places.brings_links = judge.places.brings_settings = True
        judge.places.write(target)
    else:
        KINDS["name"](judge, target_name)
        KINDS["copysource"](judge, source)
        is_known = source != FROM_INPUT and not judge.places.is_unsettled
        if not is_known or holds_links(judge.places.resolve(source).path):
            judge.unknown("docker.cp-links", "It would bring links along, which lead elsewhere in there.")
        place, name = judge.places.resolve(source).path, source.rstrip("/").rpartition("/")[2]
        is_made = any(is_below(path, place) for path in judge.places.written - {place})
        is_made |= judge.places.brings_settings or (place in judge.places.written and "." not in name)
        if not inside.is_scratch(target_path) and (is_made or holds_programs(place)):
            judge.verdict.note(
                Tier.CRITICAL_RED, "docker.cp-programs", "Brings programs into a container.", unknown=True
            )
        inside.write(target_path)
        if source != FROM_INPUT and (target_path.endswith("/") or is_executed_file(name)):
            inside.write(f"{target_path.rstrip('/')}/{name}")


def note_brought_in(judge: "CommandJudge", sources: list[str], target: str) -> None:
    """Note programs that get into a folder of which it is not said that it is one: ``cp /tmp/a.php /app``."""
    for name in (source.rstrip("/").rpartition("/")[2] for source in sources):
        if is_executed_file(name):
            judge.places.write(f"{target.rstrip('/')}/{name}")


def note_brought_trees(
    judge: "CommandJudge", sources: list[str], target: str, *, are_files: bool = False
) -> None:
    """
    Note when a folder from outside gets to where a tool lives: nobody sees from here which programs it holds.

    Args:
        are_files: Whether what is a file by its name, and stays one, is meant as one.
    """
    inside = judge.places
    if not isinstance(inside, ContainerPlaces) or inside.is_scratch(target):
        return
    are_files &= target.endswith("/") or "." in target.rpartition("/")[2]
    for source in sources:
        is_named = any("." in part[1:] for part in source.split("/"))
        is_file = are_files and "." in source.rstrip("/").rpartition("/")[2]
        if (is_named or inside.is_scratch(source)) and not is_file:
            judge.unknown("container.tree", "It could bring programs to where a tool takes its own from.")


def _docker_save(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """An image belongs into a file, not into the answer."""
    if not reading.has("-o", "--output") and not judge.output:
        judge.unknown("docker.save", "It would show the content of a whole image.")


KINDS.update(
    {
        "service": _service,
        "composeservice": _compose_service,
        "pullpolicy": _pull_policy,
        "unitshown": _unit_shown,
        "template": _template,
        "dockernetwork": _network,
        "containerenv": _container_env,
        "containerdir": _container_folder,
    }
)
REVIEWS.update(
    {
        "servicecall": _service_call,
        "dockersignal": _docker_signal,
        "dockercp": docker_copy,
        "dockersave": _docker_save,
    }
)
