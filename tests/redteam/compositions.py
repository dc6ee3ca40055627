"""
The promise once more, from its own words and not from ``listed.py``: every form in every other one.

Written apart from the first generator, with other encoders (``codecs``, ``email``, ``shlex``, ``yaml``,
``xml``), other secrets and other surroundings, so that a mistake in one is not repeated in the other.
"""

import base64
import binascii
import codecs
import csv
import email.message
import html
import io
import json
import random
import shlex
import string
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_from_bytes
from xml.sax.saxutils import escape as xml_escape
from xml.sax.saxutils import quoteattr

import yaml

from tests.redteam.checker import core
from tests.redteam.shapes import sibling

Step = Callable[[str, random.Random], str]
Writer = Callable[[bytes, random.Random], str]

_BREAKS = ("\n", "\r\n", "\n    ", "\n\t", "\n> ", "\\n", "\n+", "\n-")
_MARKS = "\u200b\u200c\u200d\u2060\ufeff\u180e\u2061\u200e"


def _lines(text: str, width: int, joint: str) -> str:
    return joint.join(text[at : at + width] for at in range(0, len(text), width))


def _spread(text: str, source: random.Random, mark: str) -> str:
    """``mark`` between some or all characters."""
    share = source.choice((0.1, 0.3, 1.0))
    spread = [c + (mark if source.random() < share else "") for c in text[:-1]]
    return "".join(spread) + text[-1:]


def _json_layers(text: str, count: int) -> str:
    for _ in range(count):
        text = json.dumps(text)
    return text


def _units(character: str) -> list[int]:
    raw = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]


ESCAPED: dict[str, Step] = {
    "json": lambda s, r: _json_layers(s, 1),
    "json x2": lambda s, r: _json_layers(s, 2),
    "json x3": lambda s, r: _json_layers(s, 3),
    "\\u": lambda s, r: "".join(f"\\u{u:04x}" for c in s for u in _units(c)),
    "\\U upper": lambda s, r: "".join(f"\\u{u:04X}" for c in s for u in _units(c)),
    "\\u of some": lambda s, r: "".join(
        "".join(f"\\u{u:04x}" for u in _units(c)) if r.random() < 0.4 else c for c in s
    ),
    "entities": lambda s, r: (
        s.encode("ascii", "xmlcharrefreplace").decode() if not s.isascii() else html.escape(s)
    ),
    "entities decimal": lambda s, r: "".join(f"&#{ord(c)};" for c in s),
    "entities hex": lambda s, r: "".join(f"&#x{ord(c):{r.choice(('x', 'X', '04x'))}};" for c in s),
    "entities of some": lambda s, r: "".join(f"&#{ord(c)};" if r.random() < 0.5 else c for c in s),
    "html5": lambda s, r: "".join(_named(c) for c in s),
    "percent": lambda s, r: quote(s, safe=""),
    "percent all": lambda s, r: "".join(f"%{b:02X}" for b in s.encode()),
    "percent all lower": lambda s, r: "".join(f"%{b:02x}" for b in s.encode()),
    "percent of some": lambda s, r: "".join(
        "".join(f"%{b:02{r.choice('xX')}}" for b in c.encode()) if r.random() < 0.5 else quote(c, safe="")
        for c in s
    ),
    "percent twice": lambda s, r: quote(quote(s, safe=""), safe=""),
    "percent all twice": lambda s, r: quote("".join(f"%{b:02x}" for b in s.encode())),
    "quoted-printable": lambda s, r: binascii.b2a_qp(s.encode(), quotetabs=True, istext=False).decode(),
    "quoted-printable all": lambda s, r: "".join(f"={b:02X}" for b in s.encode()),
    "repr": lambda s, r: ascii(s),
    "xml": lambda s, r: xml_escape(s, {"'": "&apos;", '"': "&quot;"}),
    "shell": lambda s, r: shlex.quote(s),
    "utf-8 escapes": lambda s, r: "".join(f"\\x{b:02{r.choice('xX')}}" for b in s.encode()),
    "yaml": lambda s, r: yaml.safe_dump(s, default_style='"', allow_unicode=False, width=10**6).strip(),
}


