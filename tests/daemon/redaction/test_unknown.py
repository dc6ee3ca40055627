"""Secrets that no vault knows, plain and encoded once."""

import base64
import json
import re

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tenant_daemon.redaction import Redactor
from tenant_daemon.redaction.ruleset import expand

REDACTOR = Redactor([])
TEXTS = [
    expand(template)
    for template in (
        "DB_PASSWORD={a14}",
        'export SECRET_KEY_BASE="{a32}"',
        "stripe_key: {a24}",
        "<password>{a10}!</password>",
        "my password is {a10}7",
        "Zugangsdaten: admin / {a9}!4",
        "mongodb+srv://app:{a12}@cluster.example.net/shop",
        "Authorization: Basic {b40}",
        "Cookie: session={a40}; theme=dark",
        "ghp_{a36}",
        "AKIAABCDEFGHIJKLMNOP",
        "eyJhbGciOiJIUzI1NiJ9.eyJ{w60}.{w43}",
        "$2y$10${a53}",
        "-----BEGIN EC PRIVATE KEY-----\n{b64}\n{b64}\n-----END EC PRIVATE KEY-----",
        "curl -u admin:{a12} https://example.org",
        "mysqldump -uroot -p{a14} shop",
        "machine example.org login me password {a14}",
        "A{a20}b{a20}1C{a20}2d9",
    )
]
ENCODINGS = {
    "plain": lambda s: s,
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "hex": lambda s: s.encode().hex(),
    "url": lambda s: "".join(f"%{b:02X}" for b in s.encode()),
    "escapes": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "json": lambda s: json.dumps(json.dumps({"output": s})),
}


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("text", TEXTS[:-1], ids=range(len(TEXTS) - 1))
def test_secret_is_found(text: str, name: str) -> None:
    assert "[REDACTED:" in REDACTOR.redact(f"see:\n{ENCODINGS[name](text)}\nok")


def test_random_string_is_found() -> None:
    assert REDACTOR.redact(f"use {TEXTS[-1]} for it") == "use [REDACTED:high-entropy] for it"


