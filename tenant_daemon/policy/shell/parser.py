"""
Text to ``Script`` with tree-sitter-bash, by a closed list of node types.

A node type that is not on the list makes the whole text a problem: what bash would do there is never
guessed. The text is not given to a shell afterwards, so a difference between this grammar and bash's can
only change what a person is shown, never what runs.
"""

import re
import shlex
from functools import lru_cache
from typing import Final

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from tenant_daemon.policy.shell.script import Redirect, Script, SimpleCommand, Word
from tenant_daemon.policy.shell.unquote import unquote

MAX_BYTES: Final = 8_192
MAX_NODES: Final = 1_200
MAX_COMMANDS: Final = 40
MAX_WORDS: Final = 200
_MAX_SIGNS: Final = (
    (b" ", 1_500),
    (b"|", 80),
    (b"&", 120),
    (b";", 300),
    (b"{", 300),
    (b"\n", 300),
    (b"*", 600),
)
_COMPUTED_SIGN: Final = re.compile(r"[$`\\*?~(){}<>|&;!\[\]#]")
_CACHED_BYTES: Final = 1_024

_LANGUAGE: Final = Language(tree_sitter_bash.language())
_PARSER: Final = Parser(_LANGUAGE)

# The grammar's C scanner looks characters up in a table for small ones and crashes the process on larger
# ones (tree-sitter-bash 0.25.1). To bash every byte of a non-ASCII character is a letter of a word, so the
# grammar gets a letter in its place; the words themselves are cut out of the original.
_AS_LETTERS: Final = bytes(byte if byte < 0x80 else ord("x") for byte in range(256))

_REDIRECTS: Final = {
    ("", ">"): "out",
    ("1", ">"): "out",
    ("", ">|"): "out",
    ("", ">>"): "append",
    ("1", ">>"): "append",
    ("", "<"): "in",
    ("0", "<"): "in",
    ("2", ">"): "err",
    ("2", ">>"): "err",
    ("", "&>"): "both",
}
# Inside an argument: everything whose text `unquote` understands or marks as dynamic.
_WORDS: Final = frozenset({"word", "number", "string", "raw_string", "concatenation"})
_COMPUTED: Final = frozenset(
    {
        "simple_expansion",
        "expansion",
        "command_substitution",
        "process_substitution",
        "arithmetic_expansion",
        "ansi_c_string",
        "translated_string",
        "brace_expression",
    }
)
_SAID: Final = {
    "heredoc_redirect": "a here-document; write the text with the file tool instead",
    "herestring_redirect": "a here-string",
    "subshell": "a subshell",
    "compound_statement": "a group of commands",
    "if_statement": "an if",
    "for_statement": "a loop",
    "c_style_for_statement": "a loop",
    "while_statement": "a loop",
    "case_statement": "a case",
    "function_definition": "a function",
    "comment": "a comment",
    "test_command": "a shell test; use the program test instead",
    "declaration_command": "a shell variable",
    "variable_assignment": "a shell variable",
    "variable_assignments": "a shell variable",
    "negated_command": "a negated command",
}


class _Refused(Exception):
    """This text cannot be run; the message says what is in it."""


def parse(text: str) -> Script:
    """The script that this text is, or one with a ``problem``. Never raises."""
    return _parse_cached(text) if len(text) <= _CACHED_BYTES else _parse(text)


def _parse(text: str) -> Script:
    source = text.encode("utf-8", "surrogatepass")
    if len(source) > MAX_BYTES:
        return Script(problem="It is too long to be checked.")
    # Counted before parsing: the parser itself takes long over many joints.
    if any(source.count(sign) > most for sign, most in _MAX_SIGNS):
        return Script(problem="It has too many parts to be checked.")
    root = _PARSER.parse(source.translate(_AS_LETTERS)).root_node
    if root.descendant_count > MAX_NODES:
        return Script(problem="It has too many parts to be checked.")
    reader = _Reader(source)
    try:
        if root.has_error:
            raise _Refused("something that is not a complete command")
        if b"\\\n" in source:
            raise _Refused("a line break in the middle of a command")
        reader.program(root)
    except _Refused as refused:
        parts = tuple(reader.salvage(root))
        return Script(problem=f"The command line contains {refused}.", loose_parts=parts)
    if not reader.pipelines:
        return Script(problem="There is no command in it.")
    return Script(tuple(reader.pipelines), tuple(reader.connectors))


# The same few commands come again and again; the result depends on the text alone.
_parse_cached = lru_cache(maxsize=8_192)(_parse)


