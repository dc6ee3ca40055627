"""Every flag that a profile calls harmless is really tried: a GREEN call must leave the folder as it was."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.execution.environment import SEARCH_PATH
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.actions import RunPipelines
from tenant_daemon.policy.programs.library import load_library

pytestmark = pytest.mark.redteam

PROGRAMS = """
    ls cat tac nl rev fold expand unexpand fmt pr head tail wc cksum md5sum sha256sum b2sum file stat du df
    readlink realpath basename dirname grep egrep fgrep sort uniq column cut paste join tr sed awk jq xmllint
    od hexdump base64 base32 xxd strings iconv shuf look date cal cmp comm diff diff3 zcat bzcat xzcat tar
    unzip find tree test expr numfmt seq printf echo tee bc rg
"""
VALUES = ("1", "a.txt", "made", "s/a/b/", "/etc/hostname")
INSTALLED = [name for name in PROGRAMS.split() if shutil.which(name, path=SEARCH_PATH)]


def calls(program: str) -> Iterator[list[str]]:
    """The program with each of its flags, alone and with values, before and after a file's name."""
    for flag in load_library()[program].flags.values():
        for given in [[flag.name]] if flag.kind is None else ([flag.name, value] for value in VALUES):
            yield [program, *given, "a.txt"]
            yield [program, "a", *given, "a.txt"]
            yield [program, "a.txt", *given]


@pytest.mark.parametrize("program", INSTALLED)
def test_harmless_flags_change_nothing(program: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a 1\nb 2\n")
    before = state(tmp_path)
    for argv in calls(program):
        judged = classify("shell", {"command": " ".join(argv)}, PolicyContext(tmp_path.resolve()))
        if judged.tier is not Tier.GREEN or judged.is_unknown or not isinstance(judged.action, RunPipelines):
            continue
        (command,) = judged.action.pipelines[0]
        run(list(command.argv), tmp_path, dict(command.env))
        assert state(tmp_path) == before, argv


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def run(argv: list[str], folder: Path, variables: dict[str, str]) -> None:
    try:
        subprocess.run(
            argv,
            cwd=folder,
            env={"PATH": SEARCH_PATH, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=2,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return
