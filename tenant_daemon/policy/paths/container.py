"""Paths inside a container: its files are not here to look at, so only the names speak."""

import posixpath
import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.names import (
    is_app_secret_name,
    is_executed_file,
    is_raw_data,
    is_secret_folder,
    is_secret_name,
    may_name_app_secrets,
    may_name_secret_folder,
    may_name_secrets,
)
from tenant_daemon.policy.paths.places import FROM_INPUT, PlaceJudge
from tenant_daemon.policy.paths.resolve import RealPath

_DATA: Final = re.compile(
    r"/(?:var/lib|var/www/html/data|data|bitnami|srv|mnt|media|backups?|var/backups|opt|home|root|etc|usr|bin|lib|boot"
    r"|dev|proc|sys)?(?:/|$)"
)
# Who gets in, and what starts by itself, wherever an image keeps them.
_RULING: Final = re.compile(
    r"pg_(?:hba|ident)\.conf|postgresql(?:\.auto)?\.conf|my\.cnf|mysqld?\.cnf|php\.ini|.*crontab.*|\.forward|nginx\.conf"
)
_STARTED: Final = re.compile(
    r"/(?:s?bin|docker-entrypoint[\w.-]*|entrypoint\.d|cron[\w.]*|init(?:db)?\.d|rc\d?\.d|profile\.d|conf\.d|s6[\w.-]*)(?:/|\Z)"
)
_WILD: Final = re.compile(r"[*?\[]")
# A star right below `/` stands for `/proc` and `/run`, too.
_TOP: Final = 2
_LEFTOVERS: Final = frozenset({"/tmp", "/var/tmp", "/var/cache"})  # noqa: S108 - the container's, not ours
_FACTS: Final = frozenset(
    {"/proc/meminfo", "/proc/loadavg", "/proc/cpuinfo", "/proc/uptime", "/proc/version"}
)
# Counters and limits. What a process was started with, and its environment, hold passwords.
_OF_PROCESSES: Final = re.compile(
    r"/proc/(?:\d+|self)/(?:status|stat|statm|limits|io|loginuid|oom_score|oom_score_adj|cgroup|schedstat)"
    r"|/proc/(?:stat|vmstat|diskstats|swaps|filesystems)|/proc/net/(?:dev|sockstat6?)"
    r"|/sys/fs/cgroup/(?:memory|cpu|pids|io)\.(?:max|current|stat|peak|events|pressure)"
    r"|/sys/fs/cgroup/memory/memory\.(?:limit_in_bytes|usage_in_bytes)"
)


class ContainerPlaces(PlaceJudge):
    """
    Where a relative path leads depends on the image, unless the folder is said; many images start in ``/``.

    Attributes:
        folder: Where the command starts; empty when nobody says so.
    """

    folder = ""

    def _resolve(self, raw: str, *, follow_last: bool = True) -> RealPath:
        if FROM_INPUT in raw:
            self.verdict.note(
                Tier.RED,
                "path.from-input",
                "It touches files that are named only while it runs.",
                unknown=True,
            )
        return self._all(raw)[0]

    def _all(self, raw: str) -> list[RealPath]:
        """Every place that a path may be."""
        starts = [self.folder] if self.folder else ["workdir", ""]
        paths = (posixpath.normpath(posixpath.join("/", start, raw)) for start in starts)
        return [RealPath("/" + path.lstrip("/"), 0, 0) for path in dict.fromkeys(paths)]

    def read(self, raw: str) -> RealPath:
        place = self._resolve(raw)
        for one in self._all(raw):
            self._read(one.path)
        return place

    def _read(self, path: str) -> None:
        is_open = path in _FACTS or _OF_PROCESSES.fullmatch(path) is not None
        if path.startswith(("/proc/", "/sys/", "/dev/")) and not is_open:
            self.verdict.note(
                Tier.CRITICAL_RED, "container.system", f"Reads {path} of the container.", unknown=True
            )
            return
        folders, _, name = path.rpartition("/")
        is_secret = is_secret_name(name) or is_app_secret_name(name) or path == "/data/config.json"
        if is_secret or is_raw_data(path) or any(map(is_secret_folder, folders.split("/"))):
            self._note_secret(path)

    def read_pattern(self, pattern: str) -> None:
        """A shell in there puts the names of files in its place, which nobody sees from here."""
        *folders, name = pattern.split("/")
        is_log = pattern.startswith("/var/log/")
        is_open = not is_log and any(
            _WILD.search(folder) is not None and (place < _TOP or may_name_secret_folder(folder))
            for place, folder in enumerate(folders)
        )
        if is_open or may_name_secrets(name) or (not is_log and may_name_app_secrets(name)):
            self._note_secret(pattern)

    def list(self, raw: str) -> RealPath:
        return self._resolve(raw)

    def measure(self, raw: str) -> RealPath:
        return self._resolve(raw)

    def write(self, raw: str, *, makes_folder: bool = False) -> RealPath:
        place = self._resolve(raw)
        for one in self._all(raw):
            self._write(one.path, makes_folder=makes_folder)
        return place

    def _write(self, path: str, *, makes_folder: bool) -> None:
        if path == "/dev/null":
            return
        is_scratch = self.is_scratch(path)
        is_system = path.startswith(
            ("/etc/", "/usr/", "/proc/", "/sys/", "/dev/", "/bin/", "/lib", "/sbin/", "/root")
        )
        name = path.rpartition("/")[2]
        is_system |= path == "/" or is_executed_file(name) or _RULING.fullmatch(name) is not None
        is_system |= is_secret_name(name) or is_app_secret_name(name) or _STARTED.search(path) is not None
        self.verdict.note(
            Tier.YELLOW
            if is_scratch or (makes_folder and not is_system)
            else Tier.CRITICAL_RED
            if is_system
            else Tier.RED,
            "container.write",
            f"Changes {path} inside a container.",
            risk="" if is_scratch else "The tool in it may stop working.",
        )

    def delete(self, raw: str, *, whole_tree: bool = False, reason: str = "") -> RealPath:
        place = self._resolve(raw)
        is_data = whole_tree or any(_DATA.match(one.path) for one in self._all(raw))
        is_data &= not self._is_leftover(raw)
        self.verdict.note(
            Tier.CRITICAL_RED if is_data else Tier.RED,
            "container.delete",
            reason or f"Deletes {place.path} inside a container.",
            risk="Data of the tool in it is lost.",
        )
        return place

    def _is_leftover(self, raw: str) -> bool:
        """Something right in a folder for leftovers; what is deeper may lie behind a link to the data."""
        folders = {one.path.rpartition("/")[0] for one in self._all(raw)}
        return folders <= _LEFTOVERS and not raw.endswith(("/", "/."))

    def move_away(self, raw: str) -> RealPath:
        return self.write(raw) if self.is_scratch(raw) else self.delete(raw, whole_tree=True)

    def is_scratch(self, raw: str) -> bool:
        """Whether anything may be put there without asking, so that what lies there may be anything."""
        path = self._resolve(raw).path
        return path == "/tmp" or path.startswith("/tmp/")  # noqa: S108 - the container's, not ours

    def resolve(self, raw: str) -> RealPath:
        return self._resolve(raw)
