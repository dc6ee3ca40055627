"""The name of a trace as it travels: ``traceparent`` of W3C Trace Context, version 00."""

import re
from typing import Annotated, Final

from pydantic import BeforeValidator

_FORM: Final = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def traceparent_or_empty(value: object) -> str:
    """The value when it is a ``traceparent``, else empty: a trace is never worth a refused message."""
    return value if isinstance(value, str) and _FORM.fullmatch(value) else ""


Traceparent = Annotated[str, BeforeValidator(traceparent_or_empty)]
"""Empty where nobody traces, and where what came is none."""
