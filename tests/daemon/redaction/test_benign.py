"""What an agent works with every day stays as it is."""

import base64
import random

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

REDACTOR = Redactor([KnownSecret("db", "kV9#mQ2x!Lp7zR4wT8nB"), KnownSecret("old", "Sommer#2041x")])
_SOURCE = random.Random(7)


def _bytes(count: int) -> bytes:
    return bytes(_SOURCE.getrandbits(8) for _ in range(count))


def _base64(count: int) -> str:
    return base64.b64encode(_bytes(count)).decode()


def _block(name: str, lines: int) -> str:
    body = "\n".join(_base64(48) for _ in range(lines))
    return f"-----BEGIN {name}-----\n{body}\n-----END {name}-----"


TEXTS = [
    f'"integrity": "sha512-{_base64(64)}"',
    f"sha256-{_base64(32)}",
    f"golang.org/x/text v0.3.0 h1:{_base64(32)}",
    f"commit {_bytes(20).hex()}",
    f"nginx@sha256:{_bytes(32).hex()}",
    f"--hash=sha256:{_bytes(32).hex()}",
    f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{_base64(300)} me@x",
    _block("CERTIFICATE", 12),
    _block("PUBLIC KEY", 5),
    f"data:image/png;base64,{_base64(400)}",
    f"src: url(data:font/woff2;base64,{_base64(220)}) format('woff2')",
    "0a1b2c3d-1234-4abc-9def-0123456789ab",
    "https://x.example/the-right-password-manager-for-your-business?utm_source=letter&utm_campaign=spring_2026",
    "IBAN DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX",
    "Rufen Sie uns an: +49 (0)30 1234-5678",
    "Rechnung Nr. 2024-001234 vom 12.03.2024 über 1.234,56 €",
    "const token = await getToken();",
    "def login(self, password: str) -> Token:",
    'api_key = os.environ["API_KEY"]',
    "token=$(cat /run/secrets/token)",
    'password: "********"',
    "Passwort vergessen? Klicken Sie hier.",
    "max_tokens: 4096, token_count=128383",
    "The secret of good coffee is fresh beans.",
    "/usr/local/lib/python3.11/site-packages/django/contrib/auth/password_validation.py",
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
    "getUserAuthenticationTokenFromRequestHeaderOrThrow",
    "docker run -u 1000:1000 -p 8080:80 nginx:1.25",
    "postgres://localhost:5432/shop",
    'curl -H "Authorization: Bearer ${TOKEN}" https://api.example.org',
    "password=SECRET_REF(db-password)",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "Sommer 2041 wird heiß",
    "CREATE TABLE users (id INT, password VARCHAR(255) NOT NULL);",
    "test_that_the_password_is_not_shown_in_the_log",
    "https://docs.google.com/document/d/1A2b3C4d5E6f7G8h9I0jK1L2M3N4O5P6Q7R8S9T0u1V2/edit",
    '"token_type": "Bearer", "expires_in": 3600',
    "secConfig == null ? {} : { apiKey: secConfig }",
    "const token = identity?.executionIdentityToken;",
    "Stop generation if this token is detected.",
    "Der Zugangstoken ist ungültig.",
    '"@tokenizer/token": "^0.3.0"',
    "crypto_aead_chacha20poly1305_ietf_MESSAGEBYTES_MAX",
    "const { token: _token } = options;",
    "new_auth = get_netrc_auth(url)",
    ":param salt: **RANDOM**",
    "12, 14, 15, 16, 17, 22, 23, 24, 25, 30 Personen",
    "$rules = ['password' => 'required|string|min:8|confirmed'];",
    "    return password;\n\n\nexample.org. 3600 IN DNSKEY 257 3 13 " + _base64(48),
    '{"delta": {"content": " password"}, "index": 0}], "obfuscation": "nDe9G5B2CcfK"}',
    '{"secret_hint": "Geheime Frage", "apiKey": "API-Schl\\u00fcssel"}',
    f"peer: {_base64(32)}\n  latest handshake: 12 seconds ago",
    f"https://u123.ct.mail.example/ls/click?upn=u001.{_base64(120).replace('/', '-').replace('+', '_')}",
    f"DKIM-Signature: v=1; s=mail;\n bh={_base64(32)};\n b={_base64(45)}\n  {_base64(45)}\n  {_base64(30)}",
    "attachment\n\n" + "\n".join([_base64(57)] * 5 + [_base64(39)]),
    '"merchant_id": "JTDX67M0LGVCF", "airtable": "recwt3IZ5YUcLLiqU", "sf": "003"',
    '"Labels": {"com.docker.compose.config-hash": "' + _bytes(32).hex() + '"}',
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-RFjJBW",
    f"password: ENC[AES256_GCM,data:{_base64(12)},iv:{_base64(32)},tag:{_base64(16)},type:str]",
    f"-----BEGIN CERTIFICATE-----\n{_base64(45)}\n{_base64(43)[:-4]}3Pw==\n-----END CERTIFICATE-----",
    "PASSWORD=%DB_PASSWORD%",
    f"|1|{_base64(20)[:-4]}pzpw=|{_base64(20)} ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{_base64(200)}",
    "COPY public.users (id, password) FROM stdin;\n1\t\\N\n\\.\n",
    "STRIPE_PUBLISHABLE_KEY=pk_live_" + _bytes(12).hex(),
    'OPENAI_API_KEY=\\"sk-...\\"\\n```\\n\\nThe password must contain at least 8 characters. Tokens expire.',
    "password: my-app-db-password, passwordKey: users.password.reset.title.text",
    "n.password&&n.password.length>8?n.token:null};p=q.LR||{};v=i.Mc||{}",
    "<tr><th>Name</th><th>Password</th></tr>"
    "<tr><td>anna</td><td>••••••••</td></tr><tr><td>ben</td><td>not set</td></tr>",
    f"An error occurred (404). HostId: {_base64(57)}=",
    f"Content-Transfer-Encoding: base64\n\n{_base64(57)}\n{_base64(57)}\n",
    f"photo.jpg\n/9j/4AAQSkZJRgABAQEASABI{_base64(39)}\n{_base64(57)}\n",
    f"https://booking.example/x?aid=304&label=gen173nr-{_base64(45).replace('/', 'x').replace('+', 'y')}",
    f"TSE-Signatur: {_base64(64)}, Transaktion 4711",
    f"2026-05-05T10:11:12.000Z;ecdsa-plain-SHA256;unixTime;{_base64(64)};{_base64(64)}",
    "LoadCredential=db-password:/etc/creds/db",
    "type Mutation { login(email: String!, password: String!): AuthPayload } type A { token: String! }",
    "OPENAI_API_KEY=<your-key>\nSTRIPE_SECRET_KEY=sk_test_...\nJWT_SECRET=replace-me",
    "api_key: sk-****************abcd",
    "Cookie: consent=accepted; lang=de; theme=dark; cookie_notice=true",
    "Cookie: _ga=GA1.1.805633411.6951873591; _gid=GA1.2.623497119.8489436193",
    f"mapboxgl.accessToken = 'pk.eyJ1IjoiYWNtZSIsImEiOiJjbGFiY2QifQ.{_bytes(11).hex()}';",
    f"clientToken: 'pub{_bytes(16).hex()}'",
    "DB_SECRET_ARN=arn:aws:secretsmanager:eu-central-1:065234011787:secret:db-dJAuGS",
    "password = \"#{ENV['PW']}\"",
    "password: !vault_ref secret/data/db#password",
    f"https://www.notion.example/acme/Passwort-Richtlinie-{_bytes(16).hex()}",
    f"the token fix landed in {_bytes(20).hex()} # commit of the token",
    "2FA: ONLY WITH YOUR CODE",
    "findUserByIdInOrderOfToken, password: getPasswordOfUserInDb",
    "did:key:z6MkE7vqQn7LnTZpePsSKKiEA1FpGJTVmj8anBNR7ryTeQBz",
    f'{{"url":"https:\\/\\/nel.example\\/report\\/v4?s={_base64(45).replace("/", "x").replace("+", "y")}"}}',
    "https://search.example/search?q=passwort+vergessen&ei=x",
    "https://posts.example/x_passwort-security-activity-7582316125213484188-Hygz?utm_source=share",
    "ลืมรหัสผ่าน? รหัสผ่านต้องมีอย่างน้อย 8 ตัวอักษร",
    'echo "::add-mask::***"',
    'test: ["CMD-SHELL", "mysqladmin ping -p$$MYSQL_ROOT_PASSWORD"]',
    f"SetCredentialEncrypted=db: \\\n        {_base64(48)} \\\n        {_base64(30)}",
    "Nur heute: Passwort-Manager 50 % günstiger! Code SAFE50 im Warenkorb.",
    f'{{"stdout": "DKIM-Signature: v=1;\\n\\tbh={_base64(32)};\\n\\tb={_base64(45)}\\n\\t{_base64(45)}\\n"}}',
    f'm1._domainkey IN TXT ( "v=DKIM1; k=rsa; " "p=MIIBIjANBgkq{_base64(90)}" "{_base64(90)}" )',
    f"Thread-Index: AQH{_base64(30)}",
    "ii  passwd     1:4.13-r1  amd64  change passwords\nii  libpam:amd64  1.5.2-6  amd64  runtime",
    f"usr/share/doc/lock/AUTHORS\n{_bytes(16).hex()}  usr/share/doc/lock/NEWS",
    "# BindPasswd: secret\n#SortByKey: 0\n",
    "--user '$NAME:$PASSWORD' $GitHost_API_URL/$GIT_COMMIT",
    "ListUserCredentialsV2Request$outboundSchema = z.object",
    f"credentialsId: '0a1b2c3d-1234-4abc-9def-{_bytes(6).hex()}'",
    "implementation libs.secrets = 'org.example.token:jjwt-orgjson-0.12.3'",
    "vault: s.readConfigurationOfTenant",
    "static int hf_sessionparametersdescription_len = 3; (id)hf_sortedCharacteristicTypesForShownData;",
    "export API_KEY=glc_1111111111111111111111111111111111 # glsa_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX_AAAAAAAA",
    "slack: xoxb-my-bot-token",
    f"cacheKey: '{_bytes(16).hex()}', object_key = {_bytes(20).hex()}, GPG_KEY={_bytes(20).hex().upper()}",
    'url := "https://api.example/screenshot?token="+resMatch+"&width=1", nil)',
    "[here](../debug-reset_pw.de.md#zwei-faktor-anmeldung-wieder-entfernen) and more",
    "https://posts.example/@a/your-docker-image-ids-are-secrets-and-its-time-that-you-treat-them-that-way-f55e9f14c1a4",
    "- [Set the firewall to PASS traffic](#test-25-set-firewall-to-pass-traffic)",
    '"*/meta-data/security-credentials*", "*newest/meta-data*"',
    "Set-Configuration -InvalidCertificates Ignore -ParticipateInSurvey:$false -Confirm:$false",
    "| a | b |\n| pw | pass |\n| tool | PathToDir&#92;Payloads7&#92;plink2.exe |",
    'put \'/password\' => "site/passwords#update", passwordLabel:"Password:",rememberLabel:"Remember:"',
    "PASSWORD_PAGE_URL=$APP_BASE_URL/room/#/new_password",
    "this.addPassword = '#add-password'; password: &lt;YOURPASSWORD&gt;",
    "see https://example.org/getmail6 and the ingress.\nINGRESS_PASSWORD=...\nURL=http://localhost:3000/r",
    "MASTER_PASS=mysecretpass; the password is 'too short' or password is `undefined`",
    f"web-api-{_bytes(20).hex()} and hook_token_{_bytes(12).hex()}",
    f"gpg --print public key\n{_bytes(20).hex()}\n",
    f"gpg: using EDDSA key {_bytes(20).hex().upper()}",
    "show the token list\nnothing-to-be-seen-here-at-all\n",
    "access: read/write-everything, Login: /users/sign_in/2fa",
    f"100644 blob {_bytes(20).hex()}\\tsrc/Example.Security.Tools.Core/NearlyClassifiedKeys/IAnyKey7.cs\\n",
    f"/etc/pam.d/chpasswd {_bytes(16).hex()}\n/etc/pam.d/passwd {_bytes(16).hex()}\nDescription: x",
    "Filename: pool/main/s/shadow/passwd_4.13+r1-1+u2_amd64.deb",
    "a credential (`LoadCredential=shop-vault-key:…`), or",
    f"interface: wg0\n  public key: {_base64(32)}\n  private key: (hidden)\n",
    f"the token fix of the key store landed in {_bytes(20).hex()}",
    f'new ObjectId("{_bytes(12).hex()}"), new UUID("0a1b2c3d-1234-4abc-9def-{_bytes(6).hex()}")',
    f"page_token → {_base64(24)}",
    'Token: "#ddd0c0", Secret: "#1a2b3c"',
    f"100644 blob {_bytes(20).hex()}\ta/.aws/credentials\n100644 blob {_bytes(20).hex()}\tproject.toml\n",
    f"restored from cache key: {_bytes(20).hex()}",
    "NAME             PASSWORD   AGE\ndb-credentials   locked     3d\nweb              expired    4d",
]

