"""
Passkeys as a standard: what a browser is asked, and whether its answer holds (WebAuthn Level 3).

Pure apart from random challenges. Answers come from anybody, so whatever is wrong with one is one exception.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

Json = dict[str, Any]

TIMEOUT_SECONDS: Final = 300
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_TRANSPORTS: Final = frozenset(one.value for one in AuthenticatorTransport)
# What the library and its parsers raise at malformed answers; found by feeding them such.
_MALFORMED: Final = (
    WebAuthnException,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
)


class BadPasskey(Exception):
    """The answer is not what was asked for; the text names the cause for the log and holds nothing of it."""


@dataclass(frozen=True)
class Place:
    """Where passkeys of ours are good."""

    rp_id: str
    origins: tuple[str, ...]

    @classmethod
    def of(cls, public_url: str, origins: Iterable[str]) -> "Place":
        """
        Args:
            public_url: Its host is the name that passkeys are bound to; on one's own machine ``localhost``,
                since an address is no name.
            origins: Pages that may use them.
        """
        host = urlsplit(public_url).hostname or "localhost"
        return cls("localhost" if host in _LOOPBACK else host, tuple(sorted(origins)))


@dataclass(frozen=True)
class NewPasskey:
    """What is kept of a passkey that was made."""

    credential_id: str
    public_key: str
    use_count: int
    transports: list[str]


def creation_options(place: Place, *, user_id: str, email: str, known_ids: Iterable[str]) -> Json:
    """What the browser needs to make a passkey; ``known_ids`` keeps a device from making a second one."""
    options = generate_registration_options(
        rp_id=place.rp_id,
        rp_name="LetsBe Biz",
        user_id=user_id.encode(),
        user_name=email,
        user_display_name=email,
        timeout=TIMEOUT_SECONDS * 1_000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_descriptor(one) for one in known_ids],
    )
    return options_to_json_dict(options)


def request_options(place: Place, known_ids: Iterable[str] = ()) -> Json:
    """What the browser needs to use a passkey: any of the person's, or one of ``known_ids``."""
    options = generate_authentication_options(
        rp_id=place.rp_id,
        timeout=TIMEOUT_SECONDS * 1_000,
        allow_credentials=[_descriptor(one) for one in known_ids] or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def check_new(place: Place, credential: Json, challenge: str) -> NewPasskey:
    """
    The passkey that the browser has made.

    Raises:
        BadPasskey: See there.
    """
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.rp_id,
            expected_origin=list(place.origins),
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise BadPasskey(type(error).__name__) from error
    told = credential.get("response", {}).get("transports")
    return NewPasskey(
        credential_id=bytes_to_base64url(verified.credential_id),
        public_key=bytes_to_base64url(verified.credential_public_key),
        use_count=verified.sign_count,
        transports=sorted(_TRANSPORTS & {str(one) for one in told}) if isinstance(told, list) else [],
    )


def check_use(place: Place, credential: Json, challenge: str, *, public_key: str, use_count: int) -> int:
    """
    Check the use of a known passkey; gives the device's count of uses.

    Raises:
        BadPasskey: Not asked for by us, not signed with the key, nobody verified, or by a copy (the count of
            uses did not grow).
    """
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.rp_id,
            expected_origin=list(place.origins),
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=use_count,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise BadPasskey(type(error).__name__) from error
    return verified.new_sign_count


def credential_id_of(credential: Mapping[str, Any]) -> str:
    """Which passkey the answer is of; raises BadPasskey."""
    raw_id = credential.get("rawId")
    if not isinstance(raw_id, str) or not 1 <= len(raw_id) <= 1_400:
        raise BadPasskey("no id")
    try:
        # Through bytes and back: one spelling for each, whatever padding came along.
        return bytes_to_base64url(base64url_to_bytes(raw_id))
    except ValueError as error:
        raise BadPasskey("no id") from error


def challenge_of(credential: Mapping[str, Any]) -> str:
    """Which challenge the answer claims to be for; raises BadPasskey."""
    try:
        told = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))["challenge"]
        return bytes_to_base64url(base64url_to_bytes(told))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadPasskey("no challenge") from error


def challenge_name(challenge: str) -> str:
    """Under which name a challenge is kept: of one length, whatever somebody claims."""
    return hashlib.sha256(challenge.encode()).hexdigest()


def user_of(credential: Mapping[str, Any]) -> str:
    """The user's id that the device keeps with the passkey; empty where it tells none."""
    response = credential.get("response")
    handle = response.get("userHandle") if isinstance(response, Mapping) else None
    try:
        return base64url_to_bytes(handle).decode() if isinstance(handle, str) else ""
    except ValueError as error:
        raise BadPasskey("no user") from error


def _descriptor(credential_id: str) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential_id))
