"""How busy the server is, read from the kernel (proc(5))."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")


@dataclass(frozen=True)
class Metrics:
    """None where the kernel does not tell."""

    cpu_percent: float | None
    memory_used_bytes: int | None
    memory_total_bytes: int | None
    disk_used_bytes: int | None
    disk_total_bytes: int | None


class MetricsReader:
    """CPU load is the mean since the last ``read``."""

    def __init__(self, disk: Path, proc: Path = _PROC) -> None:
        self._disk = disk
        self._proc = proc
        self._last_cpu: tuple[int, int] | None = None

    def read(self) -> Metrics:
        """The figures of now."""
        used, total = self._memory()
        disk = os.statvfs(self._disk)
        return Metrics(
            cpu_percent=self._cpu(),
            memory_used_bytes=used,
            memory_total_bytes=total,
            disk_used_bytes=(disk.f_blocks - disk.f_bfree) * disk.f_frsize,
            disk_total_bytes=disk.f_blocks * disk.f_frsize,
        )

    def _cpu(self) -> float | None:
        try:
            fields = (self._proc / "stat").read_text().split("\n", 1)[0].split()[1:9]
        except OSError:
            return None
        times = [int(field) for field in fields]
        idle, total = times[3] + times[4], sum(times)
        last, self._last_cpu = self._last_cpu, (idle, total)
        if last is None or total <= last[1]:
            return None
        busy = 1 - (idle - last[0]) / (total - last[1])
        return round(min(max(busy * 100, 0.0), 100.0), 1)

    def _memory(self) -> tuple[int | None, int | None]:
        try:
            lines = (self._proc / "meminfo").read_text().splitlines()
        except OSError:
            return None, None
        kib = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        total, available = kib.get("MemTotal"), kib.get("MemAvailable")
        if total is None or available is None:
            return None, None
        return (total - available) * 1024, total * 1024
