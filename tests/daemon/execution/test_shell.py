"""Commands: what runs is the judged argv, bounded, and nothing of it stays."""

import asyncio
import os
import sys
from pathlib import Path

import psutil
import pytest

from tenant_daemon.execution import ActionFailed, CallScope, Limits, Outcome, warden
from tenant_daemon.execution.identity import Identity
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import Command, RunPipelines
from tests.support.waiting import eventually


class Runner:
    def __init__(self, home: TenantHome, undo: UndoStore, scope: CallScope) -> None:
        self.workspace = home.workspace("it-admin")
        self._home = home
        self._undo = undo
        self._scope = scope

    async def __call__(
        self,
        *pipelines: object,
        connectors: tuple[str, ...] = (),
        identity: Identity | None = None,
        **limits: float,
    ) -> Outcome:
        """Each pipeline is a command or a tuple of them; a command may be given as its words."""
        action = RunPipelines(tuple(_pipeline(line) for line in pipelines), connectors, self.workspace)
        bounds = Limits(**limits)  # type: ignore[arg-type]
        shell = Shell(self._home, self._undo, bounds, identity=identity)
        return await shell.run(action, self.workspace, self._scope)


def _pipeline(line: object) -> tuple[Command, ...]:
    parts = line if isinstance(line, tuple) and not isinstance(line, Command) else (line,)
    return tuple(part if isinstance(part, Command) else Command(tuple(str(part).split())) for part in parts)


@pytest.fixture
def run(home: TenantHome, undo: UndoStore, scope: CallScope) -> Runner:
    return Runner(home, undo, scope)


async def test_argv_is_taken_literally(run: Runner) -> None:
    words = ("echo", "$HOME", "`id`", "a;b", "*", "")

    assert (await run(Command(words))).output == "$HOME `id` a;b * \n"


async def test_pipes_join_commands_without_a_shell(run: Runner) -> None:
    assert await run(("seq 100000", "tail -n 1")) == Outcome(is_success=True, output="100000\n", exit_code=0)


async def test_reader_that_ends_early_ends_the_writer(run: Runner) -> None:
    assert (await run(("yes", "head -n 2"), wall_seconds=10)).output == "y\ny\n"


@pytest.mark.parametrize(
    ("first", "connector", "output"),
    [("true", "&&", "then\n"), ("false", "&&", ""), ("true", "||", ""), ("false", "||", "then\n"),
     ("false", ";", "then\n")],
)  # fmt: skip
async def test_connectors_mean_what_shells_mean(run: Runner, first: str, connector: str, output: str) -> None:
    assert (await run(first, "echo then", connectors=(connector,))).output == output


async def test_exit_code_is_that_of_the_last_command(run: Runner) -> None:
    outcome = await run(("echo x", "grep y"))

    assert (outcome.is_success, outcome.exit_code) == (False, 1)


async def test_missing_program_is_said(run: Runner) -> None:
    outcome = await run("no-such-program --now")

    assert outcome.exit_code == 127
    assert outcome.output.startswith("no-such-program is not installed")


async def test_environment_holds_nothing_of_the_daemon(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "leaks")
    monkeypatch.setenv("LD_PRELOAD", "")
    output = (await run(Command(("env",), env=(("GREETING", "hi"),)))).output

    names = {line.partition("=")[0] for line in output.splitlines()}
    assert {"PATH", "HOME", "GREETING"} <= names
    assert not names & {"OPENAI_API_KEY", "LD_PRELOAD", "VIRTUAL_ENV", "PYTHONPATH"}


async def test_own_path_variable_does_not_change_what_is_run(run: Runner) -> None:
    fake = run.workspace / "ls"
    fake.write_text("#!/bin/sh\necho fooled\n")
    fake.chmod(0o755)

    outcome = await run(Command(("ls",), env=(("PATH", str(run.workspace)),)))

    assert "fooled" not in outcome.output


async def test_redirections_go_through_files_that_were_judged(run: Runner) -> None:
    target = run.workspace / "out.txt"

    outcome = await run(
        Command(("echo", "one"), stdout_path=target),
        Command(("echo", "two"), stdout_path=target, is_append=True),
        Command(("cat",), stdin_path=target),
        connectors=(";", ";"),
    )

    assert outcome.output == "one\ntwo\n"


@pytest.mark.slow
async def test_complaints_go_where_they_are_sent(run: Runner, undo: UndoStore) -> None:
    log, both = run.workspace / "log.txt", run.workspace / "both.txt"
    log.write_text("before\n")

    outcome = await run(
        Command(("ls", "absent"), stderr_path=log),
        Command(("sh", "-c", "echo out; echo err >&2"), stdout_path=both, is_stderr_merged=True),
        (Command(("sh", "-c", "echo err >&2"), is_stderr_merged=True), Command(("wc", "-l"))),
        connectors=(";", ";"),
    )

    assert outcome.output == "1\n"
    assert log.read_text().splitlines()[0] == "before"
    assert "absent" in log.read_text().splitlines()[1]
    assert both.read_text() == "out\nerr\n"
    assert [undo.content(record.id) for record in undo.all() if record.copy_bytes is not None] == [
        b"before\n"
    ]


