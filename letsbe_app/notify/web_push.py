"""
Web push: one encrypted message to one browser (RFC 8030, 8291), signed so that its service knows us (8292).
"""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pywebpush import WebPusher

from letsbe_app.kit.outbound import Outbound, Response

_TOKEN_SECONDS: Final = 12 * 3_600
"""A service may refuse more than a day."""
_LONGEST_TTL: Final = 28 * 86_400


@dataclass(frozen=True)
class Device:
    """A browser's address and keys. Whoever has them can make it show something: never log it."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True)
class Push:
    """What is shown, and for how long it is worth showing."""

    title: str
    text: str
    path: str
    topic: str
    """A later push of the same topic replaces an undelivered one."""
    ttl_seconds: int
    is_urgent: bool


def new_vapid_key() -> bytes:
    """A key pair by which push services know us, as PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class WebPush:
    """One per process."""

    def __init__(self, key: bytes, mail_from: str, outbound: Outbound) -> None:
        """
        Args:
            key: From ``new_vapid_key``; browsers are bound to it, so it must not change.
            mail_from: Whom a push service may write to; as in mail.
            outbound: How messages go out.
        """
        self._vapid = Vapid02.from_pem(key)
        self._contact = f"mailto:{parseaddr(mail_from)[1]}"
        self._outbound = outbound

    @property
    def public_key(self) -> str:
        """What the browser needs to subscribe (``applicationServerKey``), base64url."""
        point = self._vapid.public_key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    async def send(self, device: Device, push: Push) -> Response:
        """
        Hand a message to the browser's push service.

        Raises:
            Unreachable: The service does not answer.
            BadTarget: Its address is not allowed.
            ValueError: The browser's keys are none.
        """
        body = orjson.dumps({"title": push.title, "body": push.text, "url": push.path, "tag": push.topic})
        headers = {
            **self._authorization(device.endpoint),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(max(0, min(push.ttl_seconds, _LONGEST_TTL))),
            "Urgency": "high" if push.is_urgent else "normal",
            "Topic": _topic(push.topic),
        }
        return await self._outbound.post(device.endpoint, headers, encrypted(device, body))

    def _authorization(self, endpoint: str) -> dict[str, str]:
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time()) + _TOKEN_SECONDS,
            "sub": self._contact,
        }
        return dict(self._vapid.sign(claims))


def encrypted(device: Device, body: bytes) -> bytes:
    """The body so that only this browser can read it; raises ValueError for keys that are none."""
    keys = {"p256dh": device.p256dh, "auth": device.auth}
    pusher = WebPusher({"endpoint": device.endpoint, "keys": keys})
    return bytes(pusher.encode(body, "aes128gcm")["body"])


def _topic(text: str) -> str:
    # RFC 8030 section 5.4: at most 32 characters of the base64url alphabet.
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())[:32].decode()