def _named(character: str) -> str:
    names = html.entities.html5
    for name, value in _HTML5.get(character, ()) or ():
        return f"&{name}" if value in names.values() else character
    return character


_HTML5: dict[str, list[tuple[str, str]]] = {}
for _name, _value in html.entities.html5.items():
    if _name.endswith(";") and len(_value) == 1:
        _HTML5.setdefault(_value, []).append((_name, _value))

SLIPPED: dict[str, Step] = {
    "zero-width": lambda s, r: _spread(s, r, r.choice(_MARKS)),
    "soft hyphen": lambda s, r: _spread(s, r, "\u00ad"),
    "blanks": lambda s, r: _spread(s, r, r.choice((" ", "\u00a0", "\u2009", "  "))),
    "line breaks": lambda s, r: _spread(s, r, r.choice(("\n", "\r\n", "\n  "))),
    "folded": lambda s, r: _lines(s, r.randrange(1, 24), r.choice(_BREAKS)),
}
TURNED: dict[str, Step] = {"reversed": lambda s, r: s[::-1]}

PACKED: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "gzip": lambda b, r: _deflated(b, 31, r),
    "zlib": lambda b, r: _deflated(b, 15, r),
    "deflate": lambda b, r: _deflated(b, -15, r),
    "utf-16-le": lambda b, r: b.decode().encode("utf-16-le"),
    "utf-16-be": lambda b, r: b.decode().encode("utf-16-be"),
    "utf-16": lambda b, r: b.decode().encode("utf-16"),
    "bytes": lambda b, r: b,
    "amid bytes": lambda b, r: r.randbytes(r.randrange(1, 12)) + b + r.randbytes(r.randrange(9)),
    "amid text": lambda b, r: _around(b, r),
    "gzip of a file": lambda b, r: _deflated(_file(b), 31, r),
    "zlib of a file": lambda b, r: _deflated(_file(b), 15, r),
    "deflate of a file": lambda b, r: _deflated(_file(b), -15, r),
    "gzip of utf-16": lambda b, r: _deflated(b.decode().encode("utf-16"), 31, r),
}


def _deflated(raw: bytes, bits: int, source: random.Random) -> bytes:
    strategy = source.choice(
        (zlib.Z_DEFAULT_STRATEGY, zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY)
    )
    packer = zlib.compressobj(source.choice((1, 6, 9)), zlib.DEFLATED, bits, source.choice((8, 9)), strategy)
    return packer.compress(raw) + packer.flush()


def _around(raw: bytes, source: random.Random) -> bytes:
    before = source.choice(("", "k=", "the key: ", "ab", '{"a":"', "user:"))
    behind = source.choice(("", "\n", '"}', " and more", "@host"))
    return before.encode() + raw + behind.encode()


def _file(raw: bytes) -> bytes:
    return b"# written by the installer\nhost: shop\nport: 5432\nvalue: " + raw + b"\nretries: 4\nwait: 12s\n"


WRITTEN: dict[str, Writer] = {
    "base64": lambda b, r: base64.b64encode(b).decode(),
    "base64 bare": lambda b, r: base64.b64encode(b).decode().rstrip("="),
    "base64url": lambda b, r: base64.urlsafe_b64encode(b).decode(),
    "base64url bare": lambda b, r: base64.urlsafe_b64encode(b).decode().rstrip("="),
    "base64 mime": lambda b, r: codecs.encode(b, "base64").decode().rstrip("\n"),
    "base64 at a width": lambda b, r: _lines(
        base64.b64encode(b).decode(), r.randrange(1, 78), r.choice(_BREAKS)
    ),
    "base64 shifted": lambda b, r: base64.b64encode(b"x" * r.randrange(1, 3) + b).decode(),
    "hex": lambda b, r: b.hex(),
    "HEX": lambda b, r: b.hex().upper(),
    "hex spaced": lambda b, r: b.hex(r.choice(" :-"), r.choice((1, 2))),
    "hex with \\x": lambda b, r: "".join(f"\\x{x:02x}" for x in b),
    "hex at a width": lambda b, r: _lines(b.hex(), r.randrange(1, 78), r.choice(_BREAKS)),
    "base64 of base64": lambda b, r: base64.b64encode(base64.b64encode(b)).decode(),
    "base64 of hex": lambda b, r: base64.b64encode(b.hex().encode()).decode(),
    "hex of base64": lambda b, r: base64.b64encode(b).hex(),
    "base64 in percent": lambda b, r: quote_from_bytes(base64.b64encode(b), safe=""),
    "base64 in json": lambda b, r: json.dumps(codecs.encode(b, "base64").decode()),
}


