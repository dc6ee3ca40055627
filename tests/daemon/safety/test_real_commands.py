"""Everyday commands through the whole pipeline, with the real classifier."""

import asyncio
import subprocess
from collections.abc import AsyncIterator

import pytest

from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.policy import classify
from tenant_daemon.safety.schemas import ExecuteStatus
from tenant_daemon.settings import Policy
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


async def test_person_sees_the_command_and_what_the_agent_set_for_it(bench: WrapperBench) -> None:
    (bench.workspace / "drafts").mkdir()
    async with bench.started():
        bench.begin("shell", command="rm -r drafts")
        plain = await bench.asked()
        bench.begin("shell", "call-2", command="HOME=/srv rm -r drafts")
        home = await bench.asked()

    assert plain.summary.startswith("Deletes the folder drafts and everything in it.")
    assert plain.argv == ["rm", "-r", "drafts"]
    assert home.argv == ["HOME=/srv", "rm", "-r", "drafts"]


@pytest.fixture
async def tool_port() -> AsyncIterator[int]:
    """A business tool on loopback that says under which name it was asked."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        name = next(line for line in head.splitlines() if line.startswith(b"Host: "))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + name)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_listed_tool_is_asked_under_its_name(bench: WrapperBench, tool_port: int) -> None:
    bench.policy = Policy(allowed_hosts=[f"ghost.internal:{tool_port}"], internal_names=["ghost.internal"])
    bench.addresses = {"ghost.internal": ("127.0.0.1",)}
    async with bench.started():
        answer = await bench.execute("http", method="GET", url=f"http://ghost.internal:{tool_port}/posts")

    assert answer.status is ExecuteStatus.EXECUTED, answer.reason
    assert answer.output.endswith(f"Host: ghost.internal:{tool_port}")


async def test_name_that_leads_inside_without_being_meant_to_is_refused(
    bench: WrapperBench, tool_port: int
) -> None:
    bench.policy = Policy(allowed_hosts=[f"ghost.example:{tool_port}"])
    bench.addresses = {"ghost.example": ("127.0.0.1",)}
    async with bench.started():
        answer = await bench.execute("http", method="GET", url=f"http://ghost.example:{tool_port}/posts")

    assert answer.status is ExecuteStatus.BLOCKED
    assert "private network" in answer.reason


async def test_approved_request_goes_to_the_address_that_was_approved(
    bench: WrapperBench, tool_port: int
) -> None:
    bench.policy = Policy(allowed_hosts=[f"ghost.internal:{tool_port}"], internal_names=["ghost.internal"])
    bench.addresses = {"ghost.internal": ("127.0.0.1",)}
    async with bench.started():
        answering = asyncio.create_task(
            bench.execute("http", method="DELETE", url=f"http://ghost.internal:{tool_port}/posts/1")
        )
        request = await bench.asked()
        bench.addresses = {"ghost.internal": ("127.0.0.2",)}
        await bench.decide(request.approval_id, Verdict.APPROVE)
        answer = await answering

    assert answer.status is ExecuteStatus.BLOCKED
    assert "has changed" in answer.reason
