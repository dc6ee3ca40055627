"""
Layer 3: strings so random that only a machine can have made them.

Reason: a key of a maker without a rule. Randomness alone is no proof: integrity hashes, pictures, ids and
certificates are as random, and breaking them breaks the agent's work. So a candidate has at least 32
characters and 4.5 bits each, mixes upper case, lower case and digits, and what stands around it must not
say that it is something public.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import re2

from tenant_daemon.redaction.findings import Finding, Layer, redacted
from tenant_daemon.redaction.likelihood import word_bits
from tenant_daemon.redaction.plausibility import entropy
from tenant_daemon.redaction.views.decoded import unbase64
from tenant_daemon.redaction.views.embedded import is_mostly_text

MIN_LENGTH = 32
MIN_BITS = 4.5
_LONGEST = 256
"""Longer runs are files, pictures or archives; a key is not that long."""
_CONTEXT = 112
_LONGEST_DATA_URL = 8_192
_LINE, _BLOCK_LINES = 56, 4
_MAIL_PART = re.compile(
    rb"(?i)content-transfer-encoding:\s?base64\s*(?:\n[a-z-]{4,40}:[^\n]{0,160}){0,6}\s{2,12}$"
    rb"|(?i:\bsetcredentialencrypted=[\w.-]{1,64}:[\s\\]{0,24}$)"
)
_LONGEST_HEADERS = 700
_FILE_HEAD = re.compile(
    rb"/9j/4|iVBORw0KGgo|R0lGOD|JVBERi0|UEsDB|UklGR|SUQz|T2dnUw|AAAA[A-Za-z0-9+/]{2}Zn[R-V]5c|PHN2Zy|GkXfo|d09GM|TVqQAA|f0VMRg"
    rb"|0M8R4KGx|TU0AK|SUkqA|e1xydGY|MIAGCSqGSIb3DQEH|MII[A-Za-z0-9+/]{2}[A-Za-z0-9+/]GCSqGSIb3DQEH|MII[A-Za-z0-9+/]{3}YJKoZIhvcNAQcC"
)
"""How pictures, documents, sounds, programs and signatures begin in base64."""
_LINE_GAP = re.compile(rb"[\"']?[,+]?[ \\]{0,2}\s{0,3}(?:\\n|\\r|\n)[ \t>+|]{0,16}[\"']?")

_PUBLIC_BEFORE = re.compile(
    rb"(?i)(?:sha-?(?:1|224|256|384|512)[-:=_ ]|md5[-:= ]|integrity|checksum|digest|etag|hash|fingerprint"
    rb"|pub(?:lic)?[ _-]?key|ssh-(?:rsa|ed25519|dss)\s|ecdsa-sha2-\S+\s|data:[a-z]+/[^,;]*;base64,|;base64,"
    rb"|begin certificate|begin public key|certificate|sourcemappingurl|commit|nonce-|signature?[\"': =]"
    rb"|encrypted_(?:content|reasoning|index)|thought_?signature"
    rb"|site[ _-]?key|(?:gcl|fbcl|msclk|wbra|gbra|dcl|ttcl|igsh|yclid)(?:id)?="
    rb"|\\?\"(?:x|y|n|x5[ct]|x5t#s256)\\?\"\s?:\s?\\?\""
    rb"|v=dkim1;[\s\"\\]{0,6}(?:[a-z]=[\w:]{1,12};\s?){0,4}p=|k=rsa;[\s\"\\]{0,6}(?:t=s;\s?)?p=|code_challenge|\bstate=|ciphertext|cursor|(?:page|next|skip|delta|continuation|sync|resume|scroll)_?token|verification(?:[=:]|[\"']?\scontent=[\"'])|\bipfs\b|\bcid\b"
    rb"|/(?:d|file|files|static|assets|_next|chunks|img|images|uploads|blob)/\S*|\bh1:|\betag\b|applicationserverkey)[^\n]{0,64}$"
    rb"|(?:[A-Za-z0-9][-_]|\b|x-[a-z-]{1,20})(?:id|uid|id-?\d|ref|ray|eid|nonce)[\"'\\]{0,2}\s?[:=]\s?[\"']?$"
    rb"|(?-i:\b[A-Z][a-z]{2,12}Id)\s{1,8}$"  # ``UploadId ...`` in a list.
    rb"|\bdid:[a-z0-9]{2,12}:[^\s]{0,40}$|/report(?:\\{0,4}/v\d)?\?s=$"
    rb"|(?-i:[a-z](?:Id|ID))[\"'\\]{0,2}\s?[:=]\s?[\"']?$"
    # What shops and advertisers put into addresses.
    rb"|[?&](?:label|ixid|ref_?|epik|ved|ei|sxsrf|srsltid|_gl|crid|p[fd]_rd_\w{1,3}|ascsubtag|irclickid|awc|_hsenc|_hsmi|sca_esv"
    rb"|gs_lc\w{1,2}|aqs|itemid|dib|sdata|sqp|rs|oh|_nc_\w{2,4}|tracking|utm_[a-z]{1,10}|click_?id|twclid|li_fat_id|rdt_cid|spm|scm|pvid|trk|si)"
    rb"=[\w.-]{0,24}$"
    rb"|challenge[\"': =]{1,3}$|(?:\A|[?&\s])(?:after|before)=$"
    rb"|(?:request|trace|correlation|message)[-_ ]?id\s{1,3}$"
    # What a till prints.
    rb"|=_[0-9A-Za-z]{4,20}_[A-Za-z0-9+/]{11}=$"
    rb"|(?:unixtime|utctime(?:withseconds)?|generalizedtime);(?:[A-Za-z0-9+/=]{40,130};)?$"
    rb"|\bENC\[AES256_GCM,[^\s\]]{0,90}$"  # What `sops` has encrypted.
    rb"|\bpeer:?\s{1,4}$"  # What `wg show` prints is the public key.
    # A link that counts clicks.
    rb"|/(?:ls|wf|track|trk|e|c)/(?:click|open|c|o|unsubscribe)\?(?:[\w.%-]{1,40}=[^\s\"'<>]{0,90})?$"
    rb"|\bx-(?:gm|google|ms|microsoft|mailgun|sg|spam|forefront|amz|proofpoint|received)[\w-]*:\s?$"
    rb"|\b(?:thread-index|feedback-id|list-id|arc-[a-z-]{4,30}|authentication-results):\s?$"
    rb"|\bwamid\.$"
    rb"|\bpayment[\"': =/]{1,4}$"
    rb"|\b(?:address|adresse|wallet|tx(?:id| hash)?|transaction|solana|monero|bitcoin|btc)[\"': =/]{1,4}$"
    rb"|\b(?:C?DNSKEY|KEY|RRSIG|CDS|DS|OPENPGPKEY|IPSECKEY|SMIMEA|TLSA|SSHFP)\s+[\w. ]{1,90}$|fcm/send/\S*$"
    rb"|https?:[\\/]{2,6}[^\s?#\"'<>]*$"  # A link that lets in is told by the words in it.
    rb"|_acme-challenge[^\n]{0,64}$|[?&]list=$|\bkid[\\\"']{0,2}\s?:?\s?[\\\"']{0,2}$"
    rb"|untrusted comment:[^\n]{0,64}\n$"
    rb"|(?:message-id|in-reply-to|references):\s{0,2}<[^<>\s]{0,80}$"
    rb"|(?:\A|[\s\"'(,:])\$$"  # An event of Matrix.
    rb"|\bpk\.$"  # A token of Mapbox for web pages.
    rb"|[;\s]bh?=\s{0,4}$"  # The hash and the signature of a mail.
)
_SIGNATURE_BEFORE = re.compile(rb"(?:[;\s]|\\[nrt])b=(?:[A-Za-z0-9+/=]|\s|\\+[nrt]){20,}$")
_LONGEST_SIGNATURE = 1_024
_QUOTE_ESCAPE = re.compile(rb"\\+([\"'])")
_BREAK_ESCAPE = re.compile(rb"\\+[nrt]")
_KEY_OF_MAIL_BEFORE = re.compile(rb"\bk=rsa\b[^\n]{0,40}[;\s\"]p=(?:[A-Za-z0-9+/=\s\"\\])+\Z")
"""The record in which a domain publishes its key, cut into strings."""
_MAIL_DOMAIN = re.compile(rb"@[A-Za-z0-9.-]+\.[A-Za-z]{2,}>")
_NAME_JOINTS = re.compile(rb"[_/.-]")
_STRUCTURED = re.compile(
    rb"^_{1,2}Z(?:N|St|T[ISV]|\d)|^[/.]|://|/[a-z]{3,}/|^(?:[A-Za-z]+[-_./])+[A-Za-z]*$"
    rb"|/.*\.[a-z]{1,5}\d?$|\.(?:js|css|png|jpe?g|svg|woff2?|map|html?|json|py|ts|md)$"
)
# ``chacha20poly1305_ietf_MESSAGEBYTES_MAX``: words in one case each. Random text hardly ever falls like that.
_NAME_PART = rb"(?:(?:[a-z]{3,}\d{0,5}){1,2}|[A-Z][a-z]{2,}\d{0,5}|[A-Z]{3,}\d{0,5}|[A-Z]\d{2,4}v?\d?)"
_NAME = re.compile(rb"^" + _NAME_PART + rb"(?:_" + _NAME_PART + rb"){2,}$")
_PUBLIC_BLOCK = re2.compile(
    rb"(?s)-----BEGIN (?:[A-Z0-9]+ )*(?:CERTIFICATE|PUBLIC KEY|CRL|REQUEST|SIGNATURE|MESSAGE|PARAMETERS)"
    rb"[A-Z ]*-----.*?-----END "
)
# Hashes, keys and ids that are public by their own first letters.
PUBLIC_HEAD = re2.compile(
    rb"^(?:MFkwEwYHKoZIzj0|MHYwEAYHKoZIzj0|MIGbMBAGByqGSM49|MCowBQYDK2V|M[A-Za-z0-9+/]{3}MA0GCSqGSIb3DQEBAQUAA4"
    rb"|MII[A-Za-z0-9+/]{3}ANBgkqhkiG9w0BAQEFAAOC|(?i:sha(?:1|224|256|384|512)-)|AAAA[BEC]|pk_(?:live|test)_|phc_|sb_publishable_|Qm[1-9A-HJ-NP-Za-km-z]{44}$"
    rb"|[13][1-9A-HJ-NP-Za-km-z]{25,34}$|T[1-9A-HJ-NP-Za-km-z]{33}$|[48][1-9A-HJ-NP-Za-km-z]{94}$"
    rb"|(?:(?:app|tbl|rec|viw|fld|usr|wsp)[A-Za-z0-9]{14}(?:/|$)){2,4}"
    rb"|(?:call|toolu|chatcmpl|msg|resp|rs|req|file|asst|run|step|thread|container|cntr|gen|fc|ws|ig|cus|pi|price|prod"
    rb"|evt|in|sub|acct|ch|py|seti|cs_(?:live|test)|txn|po|re|pm|card|ba|src|fee|si|ii|il|cn|dp|qt|tr|plink|plan"
    rb"|vs|batch|org|proj|team|usr|inv|ord)[_-]|[xyz]pub[1-9A-HJ-NP-Za-km-z]{100}|-{2,8}WebKitFormBoundary)"
)
_REFERENCE = b"SECRET_REF"
_PLACEHOLDER_END = re.compile(rb"(?:\[REDACTED:[a-z0-9-]{1,50}\]|SECRET_REF\([^()\s]{1,60}\))$")
_NAME_PARTS = 4
_OF_WORDS = 10.0
"""Bits above which a value is words, ``DER_OID_ripemd160WithRSAEncryption``; 20,000 drawn ones came to 8."""
_WORD_INSIDE = re.compile(rb"[A-Z]?[a-z]{3,}")
_RANDOM_PART = re.compile(rb"[A-Za-z0-9+_~-]{20,}|[A-Za-z0-9+/=]{32,}")


class EntropyDetector:
    """Finds random strings in a context that does not explain them."""

    def find(self, data: bytes, tokens: Iterable[tuple[int, int]]) -> list[Finding]:
        """Which of the long words of ``data`` are random strings that nothing explains."""
        findings = []
        public = _public_blocks(data)
        tokens = list(tokens)
        for at, (start, end) in enumerate(tokens):
            if end - start < MIN_LENGTH:
                continue  # Most of them are.
            if data.startswith(_REFERENCE + b"(", end - len(_REFERENCE)):
                end -= len(_REFERENCE)  # What stands for a known secret is no part of another one.
            if not MIN_LENGTH <= end - start <= _LONGEST:
                continue
            if public and any(low <= start < high for low, high in public):
                continue
            if _is_secret(data, start, end) and not _is_in_block(data, tokens, at):
                findings.append(Finding(start, end, Layer.ENTROPY, redacted("high-entropy")))
        return findings


def _public_blocks(data: bytes) -> list[tuple[int, int]]:
    """Where certificates and public keys stand."""
    if b"-----BEGIN " not in data:
        return []
    return [found.span() for found in _PUBLIC_BLOCK.finditer(data)]


def _is_in_block(data: bytes, tokens: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a word is a line of a wrapped file, such as a picture: no key is that long."""
    lines = 1  # Its last line is as short as what is left.
    first = at
    for step in (-1, 1):
        near = at + step
        while 0 <= near < len(tokens) and lines < _BLOCK_LINES:
            (low, high), inner = tokens[near], tokens[near - step]
            gap = data[high : inner[0]] if step < 0 else data[inner[1] : low]
            if high - low < _LINE or not _LINE_GAP.fullmatch(gap):
                break
            lines += 1
            first = min(first, near)
            near += step
    return lines >= _BLOCK_LINES or _is_file(data, tokens[first][0])