def _encoded(packed: str, written: str) -> Step:
    return lambda s, r: WRITTEN[written](PACKED[packed](s.encode("utf-8", "surrogatepass"), r), r)


TEXTUAL: dict[str, Step] = {**ESCAPED, **SLIPPED, **TURNED}
ENCODED: dict[str, Step] = {
    f"{packed} as {written}": _encoded(packed, written) for packed in PACKED for written in WRITTEN
}
FORMS: dict[str, Step] = {**TEXTUAL, **ENCODED}


def then(first: str, second: str) -> Step:
    """One form inside another."""
    return lambda s, r: FORMS[second](FORMS[first](s, r), r)


def _pick(source: random.Random, alphabet: str, size: int) -> str:
    return "".join(source.choice(alphabet) for _ in range(size))


_LETTERS = string.ascii_letters + string.digits
_PRINTED = _LETTERS + "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_SYLLABLES = ["ba", "ku", "ri", "mo", "te", "sha", "lin", "dor", "vek", "zu", "pla", "fen", "gri", "os"]


def _spoken(source: random.Random) -> str:
    return "-".join("".join(source.choices(_SYLLABLES, k=3)) for _ in range(4)) + str(source.randrange(100))


SECRETS: dict[str, Callable[[random.Random], str]] = {
    "letters and digits": lambda r: _pick(r, _LETTERS, r.randrange(14, 48)),
    "printable": lambda r: (
        _pick(r, _LETTERS, 3) + _pick(r, _PRINTED, r.randrange(13, 36)) + _pick(r, _LETTERS, 2)
    ),
    "lower case": lambda r: _pick(r, string.ascii_lowercase + string.digits, r.randrange(20, 40)),
    "urlsafe": lambda r: base64.urlsafe_b64encode(r.randbytes(r.randrange(16, 40))).decode().rstrip("="),
    "hex": lambda r: r.randbytes(r.choice((16, 20, 24, 32))).hex(),
    "uuid": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)),
    "spoken": _spoken,
    "prefixed": lambda r: r.choice(("tok_", "key-", "sk_live_", "xoxb-", "SG.")) + _pick(r, _LETTERS, 32),
    "umlauts": lambda r: _pick(r, "äöüßÄÖÜéèñçøåłž" + _LETTERS, r.randrange(16, 28)),
    "emoji": lambda r: _pick(r, _LETTERS, 10) + r.choice("🔑🚀🌍") + _pick(r, _LETTERS, 8),
    "cyrillic": lambda r: _pick(r, "абвгдежзиклмнопрстуфхцчшэюя" + string.digits, r.randrange(16, 24)),
    "chinese": lambda r: _pick(
        r, "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生", 16
    ),
    "database url": lambda r: f"mysql://shop:{_pick(r, _LETTERS, 18)}@db.shop.internal:3306/shop",
}


@dataclass(frozen=True)
class Place:
    """A file or a message with room for one text; ``kept`` is the rest of it that has to stay."""

    put: Callable[[str], str]
    kept: tuple[str, ...] = ()
    is_unbroken: bool = False


def _between(before: str, behind: str, *kept: str, is_unbroken: bool = False) -> Place:
    return Place(lambda t: before + t + behind, kept, is_unbroken)


def _row(text: str) -> str:
    target = io.StringIO()
    csv.writer(target).writerows([["id", "customer", "value"], ["17", text, "Graz"], ["18", "Huber", "Linz"]])
    return target.getvalue()


