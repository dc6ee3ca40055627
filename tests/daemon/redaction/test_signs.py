"""The signs of other readings."""

import pytest

from tenant_daemon.redaction.signs import IN_SHORT, Sign, has_any, signs_in

EXAMPLES = {
    Sign.ESCAPE: b"%41bc",
    Sign.PRINTABLE: b"a=3Db",
    Sign.DUMP: b"00000000: 4142 4344  ABCD",
    Sign.NUMBERS: b"104, 105, 32, 116, 104, 101, 114, 101",
    Sign.SPACED_HEX: b"41 42 43 44 45 46 47 48 49 4a",
    Sign.NARROW: b"QUJD\nREVG\nR0hJ",
    Sign.WRAPPED: b"QUJDREVG\nR0hJ\n",
    Sign.LITERALS: b"['QUJD', 'REVG']",
    Sign.PIECES: b'{"text": "QUJD"}',
    Sign.BYTES: rb"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    Sign.MARKED: "a\u200bb".encode(),
    Sign.TURNED_WORD: b" ==QUJDREVGR0hJSktMTU5P",
    Sign.TURNED_ESCAPE: rb"1400u\ ",
    Sign.BROKEN: rb"%4 1%42",
    Sign.SPACED: b"QUJ DRE VGR 0hJ Skt MTU 5PU FFS UlN",
    Sign.SCATTERED: b"a+b+c+d+e+f+g+h+i+j+k+l",
    Sign.BROKEN_MARK: b"'ghp_a' + 'bcd'",
    Sign.CODES: b"0x67, 0x68, 0x69, 0x6a, 0x6b",
    Sign.SPELLED: b"golf kilo papa",
    Sign.INDEXED: b"part 2: QUJD",
    Sign.STATED: b"xor 0x2a",
    Sign.WORDY_CODES: b"(byte)0x67, (byte)0x68, (byte)0x69, (byte)0x6a, ",
    Sign.PAIRED: b"{104 'h', 117 'u', 110 'n', 116 't', 101 'e', 114 'r', 50 '2'}",
    Sign.NAMED: b"'LATIN SMALL LETTER H', 'LATIN SMALL LETTER U'",
    Sign.GROUPED: b"sk_[.]liv[.]e_N[.]d2a[.]B3x[.]",
    Sign.STITCHES: b"k = 'QUJD'\nk += 'REVG'",
    Sign.PACKED_NUMBERS: b"[31, 139, 8, 0, 0, 0",
    Sign.ARMOURED: b"\nliteral 37\nscmZ=X",
    Sign.WIDE_NUMBERS: b"[0, 107, 0, 101, 0, 121",
}
PLAIN = [
    b"2026-11-21 05:12:33,123 INFO [worker-3] GET /srv/a?page=25&size=40 took=90ms",
    b"index 1234567..89abcde 100644",
    b'10.0.3.7 - - [21/Nov/2026:05:12:33 +0000] "GET /srv/shop HTTP/1.1" 200 5120 "-" "Mozilla/5.0"',
    b"-rw-r--r-- 1 app app  36341930 Nov 21 05:12 /srv/shop/orders",
    b'{"id": 17, "state": "open", "city": "Berlin"}',
]
FILLER = b"word " * 4_000


@pytest.mark.parametrize(
    ("sign", "filler"),
    [
        (sign, filler)
        for sign in Sign
        for filler in (b"", FILLER)
        if not filler or sign not in (Sign.SPACED, *IN_SHORT)
    ],
)
def test_sign_is_seen(sign: Sign, filler: bytes) -> None:
    assert sign in signs_in(filler + EXAMPLES[sign] + b" " + filler)


@pytest.mark.parametrize("filler", [b"", FILLER], ids=["short", "long"])
def test_only_the_signs_that_are_asked_for_count(filler: bytes) -> None:
    text = filler + EXAMPLES[Sign.DUMP] + b" " + filler
    assert has_any(text, frozenset({Sign.DUMP, Sign.ESCAPE}))
    assert not has_any(text, frozenset({Sign.ESCAPE, Sign.CODES}))


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("filler", [b"", FILLER], ids=["short", "long"])
def test_what_programs_print_all_day_has_none(text: bytes, filler: bytes) -> None:
    assert signs_in(filler + text + b"\n" + filler) == frozenset()
