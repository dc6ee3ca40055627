"""
The wire as it was promised: a golden file per message and protocol version.

A file of a version that is out there never changes. A new optional field goes into ``examples.py`` and shows
here as a file of the next version; the old files must still be read.
"""

import json
from pathlib import Path
from typing import get_args

import pytest

from tenant_daemon.contracts.base import Message
from tenant_daemon.contracts.chat import RunEventBody
from tenant_daemon.contracts.envelope import (
    DaemonEnvelope,
    DaemonPayload,
    HubEnvelope,
    HubPayload,
    parse_daemon_frame,
    parse_hub_frame,
)
from tenant_daemon.contracts.version import OLDEST_SUPPORTED_VERSION, PROTOCOL_VERSION
from tests.contracts.examples import AT, FROM_DAEMON, FROM_HUB, OVER_HTTP

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = range(OLDEST_SUPPORTED_VERSION, PROTOCOL_VERSION + 1)


def _frames() -> dict[str, str]:
    daemon = {
        f"daemon/{name}": DaemonEnvelope(id="out_1", sent_at=AT, payload=payload).model_dump_json()
        for name, payload in FROM_DAEMON.items()
    }
    hub = {
        f"hub/{name}": HubEnvelope(id="obx_1", sent_at=AT, payload=payload).model_dump_json()
        for name, payload in FROM_HUB.items()
    }
    http = {f"http/{name}": message.model_dump_json() for name, message in OVER_HTTP.items()}
    return daemon | hub | http


@pytest.mark.parametrize("name", sorted(_frames()))
def test_message_travels_as_promised(name: str) -> None:
    promised = json.loads((GOLDEN / f"v{PROTOCOL_VERSION}" / f"{name}.json").read_text("utf-8"))
    assert json.loads(_frames()[name]) == promised


@pytest.mark.parametrize("version", VERSIONS)
def test_message_of_every_supported_version_is_understood(version: int) -> None:
    for file in sorted((GOLDEN / f"v{version}").rglob("*.json")):
        text = file.read_text("utf-8")
        if file.parent.name == "daemon":
            assert parse_daemon_frame(text).payload == FROM_DAEMON[file.stem], file
        elif file.parent.name == "hub":
            assert parse_hub_frame(text).payload == FROM_HUB[file.stem], file
        else:
            expected = OVER_HTTP[file.stem]
            assert type(expected).model_validate_json(text) == expected, file


def test_field_that_a_newer_peer_added_is_ignored() -> None:
    promised = json.loads((GOLDEN / "v1" / "hub" / "send_message.json").read_text("utf-8"))
    promised["payload"]["mood"] = "cheerful"
    promised["trace"] = "abc"
    assert parse_hub_frame(json.dumps(promised)).payload == FROM_HUB["send_message"]


def _kinds(union: object) -> set[type[Message]]:
    return set(get_args(get_args(union)[0]))


def test_every_message_has_an_example() -> None:
    assert {type(message) for message in FROM_DAEMON.values()} == _kinds(DaemonPayload)
    assert {type(message) for message in FROM_HUB.values()} == _kinds(HubPayload)
    bodies = {type(message.body) for message in FROM_DAEMON.values() if hasattr(message, "body")}
    assert bodies == _kinds(RunEventBody)
