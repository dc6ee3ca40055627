"""What a program calls to get a secret is none."""

import pytest

from tenant_daemon.redaction import Redactor
from tenant_daemon.redaction.calls import is_called


@pytest.mark.parametrize(
    "text",
    [
        "credentials = standard_b64encode(credentials).decode('ascii')",
        "c->password = gnome_keyring_memory_strdup(value);",
        "nextLoc, tokens = parseFn(instring, preloc)",
        "$variable_password8 = aFunctionCall();",
        "curl -sS -o /dev/null -w 'admin_http=%{http_code}\\n' http://127.0.0.1:81/",
    ],
)
def test_a_call_stays(text: str) -> None:
    assert Redactor([]).redact(text) == text


def test_a_password_in_front_of_a_bracket_is_no_call() -> None:
    assert not is_called(b"Hx7kQ2mn(new)", 0, 8)
    assert "Hx7kQ2mn" not in Redactor([]).redact("password: Hx7kQ2mn(new)")
