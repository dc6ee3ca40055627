"""Names of servers, as they will stand before the domain. Pure."""

import re
import unicodedata
from typing import Final

from letsbe_app.errors import InvalidInput

MAX_LENGTH: Final = 40
# RFC 1123 section 2.1 (letters, digits, hyphens inside), and shorter, so that a domain fits behind it.
_FORM: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def checked_server_name(text: str) -> str:
    """
    The name in lower case.

    Raises:
        InvalidInput: It cannot stand in an internet address.
    """
    name = text.strip().lower()
    if not _FORM.fullmatch(name):
        raise InvalidInput.of_field(
            "server_name",
            f"Use 1 to {MAX_LENGTH} letters, digits and hyphens, like “sample-bakery”. "
            "It must not begin or end with a hyphen.",
        )
    return name


def suggested_server_name(business_name: str) -> str:
    """A name made of the business's own, ``my-server`` when nothing of it is usable."""
    plain = unicodedata.normalize("NFKD", business_name.lower().translate(_GERMAN))
    ascii_only = plain.encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:MAX_LENGTH].strip("-")
    return name or "my-server"
