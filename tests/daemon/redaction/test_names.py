"""Names of fields that come again and again."""

import base64
import time

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "kV9mQ2xLp7zR4wT8nBc3"


def test_encoded_secret_is_taken_out_of_every_field_that_is_called_so() -> None:
    name = base64.b64encode(f"the key {SECRET}".encode()).decode()
    rows = [{name: number, "price": number} for number in range(3)]
    clean = Redactor([KnownSecret("key", SECRET)]).redact_payload({"rows": rows})
    assert name not in str(clean)
    assert str(clean).count("SECRET_REF(key)") == len(rows)
    assert str(clean).count("price") == len(rows)


def test_what_stands_beside_a_secret_is_read_as_beside_its_placeholder() -> None:
    once = Redactor([KnownSecret("key", SECRET)]).redact_payload(
        {f"{SECRET}Authorization: Bearer kV9mQ000": None}
    )
    assert once == {"SECRET_REF(key)Authorization: Bearer [REDACTED:authorization]": None}


@pytest.mark.parametrize(
    "name", ["contraseña", "MDP_ADMIN", "motDePasse", "api_schlüssel", "Пароль", "パスワード"]
)
def test_field_is_known_by_its_name_in_other_languages(name: str) -> None:
    clean = Redactor([]).redact_payload({name: "lampe7Zug", f"{name}_url": "lampe8Zug"})
    assert isinstance(clean, dict)
    assert clean[name] != "lampe7Zug"
    assert clean[f"{name}_url"] == "lampe8Zug"


def test_column_is_known_by_its_name_in_other_languages() -> None:
    table = "host;user;contraseña\nsrv1;anna;lampe7Zug\n"
    assert Redactor([]).redact(table) == "host;user;contraseña\nsrv1;anna;[REDACTED:password]\n"


def test_list_in_a_program_is_no_table() -> None:
    code = """    hide_password,\n    type=str7,\n    show_default=True,\n"""
    assert Redactor([]).redact(code) == code


def test_rows_that_look_like_headers_are_read_once() -> None:
    """Each of them as the header of those below took a minute for a quarter of a megabyte."""
    rows = "password,token\n" * 400 + "lampe7Zug!,b\n"
    begin = time.process_time()
    assert Redactor([]).redact(rows).endswith("\n[REDACTED:password],b\n")
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("name", ["access_token", "password", "client_secret", "passwort"])
def test_next_field_of_an_address_stays(name: str) -> None:
    clean = Redactor([]).redact(f"GET https://a.example/cb?state=1&{name}=lampe7ZugX49bq&scope=read HTTP/1.1")
    assert clean.startswith(f"GET https://a.example/cb?state=1&{name}=[REDACTED:")
    assert clean.endswith("]&scope=read HTTP/1.1")
