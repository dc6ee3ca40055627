"""Long words."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tenant_daemon.redaction.tokens import long_tokens

_LONG = re.compile(rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}")


@given(
    st.lists(st.sampled_from([b"abcdef", b"0123456789ABCDEF", b" ", b"\n", b".", b"\xc3\xa4", b"-_", b"x"]))
)
def test_long_words_are_those_of_the_pattern(parts: list[bytes]) -> None:
    data = b"".join(parts)
    assert long_tokens(data) == [found.span() for found in _LONG.finditer(data)]
