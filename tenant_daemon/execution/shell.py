"""Running judged commands: no shell, a process group of their own, bounded, nothing left behind."""

import asyncio
import json
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import structlog

from tenant_daemon.execution import warden
from tenant_daemon.execution.call_groups import CallGroup, CallGroups
from tenant_daemon.execution.commands import commands_of
from tenant_daemon.execution.disk_watch import DiskWatch
from tenant_daemon.execution.environment import SEARCH_PATH, clean_environment
from tenant_daemon.execution.head_tail import HeadTail
from tenant_daemon.execution.identity import Identity, hand_over
from tenant_daemon.execution.limits import Limits
from tenant_daemon.execution.network import network_flags
from tenant_daemon.execution.outcome import ActionFailed, CallScope, Outcome
from tenant_daemon.execution.outputs import NewStream, Spool
from tenant_daemon.execution.safe_paths import open_folder, status_in
from tenant_daemon.execution.sandbox import allowed_roots, key_places, landlock_version
from tenant_daemon.execution.shadow import Shadow
from tenant_daemon.execution.shell_changes import WorkspaceWatch
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import Command, RunPipelines

_WARDEN: Final = str(Path(warden.__file__))
_KILL_GRACE_SECONDS: Final = 30.0
"""
How long the warden may take to end its commands before the whole group is killed. On a busy server ending
hundreds of processes takes a while, and without the warden those in a session of their own would stay.
"""
_LEFT_OVER_SECONDS: Final = 5.0
"""For reading what is left in the pipe of a warden that has ended."""
_CHUNK_BYTES: Final = 65_536
_DISK_LOOK_SECONDS: Final = 0.25
"""Of a fast disk half a gigabyte can go in between."""
_OUT_OF_ROOM: Final = warden.SIGNAL_BASE + signal.SIGXFSZ
_TIMED_OUT: Final = 124
_DEVICES: Final = frozenset(Path("/dev", name) for name in ("null", "zero", "random", "urandom"))
"""Redirections may lead to these besides ordinary files; which may be written, the classifier knows."""

log = structlog.get_logger()


@dataclass(frozen=True)
class _Prepared:
    """A spec for the warden and the descriptors that it names."""

    spec: dict[str, object]
    descriptors: tuple[int, ...]

    def within(self, group: CallGroup | None) -> "_Prepared":
        """The same, in the call's control group."""
        if group is None:
            return _Prepared({**self.spec, "group": None}, self.descriptors)
        doors = {"entrance": group.entrance, "end": group.end}
        return _Prepared({**self.spec, "group": doors}, (*self.descriptors, *doors.values()))


