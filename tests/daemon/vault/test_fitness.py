"""Which values the vault takes."""

import pytest

from tenant_daemon.vault import UnfitSecret
from tenant_daemon.vault.fitness import check_note, check_value


@pytest.mark.parametrize(
    "value",
    ["20261121", "", "abc12", "     x     ", "password", "PASSWORD", "Production", "customers", "montag",
     "elephant", "Zebras", "rhinoceros", "Alexander", "hunter2", "trustno1",
     "it-admin", "127.0.0.1", "run.event", "123456", "aaaaaaaa", "ababababab",
     "x" * 70_000, "with\0zero-byte"],
)  # fmt: skip
def test_unfit_values_are_refused_with_a_reason(value: str) -> None:
    with pytest.raises(UnfitSecret) as caught:
        check_value(value, "a-name")

    assert len(str(caught.value)) > 15
    assert not value.strip() or value not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "hunter-22",
        "Zq7!mk",
        "correcthorsebatterystaple",
        "4929123456781234",
        "-----BEGIN KEY-----\nabc\n",
        "äöü-ßéñ",
    ],
)
def test_fit_values_are_taken(value: str) -> None:
    check_value(value, "a-name")


@pytest.mark.parametrize("name", ["hunter-22", "key-hunter22-old"])
def test_a_name_that_shows_the_value_is_refused(name: str) -> None:
    with pytest.raises(UnfitSecret, match="name shows the value"):
        check_value("Hunter-22", name)


@pytest.mark.parametrize(
    ("name", "value"),
    [("office-wlan", "office-wlan2024"), ("shop-db-password-2", "SHOPDBPASSWORD2x")],
)
def test_a_name_that_redaction_would_take_out_of_its_own_placeholder_is_refused(
    name: str, value: str
) -> None:
    with pytest.raises(UnfitSecret, match="most of it"):
        check_value(value, name)


@pytest.mark.parametrize(("name", "value"), [("wifi", "wifi-at-home"), ("db-password", "password-of-db-1")])
def test_a_name_may_share_a_word_with_its_value(name: str, value: str) -> None:
    check_value(value, name)


@pytest.mark.parametrize(
    "note", ["office / Hare&Pie-77xyZ", "was harepie 77 xyz before", "Hare%26Pie-77xyZ in the link"]
)
def test_a_note_that_shows_the_value_is_refused(note: str) -> None:
    with pytest.raises(UnfitSecret, match="note shows") as caught:
        check_note(note, "Hare&Pie-77xyZ")

    assert "Pie" not in str(caught.value)


@pytest.mark.parametrize("note", ["", "Login of the shop", "for hare and pie, see the office"])
def test_a_note_may_say_what_the_value_is_for(note: str) -> None:
    check_note(note, "Hare&Pie-77xyZ")
