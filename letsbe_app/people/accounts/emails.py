"""E-mail addresses: one spelling for each, and a check of their form. Pure."""

import re
from typing import Final

from letsbe_app.errors import InvalidInput

_FORM: Final = re.compile(r"[^\s@\"<>(),;:\\\[\]]{1,64}@[^\s@.]+(\.[^\s@.]+)+")


def normalised_email(text: str) -> str:
    """
    The address as it is stored and looked up: trimmed and in lower case.

    Raises:
        InvalidInput: It does not have the form of an address.
    """
    email = text.strip().lower()
    if len(email) > 254 or not _FORM.fullmatch(email):
        raise InvalidInput.of_field("email", "This is not an e-mail address. Write it like you@shop.com.")
    return email
