"""E-mail addresses: one spelling for each, and a check of their form. Pure."""

import re
from typing import Final

from letsbe_app.errors import InvalidInput
from letsbe_app.kit.one_line import is_plain

_LABEL: Final = r"[^\W_]([^\W_]|-){0,61}"
_FORM: Final = re.compile(rf"[^\s@\"<>(),;:\\\[\]]{{1,64}}@{_LABEL}(\.{_LABEL})+")


def normalised_email(text: str) -> str:
    """
    The address as it is stored and looked up: trimmed and in lower case.

    Raises:
        InvalidInput: It does not have the form of an address.
    """
    email = text.strip().lower()
    if len(email) > 254 or not is_plain(email) or not _FORM.fullmatch(email):
        raise InvalidInput.of_field("email", "This is not an e-mail address. Write it like you@shop.com.")
    return email
