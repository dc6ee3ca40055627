"""Boxes between browsers and a server."""

import base64
import os
from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.enrolment import sealing_public_key
from tenant_daemon.vault.sealing import BoxNotOpened, SealingKey, seal

CONTEXT = "provide\nten_1\nshop-key"


@pytest.fixture
def key() -> SealingKey:
    return SealingKey(os.urandom(32))


def public(key: SealingKey) -> str:
    return base64.b64encode(key.public).decode()


def test_only_the_owner_opens_it(key: SealingKey) -> None:
    box = seal("gT7-quartz-Lamp-42 ü", public(key), CONTEXT)

    assert key.open(box, CONTEXT) == "gT7-quartz-Lamp-42 ü"
    with pytest.raises(BoxNotOpened):
        SealingKey(os.urandom(32)).open(box, CONTEXT)


def test_it_opens_for_nothing_else(key: SealingKey) -> None:
    with pytest.raises(BoxNotOpened):
        key.open(seal("gT7-quartz-Lamp-42", public(key), CONTEXT), "provide\nten_1\nmail-key")


def test_same_text_never_looks_the_same(key: SealingKey) -> None:
    assert seal("text", public(key), CONTEXT) != seal("text", public(key), CONTEXT)


@pytest.mark.parametrize("at", [0, 1, 20, 33, 40, -1])
def test_changed_box_does_not_open(key: SealingKey, at: int) -> None:
    data = bytearray(base64.b64decode(seal("gT7-quartz-Lamp-42", public(key), CONTEXT)))
    data[at] ^= 1

    with pytest.raises(BoxNotOpened):
        key.open(base64.b64encode(data).decode(), CONTEXT)


@pytest.mark.parametrize("box", ["", "AQ==", "no base64!", "AQ" * 40])
def test_what_is_no_box_is_refused(key: SealingKey, box: str) -> None:
    with pytest.raises(BoxNotOpened):
        key.open(box, CONTEXT)


@pytest.mark.parametrize("public_key", ["", "AAAA", "no base64!", base64.b64encode(bytes(32)).decode()])
def test_what_is_no_key_is_refused(public_key: str) -> None:
    with pytest.raises(BoxNotOpened):
        seal("text", public_key, CONTEXT)


def test_key_of_the_enrolment_opens(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    home.create()
    box = seal("gT7-quartz-Lamp-42", sealing_public_key(home), CONTEXT)

    assert SealingKey.read(home.keys_dir / "sealing.key").open(box, CONTEXT) == "gT7-quartz-Lamp-42"
