"""
The rules that are only looked for near a word for a secret.

Reason: what people write about a password, and the disguises they give it, take patterns that cost a
multiple of what a maker's token does. A request of 100 kB has a handful of such words, so only some lines
are searched.
"""

from collections.abc import Callable, Iterator

import hyperscan

from tenant_daemon.redaction.engines import PatternSet
from tenant_daemon.redaction.findings import Finding, Layer, redacted
from tenant_daemon.redaction.ruleset import Rule, try_examples

_BEFORE, _BEHIND = 256, 640
"""Bytes on either side of a word that are searched, and up to the end of the line there."""
_LONGEST_LINE = 512
_FLAGS = hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_ALLOWEMPTY
OTHER_WORDS = (
    rb"api[ _-]?key"
    rb"|(?:^|[^a-z])(?:pin|tan|puk|totp|otp|luks|cvv|cvc|wlan|wi-?fi|ssid|hotspot|wpa[23]?)[^a-z]"
    rb"|(?:token|secret|key) (?:for|to) (?:the|our|my) |token[\"'\\]{0,2} ?[=:]|token (?:\(|is |->)"
    rb"|pr(?:\xc3\xbc|\xc3\x9c)f(?:nummer|ziffer)"
    rb"|#define |davfs|//(?:web)?dav\.|remote\.php/|createuser |: (?:eap|xauth|ntlm) |lftp "
    rb"|_(?:hmac|pepper|seed|cipher|passkey|phrase) ?=|bip-?39|mnemonic"
    rb"|(?:seed|recovery) (?:phrase|words)|security question|sicherheitsfrage"
    rb"|question (?:de s|sec)|pregunta |domanda |beveiligingsvraag|master\.key|openssl rand|pwgen"
    rb"|@[a-z0-9.-]+(?:\n| (?:[/|;\xe2-]|=>))|[a-z][ _]?code[^a-z]|(?:hmac|aes)\.new\("
    rb"|createhmac\(|jwt\.|secretkeyspec|log ?in(?:to)? |sign ?in |anmeld|dich |protected, |encrypted, "
    rb"|/(?:web)?dav |credencial|credenzial|logowania|inlogg?ning"
    rb"|hl(?:\xc3\xa1|a)(?:\xc5\xa1|s)en|dati di acc|dados de ac|bejelentkez|logare|prijav"
    rb"|\xd0\xb4\xd0\xbb\xd1\x8f \xd0\xb2\xd1\x85\xd0\xbe\xd0\xb4\xd0\xb0|kirjautu|logging:"
    rb"|inloggeg|log-?in:|log-?in [a-z0-9]+:|access: "
    rb"|cl(?:\xc3\xa9|\xc3\x89|e) (?:d'|de )?api"
    rb"|(?:clave|chiave|chave|klucz) (?:de la |de |da )?api"
    rb"|api-?(?:n\xc3\xb8gle|n\xc3\xb8kkel|nyckel|sleutel|avain|kulcs)"
    rb"|:(?:\*|5432|3306):|(?:unzip|zip|curl|mysql|mysqldump) -"
)
"""Those that announce no password, but a code, a network or a key; lower case."""


class NearRules:
    """Finds what these rules describe. Immutable, safe to use from several threads."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self._probes = PatternSet(
            "near-rules",
            [rule.probe for rule in rules],
            _FLAGS,
            basis=repr(rules).encode(),
            before=lambda: try_examples(rules),
        )

    def find(self, data: bytes, ends: list[int], is_known: Callable[[int, int], bool]) -> Iterator[Finding]:
        """
        Where the rules match near such words in ``data`` (UTF-8).

        Args:
            ends: Where the words end, those for a password and ``OTHER_WORDS``, in order.
        """
        for low, high in _regions(data, ends):
            text = data[low:high]
            for index in self._probes.find(text):
                rule = self._rules[index]
                placeholder = redacted(rule.kind)
                matches = rule.pattern.finditer(text)
                for start, end in rule.checked(text, matches, _shifted(is_known, low)):
                    yield Finding(low + start, low + end, Layer.PATTERN, placeholder)


def _shifted(is_known: Callable[[int, int], bool], by: int) -> Callable[[int, int], bool]:
    return lambda start, end: is_known(by + start, by + end)


def _regions(data: bytes, ends: list[int]) -> Iterator[tuple[int, int]]:
    """Whole lines around these places, in order, not touching each other."""
    low = high = 0
    for end in ends:
        if end + _BEHIND <= high:
            continue
        start = max(0, end - _BEFORE)
        if start > high:
            if low < high:
                yield low, high
            low = data.rfind(b"\n", max(high, start - _LONGEST_LINE), start) + 1 or start
        high = min(len(data), end + _BEHIND)
        line_end = data.find(b"\n", high, high + _LONGEST_LINE)
        high = line_end + 1 if line_end >= 0 else high
    if low < high:
        yield low, high
