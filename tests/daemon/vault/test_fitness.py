"""Which values the vault takes."""

import pytest

from tenant_daemon.vault import UnfitSecret
from tenant_daemon.vault.fitness import check_value


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
