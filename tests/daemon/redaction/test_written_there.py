"""What programs, styles and translations write where a secret could stand is none."""

import json

import pytest

from tenant_daemon.redaction import Redactor
from tenant_daemon.redaction.written_there import is_written_there

REDACTOR = Redactor([])

HARMLESS = [
    ".input.password input[type=password]:focus~.password-view-wrapper,.input.password b{opacity:.5}",
    "while ($next->is(StyleToken::Comment|StyleToken::Whitespace));",
    "'password' => 'confirmed|'.Setting::rules(),",
    "'password' => 'required|notIn:[\"'.$user->name.'\"]|min:12',",
    '"js-tokens": "npm:^4.0.0"',
    '"secret-stream@^3.0.0":\n  resolved "https://registry.example/secret-stream/-/secret-stream-3.0.1.tgz#d428fe4d'
    'b0b10382494c8daf793507f62a9bec73"',
    "<p>{{#if password}}Пароль: {{password}}{{/if}}</p>",
    "<label for=\"field-password\">{{translate 'Password'}}</label>",
    'x={client_secret:""}},{id:"oauth2",name:"y"}',
    'async getHeaders(){if(e)return{"X-CSRF-Token":e}}async getCsrfToken(){}',
    "private const DSN = 'tcp://localhost:5555';",
    "[deletion-token]: https://docs.example.org/#949d6cb0-5e55-45f7-8853-8c44a108399c",
    '"authTokens": "historique,accès,journal"',
    "$accessTokens->addUniqueIndex(['token'], 'UNIQ_6FB0DB1E5F37A13B');",
    'var _0x79f1=["\\x70\\x61\\x73\\x73"];function _0x581d(_0xccc18f){return _0xae6700-0x1a}',
    'echo "ENABLE_IPV6=false" >> "$CONF"',
    '"secretAccessKey": mockedS3SecretAccessKey,',
    '<property name="hibernate.connection.password">@db.password@</property>',
    "--- PASS: TestTokenBucket_Refill (0.02s)",
    'passwordField:"LoginForm_passwordField__M6WFw"',
    '"oauth2_client_secret": "Client-secret", "app_passwd": "App-adgangskode",',
    "'email_reset_password' => 'E-Mail Passwort zurücksetzen'",
    '"authToken": "Auth-token skapad"',
    '"iam_bindpass": "Bind Password",\n    "iam_periodic_full_sync": "Periodic Full Sync"',
    "'pwd_secure_complexity_case_diff' => 'Require at least one upper case letter'",
    "<target>Jelszó ismétlése</target>",
    "GOOGLE_MAPS_API=\nLDAP_MEM_LIM=500M\nLDAP_TIME_LIM=600",
    "/vaults/kv/secrets/db-password/9d7a3e9ec71ffa02708bfea8ac739a09 tenant",
    "Klicke hier, um zu deinem App-Login zu gelangen!",
    "-----BEGIN RSA PRIVATE KEY-----\n<your key here>\n-----END RSA PRIVATE KEY-----",
    "SECRET_KEY=insecure-dev-key",
    f"passwort manager test\nTSE-Seriennummer: {'039746413b98f73c' * 4}",
    "Das Passwort für den Drucker HP-M428fdw steht auf dem Aufkleber.",
]
TRANSLATIONS = [
    "パスワードを編集",
    "忘记密码？",
    "密码长度至少为8位",
    "كلمة المرور",
    "รหัสผ่านไม่ถูกต้อง",
    "사용자비밀번호",
    "ពាក្យសម្ងាត់",
]
SECRETS = [
    "hunter22x",
    "Xk9-vQ2m",
    "Ember-Q7walnut",
    "Sommer2041!",
    "пароль-7Kd2",
    "TestUser#2041",
    "tR7~kQ.mz2",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_written_there_stays(text: str) -> None:
    assert REDACTOR.redact_payload(text) == text


@pytest.mark.parametrize("word", TRANSLATIONS)
def test_translations_stay(word: str) -> None:
    payload = {"password": word, "form": {"newPassword": word, "apiToken": word}}

    assert REDACTOR.redact_payload(payload) == payload
    text = json.dumps(payload, ensure_ascii=False)
    assert REDACTOR.redact_payload(text) == text


@pytest.mark.parametrize("value", SECRETS)
def test_passwords_are_not_written_there(value: str) -> None:
    assert not is_written_there(value)
    assert value not in json.dumps(REDACTOR.redact_payload({"password": value}), ensure_ascii=False)


def test_a_long_value_takes_no_longer_than_its_length_asks() -> None:
    # Each would take for ever where a pattern tries the same characters in two ways.
    for piece in ("a-", "a~", "a|", "a,", "{{a}}", "a.", "aB", "A_", "x@"):
        is_written_there(piece * 4_000 + "!")
