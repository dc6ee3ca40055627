"""
What hints that a text has another reading, found for all readings in one pass.

Most texts have none, and then no reading is attempted at all.
"""

from enum import IntEnum
from functools import cache

import hyperscan
import re2

from tenant_daemon.redaction.engines import PatternSet


class Sign(IntEnum):
    """A hint; the value is its number in the database."""

    ESCAPE = 0
    """An escape that hides a letter or a digit, or is escaped itself."""
    PRINTABLE = 1
    """Quoted-printable."""
    DUMP = 2
    """A line of a hex dump."""
    NUMBERS = 3
    """A list of character codes."""
    SPACED_HEX = 4
    """Hex with something between every two or four digits; its beginning."""
    NARROW = 5
    """Three lines that are one short word each, as data wrapped at a small width are."""
    WRAPPED = 6
    """A word that is a line of its own, as the last one of wrapped data is."""
    LITERALS = 7
    """Strings of a list or a sum that look like pieces of data."""
    PIECES = 8
    """Two fields of a JSON text that by their name hold pieces of something."""
    BYTES = 9
    """Bytes that are all escaped."""
    MARKED = 10
    """An invisible character inside a word."""
    TURNED_WORD = 11
    """Padding before a word, or the head of an archive at its end."""
    TURNED_ESCAPE = 12
    """Escapes that run backwards."""
    BROKEN = 13
    """Escapes with white space inside."""
    SPACED = 14
    """Groups of as many characters each, with a blank between them. In a long text chance makes some."""
    SCATTERED = 15
    """One character after the other, with something between any two."""
    BROKEN_MARK = 16
    """The beginning of a vendor's token, and no token behind it."""
    CODES = 17
    """Numbers that may be characters, in a notation of their own or without anything between them."""
    SPELLED = 18
    """Words for letters and digits, or Morse code. As what follows, it is looked for in short texts only."""
    INDEXED = 19
    """Pieces with the number of their place."""
    STATED = 20
    """A word for a cipher."""
    WORDY_CODES = 21
    """Numbers with their type, as some languages write bytes."""
    GROUPED = 22
    """Groups of as many characters each, with something other than a blank between them."""
    STITCHES = 23
    """A statement or a section that adds a string to the one before; marks escaped with a backslash."""
    PACKED_NUMBERS = 24
    """Numbers as compressed data begin with."""
    WIDE_NUMBERS = 25
    """Numbers of which every second one is zero, as the bytes of text in UTF-16."""
    PAIRED = 27
    """Characters beside numbers of two or three digits. Looked for in short texts only."""
    NAMED = 28
    """A letter by its name in Unicode. Looked for in short texts only."""
    ARMOURED = 26
    """The first line of a binary patch or of uuencode, or Adobe's mark before ascii85."""


# As alternatives: RE2 reads characters here and hyperscan bytes.
_USUAL_MARKS = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
_MARKS = (
    _USUAL_MARKS
    + "\u034f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u3164\ufe0e\ufe0f\u0300\u0301"
)
_OTHER_MARKS = rb"\x00|\x1b\[[0-9;]{0,20}[A-Za-z]|[!-~]\x08|"
MARKS = _OTHER_MARKS + "|".join(_MARKS).encode()
"""Characters that show as nothing, what changes the colour in a terminal, and what is struck over."""
_STRUCK_OVER = rb"(?:[^\\\n]{1,2}\\{1,4}b){4}"
"""The same where a backspace is written as ``\\b``."""
PIECE_NAMES = rb"text|content|value|data|chunk|part|piece|line|delta|body"
"""How the names of fields end that hold pieces of something."""

BROKEN_MARKS = (
    rb"sk-a|sk-p|sk-[A-Z0-9]|sk-[a-z]+[0-9A-Z]|sk_l|sk_t|rk_l|whse|ghp_?|gho_|ghs_|gith|glpa|gldt|AKIA|ASIA|AIza|xoxb?|xoxp"
    rb"|npm_|dop_|doo_|shpa|shps|hf_|gsk_?|xai-|pplx|lin_|pat-[ne]|PMAK|xkey|xsmt|eyJh|pypi-|dckr|sq0a|NRAK|hvs\.|ATAT"
    rb"|figd|ntn_|sbp_|rzp_|nvap|SG\.[A-Za-z0-9]|[0-9]{8,10}:AA"
)
"""How the tokens begin that outsiders know best, as far as a first group of characters may reach."""

