"""The way from places in a decoded text back to places in its bytes."""


def size_of(text: str) -> int:
    """Bytes of what was decoded from UTF-8 with ``surrogateescape``."""
    return len(text.encode("utf-8", "surrogateescape"))
