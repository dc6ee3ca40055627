"""
Remembers the last request of each chat: which messages stood side by side in it.

The next request of a chat is the last one with something put in or changed. Where nothing ran over from one
message to another, only what is new has to be searched for that, together with what stands around it.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from itertools import takewhile
from operator import eq

_Request = tuple[bytes, ...]
"""The digests of the units of a request."""
_MOST = 32
_LONGEST = 4_096
_BEGINNING = 3
"""Units after which chats differ: what a request says of itself, the system's message, the first question."""


class Turns:
    """A bounded memory, oldest first out. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: OrderedDict[_Request, _Request] = OrderedDict()

    def shared(self, request: Sequence[bytes]) -> tuple[int, int]:
        """How many units at the beginning, and how many more at the end, an earlier request had too."""
        with self._lock:
            earlier_ones = list(self._requests.values())
        first, last = 0, 0
        for earlier in reversed(earlier_ones):
            if (common := _in_common(request, earlier)) > first:
                first, last = common, _in_common(request[: common - 1 : -1], earlier[: common - 1 : -1])
        return first, last

    def remember(self, request: Sequence[bytes]) -> None:
        """Remember the units of a request in which nothing runs over from one to another."""
        if len(request) > _LONGEST:
            return
        chat = tuple(request[:_BEGINNING])
        with self._lock:
            self._requests[chat] = tuple(request)
            self._requests.move_to_end(chat)
            if len(self._requests) > _MOST:
                self._requests.popitem(last=False)


def _in_common(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """How many of the first items are the same."""
    return sum(takewhile(bool, map(eq, one, other)))
