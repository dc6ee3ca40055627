"""A head is held against those before it."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from letsbe_app.fleet.audit_heads.continuity import HeadProblem, KnownTrail, problem_with
from tenant_daemon.contracts.audit import AuditHeadReported

KEY = Ed25519PrivateKey.generate()
OTHER = Ed25519PrivateKey.generate()


def public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def report(
    count: int, mark: str, since: tuple[int, str], *, key: Ed25519PrivateKey = KEY
) -> AuditHeadReported:
    bare = AuditHeadReported(
        count=count,
        head=mark * 64,
        since_count=since[0],
        since_head=since[1] * 64,
        signed_at=datetime(2026, 11, 21, tzinfo=UTC),
        public_key=public(key),
        signature="",
    )
    signature = base64.b64encode(key.sign(bare.signed_text())).decode()
    return bare.model_copy(update={"signature": signature})


KNOWN = KnownTrail(public(KEY), 20, {10: "a" * 64, 20: "b" * 64})


@pytest.mark.parametrize(
    ("head", "known", "problem"),
    [
        (report(5, "a", (0, "0")), None, HeadProblem.NONE),
        (report(5, "a", (3, "c")), None, HeadProblem.GAP),
        (report(30, "c", (20, "b")), KNOWN, HeadProblem.NONE),
        (report(30, "c", (10, "a")), KNOWN, HeadProblem.NONE),
        (report(20, "b", (10, "a")), KNOWN, HeadProblem.NONE),
        (report(30, "c", (20, "d")), KNOWN, HeadProblem.FORKED),
        (report(20, "d", (10, "a")), KNOWN, HeadProblem.FORKED),
        (report(15, "c", (10, "a")), KNOWN, HeadProblem.WENT_BACK),
        (report(5, "c", (0, "0")), KNOWN, HeadProblem.WENT_BACK),
        (report(30, "c", (0, "0")), KNOWN, HeadProblem.WENT_BACK),
        (report(30, "c", (25, "e")), KNOWN, HeadProblem.GAP),
        (report(30, "c", (20, "b"), key=OTHER), KNOWN, HeadProblem.OTHER_KEY),
        (report(30, "c", (20, "b")).model_copy(update={"count": 31}), KNOWN, HeadProblem.BAD_SIGNATURE),
        (report(30, "c", (20, "b")).model_copy(update={"signature": "?"}), KNOWN, HeadProblem.BAD_SIGNATURE),
        (
            report(30, "c", (20, "b")).model_copy(update={"public_key": "AA"}),
            KNOWN,
            HeadProblem.BAD_SIGNATURE,
        ),
    ],
)
def test_head_is_judged(head: AuditHeadReported, known: KnownTrail | None, problem: HeadProblem) -> None:
    assert problem_with(head, known) is problem