SHORT_MARKS = rb"(?:xke|glp|shp|AKI|AIz|PMA|gsk|ghp|xox|sk[_-]|rk_|SG\.|ya2)"
_PAIRS = (
    rb"(?:sk%b(?:_l|_t|-a|-p|-o|-[0-9A-Z])|rk%b_l|gh%b[posur]_|gl%bpa|AK%bIA|AS%bIA|AI%bza|xo%bx[bp]|SG%b\.[0-9A-Za-z]"
    rb"|sh%bpa|np%bm_|hf%b_[0-9A-Za-z]|do%bp_|eyJ?%bhb|wh%bse|ya%b29|PM%bAK|xk%bey|pp%blx|gs%bk_|NR%bAK)"
)
_PAIRED_MARKS = _PAIRS.replace(b"%b", rb"[^0-9A-Za-z]{1,5}")
"""The same, cut after every second character."""
# With what mostly stands between them: a class of characters costs hyperscan three times as much.
_PAIRED_PLAINLY = b"|".join(
    rb"(?:^|[^A-Za-z0-9])" + _PAIRS.replace(b"%b", mark)
    for mark in (rb" ", rb"\n", rb"\\n", rb"-", rb"\.", rb", ", rb" - ", rb":", rb"/", rb"\|")
)
_MARKED_CODES = (
    rb"(?:(?:0[xX]|[uU]\+00|\\'|\$|#|&H)[0-9A-Fa-f]{2}(?:[\s,;|]|\\n)*){4}|(?:\\char[0-9]{2}[0-9\s{}]){4}"
    rb"|0[oO][0-7]{2,3}[\"']?[\s,;|]{1,3}[\"']?0[oO]|0[bB][01]{7,8}[\s,;|]{1,3}0[bB]"
    rb"|(?:[\"'][0-9]{1,3}\\*[\"']:\s?[0-9]{2,3},\s){4}"
)
_CODES_IN_HEX = rb"(?:0?[0-9A-Fa-f]{2}[hH][\s,;]+){4}"
_CODES_IN_LINES = rb"(?:\b[0-9]{2,3}\r?\n){4}"
_GLUED_CODES = rb"[0-9]{30}"
_CODES = (_MARKED_CODES, _CODES_IN_HEX, _CODES_IN_LINES, _GLUED_CODES)
"""What lists of character codes look like in the notations of languages and formats."""

