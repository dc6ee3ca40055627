"""
Does a value that stands where a secret could stand look like one?

Rules that go by a name (``password = ...``) meet more code and documentation than secrets. What is plainly
a placeholder, a reference, a type or a piece of program stays, since redacting it breaks the agent's work.
"""

import math
import re
import tomllib
from collections import Counter
from importlib.resources import files
from itertools import pairwise

from tenant_daemon.redaction.likelihood import MADE, SURELY_MADE, is_made_by_chance
from tenant_daemon.redaction.written_there import is_written_there

_PLACEHOLDER = re.compile(
    r"(?i)^(?:env:[a-z_]+|(?:tu|su|votre|ton|dein|ihr|jouw|uw|twoje|sua|seu|tua)[_-][^\W\d]+|"
    r"[*x•.#_?-]{3,}|(?:\.{3}|…).*|\*+[\w ]+\*+|\d?\*[a-z]+|\*{2,}.*\*{2,}"
    r"|[~^<>=v]{0,3}\d{1,4}(?:\.\d{1,6}){1,3}(?:[-+][\w.-]{0,40})?"
    r"|![a-z][a-z_/.-]*|secret(?:string|binary):.*|[a-z_/-]+:(?:token|password|key|secret|value)|\.?[*+][$/|#,)\]\\].*|[a-z]+\d{0,3}-(?:encoded|encrypted|hashed|protected|based|compatible|formatted)|#\{.*|<[^>]*>"
    r"|\[[^\]]*\]|\{.*\}|\$(?:[\w.:>'\"\[\]/#-]*|\w+=.{0,20}|[({@!].*)|(?:&lt;|&#0*60;).*"
    r"|#[0-9a-f]{6}|,\w+:|[A-Za-z]+:\$\w+|#[a-z]+(?:-[a-z]+)*|[a-z_]+(?:/[a-z_]+)+#[a-z_]+"
    r"|%(?:.*%|[\w.:()/ -]*)|\ufffd\w*%"
    r"|(?:\$\{?\w+\}?[/:@.,-]?){2,}"
    r"|@[A-Za-z][\w./:-]*(?:\(.*)?|.*SECRET_REF\b.*|.*REDACTED\b.*"
    r"|your[_-].*|my[_-]?(?:secret|password|token|key)\d{0,2}|.*(?:example|placeholder|changeme|change[_-]me|dummy"
    r"|redacted|insert|replace[_-]?me|sample|not[_-]?set).*|(?:.*[^a-z])?(?:todo|unset)(?:[^a-z].*)?"
    r"|[a-z_]{3,20}(?::[\w,.]{1,20})?(?:\|[a-z_]{3,20}(?::[\w,.]{1,20})?)+"
    r"|(?:\\\\*u(?:2022|25cf|00b7|002a))+|none|null|nil|true|false|yes|no|undefined|nan|empty|optional|required|string|str|text|bytes|number|int"
    r"|integer|float|boolean|bool|object|array|any|void|const|(?:string|int|id|boolean|\[string!?\])!|function|async|await|return|self|this|new|password"
    r"|passwd|secret|token|tokens|apikey|api[_-]key|bearer|basic|default|local|enabled|disabled|auto|manual"
    r"|hidden|masked|invalid|valid|missing|expired|wrong|unknown|forgotten|reset|login|logout)$"
)
_FILLED = re.compile(
    r"([xX*.0#_-])\1{7,}$|(?:\.{3}|…)$|[*•●∙·]{4,}|\*{3}$|EXAMPLE(?:KEY)?$|(?i:example){2}"
    r"|[A-Z_a-z -](?:HERE|Here|here)$|-my-[a-z]+-token$|^(?:sk|pk|rk)_(?:test|live)_$"
    r"|^(?:\${1,2}\{\w+\}|\{\{.*\}\}|\[+\w+\]+|<[^<>]*>|[#%]\{[\w.]+\}|%\w+%|@\w+@|__[A-Z_]+__)$"
    r"|^\$\{\w+:?[=?+-][^}]*(?i:change|example|your|required|missing|must|default|placeholder)[^}]*\}?$"
    r"|(?i:[-_.]your[-_][a-z_-]{2,40})$|(?:a-z|A-Z|0-9|a-f|A-F){2}"  # The last of a pattern.
    r"|^[+\"']{0,2}%?[A-Za-z](?:[-:/.,_TZ ]{0,2}%[-_^0]?[A-Za-z]){2,}[Z\"']{0,2}$"  # Of a date.
    r"|^-----BEGIN [^\n]{3,40}-----(?:\s|\\[nr])*(?:[.…]{1,5}|[<\[{][^<>\n]{2,60}[>\]}])"
    r"|^\{[A-Z0-9-]{3,20}\}.*<[a-z_0-9]{3,20}>|^JBSWY3DPEHPK3PXP$"  # The second factor of all manuals.
    r"|^YOUR[A-Z]{3,20}$"
    r"|^(?i:(?:(?:insecure|dev|local|test|dummy|demo|fake|unsafe)[-_]){1,3}(?:secret|key|token)(?:[-_]key)?)$"
)
_VARIABLE = re.compile(r"^\${1,2}\w+\}?$")
_MARKED = re.compile(r"^[$%!@&#][\w.!#&*+=?@~^/-]{9,}$")
"""What references begin with, and some passwords."""
_UNBRACKETED = re.compile(r"^[\w.:!#$%&*+=?@~^/-]+$")
_CONSTANT = re.compile(r"^[A-Z_]+$|^[A-Z]{2,}\d{0,4}(?:_[A-Z]{2,}\d{0,4})+$")
"""Capitals are for abbreviations, which are as hard to speak: ``SSL_TXT_SRP``, ``PKCS12_SAFEBAG``."""
_ALGORITHM = re.compile(
    r"(?i)^(?:[a-z]{2,12}[_-]?)?(?:(?:sha|md|aes|rsa|ecdsa|ed|salsa|chacha|poly|blake|ripemd|curve|crypt|pbkdf|utf|base|des|rc|gost"
    r"|camellia|aria|sm|whirlpool|siphash|xxh|crc|hmac|kdf|cbc|gcm|ctr|ccm|ige|xts)\d{1,4}(?:[_-]?[a-z]{2,16}){0,3}[_-]?)+$"
)
"""``scryptsalsa208sha256``, ``ripemd160WithRSAEncryption``."""
_TEST_CARDS = re.compile(
    r"^(?:4242424242424242|4(?:1{15}|0{15}|2{12})|4000[05][0-9]{11}|40128{9}1|5(?:5{11}4{4}|105105105105100|2008282828282{0,1}10)"
    r"|37828224631000?5|371449635398431|6011(?:1{11}7|000990139424))$"
)
"""Cards of which the makers of payment services say that they are for trying things out."""
_PUBLIC = re.compile(
    r"^(?:AAAA[BEC][0-9A-Za-z+/]{30,}={0,2}$|Ag[A-F][A-Za-z0-9+/]{300,}={0,2}$"
    r"|pk\.eyJ|pk_(?:live|test)_|phc_|pub[0-9a-f]{32}$|arn:aws[\w-]*:[a-z0-9-]+:)"
)
"""What its maker means to be seen in web pages and settings."""
_CODE = re.compile(
    r"^(?:[+&]{1,2}[A-Za-z_$][\w$.]*[+&]?(?:\\?[\"'].*)?|[A-Za-z_$][\w$]*(?:(?:\??\.|::|->)#?[A-Za-z_$][\w$]*)+(?:!|(?!\.\d\w)[^\w$*^~%#@!].*)?|[A-Za-z_$][\w$]*\(.*|[A-Za-z_$][\w$.]*\[.*"
    r"|(?:process|os|sys|self|this|config|settings|env|ENV|request|req|ctx|secrets|var|local|data|module)\.[\w.]+.*)$"
)
_CHOSEN_WORDS = re.compile(
    r"^[A-Z][a-z]{2,}[._!@#:-][A-Za-z]?[a-z]{2,}[._!@#:-]?(?!(?:8|16|32|64|128|192|224|256|384|512)\D?$)\d{2,5}[a-z]?[!#$%*?]?$"
)
"""Words and a number as people put them together, ``Lantern.whistle.36``; not ``Cipher.aes256``."""
_JOINED_WORDS = re.compile(
    r"^(?=.*\d)[^\W\d_]{3,}\d{0,4}[^\W\d_]*(?:[._-](?:[A-ZÄÖÜ][^\W\d_]+\d{0,4}|\d{1,4})){1,4}$"
)
"""``Kopie.Kopf.8``, ``Hirsch.4.Geweih``: the parts of a name in a program are no numbers."""
_CAPITALISED = re.compile(r"(?:^|[._-])[A-ZÄÖÜ][^\W\d_]+")
_WORD_AND_YEAR = re.compile(r"^[A-Z][a-z]{2,}[@!#$%&*+](?:19|20)\d\d[!#$%*?]?$")
"""``Winter@2024``; four digits, since ``Python@3`` is a version."""
_SHORT_WORD = re.compile(r"[A-Z][a-z](?=[A-Z])")
_SHORT_NAMES = "As|At|By|Db|Do|Go|Id|If|In|Ip|Is|It|Js|My|No|Of|On|Or|Os|So|To|Ui|Up|We"
_SHORT_WORDS = frozenset(_SHORT_NAMES.split("|"))
_MARKS_OF_PASSWORDS = "!#$%&*?^~+"
_LEAST_TURNS = 3
_SCRAMBLED_TURNS, _LONG = 4, 20
_LEAST_SHUFFLED = 6
_SCRAMBLED_IN_ONE_CASE = 6
"""How often letters and digits take turns where it is no name: ``utf8mb4`` does so three times."""
_SHORTEST_DENSE = 12
_SHORTEST_DRAWN, _DRAWN, _MARKED_DRAWN = 8, -7.0, -4.5
"""Characters, and bits, by which a value is told from a name that is hard to speak."""
_BASE64 = re.compile(r"^[A-Za-z0-9+/]+={0,2}$")
_LONG_PARTS = re.compile(r"[A-Za-z0-9]{10,}")
_VOWELS = frozenset("aeiouyAEIOUY")
_ORDINARY = re.compile(
    r"(?i)^(?:\d{4}-\d\d-\d\d.*|\d{1,2}[:.]\d\d.*|[0-9a-f]{8}-[0-9a-f]{4}-.*|[\w.+*-]+@(?:[\w-]+\.[\w.-]+|(?-i:[a-z]{3,}))|[a-z]+://.*|//.*"
    r"|(?-i:[A-Z]{2,8}-[A-Z]{0,2}\d{2,5}[a-z]{1,4})|v?\d+(?:\.\d+)+.*|v\d{1,2}(?:alpha|beta|rc)\d{0,2}|[\w./-]+\.[a-z]{2,5}\d?(?:::.*)?|#[0-9a-f]{3,8}|sha\d.*|&#?\w+;.*|[\w.-]+:\d+.*|\d{2,5}/[a-z].*|0x[0-9a-f]*"
    r"|(?:[\d.,]+[-x×/]?)+[a-zµ]{0,6}²?)$"
)
"""Dates, ids, addresses, versions, files, colours, hashes, amounts."""
_LIKE_FILE = re.compile(r"^(?=.{0,20}[A-Z])(?=.{0,20}\d)[\w.-]+\.[a-z]{2,5}\d?$")
_LABEL = re.compile(r"^[a-z]{2,}[a-z0-9]*(?:-[a-z0-9]+)+$")
"""A name as clusters and shops make them, ``web-7d4b9c6f5-x2v4z``."""
_REFERENCE = re.compile(r"^[A-Z0-9]{1,8}(?:[/.-][A-Z0-9]{1,8})+$")
"""The number of a file or an order, ``4C12/26-B``."""
_HEX = re.compile(r"^[0-9a-fA-F]+$")
_LEAST_HEX, _MOST_HEX = 10, 128
_LEAST_DIGITS = 3
_ORDINARY_PART = re.compile(r"^(?:[A-Za-z]?[a-z]*\d{0,4}[a-z]{0,2}|[A-Z]*\d{0,4}[A-Z]{0,2}|\d+|v\d+)$")
_PART_ENDS = re.compile(r"[-_./]")
_SLUG_ENDS = re.compile(r"[-_./#*&:;=]|%[0-9A-F]{2}")
_LEAST_OF_SLUG = 4
_MADE_UP = re.compile(r"^(?:my|your|some|dein|ihr|test|demo|foo|bar)|pass|secret|geheim|wort$")
_WORD_PART = re.compile(r"[A-Za-z]?[a-z]{4,}$")
_NAME = re.compile(
    r"^[A-Za-z][a-z]+(?:[A-Z][a-z]{2,}|"
    + _SHORT_NAMES
    + r")+$|^[A-Z]{2,}-[A-Z]?[^\W\d_A-Z]+$|^[a-z]+(?:[_-][A-Z]?[a-z]+)+$|^[A-Z]+(?:_[A-Z]+)+$"
    r"|^[a-z]+(?:-[a-z]+)*-\d{1,3}(?:\.\d{1,3}){1,3}$|^[A-Z][a-z]+(?:To|From)?-(?:[A-Z][a-z]+){1,4}$"
    r"|^_+[A-Za-z_]+$|^[a-z]+(?:/[A-Za-z]+)+$"
    r"|^[a-z]+(?:[_-][a-z]+)*[_-]\d{4}[_-]\d\d(?:[_-]\d\d)?$"
)
_PHRASE = re.compile(
    r"^[A-Za-z][a-z]{2,11}(?:([-_. ])[A-Za-z][a-z]{2,11})(?:\1[A-Za-z][a-z]{2,11}){2,7}\1?\d{0,4}[!?]?$"
)
"""Four words and more, as people take them for a password: ``harbour-violet-candle-anchor``."""
_WORDS: dict[str, str] = tomllib.loads(
    files("tenant_daemon.redaction").joinpath("program_words.toml").read_text("utf-8")
)
WORDS_OF_PROGRAMS: frozenset[str] = frozenset(_WORDS["words"].split())
_STOCK: frozenset[str] = frozenset(_WORDS["stock"].split())
_SAID_OF_PASSWORDS: frozenset[str] = frozenset(_WORDS["said"].split())
SAID_BY_NUMBERS: frozenset[str] = frozenset(_WORDS["numbered"].split())
_LONGEST_PREFIX, _LEAST_FILLED = 5, 12
_WORDS_IN_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])")
_LEAST_OF_WORD = 5
"""Letters a word has at least, on average; random ones change their case sooner."""
_RECORD = re.compile(r"^(?:rec|tbl|viw|fld|usr|app|wsp)[A-Za-z0-9]{14}$")
"""An id of Airtable."""
_POD = re.compile(r"^[a-z][a-z0-9-]*-[0-9a-f]{8,10}-[a-z0-9]{5}$")
"""A name that a cluster has given."""
_PATH = re.compile(
    r"^(?:\.{0,2}/|~/|[A-Za-z]:\\|[a-z][a-z0-9+.-]*://[^:@\s]+$|urn:[a-z0-9-]+:"
    r"|[\w-]+\.(?:md|txt|py|js|ts|json|ya?ml|html|css)$|[\w.-]{1,40}:/[\w./%@-]+$)"
)


