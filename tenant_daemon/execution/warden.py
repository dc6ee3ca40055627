"""
Runs the commands of one call and lets nothing of them survive.

A program of its own, started by ``shell.py`` as ``python -I -S warden.py SPEC_FD STATUS_FD`` and made of the
standard library alone, because between fork and exec only a process with a single thread may run Python.
It is the reaper of everything its commands start (PR_SET_CHILD_SUBREAPER), also of what makes a session of
its own: when it ends, for whatever reason, it kills them all. The kernel ends it when the wrapper ends. Where
the call has a control group (``call_groups.py``), commands join it, and the warden stays outside.
What it is to do comes through an open file and never as an argument, since others can read those.
"""

import ctypes
import errno
import fcntl
import json
import os
import re
import resource
import signal
import stat
import struct
import sys
from typing import Any, Final, NoReturn

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_CAPBSET_DROP: Final = 24
_CAPABILITIES_OF_LOOKERS: Final = (19, 21, 38, 39)
"""linux/capability.h: tracing, administration, performance, BPF."""
_CLONE_NEWUSER: Final = 0x1000_0000
_NOT_FOUND: Final = 127
_NOT_EXECUTABLE: Final = 126
_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_ADD_RULE: Final = 445
_LANDLOCK_RESTRICT_SELF: Final = 446
_LANDLOCK_PATH_BENEATH: Final = 1
# linux/landlock.h. Reading folders (bit 3) is left alone: names on the way to the home are no secret, and
# `ls /` must work. Bits 13, 14 and 15 came with the versions 2, 3 and 5.
_LANDLOCK_ALL: Final = 0b1_1111_1111_0111
_LANDLOCK_SINCE: Final = ((2, 1 << 13), (3, 1 << 14), (5, 1 << 15))
_LANDLOCK_OF_FILES: Final = 0b111 | 1 << 14 | 1 << 15
"""Execute, write, read, truncate, ioctl: what a rule for anything but a folder may grant."""
_LANDLOCK_SCOPES_SINCE: Final = 6
_LANDLOCK_SCOPES: Final = 0b11
"""No signal to, and no abstract unix socket of, a process outside."""
# As `policy.shell.expansions` writes them; private-use characters, which nobody else can bring in.
_BARE_OUTPUT: Final = re.compile("\ue016([0-9]+)\ue017")
_FILE: Final = re.compile("\ue01e([0-9]+)\ue01f")
_PLACE: Final = re.compile(
    "\ue014(?P<output>[0-9]+)\ue015|\ue01c(?P<part>[0-9]+)(?:\ue01b(?P<cut>[^\ue01d]+))?\ue01d|\ue018"
)
_PLAIN_NAME: Final = re.compile(r"[^\s./-][^/\x00-\x1f\x7f]{0,199}")
_WHOLE: Final = re.compile(r"-?[0-9]{1,18}")
_MAX_ROUNDS: Final = 1_000
_MAX_OUTPUT_BYTES: Final = 65_536
"""What is taken into an argument."""
_MAX_HELD_BYTES: Final = 64 * 1_048_576
"""What commands may print into other commands' arguments or files."""
SIGNAL_BASE: Final = 128
"""As shells tell it: 128 + the signal's number."""

_libc: Final = ctypes.CDLL(None, use_errno=True)


class Stopped(BaseException):
    """The wrapper asked to end, or is gone."""


class NotPlain(Exception):
    """What comes into a path is not the name of one file or folder in it."""


def main(spec_fd: int, status_fd: int) -> int:
    """Run what the spec says; report ``{"exit_code": n}`` on the status descriptor."""
    with os.fdopen(spec_fd, "rb") as file:
        spec = json.load(file)
    # A command must not be able to write our report.
    os.set_inheritable(status_fd, False)
    signal.signal(signal.SIGTERM, _stop)
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    exit_code = SIGNAL_BASE + signal.SIGTERM
    spec |= {"sink": None, "source": None, "last": [0], "parts": {}}
    try:
        if os.getppid() != spec["parent"]:
            raise Stopped
        _check_seen(spec["seen"])
        exit_code = _run_all(spec)
    except Stopped:
        pass
    except OSError as exc:
        # Nothing was started: what cannot be confined does not run.
        os.write(2, f"It was not run: {exc.strerror}\n".encode())
        exit_code = _NOT_EXECUTABLE
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if spec["group"] is not None:
            os.write(spec["group"]["end"], b"1")
        _end_all()
    os.write(status_fd, json.dumps({"exit_code": exit_code}).encode())
    return 0


