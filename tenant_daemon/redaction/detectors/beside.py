"""
Keys that stand on one line with a word for them: ``Gotify ... token``, ``La chiave API è ...``.

Reason: in notes, logs and lists people write a maker's name, what it is for and the key in any order and in
any language. What they all have is a word for it on the same line, and a value that was drawn by chance.
Numbers, hashes and ids are told by their words, and where one of those stands on the line nothing is guessed.
"""

import re
from collections.abc import Iterable, Iterator

from tenant_daemon.redaction.detectors.entropy import PUBLIC_HEAD
from tenant_daemon.redaction.findings import Finding, Layer, redacted
from tenant_daemon.redaction.likelihood import MADE, SURELY_MADE, word_bits
from tenant_daemon.redaction.plausibility import is_stand_in
from tenant_daemon.redaction.views.decoded import unbase64
from tenant_daemon.redaction.views.embedded import is_mostly_text

_PLACEHOLDER = redacted("key")
_LONGEST = 200
_BEFORE, _BEHIND = 96, 64
_REFERENCE = b"SECRET_REF"
"""What stands for a known secret is no part of another one."""
_DIGITS = b"0123456789"
_EDGE = rb"\s\"'`=:>(<,|;"
_BEGINS = re.compile(rb"(?:\A|[" + _EDGE + rb"]|\\n|\\t)\Z")
_GOES_ON = re.compile(rb"[A-Za-z0-9_.~+/-]*={0,2}")
_ENDS = re.compile(rb"(?:\Z|[" + _EDGE + rb")!?]|[.\\]|\Z)")
_OF_OTHERS = (
    rb"figures?|frames?|words?|boards?|points?|pairs?|paths?|names?|sizes?|types?|features?|exchange|results?|metrics?"
    rb"|accounts?|users?|persons?|contacts?|dates?|terms?|ideas?|rings?|chains?|budgets?|counts?|limits?|usage|buckets?"
    rb"|endpoints?|prices?|length|windows?|docs|quota|version|calls?"
)
"""Behind "key" or "token" they say that it is no such thing."""
_TELLS = re.compile(
    rb"(?i)(?<![a-z])(?!keys?[\"'] ?:|key=|(?:keys?|tokens?|api)[ -](?:"
    + _OF_OTHERS
    + rb"))(?:[a-z0-9_-]{0,24}[_-])?"
    rb"(?:tokens?|jetons?|gettone|keys?|api[-_ ]?keys?"
    rb"|secrets?|geheimnis|credentials?|bearer|pat|api|refresh|webhooks?|licen[cs]e|app[- ]?passwor[dt]"
    rb"|cl(?:\xc3\xa9|e)s?|clave|chiave|chave|sleutel|klucz|nyckel|n(?:\xc3\xb8|o)gle|n(?:\xc3\xb8|o)kkel|kl(?:\xc3\xad|i)\xc4\x8d|avain"
    rb"|kulcs|anahtar|cheie|[a-z-]{0,16}schl(?:\xc3\xbc|ue)ssel|[a-z-]{0,12}(?:key|token|secret))(?![a-z])"
)
"""
Words for what lets a program in, in the languages a customer may write.

A field or an attribute that is called "key" and nothing else names one of several things.
"""
_IS_CALLED = re.compile(
    rb"(?i)(?<![a-z])(?:jobs?|records?|base|sheets?|queue|workers?|tasks?|runs?|threads?|channels?|cards?|articles?|artikel"
    rb"|artnr|items?|products?|produkt|sku|devices?|repo|database|table|docs?|documents?|deployment|instance|cluster"
    rb"|subscription|charge|payments?|models?|modell|challenge|layer|topic|stream|shard|chunk|revision|snapshot|draft"
    rb"|contact|lead|deal|figure|called|named|peer|minisign|signify|onion)[ :#=\"']{1,3}$"
)
"""Right in front they say what the value is called, which is no secret."""
_SAYS = re.compile(rb"(?i)(?:token|key|secret|schl(?:\xc3\xbc|ue)ssel)[\"':= ]{1,4}$")
"""Such a word right in front."""
_EXPLAINS = re.compile(
    rb"(?i)public|(?<![a-z])(?:commit|sha\d{0,3}|hash(?:es)?|digest|checksum|integrity|fingerprint|fingerabdruck|"
    rb"(?:[a-z]{0,16}_?)ids?|uuid|guid|e-?tag|cursor|page|next|prev|after|before|sync|continuation|nonce|csrf|xsrf|boundary"
    rb"|trace|span|request|event|room|message|session|cache|build|release|version|branch|blob|tree|file|image|asset|path"
    rb"|url|uri|href|src|link|host|domain|ssh-[a-z0-9]+|gpg|pgp|cert(?:ificate)?|signature|signed|dkim|spf|verification"
    rb"|primary|foreign|sort|partition|object|s3|bucket|row|column|node|pod|container|volume|query|mutation|react|site"
    rb"|order|invoice|customer|ticket|tracking|bestell\w*|rechnung\w*|auftrag\w*|kunde\w*|sendung\w*|transaction|tx|block"
    rb"|wallet|address|adresse|serial|font|css|js|class|function|def|import|return|var|const|let|test|example|beispiel"
    rb"|(?:site|host|cache|sort|primary|foreign|partition|object|row|state|group|image|short|hot|change)key"
    rb"|(?:skip|delta|page|next|sync|continuation|resume)token|sid|user|tokenizer|lexer|parser|idempotency|[a-z]{0,12}sum|websocket|kid)(?![a-z])"
)
"""What else such a value may be; then more has to be said than this asks for."""
_INNER_WORD = re.compile(rb"(?<=[a-z])(?=[A-Z])")
"""Where a word begins within a name such as ``nextPageToken``."""


class BesideDetector:
    """Finds values drawn by chance on the line of a word for a key. Safe to use from several threads."""

    def find(self, data: bytes, tokens: Iterable[tuple[int, int]]) -> Iterator[Finding]:
        """Which of the long words of ``data`` (UTF-8) are such values."""
        behind = 0
        for start, end in tokens:
            word = data[start:end]
            # Letters of both cases and a digit are in few names and in no hash.
            if word.islower() or word.isupper() or word.translate(None, _DIGITS) == word:
                continue
            if start < behind or len(word) > _LONGEST or word.endswith(_REFERENCE):
                continue
            if not _BEGINS.search(data, max(0, start - 2), start):
                continue
            end = _whole(data, end)
            if end - start <= _LONGEST and _ENDS.match(data, end) and _is_told(data, start, end):
                behind = end
                yield Finding(start, end, Layer.PATTERN, _PLACEHOLDER)


def _whole(data: bytes, end: int) -> int:
    found = _GOES_ON.match(data, end)
    end = found.end() if found else end
    return end - 1 if data[end - 1 : end] == b"." else end


def _is_told(data: bytes, start: int, end: int) -> bool:
    value = data[start:end].decode("utf-8", "replace")
    bits = word_bits(value)
    if bits > MADE or is_stand_in(value):
        return False
    before, behind = data[max(0, start - _BEFORE) : start], data[end : end + _BEHIND]
    line = before[before.rfind(b"\n") + 1 :] + b" \0 " + behind.split(b"\n", 1)[0]
    if bits > SURELY_MADE and not _SAYS.search(before):
        return False
    if PUBLIC_HEAD.search(data[start:end]) or _IS_CALLED.search(before):
        return False
    if not _TELLS.search(line) or _EXPLAINS.search(line) or _EXPLAINS.search(_INNER_WORD.sub(b" ", line)):
        return False
    raw = unbase64(data[start:end])
    return raw is None or not is_mostly_text(raw)
