"""What a browser may answer, and what else comes in."""

import copy
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from letsbe_app.people.accounts.passkey_ceremony import (
    BadPasskey,
    NewPasskey,
    Place,
    challenge_of,
    check_new,
    check_use,
    creation_options,
    credential_id_of,
    request_options,
    user_of,
)
from tests.support.authenticator import ORIGIN, PRESENT, Authenticator

PLACE = Place("localhost", (ORIGIN,))


def made(device: Authenticator) -> NewPasskey:
    options = creation_options(PLACE, user_id="usr_1", email="ada@bakery.example", known_ids=[])
    return check_new(PLACE, device.create(options), options["challenge"])


def used(
    device: Authenticator, kept: NewPasskey, change: Callable[[dict[str, Any]], None] | None = None
) -> int:
    options = request_options(PLACE)
    credential = device.get(options)
    if change:
        change(credential)
    return check_use(
        PLACE, credential, options["challenge"], public_key=kept.public_key, use_count=kept.use_count
    )


def test_a_passkey_is_made_and_used() -> None:
    device = Authenticator()
    kept = made(device)

    assert used(device, kept) == 1
    assert kept.transports == ["hybrid", "internal"]


@pytest.mark.parametrize(
    ("public_url", "name"),
    [
        ("https://hub.letsbe.example", "hub.letsbe.example"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", "localhost"),
    ],
)
def test_passkeys_are_bound_to_the_public_name(public_url: str, name: str) -> None:
    assert Place.of(public_url, [public_url]).rp_id == name


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
    ],
)
def test_a_lying_device_makes_and_uses_nothing(lie: dict[str, Any]) -> None:
    with pytest.raises(BadPasskey):
        made(Authenticator(**lie))
    device = Authenticator()
    kept = made(device)
    for name, value in lie.items():
        setattr(device, name, value)
    with pytest.raises(BadPasskey):
        used(device, kept)


def test_another_key_a_copy_and_an_answer_for_another_purpose_are_refused() -> None:
    device = Authenticator(count=5)
    kept = made(device)
    with pytest.raises(BadPasskey):
        used(Authenticator(credential_id=device.credential_id, count=9), kept)
    device.count = 3
    with pytest.raises(BadPasskey):
        used(device, kept)
    device.count = 9
    options = request_options(PLACE)
    with pytest.raises(BadPasskey):
        check_use(
            PLACE,
            device.get(options, kind="webauthn.create"),
            options["challenge"],
            public_key=kept.public_key,
            use_count=kept.use_count,
        )


def test_an_answer_to_another_question_is_refused() -> None:
    device = Authenticator()
    kept = made(device)
    credential = device.get(request_options(PLACE))
    with pytest.raises(BadPasskey):
        check_use(
            PLACE,
            credential,
            request_options(PLACE)["challenge"],
            public_key=kept.public_key,
            use_count=kept.use_count,
        )


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["AAAA", "e30", "oWE"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PARTS = st.sampled_from(
    [
        "id",
        "rawId",
        "type",
        "response",
        "clientDataJSON",
        "attestationObject",
        "authenticatorData",
        "signature",
        "userHandle",
        "transports",
    ]
)


def spoilt(credential: dict[str, Any], part: str, junk: Any) -> dict[str, Any]:
    broken = copy.deepcopy(credential)
    (broken if part in broken else broken["response"])[part] = junk
    return broken


DEVICE = Authenticator()
KEPT = made(DEVICE)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(part=PARTS, junk=JUNK)
def test_whatever_comes_in_is_one_exception(part: str, junk: Any) -> None:
    options = creation_options(PLACE, user_id="usr_1", email="a@b.example", known_ids=[])
    fresh = spoilt(Authenticator().create(options), part, junk)
    _accept_or_refuse(lambda: check_new(PLACE, fresh, options["challenge"]))
    asked = request_options(PLACE)
    broken = spoilt(DEVICE.get(asked), part, junk)
    for look in (challenge_of, credential_id_of, user_of):
        _accept_or_refuse(lambda look=look: look(broken))  # type: ignore[misc]
    _accept_or_refuse(
        lambda: check_use(
            PLACE, broken, asked["challenge"], public_key=KEPT.public_key, use_count=KEPT.use_count
        )
    )


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(credential=st.dictionaries(st.text(max_size=8), JUNK, max_size=4), data=st.binary(max_size=60))
def test_junk_is_refused(credential: dict[str, Any], data: bytes) -> None:
    for look in (challenge_of, credential_id_of):
        _accept_or_refuse(lambda look=look: look(credential))  # type: ignore[misc]
    with pytest.raises(BadPasskey):
        check_new(PLACE, credential, "AAAA")


def _accept_or_refuse(act: Callable[[], object]) -> None:
    with suppress(BadPasskey):
        act()
