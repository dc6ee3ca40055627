"""Refusals and failures. How they are written depends on the format that the client speaks."""

from collections.abc import Mapping


class Refused(Exception):
    """A request that is not passed on, or an upstream that failed. The message is for people and safe."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        kind: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.kind = kind
        """The provider's own word for the error; empty for what follows from the status."""
        self.headers = dict(headers or {})
