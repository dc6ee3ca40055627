"""
Is a value the name of something that a program calls, ``credentials = encode_all(user)``?

Reason: where a secret could stand programs mostly write what gets one. A value ends at a bracket, so the name
in front of it alone looks like a password that somebody chose.
"""

import re
from typing import Final

_NAME: Final = re.compile(rb"[A-Za-z_$][A-Za-z_$]*|[A-Za-z_$][\w$]*(?:(?:\.|::|->|_)[A-Za-z_$][\w$]*)+")
"""A name with digits in it has parts as well: nobody sees ``Hx7kQ2mn(`` as one."""
_LONGEST: Final = 80


def is_called(data: bytes, start: int, end: int) -> bool:
    """Whether what stands at ``start`` to ``end`` is a name with the bracket of a call right behind it."""
    if data[end : end + 1] == b"{" and data[end - 1 : end] in (b"%", b"$", b"#"):
        return True  # ``state=%{code}``
    return (
        data[end : end + 1] == b"("
        and end - start <= _LONGEST
        and _NAME.fullmatch(data, start, end) is not None
    )
