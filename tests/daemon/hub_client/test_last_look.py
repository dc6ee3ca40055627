"""The last look at frames to the hub: what holds a secret is cleaned, and nothing holds up the rest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tenant_daemon.hub_client.last_look import clean_frame
from tenant_daemon.redaction import LiveRedactor


@dataclass
class Kept:
    """A vault with these secrets."""

    secrets: Sequence[tuple[str, str]]

    def version(self) -> int:
        return 1

    def known_secrets(self) -> Sequence[tuple[str, str]]:
        return self.secrets


def cleaned(payload: dict[str, Any], *secrets: tuple[str, str]) -> dict[str, Any]:
    frame = json.dumps({"id": "out_1", "payload": payload})
    content = json.loads(clean_frame(frame, LiveRedactor(Kept(secrets))))
    assert content["id"] == "out_1"
    return dict(content["payload"])


def test_a_frame_without_a_secret_goes_as_it_is() -> None:
    frame = '{"id": "out_1",  "payload": {"kind": "x", "text": "all is well"}}'

    assert clean_frame(frame, LiveRedactor(Kept([("shop-key", "gT7-quartz-Lamp-42")]))) == frame


def test_a_secret_is_replaced_by_its_name() -> None:
    payload = {"kind": "run.event", "text": "it is gT7-quartz-Lamp-42 now"}

    assert cleaned(payload, ("shop-key", "gT7-quartz-Lamp-42")) == {
        "kind": "run.event",
        "text": "it is SECRET_REF(shop-key) now",
    }


def test_a_secret_whose_name_shows_it_does_not_hold_up_the_link() -> None:
    payload = {
        "kind": "secret.list",
        "secrets": [{"name": "office-wlan", "version": 1}, {"name": "shop-key", "version": 2}],
        "is_cut": False,
    }

    assert cleaned(payload, ("office-wlan", "office-wlan2024")) == {
        "kind": "secret.list",
        "secrets": [{"name": "[REDACTED]", "version": 1}, {"name": "shop-key", "version": 2}],
        "is_cut": False,
    }


def test_a_secret_in_a_field_name_takes_the_field_along() -> None:
    payload = {"kind": "approval.requested", "tool_args": {"office-wlan2024": "on", "path": "a"}}

    assert cleaned(payload, ("office-wlan", "office-wlan2024")) == {
        "kind": "approval.requested",
        "tool_args": {"path": "a"},
    }


def test_what_still_cannot_be_cleaned_stays_here() -> None:
    with pytest.raises(ValueError, match="could not be taken out"):
        cleaned({"kind": "shop-quartz-Lamp-42"}, ("shop-key", "shop-quartz-Lamp-42"))
