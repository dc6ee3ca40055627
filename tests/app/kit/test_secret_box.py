"""Sealed values: opened by the right key for the right purpose, and by nothing else."""

import pytest

from letsbe_app.kit.keyfile import new_key
from letsbe_app.kit.secret_box import CannotOpen, SecretBox, key_line, keys_in


def test_what_was_sealed_opens_again() -> None:
    box = SecretBox([new_key()])
    sealed = box.seal(b"hush-hush", "totp:usr_1")

    assert box.open(sealed, "totp:usr_1") == b"hush-hush"
    assert "hush" not in sealed
    assert box.seal(b"hush-hush", "totp:usr_1") != sealed


def test_it_opens_for_its_purpose_only() -> None:
    box = SecretBox([new_key()])

    with pytest.raises(CannotOpen):
        box.open(box.seal(b"hush-hush", "totp:usr_1"), "totp:usr_2")


def test_keys_can_be_rotated() -> None:
    old, new = new_key(), new_key()
    sealed = SecretBox([old]).seal(b"hush-hush", "p")
    both = SecretBox([new, old])

    assert both.open(sealed, "p") == b"hush-hush"
    assert not both.is_current(sealed)
    assert both.is_current(both.seal(b"x", "p"))
    with pytest.raises(CannotOpen):
        SecretBox([new]).open(sealed, "p")


@pytest.mark.parametrize("sealed", ["", "x", "box1.abcdefgh.", "box2.12345678.AAAA", "box1.%.%"])
def test_nonsense_does_not_open(sealed: str) -> None:
    with pytest.raises(CannotOpen):
        SecretBox([new_key()]).open(sealed, "p")


def test_every_changed_character_breaks_the_seal() -> None:
    box = SecretBox([new_key()])
    sealed = box.seal(b"hush-hush", "p")
    for place in range(len(sealed)):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(CannotOpen):
            box.open(sealed[:place] + other + sealed[place + 1 :], "p")


def test_a_key_file_holds_one_key_per_line() -> None:
    keys = [new_key(), new_key()]

    assert keys_in(b"".join(key_line(key) for key in keys)) == keys


def test_a_box_needs_a_key() -> None:
    with pytest.raises(ValueError, match="needs a key"):
        SecretBox([])
