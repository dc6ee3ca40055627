"""What must never stand in the repository: forbidden words, secrets, paths of somebody's machine."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BINARY = {".png", ".ico", ".woff2", ".gz"}

# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = {
    "the excluded workflow tool": re.compile(r"n[\s_-]?8[\s_-]?" + r"n\b", re.IGNORECASE),
    "a retired deploy target": re.compile(
        r"deploy[^\n]{0,20}\b(orches" + r"trator|sys" + r"admin)\b", re.IGNORECASE
    ),
    "a path of one machine": re.compile(r"/(?:work|root|home/\w+)/(?:main|shared|\.pyenv|\.library)\b"),
}
SECRET = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{200,}"),
    "a live Stripe key": re.compile(r"\b[rs]k_live_[0-9a-zA-Z]{20,}"),
    "an OpenRouter key": re.compile(r"\bsk-or-v1-[0-9a-f]{60,}"),
    "an AWS key": re.compile(r"\bAKIA(?!IOSFODNN7EXAMPLE)[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36}\b"),
}
SECRET_SAMPLES_ALLOWED = ("tenant_daemon/redaction/rules/", "tests/daemon/redaction/")
"""Examples that rules are checked against look like secrets on purpose; they were never anybody's."""


def tracked_texts() -> list[tuple[str, str]]:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [
        (name, (ROOT / name).read_text(encoding="utf-8", errors="replace"))
        for name in names
        if name and Path(name).suffix not in BINARY and (ROOT / name).is_file()
    ]


TEXTS = tracked_texts()


def findings(pattern: re.Pattern[str], allowed: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}"
        for name, text in TEXTS
        if not name.startswith(allowed or ("\0",)) and not name.endswith("package-lock.json")
        for found in pattern.finditer(text)
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_repository_holds_no_forbidden_word(what: str) -> None:
    assert findings(FORBIDDEN[what], ("requirements.txt", "tests/requirements.txt")) == []


@pytest.mark.parametrize("what", SECRET)
def test_repository_holds_no_secret(what: str) -> None:
    assert findings(SECRET[what], SECRET_SAMPLES_ALLOWED) == []


def test_every_module_starts_with_a_docstring() -> None:
    bare = [
        name
        for name, text in TEXTS
        if name.startswith(("letsbe_app/", "tenant_daemon/"))
        and name.endswith(".py")
        and text.strip()
        and not text.lstrip().startswith(('"""', "'''"))
    ]
    assert bare == []


def test_what_the_fast_tests_do_not_collect_is_marked() -> None:
    """Without a mark a test there would run nowhere."""
    mark = re.compile(r"^pytestmark\b.*\.(?:flow|browser)\b", re.MULTILINE)
    left_out = [
        (name, text)
        for name, text in TEXTS
        if name.startswith(("tests/flows/", "tests/browser/")) and Path(name).name.startswith("test_")
    ]

    assert left_out
    assert [name for name, text in left_out if not mark.search(text)] == []