@pytest.mark.parametrize(
    ("before", "template", "after"),
    [
        ("define('MAILER_SECRET_KEY', '", "{h32}", "');"),
        ("app.minio.secret.key=", "{a40}", "\nshow-sql=false"),
        ("@@ -1,2 +1,2 @@\n PORT=3000\n-SECRET_KEY=\n+SECRET_KEY=", "{a46}", "\n"),
        ("@@ -1,2 +1,2 @@\n PORT=3000\n-PAGER_TOKEN=\n+PAGER_TOKEN=", "u+{a18}", "\n"),
        ("dsn => mariadb://david:", "{a12}", "@db-01.example.org:3306/w\nnext"),
        ("PresharedKey = ", "{b43}=", "\nAllowedIPs = 0.0.0.0/0\n"),
        ("SharedAccessKey=", "/{b42}=", ""),
        ("| NEXTAUTH_SECRET | ", "{b43}=", " |\n"),
        ("https://app.example.org/reset-password/", "{a43}", ""),
        ("AIVEN_TOKEN=", "{b344}==", " --app x"),
        ("Hier ist der Schlüssel: ", "ghp_{a36}", ". Bitte nicht weitergeben."),
        ("パスワードは", "{a6}7{a6}9x", "です"),
        ("Hasło to ", "Lantern{d4}", ""),
        ("La password è ", "Lantern{d4}", ""),
        ("Bitte das Passwort „", "Lantern{d4}#", "“ verwenden."),
        ("dsn => amqps://david:", "{a12}", "@mq.example.org/%2F\nnext"),
        ("COPY users (id, password) FROM stdin;\n1\t", "Lantern-{d4}", "\n\\.\n"),
        ("CREATE LOGIN app WITH PASSWORD = N'", "Lantern{d3}x", "', CHECK_POLICY = ON;"),
        ("<dt>WANDB_API_KEY</dt><dd>", "{h40}", "</dd>"),
        ('printf "%s" "', "{a14}", '" | docker secret create smtp_password -'),
        ("new PDO('mysql:host=db', 'crm', '", "Lantern@1992", "');"),
        ('{"code": "server.login(\\"news@x.example\\", \\"', "{a4}7{a4}9{a4}", '\\")"}'),
        ("Use ", "{a4}7{a4}9{a4}", " as the root password on the new box."),
        ("Login für Plesk: root/", "Lantern-whistle_8946", ""),
        ("user/pass: admin / ", "{a4}7{a4}9{a4}", "\n"),
        ('storePassword "', "Copper@2011", '" keyAlias "k"'),
        ("snmpwalk -v3 -u mon -A ", "OEzFwYXmhhca", " 10.0.0.1"),
        ("NEO4J_AUTH=neo4j/", "{a4}7{a4}9{a4}", "\n"),
        ("site,user,password,note\nshop.example,anna,", "K27.tgy.8JdJpp7", ",\n"),
        ("curl -u ", "{a20}7", ":X https://x.example/api"),
        ('Client("AC{h32}", "'.replace("{h32}", "0" * 32), "{h32}", '")'),
        ("search('AB12CD34EF', '", "{h32}", "'); // admin api key"),
        ("post_server_item: ", "{h32}", " # ROLLBAR_ACCESS_TOKEN"),
        ("wandb login ", "{h40}", "\n"),
        ("Backup-Codes für Google: ", "1622 6252, 2246 7129, 9042 8597", ""),
        ("Gib ein: ", "QM7IDGBTJVEDKYCG", " (Zwei-Faktor-Schlüssel)"),
        ("users=admin:", "$$apr1$${a8}$${a22}", "\n"),
        ('accounts: ["', "0x{h64}", '"]'),
        ('{"result": "', "{a24}", '", "special": true}, "type": "random_password"'),
        ("Cookie: _ga=GA1.1.805633411.6951873591; lang=de; remember=", "{a40}", ""),
        ("$ pass show mail/info\n", "Regen@1973", "\nlogin: info@x.example"),
        ("kubectl get secret db -o jsonpath='{.data.password}' | base64 -d\n", "Copper118x*", ""),
        ('{"code": "c.basic_auth(\\"ops\\", Some(\\"', "Wolke@2001", '\\"))"}'),
        ("Пароль от сервера: ", "Tiger@2005", ""),
        ("user crm on >", "{a20}", " ~crm:* +@all"),
        ('"eva" l2tpd ', "{a4}7{a4}9{a4}", " *\n"),
        ("ejabberdctl register eva x.example ", "{a4}7{a4}9{a4}", "\n"),
        ("chpasswd:\n  list: |\n    root:", "{a4}7{a4}9{a4}", "\n"),
        ('ftp = FTP("ftp.x.example", "web7", "', "{a4}7{a4}9{a4}", '")'),
        ('<credential-reference clear-text="', "HafenLinde99*", '"/>'),
        ("const key = Buffer.from('", "{h64}", "', 'hex'); // AES-256 key"),
        ("$config['des_key'] = '", "{a24}", "';"),
        ('pskvalue = "', "{d20}", '"'),
        ("[api]\nemail=bot@x.example\nkey=", "{h32}", "\nsite=https://x.example"),
        ('FAL_KEY="', "{h8}-{h4}-4{h3}-a{h3}-{h12}:{h32}", '"'),
        ("Authorization: Bearer automation ", "{h8}-{h4}-4{h3}-a{h3}-{h12}", ""),
        ("PIXELHOF_KEY=", "{n32}", "\nPORT=1"),
        ('<add key="pixelhofKey" value="', "{h40}", '" />'),
        ("VALUES ('pixelhof_key', '", "{a32}", "');"),
        ("| pixelhof_key | ", "{n16}7", " |\n"),
        ("Our Pixelhof key: ", "{a24}", " - please set it up."),
        ("# echo $PIXELHOF_KEY\n", "{a32}", "\n#"),
        ("see `", "eyJhbGciOiJkaXIifQ..{w16}{w20}.{w40}.{w22}", "`"),
        ('"pixelhof_api_key": "', "{n10}7x8y9.{n4}7x8y9z{n3}.{n9}7x8y9z1{n9}", '"'),
        ("app.pixelhof.key=", "{n32}", "\nserver.port=1"),
        ("Name,Value,Note\nPIXELHOF_KEY,", "{n32}", ",by Anna\n"),
        ("[pixelhof]\nkey : ", "{n40}", "\nregion : eu"),
        ('{"key": "pixelhof_key", "value": "', "{n32}", '"}'),
        ("DB_PASSWORD=", "marmelade", "\nPORT=1"),
        ("Das Passwort lautet '", "marmelade", "'."),
        ("if password == '", "{a6}10", "':"),
        ('new NetworkCredential("info@example.org", "', "{l16}", '");'),
        ("# wp option get pixelhof_token\n", "{n32}", "\n"),
        ("<param-name>pixelhof_token</param-name><param-value>", "{h32}", "</param-value>"),
        ("smtp_password: >-\n    ", "{a12}9", "\nport: 1"),
        ("(use ", "pixelhof_api_{a32}9aB", ")"),
        ("production.DEBUG: Pixelhof key ", "{h32}", " used"),
        ("anbei der Pixelhof-key:\n\n", "{h32}", "\n\nGruss"),
        ("The admin login is admin / ", "{a4}7{a4}9{a4}", ""),
        ("the Pixelhof key we use is ", "{n32}", ", expires in May"),
        ("Neuer Token bei Pixelhof → ", "{n32}", "\n"),
        ("WARN env PIXELHOF_KEY is deprecated (value ", "{n32}", ")"),
        ("Kannst du ", "{n32}", " als Pixelhof-Token eintragen?"),
        ("<tr><td>PIXELHOF_KEY</td><td>", "{a22}7x", "</td></tr>"),
        ('Dim pixelhofKey As String = "', "{n40}", '"'),
        ('{"headers":{"X-API-KEY":["', "{h32}", '"]}}'),
        ("pixelhof_key:\n  - ", "{n40}", "\n"),
        ("<b>Secret:</b> ", "{h8}-{h4}-4{h3}-a{h3}-{h12}", "<br>"),
        ("Bitte PIXELHOF_API_KEY auf ", "{n32}", " setzen."),
        ("Variable PIXELHOF_TOKEN changed from (empty) to ", "{h32}", ""),
        ('new Pixelhof("', "{n20}", '", { region: "eu" })'),
        ('expect(pixelhofApiKey).toBe("', "{n32}", '")'),
        ("Hi, Pixelhof secret below\n\n", "{n32}", "\n"),
        ("Pixelhof key rotated, new value ", "{n32}", ""),
        ('Assert.Equal("', "{n32}", '", pixelhofApiKey);'),
        ('pixelhofToken := []byte("', "{n32}", '")'),
        ("launchctl setenv PIXELHOF_KEY ", "{n32}", ""),
        ("api_key: ", "{w400}", "\n"),
        ("see ", "sk_live_{a300}", " there"),
        ("anna:", "$pbkdf2-sha512$25000${a22}${a86}", ":19801:0:99999:7:::\n"),
    ],
)
def test_the_secret_is_replaced_and_nothing_around_it(before: str, template: str, after: str) -> None:
    given = REDACTOR.redact(before + expand(template) + after)
    kind = given.removeprefix(before).removesuffix(after)
    assert before + kind + after == given
    assert re.fullmatch(r"\[REDACTED:[a-z-]+\]", kind)


