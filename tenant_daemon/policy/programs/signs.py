"""How files begin, by which programs know what they hold whatever they are called."""

import re
from typing import Final

_PICTURE: Final = re.compile(
    rb"\Z|\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP|II[*+]\0|MM\0[*+]|BM|\0\0[\1\2]\0|....ftyp", re.DOTALL
)
"""Files that hold pixels, or nothing."""
_LONGEST: Final = 12


def begins_like_picture(path: str) -> bool:
    """Whether a file holds a picture of pixels; one that cannot be read does not."""
    try:
        with open(path, "rb") as file:
            beginning = file.read(_LONGEST)
    except OSError:
        return False
    return _PICTURE.match(beginning) is not None
