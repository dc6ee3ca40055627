"""What attachments look like from outside, and which may be sent. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from letsbe_app.errors import InvalidInput, TooLarge
from tenant_daemon.contracts.chat import MAX_ATTACHMENT_BYTES

KEPT_FOR: Final = timedelta(days=7)
"""How long a box waits for a server that is away."""
MAX_WAITING_BYTES: Final = 200 * 1024 * 1024
"""Of boxes that wait for one server."""
BOX_OVERHEAD: Final = 1 + 32 + 16
"""Version, the sender's key, and the tag: a box is that much longer than the file."""
MAX_NAME_LENGTH: Final = 120

_ID: Final = re.compile(r"att_[0-9a-z]{26}")
_SUFFIXES: Final = {
    "application/json": ("json",),
    "application/pdf": ("pdf",),
    "application/zip": ("zip",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "image/gif": ("gif",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/svg+xml": ("svg",),
    "image/webp": ("webp",),
    "message/rfc822": ("eml",),
    "text/calendar": ("ics",),
    "text/csv": ("csv",),
    "text/html": ("html", "htm"),
    "text/markdown": ("md",),
    "text/plain": ("txt", "log"),
    "text/vcard": ("vcf",),
    "text/xml": ("xml",),
}
TYPE_OF: Final = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes}
"""Media types by the ends of names that may be sent; a browser's own idea of the type is not asked."""


@dataclass(frozen=True)
class AttachmentView:
    """A file that was uploaded."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    status: str


@dataclass(frozen=True)
class NewAttachment:
    """What a browser says of the box that it sends."""

    id: str
    name: str
    size_bytes: int


def checked(new: NewAttachment, box_bytes: int) -> NewAttachment:
    """
    The same with a clean name.

    Raises:
        InvalidInput: Its id, name, kind or size cannot be; names the field.
        TooLarge: The file is over the limit.
    """
    if _ID.fullmatch(new.id) is None:
        raise InvalidInput.of_field("id", "An id of a file begins with att_ and has 26 characters more.")
    if new.size_bytes > MAX_ATTACHMENT_BYTES or box_bytes > MAX_ATTACHMENT_BYTES + BOX_OVERHEAD:
        raise TooLarge(f"A file has at most {MAX_ATTACHMENT_BYTES // 1024**2} MB.")
    if new.size_bytes < 1:
        raise InvalidInput.of_field("size_bytes", "This file is empty.")
    if box_bytes != new.size_bytes + BOX_OVERHEAD:
        raise InvalidInput.of_field("size_bytes", "The file did not arrive whole. Send it again.")
    name = _plain(new.name)
    if media_type_of(name) is None:
        raise InvalidInput.of_field("name", "Files of this kind cannot be sent to an agent.")
    return NewAttachment(new.id, name, new.size_bytes)


def media_type_of(name: str) -> str | None:
    """By the end of the name; None for kinds that are not taken."""
    stem, dot, suffix = name.rpartition(".")
    return TYPE_OF.get(suffix.lower()) if dot and stem else None


def _plain(name: str) -> str:
    """A name on one line, without folders and characters that nobody sees."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(one for one in last if unicodedata.category(one)[0] != "C")
    line = " ".join(seen.split()).lstrip(".")
    stem, dot, suffix = line.rpartition(".")
    return f"{stem[: MAX_NAME_LENGTH - len(suffix) - 1]}{dot}{suffix}"[:MAX_NAME_LENGTH]