def is_stand_in(value: str) -> bool:
    """Whether a value only shows where a secret goes and how it begins: ``sk_live_xxxxxxxx``, ``root``."""
    value = value.rstrip("\\`")
    return (
        value.strip("\"'").lower() in _STOCK
        or len(set(value)) <= 2
        or _PUBLIC.match(value) is not None
        or _FILLED.search(value) is not None
        or (_VARIABLE.match(value) is not None and not _is_marked_by_chance(value))
        or _is_filled_up(value)
        or _TEST_CARDS.match(value.replace(" ", "").replace("-", "")) is not None
    )


def _is_filled_up(value: str) -> bool:
    """Whether the most of it is one character again and again: ``glsa_XXXXXXXX_AAAA``."""
    body = value[_LONGEST_PREFIX:]
    if len(body) < _LEAST_FILLED:
        return False
    if len(set(filter(str.isalnum, body))) <= 1:
        return True
    return sum(a == b for a, b in pairwise(body)) * 5 >= 4 * len(body)


def is_mixed(value: str) -> bool:
    """Whether it has small letters, capitals and digits, as hashes and names in one case have not."""
    return any(map(str.islower, value)) and any(map(str.isupper, value)) and any(map(str.isdigit, value))


def is_name_of_program(value: str) -> bool:
    """Whether a value is long words joined by capitals and marks: ``hf_requiredCharacteristicTypes``."""
    words = _WORDS_IN_NAME.findall(value)
    letters = sum(map(len, words))
    vowels = sum(character in _VOWELS for word in words for character in word)
    return letters >= max(len(value) - len(words) - 1, _LEAST_OF_WORD * len(words)) and vowels * 3 >= letters


