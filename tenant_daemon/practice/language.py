"""English or German: which one the owner writes, and choosing words in it."""

import re
from typing import Final, Literal

Language = Literal["en", "de"]

# None that is an English word as well, as "was" and "die" are.
_GERMAN: Final = re.compile(
    r"[äöüß]|\b(?:der|das|dem|ein|eine|einen|ist|sind|wie|wo|gibt|bitte|mir|ich|und|nicht|mit|für|viel|noch|"
    r"zeig\w*|lösch\w*|lies|schreib\w*|frag\w*|hallo|danke|ordner|datei\w*|passwort|kennwort)\b",
    re.IGNORECASE,
)


def language_of(text: str) -> Language:
    return "de" if _GERMAN.search(text) else "en"


def choose(language: Language, english: str, german: str) -> str:
    return german if language == "de" else english
