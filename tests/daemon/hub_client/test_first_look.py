"""The first look at frames of the hub: words for agents hold names of secrets, the rest is left alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tenant_daemon.hub_client.first_look import look_at
from tenant_daemon.redaction import LiveRedactor

VALUE = "Rye+Salt/quartz-Lamp-42"


@dataclass
class Kept:
    """A vault with one secret."""

    name: str = "shop-key"

    def version(self) -> int:
        return 1

    def known_secrets(self) -> Sequence[tuple[str, str]]:
        return [(self.name, VALUE)]


def looked_at(payload: dict[str, Any], name: str = "shop-key") -> dict[str, Any]:
    frame = json.dumps({"id": "msg_1", "seq": 4, "payload": payload})
    content = json.loads(look_at(frame, LiveRedactor(Kept(name))))
    assert (content["id"], content["seq"]) == ("msg_1", 4)
    return dict(content["payload"])


def test_a_message_names_the_secret_that_was_pasted() -> None:
    payload = {
        "kind": "chat.send",
        "message_id": "msg_1",
        "text": f"it is {VALUE}, not hunter-2-hunter",
        "attachments": [{"attachment_id": "att_1", "name": f"{VALUE}.txt"}],
    }

    assert looked_at(payload) == {
        "kind": "chat.send",
        "message_id": "msg_1",
        "text": "it is SECRET_REF(shop-key), not hunter-2-hunter",
        "attachments": [{"attachment_id": "att_1", "name": "SECRET_REF(shop-key).txt"}],
    }


def test_instructions_name_the_secret() -> None:
    agent = {"agent_id": "sales", "name": f"Sales {VALUE}", "soul_md": f"# Sales\n{VALUE}\n"}
    payload = {"kind": "config.apply", "config": {"version": 3, "agents": [agent]}}

    assert looked_at(payload)["config"] == {
        "version": 3,
        "agents": [
            {
                "agent_id": "sales",
                "name": "Sales SECRET_REF(shop-key)",
                "soul_md": "# Sales\nSECRET_REF(shop-key)\n",
            }
        ],
    }


def test_what_no_longer_fits_with_the_name_stays_as_it_is() -> None:
    agent = {"agent_id": "sales", "name": f"Sales {VALUE}", "soul_md": ""}
    payload = {"kind": "config.apply", "config": {"agents": [agent]}}

    assert looked_at(payload, "key-of-the-shop-in-the-harbour-behind-the-old-tower") == payload


@pytest.mark.parametrize(
    "frame",
    [
        '{"id": "x",  "payload": {"kind": "chat.send", "text": "nothing here"}}',
        json.dumps({"id": "x", "payload": {"kind": "approval.decided", "edited_args": {"command": VALUE}}}),
        json.dumps({"id": "x", "payload": [VALUE]}),
        json.dumps({"id": "x", "payload": {"kind": "config.apply", "config": VALUE}}),
        f"not a frame {VALUE}",
    ],
)
def test_other_frames_mean_what_they_meant(frame: str) -> None:
    seen = look_at(frame, LiveRedactor(Kept()))

    assert seen == frame or json.loads(seen) == json.loads(frame)
