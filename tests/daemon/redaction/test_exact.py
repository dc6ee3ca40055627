"""Where a value of the vault stands as it is, it is replaced and nothing around it."""

import base64
import zlib

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.exact import without_neighbours
from tenant_daemon.redaction.findings import Finding, Layer, settle

VALUE = "kV9mQ2xLp7zR4wT8nBc3"
PEM = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIQ3kV9mQ2xLp7zR4wT8nBc3aa\n-----END EC PRIVATE KEY-----\n"
REDACTOR = Redactor(
    [KnownSecret("key", VALUE), KnownSecret("file", PEM), KnownSecret("json", '{"a": "5Z2KLP"}')]
)


@pytest.mark.parametrize(
    "text",
    [
        "{}the is password",
        "pre{}post",
        "\\{}\\",
        "={}=",
        "+{}+",
        "api_key={}&x=1",
        "curl -u admin:{} https://a.example/x",
        "the password is {}.",
        "{}{}",
        "`{}`",
        "é{}é",
    ],
)
def test_neighbours_stay(text: str) -> None:
    expected = text.replace("{}", "SECRET_REF(key)")
    text = text.replace("{}", VALUE)
    assert REDACTOR.redact(text) == expected
    stream = REDACTOR.stream()
    assert "".join(stream.feed(character) for character in text) + stream.finish() == expected


def test_a_file_goes_with_its_last_line_break() -> None:
    assert REDACTOR.redact(f"cat key\n{PEM}$ ") == "cat key\nSECRET_REF(file)$ "


def test_a_value_in_brackets_goes_with_them_in_a_stream() -> None:
    stream = REDACTOR.stream()
    pieces = [stream.feed(piece) for piece in ("it is ", "{", '"a', '": "5Z2', 'KLP"}', ", ok")]
    assert "".join(pieces) + stream.finish() == "it is SECRET_REF(json), ok"


@pytest.mark.parametrize("text", [f"password={VALUE}x7Q", f"token: aB3{VALUE}", f"api_key={VALUE}Zq8Lm2Xw"])
def test_a_longer_secret_that_holds_the_value_goes_whole(text: str) -> None:
    name, sign, _ = text.partition("=") if "=" in text else text.partition(": ")
    assert REDACTOR.redact(text) == f"{name}{sign}SECRET_REF(key)"


def test_a_guess_is_cut_on_the_side_that_is_plain() -> None:
    data = b"the secret123Q9x"
    exact = Finding(4, 13, Layer.KNOWN, "X", is_exact=True)
    guess = Finding(0, 16, Layer.ENTROPY, "Y")
    assert settle(without_neighbours([exact, guess], data)) == [Finding(4, 16, Layer.KNOWN, "X")]


@pytest.mark.parametrize(
    "text",
    [
        f"gldt-{VALUE}{VALUE}",
        f"AIza{VALUE}0a",
        "[REDACTED:secret]00012G00{0H4sIAAAAAAAAA8vOtszNDTRyAbGTAQ==",
        "password=aB3kV9mQ7x\nH4sIAAAAAAAAA8vOtszNDTRyAbGTAQ==",
    ],
)
def test_what_was_redacted_once_is_settled(text: str) -> None:
    once = REDACTOR.redact(text)
    assert REDACTOR.redact(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "value = PTpiaHtmZ2Y6e1pYczZJR1FnSUdoN1lXWmSECRET_REF(key)lBPT06IDpnY30=",
        "it is [REDACTED:url-password]BnaXQuZXhhbXBsZS5jb20vYS9iLmdpdAo= here",
    ],
)
def test_encoded_text_around_a_placeholder_stays(text: str) -> None:
    assert REDACTOR.redact(text) == text


@pytest.mark.parametrize("token", ["ghp_16C7e42F292c6912E7710c838347Ae178B4a"])
def test_a_key_does_not_hide_in_the_marks_of_a_placeholder(token: str) -> None:
    assert token not in REDACTOR.redact(f"[REDACTED:{token}]")
    assert token not in REDACTOR.redact(f"SECRET_REF({token})")


def test_lines_of_a_file_in_a_json_secret_do_not_pass_by_themselves() -> None:
    line = "MIIEvQ3kV9mQ2xLp7zR4wT8nBc3aaXq7Lm2Rw9Tz"
    account = f'{{"type": "service", "key": "-----BEGIN KEY-----\\n{line}\\n-----END KEY-----\\n"}}'
    assert line not in Redactor([KnownSecret("account", account)]).redact(f"it has {line} inside")


def test_a_guess_takes_whole_characters() -> None:
    assert REDACTOR.redact(f"PW\x800{VALUE}") == "PWSECRET_REF(key)"


