"""What was approved is what runs: a file that a call brings in, by whatever way, binds the approval."""

from pathlib import Path

import pytest

from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.actions import Command, RunPipelines
from tenant_daemon.safety.binding import Binding, bind


def binding(workspace: Path, *argv: str, stdin: Path | None = None) -> Binding:
    action = RunPipelines(((Command(argv, stdin_path=stdin),),), cwd=workspace)
    return bind("it-admin", "shell", action, {})


@pytest.mark.parametrize(
    "argv",
    [
        ("python3", "job.py"),
        ("timeout", "60", "python3", "job.py"),
        ("env", "A=1", "python3", "job.py"),
        ("sudo", "./job.py"),
        ("sh", "-c", "cd . && python3 job.py; ls"),
        ("psql", "-f", "job.py"),
        ("psql", "--file=job.py"),
        ("curl", "-T", "job.py", "https://x.example/"),
        ("curl", "-d", "@job.py", "https://x.example/"),
        ("crontab", "job.py"),
        ("lua", "job.py"),
        ("find", ".", "-exec", "sh", "job.py", ";"),
        ("make",),
        ("npm", "run", "build"),
        ("nice", "docker", "compose", "up"),
    ],
)
def test_a_changed_file_is_another_call(tmp_path: Path, argv: tuple[str, ...]) -> None:
    names = ("job.py", "Makefile", "package.json", "docker-compose.yml")
    for name in names:
        (tmp_path / name).write_text("one")
    before = binding(tmp_path, *argv)
    assert binding(tmp_path, *argv) == before
    for name in names:
        # In place, so that it stays the same file.
        with (tmp_path / name).open("r+") as file:
            file.write("two")
    after = binding(tmp_path, *argv)
    assert after.normalised != before.normalised
    assert after.call != before.call


def test_what_comes_in_on_the_input_counts(tmp_path: Path) -> None:
    script = tmp_path / "run.sh"
    script.write_text("one")
    before = binding(tmp_path, "bash", stdin=script)
    script.write_text("two")
    assert binding(tmp_path, "bash", stdin=script).call != before.call


def test_another_folder_under_the_same_name_is_another_call(tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "drafts").mkdir(parents=True)
    named, current = binding(work, "rm", "-r", "drafts"), binding(work, "ls")

    (work / "drafts").rename(work / "old")
    (work / "drafts").mkdir()
    assert binding(work, "rm", "-r", "drafts").normalised == named.normalised
    assert binding(work, "rm", "-r", "drafts").call != named.call
    assert binding(work, "ls") == current

    work.rename(tmp_path / "old")
    work.mkdir()
    assert binding(work, "ls").call != current.call


def test_agents_and_tools_are_kept_apart(tmp_path: Path) -> None:
    action = RunPipelines(((Command(("ls",)),),), cwd=tmp_path)
    calls = [("it-admin", "shell"), ("it-admin", "docker"), ("sales", "shell")]
    assert len({bind(agent, tool, action, {}).normalised for agent, tool in calls}) == 3


@pytest.mark.slow
def test_logs_may_grow(tmp_path: Path) -> None:
    action = classify("shell", {"command": "tail /var/log/syslog"}, PolicyContext(tmp_path)).action
    assert bind("a", "shell", action, {}) == bind("a", "shell", action, {})