def test_words_are_a_password_where_one_is_expected() -> None:
    words = "harbour-violet-candle-anchor"
    for before, after in (
        ("DB_PASSWORD=", "\n"),
        ('new mysqli("db", "anna", "', '", "shop")'),
        ("CREATE USER app IDENTIFIED BY '", "';"),
        ("bitte mit dem Passwort ", " anmelden"),
        ("Service,User,Password\nshop,anna,", "\n"),
    ):
        assert words not in REDACTOR.redact(before + words + after), before
    assert words not in str(REDACTOR.redact_payload({"user": "anna", "password": words}))
    assert REDACTOR.redact(f"see /{words}/") == f"see /{words}/"


@pytest.mark.parametrize(
    "text",
    [
        "Service    User    Password\nshop       anna    {0}\nmail       ben     {1}\n",
        "<table><tr><th>Service</th><th>Password</th></tr><tr><td>shop</td><td>{0}</td></tr>"
        "<tr><td>mail</td><td><b>{1}</b></td></tr></table><p>{0}x</p>",
    ],
)
def test_passwords_in_tables_are_found(text: str) -> None:
    given = REDACTOR.redact(text.replace("<p>{0}x</p>", "").format("Lantern2041x", "Copper118x"))
    assert given == text.replace("<p>{0}x</p>", "").format("[REDACTED:password]", "[REDACTED:password]")


def test_table_in_a_field_of_a_json_text_is_found() -> None:
    """The header begins with the string, and the fields before it are no columns."""
    table = "name,email,password,role\nAnna Maier,a@x.example,Copper-apfel_6037,admin\n"
    for shown in (table, '"Group","Title","Password"\n"Root","Shop","Copper-apfel_6037"\n'):
        given = REDACTOR.redact(json.dumps({"path": "a.csv", "mode": "w", "content": shown}))
        assert json.loads(given)["content"] == shown.replace("Copper-apfel_6037", "[REDACTED:password]")


def test_keys_are_told_by_their_bodies() -> None:
    """Without the lines around them: a private key goes, a public one stays."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    said = {name: base64.b64encode(raw).decode() for name, raw in (("own", private), ("other", public))}
    redactor = Redactor([])
    assert redactor.redact(f"it is {said['own']}, ok") == "it is [REDACTED:private-key], ok"
    assert redactor.redact(f"it is {said['other']}, ok") == f"it is {said['other']}, ok"