@pytest.mark.parametrize(
    ("before", "value", "behind"),
    [
        ("GET /v1?page=2&api_key=", "k3eVEvxIYZiDxdE5guvJzseJS5Qx3oFU", "&limit=5 HTTP/1.1"),
        ("mysqldump --password=", "bde7cb6b-cd41-4752-b390-ddd4a4c7c8b3", " shop"),
        ("MINIO_SECRET_KEY=", "b36A650qMhTCESAxUTiYlTQ5dzzxj1UzimH7t3Bx", "\nPORT=8080\n"),
        ("a.password=", "pqU+8RojFQy/NF7XdZrlo4PgU2//V7vcWr35bB4rpzY=", "\nserver.port=8080"),
        ("(", "$y$j9T$ymx6IYIB4WY.PLpddRf96F$FBMXpVuasBNyG7vwsjNB8FmFqXRawcgoZJhSSLqeNhy", ")"),
        ("$config['app_secret'] = '", "5b07f06b69a8bc24ded5a2acbd0717db28172c03", "';"),
        ("machine a.example login bot password ", "U.dY3wkXv6lOd!Pzwh", "\n"),
        ("ADMIN_PASSWORD=", "Rocket-sunset791", "\n"),
        ("`jdbc:postgresql://db/x?user=app&password=", "kWl7yGsRU1kQ61", "`"),
        ("IDENTIFIED BY '", "%h5NYc3Eu~", "';"),
        ("vault_encryption_key: '", "/HKwgZHrAvsDwq6EXwuwRgiCjo7Z4bM2SjErERmG", "'"),
        ("@@ -1 +1 @@\n-old\n+", "re_Ab3dEf6h_" + "kV9mQ2xLp7zR4wT8nBc3aa6Y", "\n context\n"),
        ("1,alpha,", "dckr_pat_" + "TfoM-jwkBJkZrEGU-s1mxi4gFgE", "\n2,beta,22\n"),
        ("user=bob&password=", "UDMNc4wGX8DTy6d2LA6zOmZDolO3WBwbVaPvjCOY", "&scope=all"),
        ("https://a.example/v1?page=2&api_key=", "SK8htuQm1", "&sort=asc"),
        ("Cookie: sessionid=", "UuOYny2jVU0Sv4jkPaWzWccKwamwAN8z", "; theme=dark\r\n"),
        ("mysql -u root -p", "y3g8q9RKWQyK9l0wxjR0OxBfOZ7rbB58", " shop"),
        ("mongodb+srv://root:", "Schl%C3%BCssel%21basil715%3F", "@c0.a.example/shop?retryWrites=true ok"),
    ],
)
def test_nothing_around_a_guess_is_replaced(before: str, value: str, behind: str) -> None:
    redacted = Redactor([]).redact(before + value + behind)
    assert redacted.startswith(f"{before}[REDACTED:")
    assert redacted.endswith(f"]{behind}")


@pytest.mark.parametrize(
    ("before", "written", "behind"),
    [
        ("@@ -1 +1 @@\n-old\n+", base64.b64encode(f"a: {VALUE}".encode()).decode().rstrip("="), "\n b\n"),
        ("1,alpha,", base64.b64encode(VALUE.encode("utf-16-le")).decode(), "\n2,beta,22\n"),
        ("1,alpha,", zlib.compress(f"key {VALUE}".encode()).hex(), "\n2,beta,22\n"),
        ("It printed ", VALUE.encode().hex(" "), " and then stopped."),
        ("it is ", VALUE.encode("utf-16-be").hex(" "), " and more"),
        (
            "Authorization: Basic ",
            base64.b64encode(f"admin:{VALUE}".encode()).decode(),
            "\nAccept: */*\n",
        ),
        (
            "out=",
            base64.b64encode(base64.b64encode(VALUE.encode())).decode(),
            "\n2026-11-21T03:15:01Z INFO\n",
        ),
    ],
)
def test_nothing_around_a_written_value_is_replaced(before: str, written: str, behind: str) -> None:
    assert REDACTOR.redact(before + written + behind) == f"{before}SECRET_REF(key){behind}"


@pytest.mark.parametrize("width", [20, 24, 64])
def test_the_last_line_of_a_wrapped_value_goes_with_it(width: int) -> None:
    packed = base64.b64encode(zlib.compress(f"one: {VALUE}, two: 2".encode())).decode().rstrip("=")
    lines = "\n".join(packed[at : at + width] for at in range(0, len(packed), width))
    assert REDACTOR.redact(f"file:\n{lines}\nEnd.") == "file:\nSECRET_REF(key)\nEnd."


@pytest.mark.parametrize("behind", [1, 4, 9])
@pytest.mark.parametrize("joint", ["\n", "\\n"])
def test_a_value_that_ends_within_a_wrapped_line_goes_whole(behind: int, joint: str) -> None:
    encoded = base64.b64encode(f"is: {VALUE}\n{VALUE[::-1]}{'x' * behind}".encode()).decode().rstrip("=")
    redactor = Redactor([KnownSecret("two", f"{VALUE}\n{VALUE[::-1]}")])
    for width in range(40, 60, 3):
        lines = joint.join(encoded[at : at + width] for at in range(0, len(encoded), width))
        redacted = redactor.redact(f"out={lines}{joint}2026-11-21T03:15:01Z INFO done")
        assert not any(encoded[at : at + 8] in redacted for at in range(8, len(encoded) - 8 - 2 * behind))


def test_a_beginning_of_letters_alone_that_is_no_word_goes() -> None:
    redactor = Redactor([KnownSecret("key", "mHfDxPjApLVHDACQ")])
    assert redactor.redact("1,alpha,mHfDxPjApLV…\n") == "1,alpha,SECRET_REF(key)…\n"


def test_the_beginning_of_a_value_with_brackets_of_its_own_is_known() -> None:
    redactor = Redactor([KnownSecret("key", "bVX#e><&rPn>C/f<*a+*$0smQU$pP")])
    assert redactor.redact("+bVX#e><&rPn>C/f<") == "+SECRET_REF(key)<"


def test_soft_hyphens_as_python_shows_them_hide_nothing() -> None:
    redactor = Redactor([KnownSecret("key", "Dg6!vl9!7"), KnownSecret("other", "pâté-9Qx7Lm2à")])
    assert redactor.redact(r"v = 'Dg\xad6\xad!\xadvl9!\xad7'") == "v = 'SECRET_REF(key)'"
    assert redactor.redact(repr("pâté-9Qx7Lm2à".encode())) == "b'SECRET_REF(other)'"