def _mail(text: str) -> str:
    message = email.message.EmailMessage()
    message["Subject"], message["From"] = "Access data", "anna@example.org"
    message.set_content(f"Hello Otto,\n\nhere it is: {text}\n\nRegards\nAnna\n", cte="8bit")
    return message.as_string()


PLACES: dict[str, Place] = {
    "bare": _between("", ""),
    "prose": _between("Anna asked whether ", " would still work on Monday.", "Anna", "Monday."),
    "colon": _between("value: ", "\nnext: 3\n", "next: 3"),
    "yaml": Place(
        lambda t: yaml.safe_dump({"service": {"value": t, "port": 8080}}, allow_unicode=True), ("8080",)
    ),
    "yaml ascii": Place(lambda t: yaml.safe_dump({"service": {"value": t, "port": 8080}}), ("8080",)),
    "toml": _between("[service]\nvalue = '''", "'''\nport = 8080\n", "port = 8080"),
    "ini": _between("[service]\nport=8080\nvalue=", "\n\n[other]\nsize=4\n", "size=4"),
    "xml": Place(
        lambda t: f"<service port={quoteattr('8080')}><value>{xml_escape(t)}</value></service>", ("8080",)
    ),
    "cdata": _between("<item><![CDATA[", "]]></item>", "item"),
    "csv": Place(_row, ("Graz", "Linz")),
    "json": Place(lambda t: json.dumps({"host": "db1", "value": t, "n": 5}, indent=2), ("db1",)),
    "json not ascii": Place(lambda t: json.dumps({"host": "db1", "value": t}, ensure_ascii=False), ("db1",)),
    "diff": Place(
        lambda t: "@@ -3,2 +3,2 @@\n host: db1\n" + "".join(f"+{x}\n" for x in t.split("\n")), ("db1",)
    ),
    "shell": Place(lambda t: f"export VALUE_B={shlex.quote(t)}; ./start --port 8080", ("8080",)),
    "python": Place(lambda t: f"client = Client(host='db1', value={t!r}, port=8080)", ("port=8080",)),
    "python bytes": Place(lambda t: f"data = {t.encode()!r}\nport = 8080", ("port = 8080",)),
    "javascript": Place(lambda t: f"const options = {{ host: 'db1', value: {json.dumps(t)} }};", ("db1",)),
    "url": _between("https://shop.example.org/api/v2/items?v=", "&page=3", "page=3", is_unbroken=True),
    "fragment": _between("https://shop.example.org/login#v=", "", is_unbroken=True),
    "dsn": _between("Driver=x;Server=db1;Extra=", ";Timeout=15;", "Timeout=15", is_unbroken=True),
    "header": _between("POST /v2 HTTP/1.1\r\nHost: shop\r\nX-Extra: ", "\r\nAccept: */*\r\n", "Accept"),
    "pem": _between("-----BEGIN DATA-----\n", "\n-----END DATA-----\n", "END DATA"),
    "mail": Place(_mail, ("Regards",)),
    "log": _between('level=info msg="started" extra=', " took=41ms", "took=41ms"),
    "sql": Place(
        lambda t: "INSERT INTO options VALUES (7, '" + t.replace("'", "''") + "', 'Graz');", ("Graz",)
    ),
    "markdown": _between("1. Open the page\n2. Paste `", "` there\n3. Save", "3. Save"),
    "table": _between("| name | value |\n|---|---|\n| extra | ", " |\n| port | 8080 |", "8080"),
    "docker": _between('services:\n  web:\n    command: ["run", "', '"]\n    ports: [8080]', "8080"),
    "certificate before": _between(
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUEw\n-----END CERTIFICATE-----\n", "\nend of file"
    ),
}


@dataclass(frozen=True)
class Made:
    """A case: the text, what of it depends on the secret, and what has to stay."""

    label: str
    secret: str
    shown: str
    core: str
    """What of ``shown`` depends on the secret."""
    text: str
    kept: tuple[str, ...]


