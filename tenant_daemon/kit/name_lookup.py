"""Looking host names up, bounded in time and number."""

import socket
import threading
from queue import Empty, SimpleQueue
from typing import Final

TIMEOUT_SECONDS: Final = 3.0
MAX_AT_ONCE: Final = 8
"""A look-up cannot be cut short, only left behind; so many may be left behind at once."""

_slots: Final = threading.BoundedSemaphore(MAX_AT_ONCE)


def look_up(host: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> tuple[str, ...]:
    """
    The IP addresses of a host name, always in the same order; empty when there is none or it takes too long.

    Blocks: call it in a thread.
    """
    if not _slots.acquire(timeout=timeout_seconds):
        return ()
    answer: SimpleQueue[tuple[str, ...]] = SimpleQueue()
    # Not of a pool: the interpreter waits for a pool's threads when it ends.
    threading.Thread(target=_ask, args=(host, answer), name="look-up", daemon=True).start()
    try:
        return answer.get(timeout=timeout_seconds)
    except Empty:
        return ()


def _ask(host: str, answer: "SimpleQueue[tuple[str, ...]]") -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        # IPv4 first. Sorted, because an approval is bound to the address and servers rotate theirs.
        ordered = sorted({(family != socket.AF_INET, str(address[0])) for family, *_, address in found})
        answer.put(tuple(text for _, text in ordered))
    except (OSError, UnicodeError):
        answer.put(())
    finally:
        _slots.release()
