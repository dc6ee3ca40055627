"""Functions, arrays, ``case`` and loops: they do what bash does with them, without a shell."""

import shutil
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tenant_daemon.execution import CallScope, Limits, Outcome
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.actions import RunPipelines

Run = Callable[[str], Awaitable[Outcome]]

LINES = (Path(__file__).parent / "constructs.txt").read_text(encoding="utf-8").splitlines()
FILES = {"a.txt": "one\ntwo\n", "b.txt": "three\n", "t.csv": "id,name\n3,c\n1,a\n2,b\n"}


def fill(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "out").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def run(home: TenantHome, undo: UndoStore, scope: CallScope) -> Run:
    """Judge a command line and run what was judged."""

    async def judge_and_run(command: str) -> Outcome:
        workspace = home.workspace("it-admin").resolve()
        judgement = classify("shell", {"command": command}, PolicyContext(workspace))
        assert isinstance(judgement.action, RunPipelines), command
        assert not judgement.is_unknown, command
        return await Shell(home, undo, Limits()).run(judgement.action, workspace, scope)

    return judge_and_run


@pytest.mark.slow
async def test_constructs_do_what_bash_does(run: Run, workspace: Path, tmp_path: Path) -> None:
    for number, line in enumerate(one.replace("␤", "\n") for one in LINES):
        fill(workspace)
        twin = fill(tmp_path / str(number))
        bash = by_bash(line, twin)
        outcome = await run(line)
        assert (outcome.exit_code, outcome.output) == (bash.returncode, bash.stdout), line
        assert names(workspace) == names(twin), line


@pytest.mark.slow
async def test_a_group_reads_on_where_its_first_program_stopped(run: Run, workspace: Path) -> None:
    fill(workspace)
    # In bash `head` may take more than its line out of the pipe, and the rest is lost.
    assert (await run("cat t.csv | (head -1; sort)")).output == "id,name\n1,a\n2,b\n3,c\n"


@pytest.mark.slow
async def test_only_plain_names_come_into_a_path(run: Run, workspace: Path) -> None:
    fill(workspace)
    (workspace / "names.txt").write_text("../up\n.git\n-p\n/tmp/x\nfine\n..\n")
    outcome = await run('while read -r n; do mkdir -p "out/$n"; done < names.txt; ls -A out; ls -A')
    assert outcome.output.count("no plain name") == 5
    assert outcome.output.endswith("fine\na.txt\nb.txt\nnames.txt\nout\nt.csv\n")


@pytest.mark.slow
async def test_only_plain_names_are_written_to(run: Run, workspace: Path) -> None:
    fill(workspace)
    (workspace / "names.txt").write_text("../up\n.git\n/tmp/x\nfine\n")
    outcome = await run('while read -r n; do echo 1 > "out/$n.md"; done < names.txt; ls -A out')
    assert outcome.output.count("no plain name") == 3
    assert outcome.output.endswith("fine.md\n")


async def test_a_sum_of_something_else_stays_as_it_was(run: Run, workspace: Path) -> None:
    fill(workspace)
    (workspace / "sums.txt").write_text("3\na[$(id)]\n4\n")
    outcome = await run('t=0; while read -r n; do t=$((t + n)); done < sums.txt; echo "t=$t"')
    assert outcome.output.count("no whole number") == 1
    assert outcome.output.endswith("t=7\n")


@pytest.mark.slow
async def test_waiting_ends_when_it_has_come(run: Run, workspace: Path) -> None:
    fill(workspace)
    assert (await run("until test -f a.txt; do sleep 1; done; echo there")).output == "there\n"


def by_bash(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