def _is_file(data: bytes, start: int) -> bool:
    """Whether a wrapped file begins there, by its own first bytes or as a part of a mail, or a sealed one."""
    before = data[max(0, start - _LONGEST_HEADERS) : start].replace(b"\\r", b"").replace(b"\\n", b"\n")
    return _FILE_HEAD.match(data, start) is not None or _MAIL_PART.search(before) is not None


def _is_secret(data: bytes, start: int, end: int) -> bool:
    token = data[start:end]
    if not _is_mixed(token) or entropy(token) < MIN_BITS:
        return False
    if PUBLIC_HEAD.search(token) or _is_alphabet(token):
        return False
    if _STRUCTURED.search(token) or _NAME.match(token) or _is_name(token) or not _RANDOM_PART.search(token):
        return False
    if _is_made_of_words(token) or word_bits(token.decode("ascii", "replace")) > _OF_WORDS:
        return False
    if _is_text(token) or (
        _PLACEHOLDER_END.search(data, max(0, start - 60), start) and _is_text_behind(token)
    ):
        return False  # Encoded text: the other layers have read it.
    if _MAIL_DOMAIN.match(data, end):
        return False  # The id of a mail.
    if data[start - 1 : start] == b"%" and _is_in_data_url(data, start):
        return False
    # In JSON within JSON a line break is an escape, whose letter would belong to the word behind it.
    before = data[max(0, start - _CONTEXT) : start]
    if b"\\" in before:
        before = _QUOTE_ESCAPE.sub(rb"\1", _BREAK_ESCAPE.sub(rb"\n", before))
    return not _PUBLIC_BEFORE.search(before) and not _is_signature_of_mail(data, start)