@pytest.mark.slow
async def test_output_can_be_thrown_away(run: Runner) -> None:
    null = Path("/dev/null")

    outcome = await run(
        Command(("echo", "one"), stdout_path=null, is_stderr_merged=True),
        Command(("ls", "absent"), stderr_path=null),
        Command(("cat",), stdin_path=null),
        connectors=(";", ";"),
    )

    assert outcome == Outcome(is_success=True, output="", exit_code=0)


async def test_git_shows_changes_also_outside_its_profile(run: Runner) -> None:
    for name, content in (("old", "one\n"), ("new", "two\n")):
        (run.workspace / name).write_text(content)

    outcome = await run("git diff --no-index old new")

    assert "+two" in outcome.output


@pytest.mark.slow
async def test_redirection_through_a_link_is_refused(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("keep me")
    (run.workspace / "link").symlink_to(tmp_path / "outside")

    with pytest.raises(ActionFailed):
        await run(Command(("echo", "gone"), stdout_path=run.workspace / "link"))
    outcome = await run(Command(("cat",), stdin_path=run.workspace / "link"))

    assert (outcome.is_success, (tmp_path / "outside").read_text()) == (False, "keep me")


async def test_overwritten_file_can_be_put_back(run: Runner, undo: UndoStore) -> None:
    target = run.workspace / "out.txt"
    target.write_text("before")

    await run(Command(("echo", "after"), stdout_path=target))

    (record,) = undo.all()
    assert (record.path, undo.content(record.id)) == (target, b"before")


async def test_time_limit_ends_everything_that_was_started(run: Runner) -> None:
    outcome = await run("setsid -f sleep 4321", "sleep 4322", connectors=(";",), wall_seconds=0.5)

    assert outcome.exit_code == 124
    assert "longer than 0.5 seconds" in outcome.output
    assert not _running("4321", "4322")


async def test_what_is_left_in_the_background_is_ended(run: Runner) -> None:
    assert (await run("setsid -f sleep 4323")).is_success
    assert not _running("4323")


async def test_a_command_that_will_not_end_is_ended(run: Runner) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(99)"
    outcome = await run(Command(("python3", "-c", code, "4325")), wall_seconds=1)

    assert outcome.exit_code == 124
    assert not _running("4325")


def test_a_chain_of_any_length_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    length = 3 * sys.getrecursionlimit()
    killed: list[int] = []
    monkeypatch.setattr(warden, "_children", lambda pid: [pid + 1] if pid < length else [])
    monkeypatch.setattr(os, "kill", lambda pid, _number: killed.append(pid))

    warden._kill_below(0)

    assert killed == list(range(1, length + 1))


@pytest.mark.slow
async def test_cancelling_ends_the_command(run: Runner) -> None:
    task = asyncio.create_task(run("sleep 4324"))
    await eventually(lambda: _running("4324"))
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert not _running("4324")


async def test_long_output_keeps_beginning_and_end(run: Runner) -> None:
    outcome = await run("seq 100000", output_bytes=1_000)

    lines = outcome.output.splitlines()
    assert (lines[0], lines[-1]) == ("1", "100000")
    assert "bytes left out" in outcome.output
    assert len(outcome.output) < 1_100


async def test_memory_is_limited(run: Runner) -> None:
    code = "x = bytearray(300 * 1024 * 1024)"
    outcome = await run(Command(("python3", "-c", code)), memory_bytes=100 * 1024 * 1024)

    assert "MemoryError" in outcome.output


@pytest.mark.slow
async def test_cpu_time_is_limited(run: Runner) -> None:
    outcome = await run(Command(("python3", "-c", "while True: pass")), cpu_seconds=1, wall_seconds=20)

    assert outcome.exit_code is not None
    assert outcome.exit_code >= 128


@pytest.mark.slow
async def test_processes_are_limited(run: Runner) -> None:
    # The limit is that of a user, and does not bind root.
    me = Identity(54_322, 54_322) if os.geteuid() == 0 else None
    code = "import os, signal; [os.fork() or signal.pause() for _ in range(40)]"
    outcome = await run(Command(("python3", "-c", code)), identity=me, processes=20, wall_seconds=20)

    assert "BlockingIOError" in outcome.output


async def test_open_files_are_limited(run: Runner) -> None:
    code = "held = [open('/dev/null') for _ in range(100)]"
    outcome = await run(Command(("python3", "-c", code)), open_files=50)

    assert "Too many open files" in outcome.output


async def test_written_files_are_limited(run: Runner) -> None:
    outcome = await run("dd if=/dev/zero of=big bs=1M count=10", file_bytes=1_000_000)

    assert not outcome.is_success
    assert (run.workspace / "big").stat().st_size == 1_000_000


def _running(*arguments: str) -> bool:
    return any(
        set(arguments) & set(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])
    )


@pytest.mark.slow
async def test_a_mask_hides_and_does_not_tell_how_it_ended(run: Runner) -> None:
    mask = Command(("sed", "s/b/*/"), is_mask=True)

    assert await run((Command(("echo", "abc")), mask)) == Outcome(
        is_success=True, output="a*c\n", exit_code=0
    )
    assert (await run((Command(("false",)), mask))).exit_code == 1
