"""
Power cuts: an operation is done again and again, killed with ``kill -9`` before each of its writes in turn.

The child is traced with ptrace(2), so the cut comes at the kernel's door and not where a test thinks that
something is written. What the kernel has is on the disk: databases and copies are synced before they count.
"""

import ctypes
import os
import platform
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_TRACEME, _SYSCALL = 0, 24
_GETREGS = 12
# x86-64: write, pwrite64, writev, fsync, fdatasync, ftruncate, rename, mkdir, link, unlink, openat, mkdirat,
# unlinkat, renameat, linkat, fchmod, renameat2.
_WRITES: Final = {1, 18, 20, 74, 75, 77, 82, 83, 86, 87, 91, 257, 258, 263, 264, 265, 316}
_OPENAT: Final = 257
_CONTENTS: Final = {1, 18, 20, 77}
"""write, pwrite64, writev, ftruncate"""
_SYNCS: Final = {74, 75}
"""fsync, fdatasync"""
_NAMES: Final = (
    "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base "
    "ds es fs gs"
)
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


class _Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in _NAMES.split()]


def cut_everywhere(
    template: Path, folder: Path, operate: Callable[[Path], object], check: Callable[[Path, bool], object]
) -> int:
    """
    Do it once per write, each time on a fresh copy of the template; gives how many cuts there were.

    Args:
        template: What a home looks like before.
        folder: Where the copies go.
        operate: Does the whole thing, in one thread, on the home that it gets.
        check: Looks at a home afterwards, and is told whether the operation came to its end.
    """
    assert platform.machine() == "x86_64", "the numbers of system calls are those of x86-64"
    for cut in range(1, 10_000):
        home = folder / f"cut-{cut}"
        shutil.copytree(template, home, symlinks=True)
        was_cut = _run_until(lambda home=home: operate(home), cut)
        check(home, not was_cut)
        shutil.rmtree(home)
        if not was_cut:
            return cut - 1
    raise AssertionError("the operation never ends")


def unsynced_after(operate: Callable[[], object]) -> set[str]:
    """Names of the files in which something was written that a power cut at the end could take back."""
    waiting: set[str] = set()
    with _traced(operate) as (child, entries):
        for registers in entries:
            number = int(registers.orig_rax)
            if number in _CONTENTS | _SYNCS:
                path = Path(f"/proc/{child}/fd/{int(registers.rdi)}").readlink()
                (waiting.add if number in _CONTENTS else waiting.discard)(path.name)
    return waiting


def _run_until(operate: Callable[[], object], cut: int) -> bool:
    """Run in a child and kill it before that write; False when it ended before."""
    writes = 0
    with _traced(operate) as (child, entries):
        for registers in entries:
            writes += _is_write(registers)
            if writes == cut:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return True
    return False


@contextmanager
def _traced(operate: Callable[[], object]) -> Iterator[tuple[int, Iterator[_Registers]]]:
    """A child that does it, and its registers at each system call; take them all, or kill it."""
    child = os.fork()
    if child == 0:
        _libc.ptrace(_TRACEME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            operate()
        except BaseException:  # noqa: BLE001 - the exit code tells; a forked child must not go on as pytest
            os._exit(1)
        os._exit(0)
    os.waitpid(child, 0)
    yield child, _entries(child)


def _entries(child: int) -> Iterator[_Registers]:
    registers, is_entry = _Registers(), True
    while True:
        _libc.ptrace(_SYSCALL, child, None, None)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, "the operation failed by itself"
            return
        assert not os.WIFSIGNALED(status)
        if is_entry:
            _libc.ptrace(_GETREGS, child, None, ctypes.byref(registers))
            yield registers
        is_entry = not is_entry


def _is_write(registers: _Registers) -> bool:
    number = int(registers.orig_rax)
    if number == _OPENAT:
        return bool(int(registers.rdx) & (os.O_CREAT | os.O_TRUNC))
    return number in _WRITES