def _is_signature_of_mail(data: bytes, start: int) -> bool:
    """Whether a word stands in the later lines of ``b=...``, as mail servers sign."""
    before = data[max(0, start - _LONGEST_SIGNATURE) : start]
    if before[-1:] in b" \tnrt":
        return _SIGNATURE_BEFORE.search(before) is not None
    return before[-1:] == b'"' and _KEY_OF_MAIL_BEFORE.search(before) is not None


def _is_text(token: bytes) -> bool:
    raw = unbase64(token)
    return raw is not None and is_mostly_text(raw)


def _is_text_behind(token: bytes) -> bool:
    """Whether it is the rest of an encoded text out of which a secret was taken."""
    return any(_is_text(token[start:]) for start in (1, 2, 3))


def _is_in_data_url(data: bytes, start: int) -> bool:
    """Whether a word belongs to a picture whose base64 was escaped for a URL."""
    before = data[max(0, start - _LONGEST_DATA_URL) : start]
    return b"base64%2" in before[max(before.rfind(b" "), before.rfind(b"\n"), 0) :]


def _is_alphabet(token: bytes) -> bool:
    """Whether most characters follow on their neighbour, ``abcdef``."""
    return sum(b - a == 1 for a, b in pairwise(token)) * 2 > len(token)


def _is_name(token: bytes) -> bool:
    """Whether most of a word is words in one case, ``This_build_has_no_projects_2015``."""
    parts = _NAME_JOINTS.split(token)
    words = sum(len(part) for part in parts if part.isalpha() and (part.islower() or part.isupper()))
    return len(parts) >= _NAME_PARTS and words * 10 >= 6 * len(token)


def _is_made_of_words(token: bytes) -> bool:
    """Whether the most of it is words, ``rules/2022/CVE-2022-41/proc_creation``."""
    words = _WORD_INSIDE.findall(token)
    return len(words) >= _NAME_PARTS and sum(map(len, words)) * 2 >= len(token)


def _is_mixed(token: bytes) -> bool:
    # ``islower`` and ``isupper`` are about the letters alone.
    if token.islower() or token.isupper():
        return False
    return len(token) - len(token.translate(None, b"0123456789")) >= 3
