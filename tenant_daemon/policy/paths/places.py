"""
What it means to read, write or delete a place.

The order of the questions is the order of danger: places that are no files, the guardrails, the agent's own
workspace, the readable roots, everything else. Only the real path is asked.
"""

import re
import stat
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.judgement import PolicyContext
from tenant_daemon.policy.paths.names import (
    is_app_secret_name,
    is_executable_setting,
    is_executed_file,
    is_raw_data,
    is_secret_folder,
    is_secret_name,
    is_sign_in,
)
from tenant_daemon.policy.paths.resolve import RealPath, is_large, resolve
from tenant_daemon.policy.paths.roots import is_below, roots_of
from tenant_daemon.policy.verdict import Verdict, display_path
from tenant_daemon.policy.wordlist import word_set

FROM_INPUT: Final = "\ue002"
"""Stands for arguments that ``xargs`` will read from its input: nobody knows them yet."""
_FACTS: Final = frozenset(
    {
        "/proc/meminfo", "/proc/loadavg", "/proc/cpuinfo", "/proc/uptime", "/proc/version", "/proc/stat",
        "/proc/swaps", "/proc/vmstat", "/proc/diskstats", "/proc/partitions", "/proc/filesystems",
        "/etc/hostname", "/etc/os-release", "/usr/lib/os-release", "/etc/debian_version", "/etc/timezone",
        "/etc/lsb-release",
    }
)  # fmt: skip
_OPEN_DEVICES: Final = frozenset({"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"})
_WRITABLE_DEVICES: Final = frozenset({"/dev/null"})
# Folders whose names are harmless to list, not what is below them.
_LISTABLE: Final = word_set(
    """
    / /bin /boot /dev /etc /home /lib /media /mnt /opt /proc /sbin /srv /sys /tmp /usr /usr/bin /usr/local
    /usr/local/bin /usr/sbin /usr/share /var /var/cache /var/lib /var/spool /var/tmp /var/www
    """
)
# And these with what is below them: which sites, jobs and services there are.
_LISTABLE_TREES: Final = re.compile(
    r"/etc/(?:nginx|apache2|caddy|cron\.(?:d|hourly|daily|weekly|monthly)|apt|systemd|logrotate\.d|fail2ban|php|default"
    r"|postgresql|mysql|redis|init\.d|network|netplan|docker|ufw)(?:/|\Z)"
    r"|/(?:usr/(?:local/)?)?s?bin(?:/|\Z)"
)
_BACKUP: Final = re.compile(r"(?:^|/)(?:backups?|snapshots)(?:/|\Z)", re.IGNORECASE)
# Where the tools' data lies: how much it is may be known.
_MEASURABLE: Final = re.compile(
    r"/(?:var/lib/(?:docker|postgresql|mysql|redis)|var/backups|backups?)(?:/|\Z)"
)
_CREDENTIAL_PLACES: Final = re.compile(
    r"/(?:root|etc/(?:ssh|ssl/private|sudoers|sudoers\.d|shadow|gshadow|letsencrypt|wireguard|openvpn|pam\.d"
    r"|krb5\.keytab|security|letsbe)|home/[^/]+/\.(?:ssh|gnupg|aws|kube|docker)|var/lib/(?:docker|postgresql"
    r"|mysql|redis|letsbe|vaultwarden|keycloak)|opt/letsbe|run/secrets|var/run/secrets|run/docker\.sock"
    r"|var/run/docker\.sock|run/containerd|run/credentials|dev/shm/letsbe-[^/]*|boot/efi|var/backups|backups?)"
    r"(?:/|$)"
)


def is_system_fact(path: str) -> bool:
    """Whether a path is one of the harmless facts about the system."""
    return path in _FACTS


