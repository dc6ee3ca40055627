"""The redactor as its callers see it."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction import KnownSecret, Redactor
from tests.support.disguises import DISGUISES

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
REDACTOR = Redactor([KnownSecret("db-password", SECRET), KnownSecret("short", "h7#Kq2p!")])

secrets = st.text(
    string.ascii_letters + string.digits + "!#$%*+-.:;<=>?@^_~", min_size=18, max_size=40
).filter(lambda s: len(set(s)) > 8 and sum(c.isalnum() for c in s) >= 16 and any(c.isdigit() for c in s))


@pytest.mark.parametrize("name", DISGUISES)
def test_known_secret_is_found_in_every_disguise(name: str) -> None:
    shown = DISGUISES[name](SECRET)
    text = REDACTOR.redact(f"Here it is: {shown} , thank you.")
    assert shown not in text
    assert "SECRET_REF(db-password)" in text
    assert text.startswith("Here it is: ")
    assert text.endswith(" , thank you.")


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(secret=secrets, name=st.sampled_from(sorted(DISGUISES)))
def test_any_secret_is_found_in_any_disguise(secret: str, name: str) -> None:
    shown = DISGUISES[name](secret)
    text = Redactor([KnownSecret("k", secret)]).redact(f"Here it is: {shown} , thank you.")
    assert shown not in text
    assert "SECRET_REF(k)" in text


@settings(max_examples=40, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(DISGUISES)))
def test_secret_that_is_cut_over_messages_is_found(data: st.DataObject, name: str) -> None:
    shown = DISGUISES[name](SECRET)
    cut = data.draw(st.integers(1, len(shown) - 1))
    payload = {
        "messages": [
            {"role": "tool", "tool_call_id": "call_1", "content": shown[:cut]},
            {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": shown[cut:]}]},
        ]
    }
    clean = str(REDACTOR.redact_payload(payload))
    assert "SECRET_REF(db-password)" in clean
    assert SECRET not in clean


def test_short_secret_is_found_with_its_punctuation_only() -> None:
    assert REDACTOR.redact("use h7#Kq2p! now") == "use SECRET_REF(short) now"
    assert REDACTOR.redact("use h7#K\u200bq2p! now") == "use SECRET_REF(short) now"
    assert REDACTOR.redact("h7 Kq2p is a room") == "h7 Kq2p is a room"


def test_beginning_that_reveals_most_of_a_secret_is_found() -> None:
    assert REDACTOR.redact(f"it starts with {SECRET[:14]}...") == "it starts with SECRET_REF(db-password)..."


def test_nothing_around_a_secret_changes() -> None:
    assert REDACTOR.redact(f"DB=postgres://app:{SECRET}@db:5432/shop # prod") == (
        "DB=postgres://app:SECRET_REF(db-password)@db:5432/shop # prod"
    )


def test_redacting_twice_changes_nothing_more() -> None:
    once = REDACTOR.redact(f"password={SECRET} token=ghp_{'a1B2' * 9}")
    assert REDACTOR.redact(once) == once


def test_payload_without_secrets_comes_back_as_it_is() -> None:
    payload = {"messages": [{"role": "user", "content": "good morning"}], "n": 1, "x": None}
    assert REDACTOR.redact_payload(payload) is payload


def test_payload_is_searched_in_names_numbers_and_nested_values() -> None:
    redactor = Redactor([KnownSecret("pin", "4929183746"), KnownSecret("key", SECRET)])
    payload = {"a": [{SECRET: 1}], "b": 4929183746, "c": [ord(c) for c in SECRET]}
    assert redactor.redact_payload(payload) == {
        "a": [{"SECRET_REF(key)": 1}],
        "b": "SECRET_REF(pin)",
        "c": ["SECRET_REF(key)"],
    }


def test_sensitive_fields_are_redacted_and_lookalikes_are_not() -> None:
    payload = {
        "password": "hunter22x",
        "env": [{"name": "SMTP_PASSWORD", "value": "xK3-ab-99"}],
        "max_tokens": 4096,
        "password_hint": "first pet",
        "api_key": "YOUR_API_KEY",
        "secret": "SECRET_REF(db-password)",
    }
    assert REDACTOR.redact_payload(payload) == payload | {
        "password": "[REDACTED:password]",
        "env": [{"name": "SMTP_PASSWORD", "value": "[REDACTED:password]"}],
    }


def test_placeholder_repeats_nothing_of_a_field_name() -> None:
    redactor = Redactor([KnownSecret("pin", "4929183746")])
    clean = redactor.redact_payload(
        {"PRIVATE KEY 4929183746": "a8f7b3c2d9e1", "access_token_of_anna": "a8f7b3c2"}
    )
    assert clean == {
        "PRIVATE KEY SECRET_REF(pin)": "[REDACTED:private-key]",
        "access_token_of_anna": "[REDACTED:access-token]",
    }


def test_report_tells_where_and_never_what() -> None:
    report = REDACTOR.report(f"a {SECRET} b")
    assert [(found.start, found.end) for found in report.findings] == [(2, 2 + len(SECRET))]
    assert SECRET not in repr(report)
    assert SECRET not in repr(KnownSecret("k", SECRET))


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_redacted(text: str) -> None:
    assert isinstance(REDACTOR.redact(text), str)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(json_values)
def test_any_payload_keeps_its_shape(value: object) -> None:
    clean = REDACTOR.redact_payload(value)
    assert type(clean) is type(value) or isinstance(clean, str)


@pytest.mark.parametrize(
    "text",
    [
        '<add key="SECRET_KEY" value="%s" />\n  <add key="Timeout" value="30" />\n',
        'os.Setenv("AUTHENTIK_SECRET_KEY", "%s")\nlog.Println("started")\n',
        '  <add key="AWS_SECRET_ACCESS_KEY" value="%s" />\n  <add key="Timeout" value="30" />\n',
    ],
)
@pytest.mark.parametrize(
    "value",
    ["c0242596146ae178390a4edb8174ef51", "IKnZ2dPr5h1bypL0hpLwWKrAaKDVtwxSEsIiRuSZStm54iUVQQ"],
)
def test_words_beside_a_secret_are_not_read_as_its_rest(text: str, value: str) -> None:
    before, after = text.split("%s")
    redacted = Redactor([]).redact(text.replace("%s", value))
    assert redacted.startswith(before)
    assert redacted.endswith(after)
    assert value not in redacted
