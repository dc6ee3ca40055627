"""
A push service and a browser's keys on this machine, kept honest by the standards.

It checks what RFC 8030 and RFC 8292 ask of a sender and decrypts as RFC 8291 says, with the library that
browsers' tests use; the hub encrypts with other code than this.
"""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import http_ece
import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from starlette.responses import Response

from letsbe_app.notify.schemas import SubscriptionForm
from tests.support.receiver import Received, Receiver, receiver


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class PushBrowser:
    """One subscription of a browser."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    def form(self) -> SubscriptionForm:
        return SubscriptionForm.model_validate(self.json())

    def json(self) -> dict[str, Any]:
        """As ``PushSubscription.toJSON`` gives it."""
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": b64(point), "auth": b64(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def read(self, message: Received) -> dict[str, Any]:
        """What the service worker would be given."""
        plain = http_ece.decrypt(
            message.body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        return dict(orjson.loads(plain))


@dataclass
class PushService:
    """Where browsers subscribe."""

    inner: Receiver
    public_key: str
    status: int = 201

    @property
    def received(self) -> list[Received]:
        return self.inner.received

    def subscribe(self) -> PushBrowser:
        return PushBrowser(f"{self.inner.url}/push/{b64(os.urandom(12))}")

    def answer(self, message: Received) -> Response:
        problem = self._problem(message)
        return Response(problem, status_code=400) if problem else Response(status_code=self.status)

    def _problem(self, message: Received) -> str:
        headers = message.headers
        if not headers.get("ttl", "").isdigit():
            return "TTL is needed (RFC 8030, 5.2)"
        if headers.get("urgency") not in {"very-low", "low", "normal", "high"}:
            return "no such urgency (RFC 8030, 5.3)"
        if len(headers.get("topic", "")) > 32:
            return "the topic is too long (RFC 8030, 5.4)"
        if headers.get("content-encoding") != "aes128gcm" or len(message.body) > 4_096:
            return "not encrypted, or too large (RFC 8291, 4)"
        return self._vapid_problem(headers)

    def _vapid_problem(self, headers: dict[str, str]) -> str:
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme != "vapid" or parts.get("k", "").rstrip("=") != self.public_key:
            return "not the key that the browser subscribed with (RFC 8292, 3)"
        if not Vapid02.verify(f"vapid t={parts['t']},k={parts['k']}"):
            return "the signature is not good (RFC 8292, 2)"
        claims = orjson.loads(base64.urlsafe_b64decode(parts["t"].split(".")[1] + "=="))
        return "" if claims["aud"] == self.inner.url and claims["sub"].startswith("mailto:") else "claims"


@asynccontextmanager
async def push_service(public_key: str) -> AsyncIterator[PushService]:
    """A service that takes what is for browsers which subscribed with this key."""
    async with receiver() as inner:
        service = PushService(inner, public_key)
        inner.answer = service.answer
        yield service