# Names and numbers of one character come in rows too, but hardly so many of them. \x1e joins what a reading
# of ours took apart, where single characters are common.
SPOKEN_WORDS = (
    rb"alfa|alpha|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa"
    rb"|quebec|romeo|sierra|tango|uniform|victor|whiske?y|x-?ray|yankee|zulu|zero|one|two|three|four|five|six"
    rb"|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty"
    rb"|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|capital|cap|upper|uppercase|small|lower|lowercase"
    rb"|dash|hyphen|minus|dot|period|point|bang|underscore|slash|plus|equals|colon|hash|dollar|star|percent"
    rb"|anton|aachen|berta|berlin|c(?:\xc3\xa4|ae)sar|chemnitz|dora|d(?:\xc3\xbc|ue)sseldorf|emil|essen|friedrich|frankfurt"
    rb"|gustav|goslar|heinrich|hamburg|ida|ingelheim|julius|jena|kaufmann|konrad|k(?:\xc3\xb6|oe)ln|ludwig|leipzig"
    rb"|martha|marta|m(?:\xc3\xbc|ue)nchen|nordpol|n(?:\xc3\xbc|ue)rnberg|otto|offenbach|paula|potsdam|quelle|quickborn"
    rb"|richard|rostock|samuel|siegfried|salzwedel|theodor|t(?:\xc3\xbc|ue)bingen|ulrich|unna|viktor|v(?:\xc3\xb6|oe)lklingen"
    rb"|wilhelm|wuppertal|xanthippe|xaver|xanten|ypsilon|zacharias|zwickau"
    rb"|null|eins|zwei|zwo|drei|vier|f(?:\xc3\xbc|ue)nf|sechs|sieben|acht|neun|gro(?:\xc3\x9f|ss)(?:es|er)?|klein(?:es|er)?"
    rb"|gro(?:\xc3\x9f|ss)buchstabe|kleinbuchstabe|unterstrich|bindestrich|punkt|schr(?:\xc3\xa4|ae)gstrich|gleich|doppelpunkt"
    rb"|ausrufezeichen|fragezeichen|raute|stern"
)
"""Words with which characters are read out, in English and German."""
_TELLING_WORDS = (
    rb"alfa|alpha|bravo|foxtrot|juliett?|kilo|oscar|quebec|sierra|tango|whiske?y|x-?ray|yankee|zulu|underscore"
    rb"|capital|uppercase|hundred|zero|seven|eight|nine|unterstrich|nordpol|xanthippe|xaver|zacharias|kaufmann|theodor"
    rb"|berta|gro(?:\xc3\x9f|ss)es|kleines|gro(?:\xc3\x9f|ss)buchstabe|friedrich|heinrich|siegfried|ypsilon|quickborn|salzwedel|goslar|zwickau|ingelheim|chemnitz"
)
"""Those of them that most of what is read out has, and other texts have not."""
_SPELLED = rb"(?i:\b(?:" + _TELLING_WORDS + rb")[^A-Za-z0-9])|(?:[.-]{1,6}[ |/]{1,3}){6}"
_INDEXED = (
    rb"(?:[0-9][\])]?[\"']?[.:=>) -]{1,3}[\"']?[!-~][\"']?[,;\s]+[^\n0-9]{0,8}[0-9]?){6}"
    rb"|(?:[\[(] ?\\?[\"']?[0-9]{1,3}\\?[\"']?, ?\\?[\"'](?:[!-~]|[^\x00-\x7f]+)\\?[\"']"
    rb" ?[\])](?:[,\s\x1e]|\\n)+){5}"
    rb"|(?:\A|\n|\\n|\")[0-9]{1,2}[.)] ?[!-~]+(?:\r?\n|\\n)[0-9]{1,2}[.)] ?[!-~]"
    rb"|(?i:\b(?:part|piece|chunk|segment|block|teil)[ _#-]?[0-9]{1,2}[\"'\]]{0,2}\s?[:=])"
    rb"|(?:[^A-Za-z0-9]|\A)[pskxv][0-9]\s?="
)
_MARK = rb"[!#$%&'()*,.:;<>?@\[\\\]^`{|}~\"-]"
_GROUPED = (
    # Bounded repeats of classes cost hyperscan dearly: these are the cheap ones.
    rb"(?:[0-9A-Za-z_+/=]{2,8}" + _MARK + rb"{2,4}){5}"
    rb"|(?:[0-9A-Za-z+/=]{3}[.:|~,;]){6}|(?:[0-9A-Za-z+/=]{4}[.:|~,;]){6}"
    rb"|(?:[0-9A-Za-z_]{1,8}(?:</?[a-z]{1,6}>){2}){5}"
    rb"|(?:\{[0-9A-Za-z]\}[^0-9A-Za-z]{0,2}[a-z]{2,12}){6}"
)
_SINGLE = rb"(?:[0-9A-Za-z][^0-9A-Za-z\x1e]+){11}"
_MARKED_SINGLE = (
    rb"(?:[0-9A-Za-z]</?[a-z]+/?>){6}"
    rb"|(?:[a-z] [0-9]+: ?[!-~]+[ \n]+(?:char|part|piece|chunk|Part|Piece|Char)){2}"
)
_SCATTERED = (_SINGLE, _MARKED_SINGLE)

_GROUPS_OF = ((1, 10), (2, 8), (3, 8), (4, 7), (5, 7), (6, 6), (7, 6), (8, 6))
"""Characters of a group, and how many groups hardly ever come one after the other in prose."""


