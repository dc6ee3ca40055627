"""
Text to ``Script`` with tree-sitter-bash, by a closed list of node types.

A node type that is not on the list makes the whole text a problem: what bash would do there is never
guessed. The text is not given to a shell afterwards, so a difference between this grammar and bash's can
only change what a person is shown, never what runs.

With ``is_for_shell`` another shell will read the text (``docker exec x sh -c TEXT``): then nothing passes
that a shell would compute, since its values are not known here.
"""

from functools import lru_cache
from typing import Final, Literal

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from tenant_daemon.policy.shell.nodes import loses_escaped_blank
from tenant_daemon.policy.shell.plain import read_plain
from tenant_daemon.policy.shell.reader import MAX_WORDS, Reader
from tenant_daemon.policy.shell.script import Redirect, Script, SimpleCommand, Word
from tenant_daemon.policy.shell.unquote import POSITIONAL, unquote
from tenant_daemon.policy.shell.words import MAX_COMMANDS, Refused

MAX_BYTES: Final = 8_192
MAX_NODES: Final = 1_200
_MAX_SIGNS: Final = (
    (b" ", 1_500),
    (b"|", 80),
    (b"&", 120),
    (b";", 300),
    (b"{", 300),
    (b"\n", 300),
    (b"*", 600),
    (b"?", 600),
    (b"[", 300),
)
_CACHED_BYTES: Final = 1_024

_LANGUAGE: Final = Language(tree_sitter_bash.language())
_PARSER: Final = Parser(_LANGUAGE)

# The grammar's C scanner looks characters up in a table for small ones and crashes the process on larger
# ones (tree-sitter-bash 0.25.1). To bash every byte of a non-ASCII character is a letter of a word, so the
# grammar gets a letter in its place; the words themselves are cut out of the original.
_AS_LETTERS: Final = bytes(byte if byte < 0x80 else ord("x") for byte in range(256))


def parse(text: str, *, is_for_shell: bool = False) -> Script:
    """The script that this text is, or one with a ``problem``. Never raises."""
    return (_parse_cached if len(text) <= _CACHED_BYTES else _parse)(text, is_for_shell)


def _parse(text: str, is_for_shell: bool) -> Script:
    plain = read_plain(text) if len(text) <= _CACHED_BYTES else None
    return read_by_grammar(text, is_for_shell=is_for_shell) if plain is None else plain


@lru_cache(maxsize=256)
def parse_called(text: str) -> Script:
    """The script in ``sh -c SCRIPT NAME WORDS``, which knows the words that it is called with."""
    return read_by_grammar(text, names=POSITIONAL)


def read_by_grammar(text: str, *, is_for_shell: bool = False, names: frozenset[str] = frozenset()) -> Script:
    """The script by the grammar."""
    if "\\\n" in text and not is_for_shell:
        text = join_lines(text)
    source = text.encode("utf-8", "surrogatepass")
    if len(source) > MAX_BYTES:
        return Script(problem="It is too long to be checked.")
    # Counted before parsing: the parser itself takes long over many joints.
    if any(source.count(sign) > most for sign, most in _MAX_SIGNS):
        return Script(problem="It has too many parts to be checked.")
    root = _PARSER.parse(source.translate(_AS_LETTERS)).root_node
    if root.descendant_count > MAX_NODES:
        return Script(problem="It has too many parts to be checked.")
    reader = Reader(source, is_for_shell=is_for_shell)
    if reader.names is not None:
        reader.names |= names
    try:
        if root.has_error:
            raise Refused("something that is not a complete command")
        if b"\\\n" in source and b"<<" not in source:
            raise Refused("a line break in the middle of a command")
        if loses_escaped_blank(root, source):
            raise Refused("a blank behind a backslash")
        body = reader.row(root.children)
    except Refused as refused:
        parts = tuple(_salvage(root, source))
        return Script(problem=f"The command line contains {refused}.", loose_parts=parts)
    if body is None:
        return Script(problem="There is no command in it.")
    return Script(body, tuple(reader.substitutions))


# The same few commands come again and again; the result depends on the text alone.
_parse_cached = lru_cache(maxsize=8_192)(_parse)


def _salvage(root: Node, source: bytes) -> list[SimpleCommand]:
    """Every command that can be made out anywhere in a refused text, computed words left as they are."""
    found: list[SimpleCommand] = []
    stack = [root]
    while stack and len(found) < MAX_COMMANDS:
        node = stack.pop()
        stack.extend(reversed(node.children))
        if node.type == "command":
            words = _salvaged_words(node, source)
            if words:
                found.append(SimpleCommand(words))
        elif node.type == "file_redirect":
            targets = node.children_by_field_name("destination")
            if targets:
                kind = "in" if any(c.type == "<" for c in node.children) else "out"
                target = unquote(_text(targets[0], source) or "?")
                found.append(SimpleCommand((), (), (Redirect(kind, target),)))  # type: ignore[arg-type]
    return found


def _salvaged_words(node: Node, source: bytes) -> tuple[Word, ...]:
    sources = [_text(c, source) for c in node.children if c.is_named and c.type != "variable_assignment"]
    return tuple(unquote(text) for text in sources[:MAX_WORDS] if text)


def _text(node: Node, source: bytes) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass")


def join_lines(text: str) -> str:
    """
    The text without line breaks after a backslash, as bash reads it.

    Inside single quotes and in here-documents they stay; with a here-document the text stays as it is.
    """
    if "<<" in text:
        return text
    out: list[str] = []
    quote: Literal["", "'", '"'] = ""
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and quote != "'":
            if text[at + 1 : at + 2] != "\n":
                out.append(text[at : at + 2])
            at += 2
            continue
        if char in ("'", '"') and quote in ("", char):
            quote = "" if quote else char  # type: ignore[assignment]
        out.append(char)
        at += 1
    return "".join(out)
