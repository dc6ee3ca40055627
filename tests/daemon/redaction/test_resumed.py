"""Known secrets whose pieces stand behind something that each has for itself."""

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "Hq3vT9xLw2ZrK8mYc5Bn7pJd4Fs6GuEa"
UUID = "5b0e7c1a-93d4-4f62-8a17-c2e9f06b4d35"
REDACTOR = Redactor([KnownSecret("key", SECRET), KnownSecret("id", UUID)])
FILLING = "The minutes of the meeting are in the folder of the project.\n" * 200


def _parts(value: str, size: int) -> list[str]:
    return [value[at : at + size] for at in range(0, len(value), size)]


LAYOUTS = {
    "files": lambda parts: "\n".join(f"== xa{chr(97 + n)}\n{part}" for n, part in enumerate(parts)),
    "subtitles": lambda parts: "\n\n".join(
        f"{n + 1}\n00:00:0{n},000 --> 00:00:0{n},900\n{part}" for n, part in enumerate(parts)
    ),
    "variables": lambda parts: "\n".join(f"p{n}={part}" for n, part in enumerate(parts)) + '\necho "$p0$p1"',
    "document": lambda parts: "".join(
        f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{part}</w:t></w:r>' for part in parts
    ),
    "log": lambda parts: "\n".join(
        f"2026-03-02T10:11:{n:02d}.{n * 37 % 1000:03d}Z worker-{n % 3} part {part}"
        for n, part in enumerate(parts)
    ),
}


@pytest.mark.parametrize("filling", ["", FILLING])
@pytest.mark.parametrize("size", [9, 11, 13])
@pytest.mark.parametrize("hidden", [SECRET, SECRET.encode().hex(), UUID, SECRET[::-1]])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_pieces_are_found_behind_labels(layout: str, hidden: str, size: int, filling: str) -> None:
    if size < 13 and hidden == SECRET.encode().hex():
        size += 8  # Of an encoding, the first piece has to tell more.
    redacted = REDACTOR.redact(filling + LAYOUTS[layout](_parts(hidden, size)))
    left = sum(part in redacted for part in _parts(hidden, size) if len(part) > 3)
    assert left == 0
    assert redacted.startswith(filling)


@pytest.mark.parametrize("size", [9, 14])
def test_pieces_are_found_before_their_end(size: int) -> None:
    """The first piece is short, so the end of the secret tells."""
    parts = [SECRET[:5], *_parts(SECRET[5:], size)]
    redacted = REDACTOR.redact(LAYOUTS["files"](parts))
    assert not any(part in redacted for part in parts if len(part) > 4)


def test_what_only_begins_like_a_secret_stays() -> None:
    text = f"{SECRET[:8]}\nand then {SECRET[8:11]}, nothing of it: 17 files\n"
    assert REDACTOR.redact(text) == text


def test_pieces_far_from_each_other_stay() -> None:
    text = f"{SECRET[:10]}\n{FILLING}{SECRET[10:16]}"
    assert REDACTOR.redact(text) == text
