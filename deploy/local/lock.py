"""Resolve both lock files anew from `pyproject.toml`, with hashes, for every platform."""

import subprocess
import sys

from places import ROOT, VENV

COMMON = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--quiet",
]


def main() -> int:
    uv = str(VENV / "bin" / "uv")
    for arguments in (
        ["-o", "requirements.txt"],
        ["--extra", "dev", "-c", "requirements.txt", "-o", "tests/requirements.txt"],
    ):
        done = subprocess.run(
            [uv, "pip", "compile", *COMMON, *arguments, "pyproject.toml"], cwd=ROOT, check=False
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
