"""
Rules as data: read, expanded and checked.

Parts that several rules of a file share stand in its table ``parts`` and are written ``<<name>>`` in them.

A rule's examples are tried when the rules are loaded, so a rule that does not do what it says cannot be in
force. Examples are written as templates: ``{a20}`` stands for 20 letters and digits, ``{l8}`` lower case
letters, ``{u8}`` upper case and digits, ``{h32}`` hex, ``{d10}`` digits, ``{b40}`` base64. So no file of this
repository holds anything that looks like a live key.
"""

import random
import re
import string
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import re2
from pydantic import BaseModel, ConfigDict, Field

from tenant_daemon.redaction.calls import is_called
from tenant_daemon.redaction.likelihood import is_made_by_chance
from tenant_daemon.redaction.plausibility import (
    is_mixed,
    is_name_of_program,
    is_stand_in,
    is_word_of_nothing_else,
    looks_chosen,
    looks_like_phrase,
    looks_like_secret,
    looks_like_words,
    looks_random,
)
from tenant_daemon.redaction.put_together import looks_put_together

_REFERENCE = (b"SECRET", b"_REF(")
_PADDING = re.compile(
    rb"(?:[A-Za-z+/]*[0-9]){3}[A-Za-z0-9+/]*[pP](?:[wW][dD]?|[sS][kK])={1,2}[^A-Za-z0-9]{0,4}\Z"
)
"""Base64 that ends like the name of a field, ``...3Pw==``."""
_LONGEST_RUN = 40
_HASH = re.compile("(?:[0-9a-f]{40}|[0-9A-F]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})")
_UUID = re.compile("(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REST_OF_RUN = re.compile(rb"[A-Za-z0-9]{2,512}")
"""A token that is longer than its maker has written them so far is one to its end."""
_QUOTES = (b'"', b"'", b"`")
_NEXT_WORD = re.compile(rb" [A-Za-z(\xc3-\xf4]")
RULES_DIR = Path(__file__).parent / "rules"

_ALPHABETS = {
    "a": string.ascii_letters + string.digits,
    "l": string.ascii_lowercase,
    "n": string.ascii_lowercase + string.digits,
    "u": string.ascii_uppercase + string.digits,
    "h": "0123456789abcdef",
    "d": string.digits,
    "b": string.ascii_letters + string.digits + "+/",
    "w": string.ascii_letters + string.digits + "_-",
}
_SLOT = re.compile(r"\{([alnuhdbw])(\d+)\}")
_PART = re.compile(r"<<([a-z-]+)>>")


class BadRule(ValueError):
    """A rule that cannot be compiled or fails one of its own examples."""


class _RuleData(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    kind: str = Field(default="", pattern=r"^[a-z0-9-]*$")
    """What the placeholder says; the id when empty."""
    regex: str
    reach: int = Field(default=1024, ge=16)
    """How many bytes before its first end a match may begin."""
    ahead: int = Field(default=0, ge=0)
    """How many bytes behind the end of what ``ends`` matches a match may end; 0 for any number."""
    ends: str = ""
    """A simpler pattern that matches in every match, and ends within ``reach``; ``probe`` when empty."""
    is_checked: bool = False
    """The value must also look like a real one (``plausibility.py``)."""
    is_random: bool = False
    """The value must look like made by a machine: letters and digits, and no words."""
    is_chosen: bool = False
    """The value must look like a password by itself: what stands around it says little."""
    is_phrase: bool = False
    """The value may also be words that mean nothing together; it must, with none of the others."""
    is_word: bool = False
    """The value is a word or two; it must not be what examples and messages say of passwords."""
    is_no_hash: bool = False
    """The value must not be what commits and checksums look like."""
    is_mixed: bool = False
    """The value must have small letters, capitals and digits."""
    is_no_name: bool = False
    """The value must not be a name made of words, as programs have them."""
    is_drawn: bool = False
    """The letters and digits of the value must be drawn by chance, whatever stands between them."""
    is_put_together: bool = False
    """The value may also be words and a number that somebody put together (``put_together.py``)."""
    is_no_uuid: bool = False
    """The value must not be a UUID, by which things are called."""
    is_anything: bool = False
    """The value may look like what stands in for one: dots and dashes are Morse code, and 737 is a number."""
    is_near: bool = False
    """The rule is only looked for near a word that announces a secret; a file says so for all."""
    unless: str = ""
    """The rule does not hold where this is found between the beginning of the match and the secret."""
    unless_behind: str = ""
    """Nor where this is found between the secret and the end of the match."""
    probe: str = ""
    """A simpler pattern that matches wherever ``regex`` does, when that is too large for the finder."""
    match: list[str] = Field(min_length=1)
    not_match: list[str] = Field(default_factory=list)
    source: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule in force. Group 1 of ``pattern`` is the secret, or the whole match when it has no group."""

    id: str
    kind: str
    regex: bytes
    probe: bytes
    reach: int
    ahead: int
    ends: bytes
    is_checked: bool
    is_random: bool
    is_chosen: bool
    is_phrase: bool
    is_word: bool
    is_no_hash: bool
    is_mixed: bool
    is_no_name: bool
    is_drawn: bool
    is_put_together: bool
    is_no_uuid: bool
    is_anything: bool
    is_near: bool
    unless: bytes
    unless_behind: bytes
    match: tuple[str, ...]
    not_match: tuple[str, ...]

    @cached_property
    def pattern(self) -> "re2._Regexp":
        """Compiled when a text first needs it; most rules never do. Raises ``BadRule``."""
        options = re2.Options()
        options.log_errors = False
        try:
            return re2.compile(self.regex, options)
        except re2.error as exc:
            raise BadRule(f"rule {self.id}: {exc}") from None

    @property
    def is_probe(self) -> bool:
        """Whether the finder looks for the rule's own pattern, and not for a simpler one."""
        return self.probe == self.regex

    def spans(self, data: bytes, start: int = 0) -> Iterator[tuple[int, int]]:
        """Where the rule's secrets stand in ``data`` from ``start`` on."""
        return self.checked(data, self.pattern.finditer(data, start))

    def checked(
        self,
        data: bytes,
        matches: "Iterable[re2._Match]",
        is_known: Callable[[int, int], bool] = lambda _start, _end: False,
    ) -> Iterator[tuple[int, int]]:
        """Where the secrets of these matches stand, of those that may be real and are not known anyway."""
        group = 1 if self.pattern.groups else 0
        for found in matches:
            span = found.span(group)
            if data.startswith(_REFERENCE[1], span[1]) and data.endswith(_REFERENCE[0], 0, span[1]):
                # What stands for a known secret is no part of another one.
                found = self.pattern.search(data, found.start(), span[1] - len(_REFERENCE[0]))
                if found is None:
                    continue
                span = found.span(group)
            if span[0] < 0 or is_known(*span):
                continue
            if self.unless and re.search(self.unless, data[found.start() : span[0]]):
                continue
            if self.unless_behind and re.search(self.unless_behind, data[span[1] : found.end()]):
                continue
            if found.end() == span[1] and (rest := _REST_OF_RUN.match(data, span[1] - 1)):
                span = span[0], rest.end()
            if self.is_checked and _PADDING.search(data, max(0, span[0] - _LONGEST_RUN), span[0]):
                continue
            if self._is_judged and is_called(data, *span):
                continue
            if self._accepts(data[span[0] : span[1]], self._is_in_sentence(data, *span)):
                yield span

    @cached_property
    def _is_judged(self) -> bool:
        """Whether the value tells as much as what stands around it."""
        return self.is_checked or self.is_random or self.is_chosen or self.is_phrase or self.is_put_together

    def _is_in_sentence(self, data: bytes, start: int, end: int) -> bool:
        """Whether the quotes around the value hold more words, ``token: "Auth-token skapad"``."""
        return (
            self.is_checked and data[start - 1 : start] in _QUOTES and _NEXT_WORD.match(data, end) is not None
        )

    def _accepts(self, value: bytes, is_in_sentence: bool = False) -> bool:
        text = value.decode("utf-8", "replace")
        if self.is_anything:
            return True
        if is_stand_in(text) or (self.is_no_name and is_name_of_program(text)):
            return False
        if self.is_no_hash and _HASH.fullmatch(text):
            return False
        if self.is_no_uuid and _UUID.fullmatch(text):
            return False
        if self.is_mixed and not is_mixed(text[text.find("_") + 1 :]):
            return False
        if self.is_drawn:
            return is_made_by_chance("".join(filter(str.isalnum, text)))
        if self.is_word:
            return is_word_of_nothing_else(text)
        if self.is_random:
            return looks_random(text)
        if self.is_phrase and looks_like_phrase(text):
            return True
        if self.is_put_together and looks_put_together(text):
            return True
        if self.is_chosen:
            return looks_chosen(text, is_near=True) or looks_like_words(text)
        if is_in_sentence:
            return looks_chosen(text, is_near=True)
        return not (self.is_checked or self.is_phrase or self.is_put_together) or (
            self.is_checked and looks_like_secret(text)
        )


def expand(template: str) -> str:
    """The example behind a template: random, but the same every time."""
    source = random.Random(template)  # noqa: S311

    def fill(slot: re.Match[str]) -> str:
        alphabet = _ALPHABETS[slot.group(1)]
        return "".join(source.choice(alphabet) for _ in range(int(slot.group(2))))

    return _SLOT.sub(fill, template)


@cache
def load_rules() -> tuple[Rule, ...]:
    """
    Every rule of the ``rules`` folder; ``try_examples`` says whether they do what they promise.

    Raises:
        BadRule: An id stands for two rules.
    """
    rules: list[Rule] = []
    for path in sorted(RULES_DIR.glob("*.toml")):
        file = tomllib.loads(path.read_text("utf-8"))
        common = {"is_near": file.get("is_near", False)}
        rules.extend(
            _rule(_RuleData.model_validate(common | table), file.get("parts", {})) for table in file["rule"]
        )
    ids = [rule.id for rule in rules]
    if len(ids) != len(set(ids)):
        raise BadRule(f"rule ids repeat: {sorted({i for i in ids if ids.count(i) > 1})}")
    return tuple(rules)


def try_examples(rules: Iterable[Rule]) -> None:
    """
    Have every rule find its examples and pass over its counter-examples.

    Raises:
        BadRule: One does not.
    """
    for rule in rules:
        for example in map(expand, rule.match):
            if not list(rule.spans(example.encode())):
                raise BadRule(f"rule {rule.id} does not match its example {example!r}")
        for example in map(expand, rule.not_match):
            if list(rule.spans(example.encode())):
                raise BadRule(f"rule {rule.id} matches its counter-example {example!r}")


def _rule(data: _RuleData, parts: Mapping[str, str]) -> Rule:
    def whole(pattern: str) -> bytes:
        while _PART.search(pattern):
            pattern = _PART.sub(lambda part: parts[part.group(1)], pattern)
        return pattern.encode()

    return Rule(
        id=data.id,
        kind=data.kind or data.id,
        regex=whole(data.regex),
        probe=whole(data.probe or data.regex),
        reach=data.reach,
        ahead=data.ahead,
        ends=whole(data.ends or data.probe or data.regex),
        is_checked=data.is_checked,
        is_random=data.is_random,
        is_chosen=data.is_chosen,
        is_phrase=data.is_phrase,
        is_word=data.is_word,
        is_no_hash=data.is_no_hash,
        is_mixed=data.is_mixed,
        is_no_name=data.is_no_name,
        is_drawn=data.is_drawn,
        is_put_together=data.is_put_together,
        is_no_uuid=data.is_no_uuid,
        is_anything=data.is_anything,
        is_near=data.is_near,
        unless=whole(data.unless),
        unless_behind=whole(data.unless_behind),
        match=tuple(data.match),
        not_match=tuple(data.not_match),
    )
