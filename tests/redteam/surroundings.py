"""What secrets stand in: the files, commands and messages of an agent's day."""

import base64
import html
import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Surrounding:
    """A text with a place in it. ``kept`` has to be there afterwards, since it is no part of the secret."""

    put: Callable[[str], str]
    kept: tuple[str, ...] = ()


def _around(before: str, behind: str) -> Surrounding:
    words = (before.strip().split() or [""])[0], (behind.strip().split() or [""])[-1]
    return Surrounding(
        lambda text: f"{before}{text}{behind}", tuple(w for w in words if len(w) > 3 and w.isalnum())
    )


def _lines(before: str, mark: str, behind: str) -> Surrounding:
    """Every line of the text has the mark in front."""
    return Surrounding(
        lambda text: before + "\n".join(mark + line for line in text.split("\n")) + behind,
        (before.split()[0], behind.split()[-1]),
    )


_CERTIFICATE = base64.b64encode(random.Random(5).randbytes(96)).decode()

SURROUNDINGS: dict[str, Surrounding] = {
    "nothing": _around("", ""),
    "sentence": _around("Somebody wrote ", " into the chat yesterday"),
    "end of a sentence": _around("The value you asked for is ", ". Anything else?"),
    "env file": _around("HOST=db\nVALUE_A=", "\nDEBUG=false"),
    "YAML": _around('service:\n  - host: db\n    value: "', '"\n    retries: 3'),
    "YAML block": _lines("service:\n  value: |\n", "    ", "\n  retries: three"),
    "TOML": _around('[service]\nhost = "db"\nvalue = "', '"\nretries = 3'),
    "INI": _around("[service]\nhost = db\nvalue = ", "\nretries = 3"),
    "XML": _around("<service><host>db</host><value>", "</value></service>"),
    "XML attribute": _around('<add key="value" value="', '" retries="3"/>'),
    "CSV": _around("id,name,value,city\n7,anna,", ",Berlin\n8,otto,none,Wien"),
    "CSV quoted": _around('id,name,value\n7,"anna","', '"\n8,"otto","none"'),
    "diff": _lines("diff --git a/x b/x\n@@ -1,2 +1,2 @@\n", "+", "\n context line"),
    "diff removed": _lines("@@ -1,2 +1,2 @@\n", "-", "\n+nothing any more"),
    "shell": _around("curl --header 'X-Value: ", "' https://api.example.org/v1/orders | head"),
    "shell variable": _around('export VALUE_A="', '" && ./start'),
    "Python": _around('client = connect("db", "', '", retries=3)\nclient.start()'),
    "JavaScript": _around("const client = connect({ host: 'db', value: '", "' });\nawait client.start();"),
    "PHP": _around("define('VALUE_A', '", "');\n$client->start();"),
    "URL query": _around("https://api.example.org/v1/orders?value=", "&page=2"),
    "URL path": _around("https://api.example.org/hooks/", "/orders"),
    "connection string": _around("Server=db;Database=shop;Extra=", ";Timeout=30"),
    "header": _around("GET /v1/orders HTTP/1.1\nX-Value: ", "\nAccept: text/plain"),
    "log": _around("2026-11-21T08:00:00Z INFO service started value=", " took=12ms"),
    "Markdown table": _around("| host | value |\n|------|-------|\n| db | ", " |\n| web | none |"),
    "Markdown code": _around("Use this:\n\n```\n", "\n```\n\nGood luck"),
    "quoted mail": _lines("Anna wrote:\n", "> ", "\n\nThank you"),
    "HTML page": _around('<p class="note">Hello</p><code>', "</code><p>Goodbye</p>"),
    "SQL": _around("INSERT INTO options (name, value) VALUES ('value', '", "'), ('city', 'Wien');"),
    "Dockerfile": _around("FROM debian:12\nENV VALUE_A=", "\nRUN make install"),
    "listing": _around(
        "total 12\n-rw-r--r-- 1 root root 44 Nov 21 08:00 ", "\n-rw-r--r-- 1 root root 12 notes"
    ),
    "after a certificate": _around(
        f"-----BEGIN CERTIFICATE-----\n{_CERTIFICATE}\n-----END CERTIFICATE-----\n", "\nfinished"
    ),
    "parentheses": _around("see (", ") below"),
    "backquotes": _around("run `", "` first"),
    "glued": _around("abc", "xyz"),
    "underscores": _around("v_", "_v"),
    "dots": _around("before...", "...behind"),
    "JSON text": _around('{"host": "db", "value": "', '", "retries": 3}'),
    "HTML attribute": Surrounding(lambda text: f'<input value="{html.escape(text)}" name="x">', ("input",)),
}

UNBROKEN = ("URL query", "URL path", "glued", "underscores", "dots", "header", "Dockerfile")
"""Places where text with line breaks or blanks does not occur."""
