"""
Where a token may still be going on in a stream whose characters or groups stand apart, and where a list of
words that are a secret together.

None of the pieces says anything by itself: released one by one, only the last would be left to replace.
"""

import re2

from tenant_daemon.redaction.signs import SPOKEN_WORDS, Sign, sign_pattern

_BYTES = re2.Options()
_BYTES.encoding = re2.Options.Encoding.LATIN1
# A character, its number or its word.
_APART = (
    rb"(?:[!-~]{1,2}|[\x80-\xff]{2,16}|[^\s\w]{0,2}[A-Za-z]{0,5}[^\s\w]?[0-9]{1,3}[^\s\w]{0,3}[!-~]?|[.-]{1,7}"
    rb"|['\"][^'\"\s]{1,8}['\"],?|[0-9](?:\xef\xb8\x8f)?\xe2\x83\xa3|[^\s\w]?(?i:%b)[,;]?)" % SPOKEN_WORDS
)
_RUN = rb"(?:^|\s)(?:%b\s{1,4}){3,}[^\s]{0,24}\z" % _APART
_WORDS = (
    rb"(?i)(?:(?:seed|mnemonic|wallet|recovery|backup|wiederherstellungs?|notfall)[ -]?"
    rb"(?:phrase|words|codes?|seed|w\S{1,2}rter)|mnemonic|app[a-z]{0,10}[ _-]?passwor[dt])[^\n]{0,40}?"
    rb"[\s\"'(](?:[-*]?\s?[a-z0-9-]{3,13}[ ,\n]{1,3}){1,24}[a-z0-9-]{0,13}\z"
)
# One short word a line, as wrapped data has.
_LINES = rb"(?:^|\n)(?:[A-Za-z0-9+/=_-]{2,16}\n){2,}[A-Za-z0-9+/=_-]{0,16}\z"
_PATTERNS = tuple(re2.compile(pattern, _BYTES) for pattern in (_RUN, _WORDS, _LINES))
_LONGEST = 4_096
"""Bytes of a run that are waited for: what is longer is a table."""
_LONGEST_GROUPED = 256
"""The same of a token in groups, whose first one has come."""


def open_from(context: bytes, held: bytes) -> int:
    """Where in ``held``, which follows on ``context``, such a run goes on; its length when there is none."""
    data = (context + held)[-_LONGEST:]
    starts = [found.start() for pattern in _PATTERNS if (found := pattern.search(data))]
    if found := sign_pattern(Sign.BROKEN_MARK).search(data[-_LONGEST_GROUPED:]):
        starts.append(max(0, len(data) - _LONGEST_GROUPED) + found.start())
    return max(0, min(starts, default=len(data)) - len(data) + len(held))