def spaced_pattern(*, goes_on: bool) -> list[bytes]:
    """How data look that have a blank after every few characters; to their end if ``goes_on``."""
    return [
        rb"(?:[!-~]{%d}(?:  ?|\r?\n)){%d%b}[!-~]{1,%d}" % (size, count, b"," if goes_on else b"", size)
        for size, count in _GROUPS_OF
    ]


_BROKEN_MARK = (
    rb"(?:\b|_)(?:(?:" + BROKEN_MARKS + rb")[A-Za-z0-9_-]{0,13}|" + SHORT_MARKS + rb")[^A-Za-z0-9_]"
)
_PATTERNS: dict[Sign, bytes] = {
    Sign.ESCAPE: (
        rb"%u?[0-9A-Fa-f]{2}|\\u[{-]?[0-9A-Fa-f]{2}|\\x\{?[0-9A-Fa-f]{2}|\\U[0-9A-Fa-f]{8}"
        rb"|&#[0-9xX]|&[A-Za-z]{2,8};|\\[0-7]{3}|\\N\{[A-Z]|\\\\+[\"'nrt]"
        rb"|(?:\\[2-7][0-9A-Fa-f] ){3}"
        # One character a line, in a JSON text.
        rb"|(?:\\n(?:[0-9]{1,3}[:.)=] ?)?[!-\[\]-~]){6}"
    ),
    # Two digits alone are the number in ``page=25``, and known secrets written so are known by their form.
    Sign.PRINTABLE: (
        rb"=[0-9][A-F]|=[A-F][0-9A-F]|=[0-9]{2}=[0-9A-F]{2}|=00.=00|[a-z]=20\r?(?:\n|\\n|\z)"
        rb"|[!-~]=\r?(?:\n|\\n)[!-~]"
    ),
    Sign.DUMP: (
        rb"(?:\b|\\n)[0-9a-f]{6,16}:? {1,4}[0-9a-fA-F]{2,4}(?:[^0-9A-Za-z]|[0-9a-fA-F]{4} |\z)"
        rb"|(?:\b|\\n)[0-9a-f]{4}(?:: [0-9a-f]{2} [0-9a-f]{2} | [0-9a-f]{8} [0-9a-f]{2,8} )"
        rb"|0x[0-9a-f]{4,16}(?: <[^>\n]+>)?:(?:[ \t]|\\t)+-?[0-9a-f]"
        rb"|[0-9a-f]{7} {2,3}[ 0-9]{4}[0-9] |[0-7]{6}0 [0-9]{5} [ 0-9]{4}[0-9][ \r\n\\]|[0-9a-f]{6}: [01]{8} "
        rb"|[0-7]{7}(?: {3,4}[!-~]|  \\{1,2}[0-9a-z]| [0-7]{6}(?:[0-7]{5})?)(?:[ \r\n\\]|\z)"
        rb"|[0-7]{7} (?:[0-9a-f]{16}|[0-7]{22})[ \r\n\\]"
    ),
    # A date has numbers below 10, which no letter has.
    Sign.NUMBERS: (
        rb"\b0?[1-9]\d{1,2}(?:[^0-9\n]{1,12}0?[1-9]\d{1,3}){7}|\b[01]{6,8}(?:[\s,]{1,3}[01]{6,8}){7}"
        rb"|(?:[1-9]\d{1,2}\.0?[,\s]{1,4}){7}"
    ),
    Sign.WIDE_NUMBERS: (
        rb"\b0[^0-9A-Za-z]{1,2}[1-9]\d{1,2}[^0-9A-Za-z]{1,2}0[^0-9A-Za-z]{1,2}[1-9]\d{1,2}[^0-9A-Za-z]{1,2}0[^0-9A-Za-z]"
    ),
    Sign.ARMOURED: (
        rb"<~[!-u]{5}|(?:literal|delta) [0-9]+\r?(?:\n|\\)|begin [0-7]{3}|(?:\A|\n)M[ -`]+\r?(?:\n|\\)"
    ),
    Sign.PACKED_NUMBERS: (
        rb"\b31[\s,]{1,6}139[\s,]{1,6}8[\s,]|\b120[\s,]{1,6}(?:1|94|156|218)[\s,]{1,6}[0-9]{1,3}[\s,]"
    ),
    # More than a moment has, ``2026-11-21 05:12:33,12``.
    Sign.SPACED_HEX: (
        rb"(?:[0-9A-Fa-f]{2}[ :,+-]{1,2}){8}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}[ :,+-]){5}[0-9A-Fa-f]{2}"
        rb"|(?:0[xX][0-9A-Fa-f]{1,2}[\s,;|]{1,3}){5}0[xX]"
    ),
    Sign.NARROW: (
        rb"[A-Za-z0-9+/_-] ?(?:(?:\\+r)?\r?(?:\\+n|\\?\n)){1,2}(?:\\+t)?[ \t>+|]{0,8}[A-Za-z0-9+/_-]{1,18}"
        rb" ?(?:(?:\\+r)?\r?(?:\\+n|\\?\n)){1,2}(?:\\+t)?[ \t>+|]{0,8}[A-Za-z0-9+/_-]{1,18}"
    ),
    # Bounded repeats of classes cost hyperscan dearly: these ask for little, and the reading looks closer.
    Sign.WRAPPED: (
        rb"[A-Za-z0-9+/=_-] ?(?:\\?\r?\n|\\+n){1,2}(?:\\+t)?[ \t>+|]{0,8}[A-Za-z0-9+/_-]+"
        rb"(?:[^A-Za-z0-9+/_. -]|\z| ?\n)"
    ),
    Sign.LITERALS: rb"[\"'`][ ,+.&~<>\n\[\]()|]{1,6}\\*[\"'`]"
    rb"(?:[A-Za-z0-9+/=_&%#;\\-]+[\"'`](?:[^:]|\z)|[A-Za-z0-9+/\\]{14}"
    rb"|[0-9A-Fa-f]? ?(?:[0-9A-Fa-f]{2}[ :]){2})",
    Sign.PIECES: rb"(?:" + PIECE_NAMES + rb"|[a-z_\"-]\d{1,3})\\*\": ?\\*\"",
    Sign.BYTES: rb"(?:\\x[0-9A-Fa-f]{2}){8}|(?:%[0-9A-Fa-f]{2}){8}|(?:=[0-9A-F]{2}){8}",
    Sign.MARKED: rb"[!-~](?:" + MARKS + rb")+[!-~\r\n]|" + _STRUCK_OVER,
    Sign.TURNED_WORD: (
        rb"[^=A-Za-z0-9+/_-]={1,2}[A-Za-z0-9+/_-]{15}|\A={1,2}[A-Za-z0-9+/_-]{15}"
        rb"|(?:Is4H|[wxyz]Je|[opqr]Ne|EAe|ophBZ|6dT[/_]|80[bB]8[fF]1|[cC]987|[aA][dD]87|1087|[eE]587)"
        rb"(?:[^A-Za-z0-9+/_=-]|\z)"
    ),
    Sign.TURNED_ESCAPE: (
        rb"[0-9A-Fa-f]{4}u\\|;[0-9A-Fa-f]{2,5}[xX]?#&|;[a-z]{2,6}&|[0-9A-Fa-f]{2}x\\"
        rb"|(?:[0-9A-Fa-f]{2}%){3}(?:[^0-9A-Fa-f]|\z)|(?:[0-9A-F]{2}=){3}(?:[^0-9A-F]|\z)"
        rb"|[0-9A-Fa-f][2-7]52%|[0-9A-F][2-7]%[0-9A-Fa-f]?[G-Zg-z_~]"
    ),
    # The first digit of an ASCII character is one of these.
    Sign.BROKEN: (
        rb"%[2-7]\s+[0-9A-Fa-f]|%\s+[2-7]\s*[0-9A-Fa-f]|=[2-7]\s[0-9A-F]="
        rb"|\\x[2-7]\s|\\x\s{1,5}[2-7]|\\\s{1,5}[xu]|\\u(?:\s|0(?:\s|0(?:\s|[0-9A-Fa-f]\s+[0-9A-Fa-f])))"
        rb"|&\s#|&#\s[xX0-9]|&#[xX]\s|&#[xX]?[0-9A-Fa-f]{1,4}\s+[0-9A-Fa-f]{0,3};|&[a-zA-Z]{0,7}\s[a-zA-Z\s]{0,12};"
    ),
    Sign.SPACED: b"|".join(spaced_pattern(goes_on=False)),
    Sign.SCATTERED: b"|".join(_SCATTERED),
    Sign.BROKEN_MARK: _BROKEN_MARK + rb"|\b" + _PAIRED_MARKS,
    Sign.CODES: b"|".join(_CODES),
    Sign.SPELLED: _SPELLED,
    Sign.INDEXED: _INDEXED,
    Sign.STATED: rb"(?i:\bxor|caesar|cipher|\brot[ -]?\d|\bshift|vigen|plus one|minus one|moved by)",
    Sign.WORDY_CODES: (
        rb"(?:\(byte\)\s?(?:0[xX])?[0-9A-Fa-f]{2,3}[,\s]+){4}|(?:[0-9]{2,3}(?:u8|i8|U|L)[,\s]+){4}"
        rb"|(?:0[xX][0-9A-Fa-f]{8}[,\s]+){2}|0[xX](?:[2-7][0-9A-Fa-f]){4}"
        rb"|[1-9][0-9]{7,19}(?:[,\s\x1e]|\\n)+(?:0[0-9]{6,7} +)?[1-9][0-9]{7}"
        rb"|(?:[1-9][0-9]{3,4}(?:[,\s\x1e]|\\n)+(?:0[0-9]{6,7} +)?){5}"
    ),
    Sign.GROUPED: _GROUPED,
    Sign.NAMED: rb"LATIN (?:SMALL|CAPITAL) LETTER [A-Z][^A-Za-z]",
    Sign.PAIRED: (
        rb"(?:[0-9]{2,3}[\s,:=]+[\"'][ -~][\"'][^0-9A-Za-z]+){3}[0-9]"
        rb"|(?:[!-~]\\?[\"']?(?:\\t|[ \t,:=])[ \t,:=>-]*[0-9]{2,3}[^0-9A-Za-z]+[n\"']*){5}[^0-9]"
    ),
    Sign.STITCHES: (
        rb"[\"'`]\)?;?(?:\\+r)?\r?(?:\\+n|\n)[ \t]*"
        rb"(?:[$@\w.>-]+ ?(?:[+.&|]+= ?|<< ?|= ?[$@\w.>-]+ ?[+.&|]+ ?\(?)"
        rb"|[\w.>-]*(?:append|add|push|push_back|put|write|Write|WriteString|concat|print|emit)\()\\*[\"'`]"
        rb"|[\"'`]\)\s*\.(?:append|add|push|put|write|concat)\(\\*[\"'`]"
        rb"|\$\{ ?\\*[\"'`]\\*[\"'`]|\]\]>\s*<!\[CDATA\[|\\[&#%;=]"
        rb"|[^\s\\]\\\r?\n[ \t]*[\"'!-~]|</t[dh]>\s*<t[dh][ >]|</li>\s*<li"
        rb"|\r\n[0-9a-fA-F]{1,3}\r\n|\} ?\. ?qq?\{"
        rb"|[\"'`]\n[ \t]*\.(?:ascii|asciz|string)[ \t]+[\"']"
        rb"|[A-Z_]\+=[^\s=]|\+\n +\| |\?=\r?\n?[ \t]=\?"
        rb"|</(?:[A-Za-z]{1,8}:[A-Za-z]{1,8}|t?span|font|code)>\s*<|<wbr|\[/[biu]\]"
    ),
}


