"""Long words."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction.tokens import long_tokens

_LONG = re.compile(rb"(?<![A-Za-z0-9+/_-])(?=[a-z/_-]*[A-Z0-9+])[A-Za-z0-9+/_-]{16,}")


@settings(deadline=None)  # Other tests may keep the machine busy.
@given(
    st.lists(st.sampled_from([b"abcdef", b"0123456789ABCDEF", b" ", b"\n", b".", b"\xc3\xa4", b"-_", b"x"])),
    st.booleans(),
)
def test_long_words_are_those_of_the_pattern(parts: list[bytes], is_long: bool) -> None:
    data = b"".join(parts) * (400 if is_long else 1)
    assert long_tokens(data) == [found.span() for found in _LONG.finditer(data)]


def test_letter_of_an_escape_is_no_part_of_a_word() -> None:
    assert long_tokens(rb"ok\nH4sIAAAAAAAAAAAA") == [(4, 20)]
