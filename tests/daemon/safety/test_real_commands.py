"""Everyday commands through the whole pipeline, with the real classifier."""

import subprocess

import pytest

from tenant_daemon.policy import classify
from tenant_daemon.safety.schemas import ExecuteStatus
from tests.support.wrapper import WrapperBench


@pytest.fixture
def bench(bench: WrapperBench) -> WrapperBench:
    bench.classify = classify
    return bench


@pytest.fixture
def repository(bench: WrapperBench) -> WrapperBench:
    """The workspace as a repository with one commit and one change."""
    site = bench.workspace / "page.md"
    site.write_text("old\n")
    for words in (
        ("init", "-q"),
        ("add", "page.md"),
        ("-c", "user.name=IT", "-c", "user.email=it@example.com", "commit", "-q", "-m", "Begin the page"),
    ):
        subprocess.run(["git", *words], cwd=bench.workspace, check=True)
    site.write_text("new\n")
    return bench


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("git status --short", " M page.md"),
        ("git log --oneline", "Begin the page"),
        ("git diff", "+new"),
        ("git diff HEAD page.md", "-old"),
        ("git log -p", "+old"),
    ],
)
async def test_git_reads_run_in_a_workspace_repository(
    repository: WrapperBench, command: str, expected: str
) -> None:
    async with repository.started():
        answer = await repository.execute("shell", command=command)

    assert answer.status is ExecuteStatus.EXECUTED, (answer.reason, answer.output)
    assert expected in answer.output


@pytest.mark.parametrize(
    ("command", "expected"),
    [("ls absent 2>/dev/null; echo done", "done\n"), ("ls absent 2>&1 | wc -l", "1\n")],
)
async def test_complaints_go_where_the_command_sends_them(
    bench: WrapperBench, command: str, expected: str
) -> None:
    async with bench.started():
        answer = await bench.execute("shell", command=command)

    assert (answer.status, answer.output) == (ExecuteStatus.EXECUTED, expected)


async def test_person_sees_where_complaints_go(bench: WrapperBench) -> None:
    (bench.workspace / "drafts").mkdir()
    async with bench.started():
        bench.begin("shell", command="rm -r drafts 2> problems.txt")
        request = await bench.asked()

    assert request.argv[-2:] == ["2>>", str(bench.workspace.resolve() / "problems.txt")]
