"""How much one call may use."""

import resource
from dataclasses import dataclass
from typing import Final

_MEBIBYTE: Final = 1_048_576


@dataclass(frozen=True)
class Limits:
    """Every bound of every executor. Times in seconds."""

    wall_seconds: float = 300
    cpu_seconds: int = 240
    memory_bytes: int = 2_048 * _MEBIBYTE
    """Private writable memory of each process; not the address space, of which runtimes reserve far more."""
    file_bytes: int = 4_096 * _MEBIBYTE
    """Of a file that a command writes."""
    written_bytes: int = 16_384 * _MEBIBYTE
    """What a call may take of a disk, and never more than half of what is left there (``disk_watch.py``)."""
    written_files: int = 500_000
    """As many files, likewise."""
    open_files: int = 1_024
    processes: int = 2_048
    """Of the whole user (setrlimit(2)); does not bind root."""
    call_memory_bytes: int = 2_048 * _MEBIBYTE
    """Of all processes of a call together, and what it holds in memory files (``call_groups.py``)."""
    call_processes: int = 512
    """Of a call at a time, threads too (``call_groups.py``)."""
    output_bytes: int = 48_000
    """Of a command's output, head and tail; about what a model reads with profit."""
    read_bytes: int = 200_000
    """Of a file that is read."""
    write_bytes: int = 5 * _MEBIBYTE
    list_entries: int = 1_000
    http_seconds: float = 30
    http_bytes: int = 200_000

    def rlimits(self) -> list[tuple[int, int]]:
        """Resource and bound, for setrlimit(2)."""
        return [
            (resource.RLIMIT_CPU, self.cpu_seconds),
            (resource.RLIMIT_DATA, self.memory_bytes),
            (resource.RLIMIT_FSIZE, self.file_bytes),
            (resource.RLIMIT_NOFILE, self.open_files),
            (resource.RLIMIT_NPROC, self.processes),
            (resource.RLIMIT_CORE, 0),
        ]
