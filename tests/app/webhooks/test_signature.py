"""Signatures, held against the library that receivers use."""

from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from letsbe_app.webhooks.signature import new_secret, signed_headers

BODY = b'{"type":"webhook.test"}'


def now() -> int:
    return int(datetime.now(UTC).timestamp())


def test_the_library_of_the_specification_accepts_it() -> None:
    secret = new_secret()
    headers = signed_headers([secret], "evt_1", now(), BODY)

    assert Webhook(secret).verify(BODY, headers) == {"type": "webhook.test"}


def test_while_one_secret_replaces_another_both_are_good() -> None:
    old, new = new_secret(), new_secret()
    headers = signed_headers([new, old], "evt_1", now(), BODY)

    assert Webhook(old).verify(BODY, headers) == Webhook(new).verify(BODY, headers)


@pytest.mark.parametrize("change", ["body", "id", "time", "secret"])
def test_whatever_is_changed_is_noticed(change: str) -> None:
    secret, body = new_secret(), BODY
    headers = signed_headers([secret], "evt_1", now(), body)
    match change:
        case "body":
            body += b" "
        case "id":
            headers["webhook-id"] = "evt_2"
        case "time":
            headers["webhook-timestamp"] = str(now() + 60)
        case "secret":
            secret = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_a_secret_has_the_length_that_the_specification_asks_for() -> None:
    assert new_secret().startswith("whsec_")
    assert len(new_secret()) == len("whsec_") + 44