def looks_like_secret(value: str) -> bool:
    """Whether a value given to a secret-sounding name is probably a real secret."""
    if is_stand_in(value) or is_written_there(value):
        return False
    value = value.replace("**", "").strip("\"'`\\ .,;:()=]?")
    if len(value) < 6 or (_PLACEHOLDER.match(value) and not _is_marked_by_chance(value)):
        return False
    is_named = _CODE.match(value) or _PATH.match(value)
    if is_named and not (looks_like_words(value) or _is_scrambled(value) or _is_dense(value)):
        return _is_drawn(value)
    if _NAME.match(value) or _is_word(value):
        return _is_drawn(value)
    if len(set(value)) <= 3 or re.fullmatch(r"[\d.,:/-]{1,10}", value):
        return False
    return any(character.isalnum() for character in value)


def _is_drawn(value: str) -> bool:
    """Whether what is written as names and paths are was drawn by chance: ``TowN.ndx4EXw``."""
    return (
        len(value) >= _SHORTEST_DRAWN
        and _UNBRACKETED.match(value) is not None
        and _CONSTANT.match(value) is None
        and is_made_by_chance(value, _DRAWN)
    )


def _is_marked_by_chance(value: str) -> bool:
    """Whether a value only begins like the name of a variable: ``$R2TnqjLHd-iT8``."""
    return _MARKED.match(value) is not None and is_made_by_chance(value[1:], _MARKED_DRAWN)