class _Reader:
    """Walks one tree."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.pipelines: list[tuple[SimpleCommand, ...]] = []
        self.connectors: list[str] = []
        self.commands = 0

    def program(self, root: Node) -> None:
        is_first = True
        for child in root.children:
            kind = child.type
            if kind in (";", "\n"):
                continue
            if not is_first:
                self.connectors.append(";")
            is_first = False
            self.statement(child)

    def statement(self, node: Node) -> None:
        """A command, a pipeline, or a list of them joined by ``&&`` and ``||``."""
        kind = node.type
        if kind == "redirected_statement":
            self.redirected(node)
        elif kind == "list":
            left, connector, right = node.children if node.child_count == 3 else (None, None, None)
            if left is None or connector is None or right is None or connector.type not in ("&&", "||"):
                raise _Refused("commands joined in a way that is not known")
            self.statement(left)
            self.connectors.append(connector.type)
            # bash reads `a && b || c` from left to right, and so does the tree.
            self.statement(right)
        elif kind == "pipeline":
            self.pipelines.append(tuple(self.pipeline(node)))
        else:
            self.pipelines.append((self.command(node),))

    def redirected(self, node: Node) -> None:
        """In the grammar a redirection hangs on the whole list before it; in bash on its last command."""
        body = node.child_by_field_name("body")
        if body is None or body.type not in ("command", "pipeline", "list", "redirected_statement"):
            raise _Refused("a redirection of something that is not one command")
        self.statement(body)
        redirects = tuple(self.redirect(child) for child in node.children if child != body)
        *first, last = self.pipelines[-1]
        self.pipelines[-1] = (*first, last._replace(redirects=(*last.redirects, *redirects)))

    def pipeline(self, node: Node) -> list[SimpleCommand]:
        commands = []
        for child in node.children:
            kind = child.type
            if kind == "|":
                continue
            if kind == "pipeline":
                commands.extend(self.pipeline(child))
            elif kind == "|&":
                raise _Refused("the joint |&")
            else:
                commands.append(self.command(child))
        return commands

    def command(self, node: Node) -> SimpleCommand:
        self.commands += 1
        if self.commands > MAX_COMMANDS:
            raise _Refused("too many commands")
        kind = node.type
        if kind == "test_command":
            return self.test(node)
        redirects: list[Redirect] = []
        if kind == "redirected_statement":
            body = node.child_by_field_name("body")
            if body is None or body.type != "command":
                raise _Refused("a redirection of something that is not one command")
            redirects = [self.redirect(child) for child in node.children if child != body]
            node, kind = body, "command"
        if kind != "command":
            raise _Refused(_SAID.get(kind, "a part of shell language that is not allowed"))
        return self.simple(node, redirects)

    def test(self, node: Node) -> SimpleCommand:
        """``[ -f a ]`` is the program ``test``, as long as nothing in it has to be computed."""
        text = self.text(node)
        inner = text[1:-1]
        if not text.startswith("[ ") or not text.endswith(" ]") or _COMPUTED_SIGN.search(inner):
            raise _Refused(_SAID["test_command"])
        return SimpleCommand((Word("test"), *(Word(part) for part in shlex.split(inner))))

    def simple(self, node: Node, redirects: list[Redirect]) -> SimpleCommand:
        words: list[Word] = []
        assignments: list[tuple[str, Word]] = []
        for child in node.children:
            kind = child.type
            if kind in _WORDS or kind == "command_name":
                words.append(self.word(child))
            elif kind == "variable_assignment":
                assignments.append(self.assignment(child))
            elif kind == "file_redirect":
                redirects.append(self.redirect(child))
            elif kind in ("==", "=~") and not child.is_named:
                words.append(Word(self.text(child)))
            elif kind in _COMPUTED:
                raise _Refused("a part that only a shell could compute")
            else:
                raise _Refused(_SAID.get(kind, "a part of shell language that is not allowed"))
        if not words:
            raise _Refused("no program to run")
        if len(words) > MAX_WORDS:
            raise _Refused("too many words")
        return SimpleCommand(tuple(words), tuple(assignments), tuple(redirects))

    def word(self, node: Node) -> Word:
        source = self.text(node)
        word = unquote(source)
        if word.is_dynamic:
            raise _Refused("a part that only a shell could compute")
        return word

    def assignment(self, node: Node) -> tuple[str, Word]:
        name, sign, value = self.text(node).partition("=")
        if not sign or not name.isidentifier() or not name.isascii():
            raise _Refused("a shell variable")
        word = unquote(value) if value else Word("")
        if word.is_dynamic or word.is_glob:
            raise _Refused("a part that only a shell could compute")
        return name, word

    def redirect(self, node: Node) -> Redirect:
        if node.type != "file_redirect":
            raise _Refused(_SAID.get(node.type, "a redirection that is not allowed"))
        descriptor = node.child_by_field_name("descriptor")
        number = "" if descriptor is None else self.text(descriptor)
        signs = [c.type for c in node.children if not c.is_named]
        targets = node.children_by_field_name("destination")
        # tree-sitter lets a redirection swallow the words that follow it: more than one target refuses.
        if len(signs) != 1 or len(targets) != 1 or targets[0].type not in _WORDS:
            raise _Refused("a redirection that is not allowed")
        if signs[0] == ">&" and number == "2" and self.text(targets[0]) == "1":
            return Redirect("merge", Word("1"))
        kind = _REDIRECTS.get((number, signs[0]))
        if kind is None:
            raise _Refused("a redirection that is not allowed")
        return Redirect(kind, self.word(targets[0]))  # type: ignore[arg-type]

    def salvage(self, root: Node) -> list[SimpleCommand]:
        """Every command that can be made out anywhere in a refused text, computed words left as they are."""
        found: list[SimpleCommand] = []
        stack = [root]
        while stack and len(found) < MAX_COMMANDS:
            node = stack.pop()
            stack.extend(reversed(node.children))
            if node.type == "command":
                words = self._salvaged_words(node)
                if words:
                    found.append(SimpleCommand(words))
            elif node.type == "file_redirect":
                targets = node.children_by_field_name("destination")
                if targets:
                    kind = "in" if any(c.type == "<" for c in node.children) else "out"
                    target = unquote(self.text(targets[0]) or "?")
                    found.append(SimpleCommand((), (), (Redirect(kind, target),)))  # type: ignore[arg-type]
        return found

    def _salvaged_words(self, node: Node) -> tuple[Word, ...]:
        sources = [self.text(c) for c in node.children if c.is_named and c.type != "variable_assignment"]
        return tuple(unquote(source) for source in sources[:MAX_WORDS] if source)

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass")
