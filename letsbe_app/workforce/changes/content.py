"""What a change says of a file, as it is kept: sealed with the server's key."""

from dataclasses import dataclass
from typing import Final

from letsbe_app.db.models import FileChange
from letsbe_app.db.tenant_content import Content

_TABLE: Final = "file_change"
SEALED: Final = ("path", "moved_from", "setting", "diff", "detail")


@dataclass(frozen=True)
class ChangeTexts:
    """The texts of a change, opened. Redacted by the server."""

    path: str
    moved_from: str
    setting: str
    diff: str
    detail: str
    """Why it was not put back, when that was tried."""


class ChangeContent:
    """Seals and opens the texts of one server's changes. Opening raises CannotOpen."""

    def __init__(self, content: Content) -> None:
        self._content = content

    def seal(self, change_id: str, name: str, text: str) -> str:
        """A text for the column of this name."""
        return self._content.seal(text, _place(name, change_id))

    def texts(self, row: FileChange) -> ChangeTexts:
        """All texts of a row."""
        opened = {name: self._content.open(getattr(row, name), _place(name, row.id)) for name in SEALED}
        return ChangeTexts(**opened)


def _place(column: str, change_id: str) -> str:
    return f"{_TABLE}.{column}:{change_id}"
