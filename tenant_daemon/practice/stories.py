"""A long answer on request: what streaming is tried and measured with."""

import itertools
from typing import Final

from tenant_daemon.practice.language import Language
from tenant_daemon.practice.texts import read_text

MAX_WORDS: Final = 20_000
_WORDS_PER_PARAGRAPH: Final = 60


def tell_story(words: int, language: Language) -> str:
    """A story of exactly so many words, at most ``MAX_WORDS``, in paragraphs."""
    source = read_text("story.txt", language).split()
    chosen = list(itertools.islice(itertools.cycle(source), min(max(words, 1), MAX_WORDS)))
    starts = range(0, len(chosen), _WORDS_PER_PARAGRAPH)
    return "\n\n".join(" ".join(chosen[start : start + _WORDS_PER_PARAGRAPH]) for start in starts)