PAYLOADS: list[object] = [
    {"role": "assistant", "tool_calls": [{"id": "call_a1B2c3D4e5F6g7H8i9J0k1L2m3N4", "type": "function"}]},
    {"type": "thinking", "thinking": "hm", "signature": _base64(200)},
    {"reasoning_details": [{"type": "reasoning.encrypted", "data": _base64(500)}]},
    {"type": "reasoning", "encrypted_content": _base64(300)},
    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{_base64(3000)}"}},
    {"type": "input_audio", "input_audio": {"data": _base64(900), "format": "wav"}},
    {"source": {"type": "base64", "media_type": "image/jpeg", "data": _base64(900)}},
    {"parameters": {"properties": {"password": {"type": "string"}}, "required": ["password", "api_key"]}},
    {
        "model": "x",
        "messages": [],
        "prompt_cache_key": "ytZDiB2mXbDqYn8R4wLcVe7QpKs0HfTu",
        "user": _bytes(32).hex(),
    },
    {"contents": [], "cachedContent": "cachedContents/8njhv1e0mys6gl3piitjyfeoqoho09a5"},
    {"usage": {"prompt_tokens": 123456, "total_tokens": 999999999}},
    {"codes": [200, 201, 404, 500, 301, 302, 100, 418], "ages": [34, 45, 56, 67, 78, 33, 44, 55]},
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_stays(text: str) -> None:
    assert REDACTOR.redact(text) == text


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_protocol_fields_and_media_stay(payload: object) -> None:
    assert REDACTOR.redact_payload(payload) == payload
