"""What was found in a message is remembered, and nothing gets through because of it."""

import base64

from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.leaves import Leaves
from tenant_daemon.redaction.verdicts import Verdicts

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
SECRETS = [KnownSecret("key", SECRET)]


def chat(*texts: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": text} for text in texts]}


def test_earlier_messages_come_out_the_same_again() -> None:
    redactor = Redactor(SECRETS)
    texts = [
        "good morning",
        f"it is {SECRET}",
        "password: hunter22x",
        base64.b64encode(SECRET.encode()).decode(),
    ]
    first = redactor.redact_payload(chat(*texts))
    again = redactor.redact_payload(chat(*texts, "and now?"))
    assert isinstance(first, dict)
    assert isinstance(again, dict)
    assert again["messages"][:4] == first["messages"]
    assert again == Redactor(SECRETS).redact_payload(chat(*texts, "and now?"))


def test_secret_that_goes_on_in_a_new_message_is_found() -> None:
    for shown in (SECRET, base64.b64encode(SECRET.encode()).decode(), SECRET.encode().hex()):
        for cut in (3, 10, len(shown) - 3):
            redactor = Redactor(SECRETS)
            redactor.redact_payload(chat("hi", shown[:cut]))
            clean = str(redactor.redact_payload(chat("hi", shown[:cut], shown[cut:])))
            assert "SECRET_REF(key)" in clean
            assert shown[cut:] not in clean


def test_message_is_judged_by_itself_when_its_neighbour_is_gone() -> None:
    redactor = Redactor(SECRETS)
    redactor.redact_payload(chat(f"see {SECRET[:3]}", SECRET[3:]))
    assert redactor.redact_payload(chat(f"see {SECRET[:3]}", "ok")) == chat(f"see {SECRET[:3]}", "ok")


def test_message_of_another_kind_is_another_message() -> None:
    verdicts = Verdicts()
    values: list[object] = [["ab", "c"], ["a", "bc"], {"ab": "c"}, {"role": "c"}, ["abc"]]
    digests = {verdicts.digest(leaves := Leaves(value), 0, len(leaves.texts)) for value in values}
    assert len(digests) == len(values)


def test_small_value_without_secrets_is_remembered_and_returned_as_it_is() -> None:
    redactor = Redactor(SECRETS)
    value = {"id": "chatcmpl-1", "model": "m"}
    assert redactor.redact_payload(value) is value
    assert redactor.redact_payload(value) is value


def test_small_value_with_a_secret_is_redacted_each_time() -> None:
    redactor = Redactor(SECRETS)
    for _ in range(3):
        assert redactor.redact_payload({"note": SECRET}) == {"note": "SECRET_REF(key)"}


def test_the_same_strings_under_other_names_or_elsewhere_are_another_value() -> None:
    redactor = Redactor([])
    for innocent, telling in (
        ({"note": "hunter22xy"}, {"password": "hunter22xy"}),
        (
            {"a": {"b": {"c": [{"name": "DB_PASSWORD"}, {"value": "hunter22xy"}]}}},
            {"a": {"b": {"c": {"name": "DB_PASSWORD", "value": "hunter22xy"}}}},
        ),
    ):
        assert redactor.redact_payload(innocent) == innocent
        assert "hunter22xy" not in str(redactor.redact_payload(telling))
