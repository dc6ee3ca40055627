"""
Every text that the interface shows.

One file per area holds a frozen dataclass whose defaults are the English words; another language is an
instance with other words, so that a missing or misspelt one is a type error. Sentences with numbers or names
are methods, since languages differ in where these go.

    from letsbe_app.ui.text import texts

    t = texts()
    t.home.title
"""

from letsbe_app.ui.text.catalogue import Catalogue, texts

__all__ = ["Catalogue", "texts"]
