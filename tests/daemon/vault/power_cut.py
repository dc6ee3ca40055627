"""
Runs an operation on a vault again and again, killed with ``kill -9`` before each of its writes in turn.

A program of its own: ``python power_cut.py OPERATION HOME-TEMPLATE FOLDER``. It traces its child by ptrace(2)
and prints one line of JSON: how many kill points there were, and the homes that were left behind.
"""

import ctypes
import json
import os
import shutil
import signal
import sys
from pathlib import Path

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault
from tenant_daemon.vault.backup import restore_backup
from tenant_daemon.vault.rekeying import change_key

_TRACEME, _GETREGS, _SYSCALL = 0, 12, 24
# x86-64: write, pwrite64, fsync, fdatasync, ftruncate, rename, link, unlink, renameat, linkat, unlinkat,
# renameat2. What is on the disk can only change by one of these.
_WRITES = {1, 18, 74, 75, 77, 82, 86, 87, 264, 265, 263, 316}
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


_NAMES = (
    "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base "
    "ds es fs gs"
)


class _Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in _NAMES.split()]


def operate(operation: str, home: TenantHome) -> None:
    """What is to be cut off."""
    vault = Vault.open(home)
    if operation == "put":
        vault.put("shop-key", "the-New-Value-2", actor="user:test")
    elif operation == "delete":
        vault.delete("shop-key", actor="user:test")
    elif operation == "rekey":
        change_key(vault, actor="user:test")
    elif operation == "rotate":
        vault.stage("shop-key", length=20, actor="user:test")
        vault.promote("shop-key", actor="user:test")
    elif operation == "restore":
        text = (home.root / "backup").read_text("ascii")
        restore_backup(vault, text, "a long passphrase", actor="user:test")
    vault.close()


def run_until(operation: str, home: TenantHome, kill_at: int) -> bool:
    """Run in a child and kill it before write number ``kill_at``; False when it ended before that."""
    child = os.fork()
    if child == 0:
        _libc.ptrace(_TRACEME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        operate(operation, home)
        os._exit(0)
    os.waitpid(child, 0)
    registers = _Registers()
    writes, is_entry = 0, True
    while True:
        _libc.ptrace(_SYSCALL, child, None, None)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status) != 0:
                raise SystemExit(f"{operation} failed by itself")
            return False
        if is_entry:
            _libc.ptrace(_GETREGS, child, None, ctypes.byref(registers))
            if registers.orig_rax in _WRITES:
                writes += 1
                if writes == kill_at:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    return True
        is_entry = not is_entry


def main(operation: str, template: Path, folder: Path) -> None:
    """Cut at every write, each time in a fresh copy."""
    kill_at = 0
    is_cut = True
    while is_cut:
        kill_at += 1
        home = folder / f"{operation}-{kill_at}"
        shutil.copytree(template, home)
        is_cut = run_until(operation, TenantHome(home), kill_at)
    print(json.dumps({"cuts": kill_at - 1, "homes": [f"{operation}-{n + 1}" for n in range(kill_at)]}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
