"""What the security documents point at is there, and every requirement is spoken of."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ("docs/security/asvs.md", "docs/security/threat-model.md", "SECURITY.md")
_PATH = re.compile(
    r"`((?:letsbe_app|tenant_daemon|tests|docs|deploy|reflex\.lock)/[^`\s]*|[\w-]+\.(?:md|txt|py))`"
)
_RANGE = re.compile(r"(\d+)\.(\d+)\.(\d+)(?: to \1\.\2\.(\d+))?")

REQUIRED = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
"""How many requirements of level 1 and 2 each section of ASVS 5.0.0 has; they are numbered through."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_is_there(name: str) -> None:
    text = (ROOT / name).read_text()
    missing = [path for path in _PATH.findall(text) if not (ROOT / path).exists()]

    assert missing == []


def test_every_requirement_is_spoken_of() -> None:
    spoken = set()
    for line in (ROOT / "docs/security/asvs.md").read_text().splitlines():
        if line.startswith("| ") and line[2].isdigit():
            for chapter, section, first, last in _RANGE.findall(line.split("|")[1]):
                for number in range(int(first), int(last or first) + 1):
                    spoken.add(f"{chapter}.{section}.{number}")
    wanted = {f"{section}.{number}" for section, count in REQUIRED.items() for number in range(1, count + 1)}

    assert wanted - spoken == set()