def _stop(_number: int, _frame: object) -> NoReturn:
    raise Stopped


def _check_seen(seen: list[Any]) -> None:
    """Whether the same files lie under the names as when the commands were judged (``execution/seen.py``)."""
    for name, mark in seen:
        found: list[int] | None = None
        try:
            status = os.stat(name)
            found = [status.st_dev, status.st_ino, stat.S_IFMT(status.st_mode)]
            found += [status.st_size, status.st_mtime_ns]
        except (OSError, ValueError):
            pass
        if (found and found[: len(mark or found)]) != mark:
            raise OSError(errno.ESTALE, f"{os.path.basename(name)} was replaced while the call was looked at")


def _confine(command: dict[str, Any], spec: dict[str, Any]) -> None:
    """
    Close everything but the given roots, for this process and all that come from it, for good.

    Each command does it for itself and the warden stays outside, so that none can reach into the warden
    either: Landlock lets nobody trace, or read the memory and environment of, a process outside its domain.
    """
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    landlock = spec["landlock"]
    if landlock is None or not command["is_closed"]:
        return
    version = landlock["version"]
    handled = _LANDLOCK_ALL | sum(bit for since, bit in _LANDLOCK_SINCE if version >= since)
    attributes = struct.pack("Q", handled)
    if command["is_scoped"] and version >= _LANDLOCK_SCOPES_SINCE:
        # In one ruleset: each further one forbids moving a file to another folder, whatever it is about.
        attributes = struct.pack("QQQ", handled, 0, _LANDLOCK_SCOPES)
    ruleset = _landlock(_LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0)
    for root in landlock["roots"]:
        _allow(ruleset, root, handled)
    _landlock(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, root: str, handled: int) -> None:
    try:
        handle = os.open(root, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        # Gone since it was listed, or not ours to see: then it stays closed.
        return
    try:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        granted = handled if is_folder else handled & _LANDLOCK_OF_FILES
        rule = struct.pack("=Qi", granted, handle)
        _landlock(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_PATH_BENEATH, rule, 0)
    finally:
        os.close(handle)


def _landlock(number: int, *arguments: int | bytes) -> int:
    words = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result: int = _libc.syscall(ctypes.c_long(number), *words)
    if result < 0:
        raise OSError(ctypes.get_errno(), "the sandbox cannot be set up")
    return result


def _run_all(spec: dict[str, Any]) -> int:
    """Pipelines as the plan says, or one after the other with connectors between them."""
    if spec["plan"] is not None:
        return _run_plan(spec["plan"], spec)
    exit_code = 0
    for number, pipeline in enumerate(spec["pipelines"]):
        connector = spec["connectors"][number - 1] if number else ";"
        if (connector == "&&" and exit_code) or (connector == "||" and not exit_code):
            continue
        exit_code = _run_pipeline(pipeline, spec)
    return exit_code


def _run_plan(plan: list[Any], spec: dict[str, Any]) -> int:
    """What ``policy.actions.Plan`` describes, by the rules of shells for exit codes."""
    kind, *parts = plan
    if kind == "run":
        return _run_pipeline(spec["pipelines"][parts[0]], spec)
    if kind == "each":
        return _run_each(parts, spec)
    if kind == "let":
        # For this plan and what comes after it; loops and groups inside have parts of their own.
        output = _output_of({**spec, "plan": parts[1]})
        spec["parts"] = {**spec["parts"], parts[0]: output}
        return spec["last"][0]  # type: ignore[no-any-return]
    if kind == "sum":
        return _run_sum(parts[0], parts[1], spec)
    if kind == "into":
        sink = _printed({**spec, "plan": parts[0]})
        try:
            return _run_plan(parts[1], {**spec, "source": sink})
        finally:
            os.close(sink)
    if kind == "while":
        return _run_while(parts[0], parts[1], spec)
    exit_code = _run_plan(parts[0], spec)
    if kind == "row":
        for part in parts[1:]:
            exit_code = _run_plan(part, spec)
        return exit_code
    if kind == "not":
        return int(exit_code == 0)
    if kind == "if":
        chosen = parts[1:2] if exit_code == 0 else parts[2:3]
        return _run_plan(chosen[0], spec) if chosen else 0
    if kind not in ("and", "or"):
        raise ValueError(kind)
    return _run_plan(parts[1], spec) if (exit_code == 0) is (kind == "and") else exit_code


def _run_sum(number: int, terms: list[list[str]], spec: dict[str, Any]) -> int:
    """A counter, which all rounds of a loop share; what is no whole number is not added."""
    values = [(sign, _filled(text, [], spec).strip()) for sign, text in terms]
    is_sum = all(_WHOLE.fullmatch(value) for _, value in values)
    if not is_sum:
        os.write(2, b"a sum was left as it was: something in it is no whole number\n")
    else:
        total = str(sum(int(value) if sign == "+" else -int(value) for sign, value in values))
        held = spec["parts"].get(number)
        if isinstance(held, list):
            held[0] = total
        else:
            spec["parts"] = {**spec["parts"], number: [total]}
    spec["last"][0] = int(not is_sum)
    return int(not is_sum)


def _run_each(loop: list[Any], spec: dict[str, Any]) -> int:
    """The plan once for each line (or word) of what the source prints."""
    source, numbers, separator, plan = loop
    output = _output_of({**spec, "plan": source})
    exit_code = 0
    for line in (output.split() if separator is None else output.split("\n"))[:_MAX_ROUNDS]:
        parts = [line.strip(" \t")] if len(numbers) == 1 else line.split(separator or None, len(numbers) - 1)
        if not parts or not any(parts):
            continue
        parts += [""] * (len(numbers) - len(parts))
        named = dict(zip(numbers, parts, strict=True))
        exit_code = _run_plan(plan, {**spec, "parts": {**spec["parts"], **named}})
    return exit_code


def _run_while(condition: list[Any], body: list[Any], spec: dict[str, Any]) -> int:
    """The body as long as the condition comes off."""
    exit_code = 0
    for _ in range(_MAX_ROUNDS):
        if _run_plan(condition, spec):
            break
        exit_code = _run_plan(body, spec)
    return exit_code


def _run_pipeline(commands: list[dict[str, Any]], spec: dict[str, Any]) -> int:
    """Start every command, joined by pipes; give the exit code of the last one that the agent asked for."""
    try:
        commands = [_with_outputs(command, spec) for command in commands]
    except NotPlain:
        os.write(2, f"{commands[0]['argv'][0]} was not run: it was given no plain name\n".encode())
        spec["last"][0] = _NOT_EXECUTABLE
        return _NOT_EXECUTABLE
    source: int | None = spec["source"]
    upstream = source
    started: list[int] = []
    for number, command in enumerate(commands):
        is_last = number == len(commands) - 1
        reader, writer = (None, spec["sink"]) if is_last else os.pipe()
        started.append(_start(command, spec, upstream, writer))
        for handle in (upstream, writer, *command.get("opened", ())):
            if handle is not None and handle not in (spec["sink"], source):
                os.close(handle)
        upstream = reader
    codes = [_wait(pid) for pid in started]
    codes = [code for code, command in zip(codes, commands, strict=True) if not command["is_mask"]]
    spec["last"][0] = codes[-1]
    return codes[-1]


def _with_outputs(command: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """The command with what it takes from others put into its arguments: their output, the last exit code."""
    if not command["takes_output"]:
        return command
    files = {int(found[1]) for found in map(_FILE.fullmatch, command["argv"]) if found is not None}
    captures = list(enumerate(command["captures"]))
    opened = {number: _printed({**spec, **work}) for number, work in captures if number in files}
    outputs = ["" if number in files else _output_of({**spec, **work}) for number, work in captures]
    argv = command["argv"][:1]
    for word in command["argv"][1:]:
        file = _FILE.fullmatch(word)
        if file is not None:
            argv.append(f"/dev/fd/{opened[int(file[1])]}")
            continue
        bare = _BARE_OUTPUT.fullmatch(word)
        if bare is not None:
            argv.extend(outputs[int(bare[1])].split())
            continue
        argv.append(_filled(word, outputs, spec))
    text = command["stdin_text"]
    text = None if text is None else _filled(text, outputs, spec)
    return {**command, "argv": argv, "stdin_text": text, "opened": sorted(opened.values())}


def _filled(word: str, outputs: list[str], spec: dict[str, Any]) -> str:
    """The word with outputs, parts of lines and the last exit code; what comes in is not read again."""
    pieces: list[str] = []
    at = 0
    for found in _PLACE.finditer(word):
        if found["output"]:
            value = outputs[int(found["output"])]
        elif found["part"]:
            value = spec["parts"][int(found["part"])]
            value = value[0] if isinstance(value, list) else value
            for cut in (found["cut"] or "").split("\ue01b"):
                value = _cut(value, cut)
            # A file called `-rf` must not become a flag.
            value = f"./{value}" if value.startswith("-") and found.start() == 0 else value
        else:
            value = str(spec["last"][0])
        pieces += [word[at : found.start()], value]
        at = found.end()
    return "".join([*pieces, word[at:]])


def _cut(value: str, cut: str) -> str:
    """``%.pdf``, ``##*/`` and their like, as ``policy.shell.parameters.CUT`` lets them through."""
    if cut == "=":
        if _PLAIN_NAME.fullmatch(value) is None:
            raise NotPlain
        return value
    if cut[:2] == ":-":
        return value or cut[2:]
    if cut[:1] in ("^", ","):
        end = len(value) if len(cut) == 2 else 1
        return (value[:end].upper() if cut[0] == "^" else value[:end].lower()) + value[end:]
    sign, wanted = cut[: 2 if cut[1:2] == cut[:1] else 1], cut.strip("%#").strip("*")
    if not wanted or wanted not in value:
        return value
    if "*" not in cut:
        left = value.removesuffix(wanted) if sign[0] == "%" else value.removeprefix(wanted)
    else:
        before, _, after = value.rpartition(wanted) if sign in ("%", "##") else value.partition(wanted)
        left = before if sign[0] == "%" else after
    # A name that is nothing but its ending would become that of a hidden file.
    return value if not left or left.endswith("/") else left


def _printed(spec: dict[str, Any]) -> int:
    """An open file with what these commands print, to be read from its beginning."""
    sink = os.memfd_create("output", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    # It is held in memory: what prints without end gets an error and not all of the server's memory.
    os.ftruncate(sink, _MAX_HELD_BYTES)
    fcntl.fcntl(sink, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW)
    _run_all({**spec, "sink": sink})
    os.ftruncate(sink, os.lseek(sink, 0, os.SEEK_CUR))
    os.lseek(sink, 0, os.SEEK_SET)
    return sink


def _output_of(spec: dict[str, Any]) -> str:
    """What these commands print, without the line breaks at the end, as shells take it."""
    sink = _printed(spec)
    try:
        with os.fdopen(os.dup(sink), "rb") as file:
            output = file.read(_MAX_OUTPUT_BYTES)
    finally:
        os.close(sink)
    return output.replace(b"\0", b"").decode("utf-8", "replace").rstrip("\n")


def _start(
    command: dict[str, Any], spec: dict[str, Any], upstream: int | None, downstream: int | None
) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _become(command, spec, upstream, downstream)
    except FileNotFoundError:
        _complain(command, "is not installed, or a file it was to use is missing")
        os._exit(_NOT_FOUND)
    except BaseException as exc:  # noqa: BLE001 - whatever it is, the child must not go on as a second warden
        _complain(command, f"cannot be started: {getattr(exc, 'strerror', None) or type(exc).__name__}")
        os._exit(_NOT_EXECUTABLE)


def _become(
    command: dict[str, Any], spec: dict[str, Any], upstream: int | None, downstream: int | None
) -> NoReturn:
    """Turn this forked child into the command."""
    for number in (signal.SIGTERM, signal.SIGPIPE, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if spec["group"] is not None:
        os.write(spec["group"]["entrance"], b"0")
    os.umask(0o077)
    _confine(command, spec)
    user = command["user"]
    if command["stdin_text"] is not None:
        os.dup2(_as_file(command["stdin_text"]), 0)
    else:
        _connect(0, upstream, command["stdin"], os.O_RDONLY, user)
    how = os.O_APPEND if command["is_append"] else os.O_TRUNC
    _connect(1, downstream, command["stdout"], os.O_WRONLY | os.O_CREAT | how, user)
    merged = 1 if command["is_stderr_merged"] else None
    stderr = None if command["is_stderr_merged"] else command["stderr"]
    _connect(2, merged, stderr, os.O_WRONLY | os.O_CREAT | os.O_APPEND, user)
    os.fchdir(spec["cwd"] if command["cwd"] is None else _open_folder(command["cwd"]))
    for limit, value in spec["rlimits"]:
        _, hard = resource.getrlimit(limit)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (bound, bound))
    if command["unshare"]:
        _leave_network(command["unshare"])
    if command["is_scoped"] and os.geteuid() == 0:
        _give_up_looking_around()
    if command["user"] is not None:
        _become_user(*command["user"])
    _close_all_but(command.get("opened", ()))
    environment = {**spec["environment"], **dict(command["environment"])}
    # The path is ours, also when the command has its own PATH: what was judged is what is looked up.
    os.environ["PATH"] = spec["environment"]["PATH"]
    program = _find(command["argv"][0])
    os.execve(program, command["argv"], environment)  # noqa: S606 - no shell is the point


def _close_all_but(kept: list[int]) -> None:
    """Close what the command is not to have; the files that it was given by number stay open."""
    start = 3
    for handle in kept:
        os.closerange(start, handle)
        os.set_inheritable(handle, True)
        start = handle + 1
    os.closerange(start, 4_096)


def _become_user(uid: int, gid: int, groups: list[int]) -> None:
    """Be the tenant's own user from here on, for good."""
    os.setgroups(groups)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    # The kernel forgets it when the user changes.
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def _give_up_looking_around() -> None:
    """
    Never have what lets root see into other processes whatever Landlock says.

    Whoever may watch performance reads the environment of every process (``may_access_mm`` of Linux 6.15).
    """
    for capability in _CAPABILITIES_OF_LOOKERS:
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def _leave_network(flags: int) -> None:
    """Go into a network of its own, in which there is nothing; for the rest the user stays who it is."""
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "the network cannot be shut off")
    if flags & _CLONE_NEWUSER:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def _connect(
    target: int, other: int | None, redirection: list[Any] | None, flags: int, user: list[Any] | None
) -> None:
    """Put another descriptor (a pipe's end) or a file in the place of a standard one."""
    if redirection is not None:
        folder, name = redirection
        if isinstance(folder, str):
            folder = _open_folder(folder)
        # The folder was opened by the wrapper; the name in it must be no link, no device and no pipe. Without
        # a folder it is a device that the wrapper knows.
        handle = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600, dir_fd=folder)
        is_expected = stat.S_ISCHR if folder is None else stat.S_ISREG
        if not is_expected(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "a redirection does not lead to an ordinary file")
        os.set_blocking(handle, True)
        if user and folder is not None and flags & os.O_CREAT and os.fstat(folder).st_uid == user[0]:
            os.fchown(handle, user[0], user[1])
        os.dup2(handle, target)
    elif other is not None:
        os.dup2(other, target)


def _as_file(text: str) -> int:
    """An open file that holds the text, to be read from its beginning."""
    handle = os.memfd_create("input")
    with os.fdopen(os.dup(handle), "wb") as file:
        file.write(text.encode("utf-8", "surrogatepass"))
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def _open_folder(path: str) -> int:
    """
    A folder that an earlier command of the same call may have made.

    The path was judged with every link resolved, so a link on the way was put there since, and is refused.
    """
    handle = os.open("/", os.O_PATH | os.O_DIRECTORY)
    for name in path.split("/"):
        if name:
            following = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = following
    return handle


def _find(name: str) -> str:
    if "/" in name:
        return name
    for folder in os.environ["PATH"].split(":"):
        candidate = f"{folder}/{name}"
        if os.access(candidate, os.X_OK) and os.path.isfile(candidate):
            return candidate
    raise FileNotFoundError(name)


def _complain(command: dict[str, Any], problem: str) -> None:
    os.write(2, f"{command['argv'][0]} {problem}\n".encode("utf-8", "replace"))


def _wait(pid: int) -> int:
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return status if status >= 0 else SIGNAL_BASE - status


def _end_all() -> None:
    """Kill every descendant. Those orphaned by a killed parent become ours, hence the rounds."""
    while True:
        _kill_below(os.getpid())
        try:
            os.waitpid(-1, 0)
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return


def _kill_below(top: int) -> None:
    """Parents before their children, so that none is born behind our back; chains may be of any length."""
    waiting = _children(top)
    while waiting:
        pid = waiting.pop()
        waiting += _children(pid)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