class Shell:
    """Runs ``RunPipelines``. Cancelling the task ends every process of the call."""

    def __init__(
        self,
        home: TenantHome,
        undo: UndoStore,
        limits: Limits,
        new_stream: NewStream | None = None,
        identity: Identity | None = None,
        groups: CallGroups | None = None,
    ) -> None:
        self._home = home
        self._groups = groups
        self._identity = identity
        self._undo = undo
        self._limits = limits
        self._new_stream = new_stream

    async def run(self, action: RunPipelines, workspace: Path, scope: CallScope) -> Outcome:
        """
        Run the commands and give their joined output, standard error included, in the order written.

        Raises:
            ActionFailed: Nothing was started: the folder or a redirection cannot be used.
        """
        with ExitStack() as stack:
            prepared = await asyncio.to_thread(self._prepare, action, workspace, scope, stack)
            disks = await asyncio.to_thread(DiskWatch, [workspace, action.cwd], self._limits)
            async with (
                self._watched(action, workspace, scope),
                self._grouped() as group,
                _started(prepared.within(group)) as running,
            ):
                output = HeadTail(self._limits.output_bytes)
                spool = stack.enter_context(closing(Spool(self._home.run_dir)))
                try:
                    async with asyncio.timeout(self._limits.wall_seconds) as limit, _watching(disks, limit):
                        await _drain(running, output, spool, group)
                except TimeoutError:
                    await _end(running.process)
                    text = await asyncio.to_thread(self._shown, output, spool, workspace, scope)
                    if disks.note:
                        return _outcome(text, _OUT_OF_ROOM, disks.note)
                    note = f"[stopped: it ran longer than {self._limits.wall_seconds:g} seconds]"
                    return _outcome(text, _TIMED_OUT, note)
                except asyncio.CancelledError:
                    await asyncio.shield(_end(running.process))
                    raise
                text = await asyncio.to_thread(self._shown, output, spool, workspace, scope)
                reached = group.reached(self._limits) if group is not None else []
                return _outcome(text, _exit_code(running.status_fd), *reached)

    def _shown(self, output: HeadTail, spool: Spool, workspace: Path, scope: CallScope) -> str:
        """Head and tail, and the name of the file with the rest where there is one."""
        if not output.is_cut or self._new_stream is None:
            return output.text()
        try:
            return output.text(spool.keep(workspace.resolve(), scope.call_id, self._new_stream))
        except (ActionFailed, OSError) as exc:
            log.warning("shell.output.not_kept", call_id=scope.call_id, error=type(exc).__name__)
            return output.text()

    def _prepare(
        self, action: RunPipelines, workspace: Path, scope: CallScope, stack: ExitStack
    ) -> _Prepared:
        descriptors: list[int] = []
        is_root = os.geteuid() == 0
        if self._identity is not None:
            hand_over(self._home.root.resolve(), workspace.resolve(), self._identity)

        def folder_of(path: Path) -> int:
            descriptors.append(stack.enter_context(open_folder(path)))
            return descriptors[-1]

        def redirection(path: Path | None) -> list[object] | None:
            if path is None:
                return None
            # A device has no folder of ours to be opened in; the warden makes sure that it is one.
            if path in _DEVICES:
                return [None, str(path)]
            # A folder that is not there may be made by an earlier command; the warden opens it then.
            folder = folder_of(path.parent) if path.parent.exists() else str(path.parent)
            return [folder, path.name]

        def told(command: Command) -> dict[str, object]:
            return {
                "argv": list(command.argv),
                "environment": [list(pair) for pair in command.env],
                "stdin": redirection(command.stdin_path),
                "stdout": redirection(command.stdout_path),
                "is_append": command.is_append,
                "stderr": redirection(command.stderr_path),
                "is_stderr_merged": command.is_stderr_merged,
                "stdin_text": command.stdin_text,
                "unshare": 0 if scope.is_approved or command.needs_network else network_flags(),
                "user": self._user_of(command),
                # As root, programs for the server reach its processes (`kill`), and once approved all of it.
                "is_closed": not (scope.is_approved and is_root and command.needs_server),
                "is_scoped": not (is_root and command.needs_server),
                "cwd": None if command.cwd is None else str(command.cwd),
                "takes_output": command.takes_output,
                "is_mask": command.is_mask,
                "captures": [work(capture) for capture in command.captures],
            }

        def work(action: RunPipelines) -> dict[str, object]:
            return {
                "pipelines": [[told(command) for command in pipeline] for pipeline in action.pipelines],
                "connectors": list(action.connectors),
                "plan": action.plan,
            }

        spec: dict[str, object] = {
            "parent": os.getpid(),
            **work(action),
            "cwd": folder_of(action.cwd),
            "environment": clean_environment(workspace),
            "rlimits": self._limits.rlimits(),
            "landlock": self._landlock(workspace, scope),
            "seen": [[name, mark] for name, mark in scope.seen],
        }
        return _Prepared(spec, tuple(descriptors))

    def _user_of(self, command: Command) -> list[object] | None:
        identity = self._identity
        if identity is None or command.needs_server:
            return None
        return [identity.uid, identity.gid, list(identity.groups)]

    def _landlock(self, workspace: Path, scope: CallScope) -> dict[str, object] | None:
        if not landlock_version():
            return None
        inside = self._home.workspaces_dir if scope.is_approved else workspace
        closed = [*key_places(self._home), *([self._groups.base] if self._groups else [])]
        roots = allowed_roots(self._home.root.resolve(), inside.resolve(), closed)
        return {"version": landlock_version(), "roots": roots}

    @asynccontextmanager
    async def _grouped(self) -> AsyncIterator[CallGroup | None]:
        """The call's control group, None where there are none. When it is left, nothing of the call lives."""
        stack, group = ExitStack(), None
        try:
            if self._groups is not None:
                try:
                    making = self._groups.group(self._limits)
                    group = await asyncio.to_thread(stack.enter_context, making)
                except OSError as exc:
                    # The other bounds hold all the same.
                    log.warning("shell.no_group", error=str(exc))
            yield group
        finally:
            await asyncio.shield(asyncio.to_thread(stack.close))

    @asynccontextmanager
    async def _watched(self, action: RunPipelines, workspace: Path, scope: CallScope) -> AsyncIterator[None]:
        """Keep what the commands change, also when they are cut off."""
        shadow = Shadow.of(self._home, scope.agent_id)
        watch = WorkspaceWatch(self._undo, shadow, workspace, scope)
        await asyncio.to_thread(watch.begin, action, list(_redirected(action)))
        try:
            yield
        finally:
            await asyncio.shield(asyncio.to_thread(watch.end))