def _is_scrambled(value: str) -> bool:
    """Whether a part of it is no name that anybody would give: ``U.dY3wkXv6lOd``, ``/HKwgZHrAv``."""
    turns = sum(map(_turns, _PART_ENDS.split(value)))
    if len(value) >= _SHORTEST_DENSE and turns >= _SCRAMBLED_TURNS and turns * 3 >= len(value):
        return True
    return any(_is_scrambled_part(part) for part in _LONG_PARTS.findall(value))


def _is_scrambled_part(part: str) -> bool:
    if _HEX.match(part):
        return False
    if part.islower() or part.isupper():
        return _turns(part) >= _SCRAMBLED_IN_ONE_CASE
    return _turns(part) >= (_SCRAMBLED_TURNS if len(part) < _LONG else _LEAST_TURNS)


def _is_dense(value: str) -> bool:
    """Whether base64 looks like a path by chance: ``/SCD8+t5W9/b36bG``."""
    letters = "".join(filter(str.isalnum, value))
    return (
        len(letters) >= _SHORTEST_DENSE
        and _turns(letters) * 3 >= len(letters)
        and _BASE64.match(value) is not None
    )


def _is_word(value: str) -> bool:
    """Letters of any language, written as words are."""
    return value.isalpha() and (value[1:].islower() or value.isupper())