IN_SHORT = (Sign.SPELLED, Sign.INDEXED, Sign.STATED, Sign.WORDY_CODES, Sign.GROUPED, Sign.PAIRED, Sign.NAMED)
"""Signs of disguises that are only looked for in short texts."""
_Sought = tuple[tuple[Sign, bytes], ...]
"""Signs with what they look like; a sign may be there more than once."""


def _whole(*signs: Sign) -> _Sought:
    return tuple((sign, _PATTERNS[sign]) for sign in signs)


_USUALLY_MARKED = (
    Sign.MARKED,
    rb"[!-~](?:" + _OTHER_MARKS + "|".join(_USUAL_MARKS).encode() + rb")+[!-~\r\n]",
)
"""Looking for all of the marks costs twice as much: that is done in short texts."""
_GROUPS: dict[str, _Sought] = {
    "escape": (*_whole(Sign.ESCAPE, Sign.PRINTABLE, Sign.BYTES, Sign.TURNED_ESCAPE), _USUALLY_MARKED),
    "hex": _whole(Sign.DUMP, Sign.SPACED_HEX),
    "narrow": _whole(Sign.NARROW),
    "wrapped": _whole(Sign.WRAPPED),
    "turned": _whole(Sign.TURNED_WORD),
    "broken": _whole(Sign.BROKEN),
    "number": _whole(Sign.NUMBERS, Sign.PACKED_NUMBERS, Sign.WIDE_NUMBERS),
    "literal": _whole(Sign.LITERALS),
    "piece": _whole(Sign.PIECES, Sign.STITCHES),
}
"""In a long text, signs that are searched for together slow each other down, unless they are alike."""
_RARE_GROUPS: dict[str, _Sought] = {
    "single": ((Sign.SCATTERED, _SINGLE),),
    "scattered": ((Sign.SCATTERED, _MARKED_SINGLE),),
    "mark": ((Sign.BROKEN_MARK, _BROKEN_MARK), *_whole(Sign.ARMOURED)),
    "paired-mark": ((Sign.BROKEN_MARK, _PAIRED_PLAINLY),),
    "marked-code": ((Sign.CODES, _MARKED_CODES),),
    "hex-code": ((Sign.CODES, _CODES_IN_HEX),),
    "line-code": ((Sign.CODES, _CODES_IN_LINES),),
    "glued-code": ((Sign.CODES, _GLUED_CODES),),
}
"""The same of disguises."""
SHORT, LONG = 6_144, 16_384
"""Bytes of a text from which on the rarest disguises, and the others, are no longer looked for at once."""


