"""Programs go by what a file holds, so a file that gets a picture's name in the line is looked at."""

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.programs.signs import begins_like_picture

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture(autouse=True)
def files(context: PolicyContext) -> None:
    (context.workspace / "logo.png").write_bytes(PNG)
    (context.workspace / "drawing.txt").write_text("push graphic-context\n", encoding="utf-8")
    (context.workspace / "sub").mkdir()
    (context.workspace / "sub" / "other.png").write_text("push graphic-context\n", encoding="utf-8")


def test_a_picture_is_known_by_its_beginning(context: PolicyContext) -> None:
    assert begins_like_picture(str(context.workspace / "logo.png"))
    assert not begins_like_picture(str(context.workspace / "drawing.txt"))
    assert not begins_like_picture(str(context.workspace / "none.png"))


@pytest.mark.parametrize(
    "line",
    [
        "cp drawing.txt logo.png && convert logo.png small.jpg",
        "mv drawing.txt logo.png; mogrify -resize 50% logo.png",
        "mv sub/other.png . && convert other.png small.jpg",
        "cp sub/other.png copy.png && cp copy.png last.png && convert last.png small.jpg",
        "echo 'push graphic-context' | tee logo.png && convert logo.png small.jpg",
    ],
)
def test_what_is_no_picture_becomes_none_on_the_way(line: str, context: PolicyContext) -> None:
    assert classify("shell", {"command": line}, context).is_unknown


def test_pictures_are_copied_and_changed(context: PolicyContext) -> None:
    line = "cp logo.png copy.png && convert copy.png -resize 50% small.jpg"
    found = classify("shell", {"command": line}, context)
    assert (found.tier, found.is_unknown) == (Tier.YELLOW, False), found.reason