def made(kind: str, steps: list[str], place: str, seed: str) -> Made:
    """The secret of a kind in these forms, one after the other, in a place; the same for the same seed."""
    secret = SECRETS[kind](random.Random(seed))
    shown, of_another = (_shown(one, steps, seed) for one in (secret, sibling(secret, random.Random(seed))))
    chosen = PLACES[place]
    if chosen.is_unbroken and any(c.isspace() for c in shown):
        chosen, place = PLACES["prose"], "prose"
    label = f"{kind}: {' > '.join(steps) or 'plain'} in {place}"
    return Made(label, secret, shown, core(shown, of_another), chosen.put(shown), chosen.kept)


def _shown(secret: str, steps: list[str], seed: str) -> str:
    for number, step in enumerate(steps):
        secret = FORMS[step](secret, random.Random(f"{seed} {number}"))
    return secret


def single_forms(seed: int, count: int) -> Iterator[Made]:
    """Every form, ``count`` times."""
    for name in FORMS:
        for number in range(count):
            source = random.Random(f"{seed} {name} {number}")
            yield made(
                source.choice(list(SECRETS)), [name], source.choice(list(PLACES)), f"{seed}.{name}.{number}"
            )


def pairs(seed: int, count: int) -> Iterator[Made]:
    """Forms in forms, drawn at random."""
    source = random.Random(f"pairs {seed}")
    for number in range(count):
        first = source.choice([*TEXTUAL, *source.sample(list(ENCODED), len(TEXTUAL))])
        second = source.choice([*TEXTUAL, *source.sample(list(ENCODED), len(TEXTUAL))])
        yield made(
            source.choice(list(SECRETS)), [first, second], source.choice(list(PLACES)), f"{seed}.{number}"
        )


def _cut(text: str, source: random.Random) -> list[str]:
    """``text`` in pieces: in two, in equal ones, in single characters or anywhere."""
    if len(text) < 4:
        return [text]
    match source.randrange(4):
        case 0:
            at = source.randrange(1, len(text))
            return [text[:at], text[at:]]
        case 1:
            size = source.randrange(2, max(3, len(text) // 2))
            return [text[at : at + size] for at in range(0, len(text), size)]
        case 2:
            return list(text)
        case _:
            places = sorted(source.sample(range(1, len(text)), min(len(text) - 1, source.randrange(1, 12))))
            return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


def _say(content: object, role: str = "user") -> dict[str, object]:
    return {"model": "gpt-x", "messages": [{"role": role, "content": content}], "stream": True}


CARRIERS: dict[str, Callable[[str, random.Random], object]] = {
    "chunks": lambda t, r: {"stream_chunks": _cut(t, r)},
    "characters": lambda t, r: {"stream_chunks": list(t)},
    "message": lambda t, r: _say(t),
    "text itself": lambda t, r: t,
    "tool result": lambda t, r: _say(json.dumps({"exit": 0, "stdout": t}), "tool"),
    "arguments": lambda t, r: {
        "choices": [{"delta": {"tool_calls": [{"function": {"arguments": json.dumps({"cmd": t})}}]}}]
    },
    "parts": lambda t, r: _say([{"type": "text", "text": p} for p in _cut(t, r)]),
    "cached parts": lambda t, r: _say(
        [{"type": "text", "text": p, "cache_control": {"type": "ephemeral"}} for p in _cut(t, r)]
    ),
    "results": lambda t, r: {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": f"toolu_0{n}", "content": p}
                    for n, p in enumerate(_cut(t, r))
                ],
            }
        ]
    },
    "items": lambda t, r: {"lines": _cut(t, r)},
    "outputs": lambda t, r: {
        "input": [
            {"type": "function_call_output", "call_id": f"call_{n}", "output": p}
            for n, p in enumerate(_cut(t, r))
        ]
    },
    "a list in a text": lambda t, r: _say("read: " + json.dumps(_cut(t, r), indent=r.choice((None, 1)))),
    "key": lambda t, r: {"headers": {t: "yes"}},
    "rows": lambda t, r: [[f"line {n}", p] for n, p in enumerate(_cut(t, r))],
}
SPLITTING = frozenset({"parts", "cached parts", "results", "items", "outputs", "a list in a text", "rows"})