class PlaceJudge:
    """Judges paths for one call. ``cwd`` is where relative paths start."""

    __slots__ = (
        *("_mentioned", "brings_links", "brings_settings", "cwd", "is_unsettled", "roots", "spelled"),
        *("dumps", "verdict", "written"),
    )

    def __init__(self, context: PolicyContext, verdict: Verdict) -> None:
        self.roots = roots_of(context)
        self.cwd = self.roots.workspace
        self.verdict = verdict
        # The command may put links into the workspace; settings, too, that git or npm would find (`.git`).
        self.brings_links = self.brings_settings = False
        self.is_unsettled = False
        """An earlier command of the call may have put links there."""
        self._mentioned: set[tuple[str, str]] = set()
        self.written: set[str] = set()
        self.dumps: set[str] = set()
        """Where the line puts whole databases."""
        self.spelled: set[str] = set()
        """What the line itself puts words into."""

    def read(self, raw: str) -> RealPath:
        """The content of a file comes into the answer."""
        place = self._resolve(raw)
        if place.problem:
            return place
        path = place.path
        roots = self.roots
        if is_below(path, roots.workspace):
            self._inside(place, writing=False)
        elif path in _FACTS or path in _OPEN_DEVICES:
            pass
        elif not self._is_guarded(place, "Reads"):
            if roots.has_readable(path):
                self._readable(place)
            else:
                self._note_outside(path, "Reads")
        return place

    def list(self, raw: str) -> RealPath:
        """Names, sizes and dates come into the answer."""
        place = self._resolve(raw)
        if place.problem:
            return place
        path = place.path
        if is_below(path, self.roots.workspace) or path in _LISTABLE or path in _FACTS:
            return place
        if self._is_guarded(place, "Looks into"):
            return place
        if _LISTABLE_TREES.match(path) is not None and not any(map(is_secret_folder, path.split("/"))):
            return place
        if not self.roots.has_readable(path):
            self._note_outside(path, "Looks into")
        elif not is_below(path, "/var/log") and any(map(is_secret_folder, path.split("/"))):
            self._note_secret(path)
        return place

    def measure(self, raw: str) -> RealPath:
        """Only how much there is comes into the answer."""
        place = self._resolve(raw)
        path = place.path
        if not place.problem and not is_below(path, self.roots.workspace) and not _MEASURABLE.match(path):
            self._is_protected(place, "Looks into")
        return place

    def write(self, raw: str, *, makes_folder: bool = False) -> RealPath:
        """A file or folder is made or changed."""
        place = self._resolve(raw)
        if place.problem:
            return place
        path = place.path
        roots = self.roots
        if is_below(path, roots.workspace):
            self._inside(place, writing=True)
            self.written.add(path)
            self.verdict.note(
                Tier.YELLOW,
                "path.write",
                "Writes files into the workspace."
                if path == roots.workspace
                else f"{'Makes the folder' if makes_folder else 'Writes'} {self._said(path)}.",
            )
            if place.is_regular and is_large(path):
                self.verdict.note(
                    Tier.RED,
                    "path.large",
                    f"{self._said(path)} is too large for a copy to be kept.",
                    risk="What is in it now cannot be brought back.",
                )
        elif path in _WRITABLE_DEVICES:
            pass
        elif not self._is_guarded(place, "Changes"):
            self._write_outside(path)
        return place

    def guard_setting(self, path: str) -> None:
        """Note a second name for a setting that makes other programs run commands."""
        if is_below(path, self.roots.workspace) and self._is_executable_setting(path):
            self._note_setting(path)

    def delete(self, raw: str, *, whole_tree: bool = False, reason: str = "") -> RealPath:
        """A file or folder goes away; ``reason`` says it where the path only stands for others."""
        place = self._resolve(raw, follow_last=False)
        if place.problem:
            return place
        path, roots = place.path, self.roots
        if path == roots.workspace or is_below(roots.workspace, path):
            self.verdict.note(
                Tier.CRITICAL_RED,
                "path.delete-all",
                "Deletes the whole workspace." if path == roots.workspace else f"Deletes {path}.",
                risk="Everything in it is gone for good.",
                unknown=path != roots.workspace,
            )
        elif is_below(path, roots.workspace):
            if self._is_executable_setting(path):
                self._note_setting(path)
            self._note_delete(path, whole_tree=whole_tree or place.is_folder, reason=reason)
        elif not self._is_guarded(place, "Deletes"):
            self.verdict.note(
                Tier.CRITICAL_RED,
                "path.delete-outside",
                f"Deletes {path}, which is not in the agent's own folder.",
                risk="The server or one of its tools may stop working, and its data may be lost.",
                unknown=not roots.has_readable(path),
            )
        return place

    def move_away(self, raw: str) -> RealPath:
        """
        A file or folder gets another name.

        Inside the workspace it is still there afterwards; from elsewhere the move is a deletion.
        """
        place = resolve(raw, self.cwd, follow_last=False)
        path = place.path
        if place.problem or path == self.roots.workspace or not is_below(path, self.roots.workspace):
            return self.delete(raw, whole_tree=True)
        if self._is_executable_setting(path):
            self._note_setting(path)
        if is_secret_name(path.rpartition("/")[2]):
            self._note_secret(path)
        self.verdict.note(Tier.YELLOW, "path.move", f"Moves {self._said(path)}.")
        return place

    def resolve(self, raw: str) -> RealPath:
        """Where a path leads, without judging it."""
        return resolve(raw, self.cwd)

    def mention(self, raw: str) -> None:
        """A word of a command that is not known: anything could happen to a guarded place that it names."""
        # The words behind an option come again behind the sub-command that is not known either.
        if (self.cwd, raw) in self._mentioned:
            return
        self._mentioned.add((self.cwd, raw))
        place = self.resolve(raw)
        path = place.path
        is_own = any(is_below(path, root) for root in (self.roots.workspace, *self.roots.readable))
        is_guarded = place.is_magic or is_secret_name(path.rpartition("/")[2])
        is_guarded |= not is_own and _CREDENTIAL_PLACES.match(path) is not None
        is_guarded |= not is_own and any(is_below(path, root) for root in self.roots.protected)
        if is_guarded:
            self.verdict.note(
                Tier.CRITICAL_RED,
                "path.mentioned",
                f"Names {self._said(path)}, where passwords, keys or parts of the safety system are kept.",
                risk="Passwords or keys could get to the language model.",
                unknown=True,
            )

    # -- what a place is ------------------------------------------------------------------------------

    def _resolve(self, raw: str, *, follow_last: bool = True) -> RealPath:
        place = resolve(raw, self.cwd, follow_last=follow_last)
        if FROM_INPUT in raw:
            self.verdict.note(
                Tier.RED,
                "path.from-input",
                "It touches files that are named only while it runs.",
                unknown=True,
            )
        if place.problem:
            self.verdict.note(Tier.RED, "path.impossible", place.problem, unknown=True, forbidden=True)
        elif place.is_magic:
            self._note_magic(place)
        return place

    def _inside(self, place: RealPath, *, writing: bool) -> None:
        """Inside the workspace: all is well but for secrets, special files and what programs obey."""
        path = place.path
        name = path.rpartition("/")[2]
        if self.is_unsettled:
            self.verdict.note(
                Tier.RED,
                "path.unsettled",
                f"What {self._said(path)} will be by then is decided by what is unpacked before.",
                risk="A link in it could lead to other files.",
                unknown=True,
            )
        if place.mode and not (place.is_regular or place.is_folder or stat.S_ISLNK(place.mode)):
            self.verdict.note(
                Tier.CRITICAL_RED, "path.special", f"{self._said(path)} is not a file.", forbidden=True
            )
        elif place.is_regular and place.links > 1 and not self._is_in_git(path):
            self.verdict.note(
                Tier.CRITICAL_RED,
                "path.hard-link",
                f"{self._said(path)} is the same file as another one somewhere else.",
                unknown=True,
                forbidden=True,
            )
        if is_secret_name(name) or ("/." in path and is_sign_in(path)):
            self._note_secret(path)
        if writing and self._is_executable_setting(path):
            self._note_setting(path)

    def _is_executable_setting(self, path: str) -> bool:
        inner = path[len(self.roots.workspace) + 1 :]
        return any(map(is_executable_setting, inner.split("/"))) if "." in inner else False

    def _is_in_git(self, path: str) -> bool:
        return "/.git/objects/" in path

    def _readable(self, place: RealPath) -> None:
        """Below a readable root: fine unless a name on the way says secret."""
        if place.mode and not (place.is_regular or place.is_folder):
            self.verdict.note(Tier.CRITICAL_RED, "path.special", f"{place.path} is not a file.", unknown=True)
        folders, _, name = place.path.rpartition("/")
        is_secret = is_secret_name(name) or is_app_secret_name(name) or is_raw_data(place.path)
        is_log = place.path.startswith("/var/log/")
        if is_secret or (not is_log and any(map(is_secret_folder, folders.split("/")))):
            self._note_secret(place.path)

    def _is_guarded(self, place: RealPath, verb: str) -> bool:
        """Places that no agent has business in; True when it was one."""
        path = place.path
        if place.is_magic or self._is_protected(place, verb):
            return True
        if path.startswith(("/proc/", "/sys/", "/dev/")) or path in ("/proc", "/sys", "/dev"):
            self.verdict.note(
                Tier.CRITICAL_RED,
                "path.system-interface",
                f"{verb} {path}, which is a door into the running system and not a file.",
                risk="Devices and processes can be read or broken through it.",
                unknown=True,
            )
            return True
        return False

    def _is_protected(self, place: RealPath, verb: str) -> bool:
        path = place.path
        if any(is_below(path, root) for root in self.roots.protected):
            self.verdict.note(
                Tier.CRITICAL_RED,
                "path.guardrail",
                f"{verb} {path}, which belongs to the safety system itself.",
                risk="The guardrails could be switched off, or secrets could get out.",
                unknown=True,
                forbidden=True,
            )
            return True
        if _CREDENTIAL_PLACES.match(path) is not None and not any(
            is_below(path, root) for root in self.roots.readable
        ):
            self.verdict.note(
                Tier.CRITICAL_RED,
                "path.credentials",
                f"{verb} {path}, where credentials, keys or the tools' raw data are kept.",
                risk="Passwords and keys could get out, or data be lost.",
                unknown=True,
            )
            return True
        return False

    def _note_magic(self, place: RealPath) -> None:
        self.verdict.note(
            Tier.CRITICAL_RED,
            "path.proc-link",
            f"{place.path} leads through a door in /proc into running programs.",
            unknown=True,
            forbidden=True,
        )

    def _note_secret(self, path: str) -> None:
        self.verdict.note(
            Tier.CRITICAL_RED,
            "path.secret",
            f"Touches {self._said(path)}, a file that holds secrets.",
            risk="Passwords or keys could get to the language model.",
            unknown=True,
        )

    def _note_setting(self, path: str) -> None:
        self.verdict.note(
            Tier.CRITICAL_RED,
            "path.executable-setting",
            f"Changes {self._said(path)}, a setting that makes other programs run commands.",
            risk="Later commands could do something else than what they say.",
            unknown=True,
        )

    def _note_outside(self, path: str, verb: str) -> None:
        is_secret = is_secret_name(path.rpartition("/")[2])
        self.verdict.note(
            Tier.CRITICAL_RED if is_secret else Tier.RED,
            "path.outside",
            f"{verb} {path}, which is not among the places that agents may read.",
            unknown=True,
        )

    def _note_delete(self, path: str, *, whole_tree: bool, reason: str) -> None:
        said = self._said(path)
        is_backup = _BACKUP.search(said) is not None
        self.verdict.note(
            Tier.CRITICAL_RED if is_backup else Tier.RED,
            "path.delete",
            reason
            or (f"Deletes the folder {said} and everything in it." if whole_tree else f"Deletes {said}."),
            risk="What is deleted cannot be brought back.",
        )

    def _write_outside(self, path: str) -> None:
        name = path.rpartition("/")[2]
        is_known = self.roots.has_readable(path) and not path.startswith("/var/log")
        is_harmless = is_known and not (
            is_executed_file(name) or is_secret_name(name) or is_app_secret_name(name)
        )
        self.verdict.note(
            Tier.RED if is_harmless else Tier.CRITICAL_RED,
            "path.write-outside",
            f"Changes {path}, which is not in the agent's own folder.",
            risk="One of the tools, or the server, may stop working or do something else.",
            unknown=True,
        )

    def _said(self, path: str) -> str:
        return "the workspace" if path == self.roots.workspace else display_path(path, self.roots.workspace)