def _redirected(action: RunPipelines) -> Iterator[Path]:
    """Files that output is sent to; the warden looks at them again."""
    for command, _cwd in commands_of(action):
        for path in (command.stdout_path, command.stderr_path):
            if path is None or path in _DEVICES:
                continue
            # A folder that is not there may be made by an earlier command.
            if path.parent.exists():
                with open_folder(path.parent) as folder:
                    held = status_in(folder, path.name)
                if held is not None and not stat.S_ISREG(held.st_mode):
                    raise ActionFailed(f"{path} is not an ordinary file")
            yield path


@dataclass(frozen=True)
class _Running:
    """The warden, what its commands print, and the descriptor on which it reports."""

    process: asyncio.subprocess.Process
    printed: asyncio.StreamReader
    status_fd: int


@asynccontextmanager
async def _started(prepared: _Prepared) -> AsyncIterator[_Running]:
    with ExitStack() as stack:
        spec_fd = os.memfd_create("call")
        stack.callback(_close, spec_fd)
        os.write(spec_fd, json.dumps(prepared.spec).encode())
        os.lseek(spec_fd, 0, os.SEEK_SET)
        status_fd, report_fd = os.pipe()
        stack.callback(_close, status_fd)
        report = stack.enter_context(os.fdopen(report_fd, "wb"))
        printed, writer = await _pipe(stack)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", _WARDEN, str(spec_fd), str(report_fd),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=writer,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(spec_fd, report_fd, *prepared.descriptors),
            env={"PATH": SEARCH_PATH, "LANG": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )  # fmt: skip
        report.close()
        writer.close()
        try:
            yield _Running(process, printed, status_fd)
        finally:
            if process.returncode is None:
                await asyncio.shield(_end(process))


async def _pipe(stack: ExitStack) -> tuple[asyncio.StreamReader, IO[bytes]]:
    """
    A pipe of our own: asyncio would take a process for running as long as anybody holds the other end of its.
    """
    read_fd, write_fd = os.pipe()
    writer = stack.enter_context(os.fdopen(write_fd, "wb", 0))
    reader = asyncio.StreamReader(_CHUNK_BYTES)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_fd, "rb", 0)
    )
    stack.callback(transport.close)
    return reader, writer


@asynccontextmanager
async def _watching(disks: DiskWatch, limit: asyncio.Timeout) -> AsyncIterator[None]:
    """Let the time be up as soon as too much of a disk is taken."""

    async def look() -> None:
        # In a thread: a disk of another machine may let us wait.
        while not await asyncio.to_thread(disks.passed):  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(_DISK_LOOK_SECONDS)
        # An error only where it is up already.
        with suppress(RuntimeError):
            limit.reschedule(0)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()


async def _drain(running: _Running, output: HeadTail, spool: Spool, group: CallGroup | None) -> None:
    """Read until the warden has ended, and what is left after it."""
    reading = asyncio.create_task(_read(running.printed, output, spool))
    ending = asyncio.create_task(running.process.wait())
    try:
        await asyncio.wait({reading, ending}, return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            await reading
        await ending
        if group is not None:
            os.write(group.end, b"1")
        # Where the warden itself was killed and there is no group, something may live on and hold the pipe.
        await asyncio.wait({reading}, timeout=_LEFT_OVER_SECONDS)
        if reading.done():
            await reading
    finally:
        reading.cancel()
        ending.cancel()


async def _read(printed: asyncio.StreamReader, output: HeadTail, spool: Spool) -> None:
    while chunk := await printed.read(_CHUNK_BYTES):
        output.add(chunk)
        spool.add(chunk)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the warden to end; kill the group when it does not."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_KILL_GRACE_SECONDS):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _exit_code(status_fd: int) -> int:
    report = os.read(status_fd, 4_096)
    if not report:
        # Killed from outside, for example because the server was out of memory.
        return warden.SIGNAL_BASE + signal.SIGKILL
    return int(json.loads(report)["exit_code"])


def _outcome(text: str, exit_code: int, *notes: str) -> Outcome:
    return Outcome(
        is_success=exit_code == 0, output="\n".join([*filter(None, [text]), *notes]), exit_code=exit_code
    )


def _close(handle: int) -> None:
    with suppress(OSError):
        os.close(handle)