def looks_like_words(value: str) -> bool:
    """Whether a value is words and a number as people put them together for a password."""
    if _CHOSEN_WORDS.match(value) or _WORD_AND_YEAR.match(value):
        return True
    if _JOINED_WORDS.match(value) is None or "." not in value or not _CAPITALISED.search(value):
        return False
    words = {word.lower() for word in re.findall(r"[^\W\d_]+", value)}
    return WORDS_OF_PROGRAMS.isdisjoint(words) and SAID_BY_NUMBERS.isdisjoint(words)


def looks_like_phrase(value: str) -> bool:
    """Whether a value is words that mean nothing together, so a password where one is expected."""
    found = _PHRASE.match(value)
    if found is None:
        return False
    words = re.findall(r"[a-z]+", value.lower())
    return WORDS_OF_PROGRAMS.isdisjoint(words)


def looks_random(value: str) -> bool:
    """Whether a value was probably made by a machine: letters mixed with digits, and not in words."""
    if _RECORD.match(value) or _POD.match(value):
        return False
    if sum(_WORD_PART.match(part) is not None for part in _PART_ENDS.split(value)) >= 2:
        return False  # ``managed-agents-2026-04-01``
    kinds = [_kind(character) for character in value]
    turns = sum(a != b for a, b in pairwise(kinds))
    digit_turns = sum((a == "d") != (b == "d") for a, b in pairwise(kinds))
    is_shuffled = turns >= 0.4 * len(value) or (digit_turns >= 4 and kinds.count("d") < len(value))
    is_shuffled = is_shuffled or _turns(value) >= max(_LEAST_SHUFFLED, len(value) // 4)
    is_shuffled = is_shuffled or is_made_by_chance(value, _DRAWN if "d" in kinds else SURELY_MADE)
    return is_shuffled and looks_like_secret(value) and entropy(value) >= 3.0


def looks_chosen(value: str, *, is_near: bool = False) -> bool:
    """
    Whether a value looks like a password by itself, so that a word for one nearby is enough.

    Stricter than ``looks_like_secret``: most of what stands near such a word is text, names and numbers. With
    ``is_near`` there is hardly anything in between, and less is asked for.
    """
    core = value.rstrip(_MARKS_OF_PASSWORDS)
    if is_near and _WORD_AND_YEAR.match(value):
        return True
    if not any(c.isalpha() for c in value) or not (is_near or any(c.isdigit() for c in value)):
        return False
    if _HEX.match(value):
        return is_near and _LEAST_HEX <= len(value) <= _MOST_HEX and _turns(value) >= _LEAST_TURNS
    if is_near and _REFERENCE.match(value) and len(value) >= _LONG:
        return sum(map(str.isdigit, value)) >= _LEAST_DIGITS
    if _ALGORITHM.match(value):
        return False
    if any(pattern.match(value) for pattern in (_ORDINARY, _LABEL, _REFERENCE)) or not looks_like_secret(
        value
    ):
        return is_near and _LIKE_FILE.match(value) is not None and is_made_by_chance(value, SURELY_MADE)
    if not _CONSTANT.match(core) and is_made_by_chance(core, MADE if is_near else SURELY_MADE):
        return True
    if _is_slug(value):
        return False
    if all(_ORDINARY_PART.match(part) for part in _PART_ENDS.split(core.strip("*"))):
        # A word and a number are a password when people put a mark to them, ``Sommer2026!``.
        return core != value and not _PART_ENDS.search(core)
    marks = sum(character in _MARKS_OF_PASSWORDS for character in value)
    is_made = _is_unspeakable(core) or (is_near and _is_in_short_words(core))
    return _turns(core) + 2 * (marks > 0) + 2 * is_made >= _LEAST_TURNS - is_near


def _is_slug(value: str) -> bool:
    """Whether the most of it is many words, as headings in addresses are: ``#how-to-pass-a-test-2``."""
    parts = [part for part in _SLUG_ENDS.split(value) if part]
    words = [part for part in parts if part.isalpha() and (part[1:].islower() or len(part) == 1)]
    return len(words) >= _LEAST_OF_SLUG and sum(map(len, words)) * 5 >= 3 * sum(map(len, parts))


def is_word_of_nothing_else(value: str) -> bool:
    """Whether a word that stands where a password must stand is one, and not what messages say."""
    words = _SLUG_ENDS.split(value.lower().replace(" ", "-"))
    return not (
        value.lower() in _STOCK
        or _PLACEHOLDER.match(value)
        or _MADE_UP.search(value.lower())
        or not _SAID_OF_PASSWORDS.isdisjoint(words)
        or not WORDS_OF_PROGRAMS.isdisjoint(words)
    )


def _is_in_short_words(value: str) -> bool:
    """Whether capitals come so often that they begin no words: ``OEzFwYXmhhca``, not ``findByIdInOrder``."""
    return len([word for word in _SHORT_WORD.findall(value) if word not in _SHORT_WORDS]) >= 2


def _is_unspeakable(value: str) -> bool:
    """Whether there are hardly any vowels in letters of both cases."""
    letters = [character for character in value if character.isalpha()]
    vowels = sum(character in _VOWELS for character in letters)
    # Other scripts have no cases.
    is_mixed = any(map(str.islower, letters)) and any(map(str.isupper, letters))
    return vowels * 5 < len(letters) and is_mixed


def _turns(value: str) -> int:
    """How often letters and digits take turns, upper and lower case too where no word begins."""
    kinds = "".join(map(_kind, filter(str.isalnum, value))) + "l"
    return sum(
        a != b and not (a == "u" and b == "l") and not (a != "u" and b == "u" and after == "l")
        for a, b, after in zip(kinds, kinds[1:], kinds[2:], strict=False)
    )


def _kind(character: str) -> str:
    if character.isdigit():
        return "d"
    return "u" if character.isupper() else "l"


def entropy(value: bytes | str) -> float:
    """Shannon entropy in bits per character, from the value's own characters."""
    if not value:
        return 0.0
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values())
