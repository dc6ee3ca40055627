"""Python's collector of garbage, set for a worker that relays tokens."""

import gc
from typing import Final

YOUNG_OBJECTS: Final = 20_000
"""So many new ones before they are looked through; Python's 700 are made by a handful of tokens."""


def let_garbage_rest() -> None:
    """
    Take what has been loaded so far out of the collection, and collect less often.

    Call it once, when everything is loaded: modules and routes stay, and looking through them again and again
    took a sixth of a worker's time.
    """
    gc.collect()
    gc.freeze()
    _, middle, old = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS, middle, old)