class _Finder:
    """Tells which of these signs a text has."""

    def __init__(self, name: str, sought: _Sought) -> None:
        self.signs = frozenset(sign for sign, _ in sought)
        self._sought = sought
        self._patterns = PatternSet(
            f"{name}-signs", [pattern for _, pattern in sought], hyperscan.HS_FLAG_MULTILINE
        )

    def find(self, data: bytes) -> list[Sign]:
        return [self._sought[number][0] for number in self._patterns.find(data)]


@cache
def _whole_finder() -> _Finder:
    signs = (sign for sign in Sign if sign not in IN_SHORT and sign is not Sign.MARKED)
    return _Finder("all", (*_whole(*signs), _USUALLY_MARKED))


@cache
def _disguise_finder() -> _Finder:
    return _Finder("disguise", _whole(*IN_SHORT, Sign.MARKED))


@cache
def _finders() -> tuple[_Finder, ...]:
    return tuple(_Finder(name, sought) for name, sought in _GROUPS.items())


@cache
def _rare_finders() -> tuple[_Finder, ...]:
    return tuple(_Finder(name, sought) for name, sought in _RARE_GROUPS.items())


@cache
def sign_pattern(sign: Sign) -> "re2._Regexp":
    """What a sign looks like, to find its places; that there is one is known sooner from ``signs_in``."""
    return re2.compile(_PATTERNS[sign])


def signs_in(data: bytes, *, is_inner: bool = False, is_short: bool = True) -> frozenset[Sign]:
    """
    The signs in ``data``.

    Those of disguises not in a long text that is a reading of another one, the rarest only in short texts.
    """
    finders = _finders_for(data, is_inner=is_inner)
    if is_short and len(data) < SHORT:
        finders = (*finders, _disguise_finder())
    return frozenset(sign for finder in finders for sign in finder.find(data))


def has_any(data: bytes, signs: frozenset[Sign]) -> bool:
    """Whether ``data`` has one of these signs."""
    return any(
        sign in signs
        for finder in _finders_for(data, is_inner=False)
        if not finder.signs.isdisjoint(signs)
        for sign in finder.find(data)
    )


def _finders_for(data: bytes, *, is_inner: bool) -> tuple[_Finder, ...]:
    if len(data) < LONG:
        return (_whole_finder(),)
    return _finders() if is_inner else _finders() + _rare_finders()
