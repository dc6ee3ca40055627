"""Words of a command line: from the syntax tree to text, with placeholders for what is filled in later."""

import itertools
import re
from abc import ABC, abstractmethod
from typing import Final

from tree_sitter import Node

from tenant_daemon.policy.programs.variables import is_plain_variable
from tenant_daemon.policy.shell import arithmetic, expansions
from tenant_daemon.policy.shell.script import (
    Pipeline,
    SimpleCommand,
    Step,
    Word,
)
from tenant_daemon.policy.shell.unquote import has_brace_list, unquote, unquote_body

MAX_COMMANDS: Final = 40
_OF_NUMBERS: Final = frozenset({"-eq", "-ne", "-lt", "-le", "-gt", "-ge"})
_TESTED: Final = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+""")
_BARE_NAME: Final = re.compile(r"['\"]?[A-Za-z_]")
_COMPUTED_SIGN: Final = re.compile(r"[$`\\*?~(){}<>|&;!\[\]#]")
# Inside an argument: everything whose text `unquote` understands or marks as dynamic.
WORDS: Final = frozenset(
    {
        "word",
        "number",
        "string",
        "raw_string",
        "concatenation",
        "simple_expansion",
        "expansion",
        "command_substitution",
        "brace_expression",
        "arithmetic_expansion",
        "ansi_c_string",
    }
)
_PLAIN_OUTPUT: Final = re.compile(r"(?<!\\)\$\(((?:date|hostname|pwd|nproc)(?: [-+%\w:/.]+)*)\)")
# What `policy.outputs` works out.
_WORKED_OUT: Final = ("date", "seq", "printf", "echo", "pwd", "hostname", "nproc")
_KNOWN_OUTPUT: Final = re.compile(rf"[$`]\(?(?:{'|'.join(_WORKED_OUT)})\b")
_COUNTING: Final = re.compile(
    r"\b(?:wc|stat|date|nproc|grep (?:-\w+ )*-\w*c|expr|jq|awk|bc|du|psql|sqlite3)\b"
)
"""Programs that people ask for a number."""
_SUM_PART: Final = re.compile(
    r" *(?:(?P<number>0|[1-9]\d{0,14})|(?P<output>[\ue014\ue016][0-9]+[\ue015\ue017])"
    r"|\$?(?P<name>[A-Za-z_]\w*)|\$\{(?P<braced>[A-Za-z_]\w*)\}|(?P<sign>[-+*/%()]))",
    re.ASCII,
)
_MOST_PARTS: Final = 30
_ESCAPED: Final = re.compile(r"\$'(?:[^'\\]|\\[tn\\'])*'")
_ESCAPES: Final = {"\\t": "\t", "\\n": "\n", "\\\\": "\\", "\\'": "'"}
SAID: Final = {
    "heredoc_redirect": "a here-document",
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
UNKNOWN_PART: Final = "a part of shell language that is not allowed"
DYNAMIC: Final = "a part that only a shell could compute"


class Refused(Exception):
    """This text cannot be run; the message says what is in it."""


class WordReader(ABC):
    """
    Reads words.

    Attributes:
        names: The line's own variables so far; None when a shell will read the text.
        substitutions: What stands in ``$(...)``, by the number in the placeholder.
        exported: Variables that every later command gets.
        found: Variables whose value only running the line tells.
    """

    def __init__(self, source: bytes, *, is_for_shell: bool) -> None:
        self.source = source
        self.is_for_shell = is_for_shell
        self.names: set[str] | None = None if is_for_shell else set()
        self.substitutions: list[Step] = []
        self.commands = 0
        self.exported: list[tuple[str, Word]] = []
        self.found: set[str] = set()

    def count(self, commands: int) -> None:
        """
        So many more commands are in the text.

        Raises:
            Refused: They are too many.
        """
        self.commands += commands
        if self.commands > MAX_COMMANDS:
            raise Refused("too many commands")

    @abstractmethod
    def statement(self, node: Node) -> Step:
        """A command, a pipeline, a list joined by ``&&`` and ``||``, or a construct with commands in it."""

    @abstractmethod
    def simple(self, node: Node) -> SimpleCommand:
        """The node of a plain command."""

    @abstractmethod
    def row(self, nodes: list[Node]) -> Step | None:
        """Statements one after the other; None when there is none."""

    def _some(self, nodes: list[Node]) -> Step:
        found = self.row(nodes)
        if found is None:
            raise Refused(UNKNOWN_PART)
        return found

    def _know(self, name: str) -> None:
        """A variable of the command line's own: never one that programs or shells obey."""
        # Programs and shells obey nothing in small letters, and it is never handed to them.
        if self.names is None or not (name.islower() or is_plain_variable(name)):
            raise Refused(f"the variable {name[:40]}, which programs obey")
        self.names.add(name)

    def test(self, node: Node) -> SimpleCommand:
        """``[ -f a ]`` is the program ``test``, as long as nothing in it has to be computed."""
        text = self.test_source(node)
        for opening, closing in (("[ ", " ]"), ("[[ ", " ]]")):
            if text.startswith(opening) and text.endswith(closing):
                inner = text[len(opening) : -len(closing)]
                break
        else:
            raise Refused(SAID["test_command"])
        return self.test_of(inner)

    def test_source(self, node: Node) -> str:
        """The source of a test or a part of one, with placeholders for every ``$(...)``."""
        text = self.text(node)
        if "$(" in text and not text.startswith(("[[ -v", "-v")) and not self.is_for_shell:
            text = self._with_placeholders(node)
        return text

    def test_of(self, inner: str) -> SimpleCommand:
        """The program ``test`` with what stands between the brackets."""
        if self.is_for_shell and _COMPUTED_SIGN.search(inner):
            raise Refused(SAID["test_command"])
        sources = _TESTED.findall(inner)
        if _TESTED.sub("", inner).strip(" \t\n"):
            raise Refused(SAID["test_command"])
        if any(_is_calculated(left, right) for left, right in itertools.pairwise(sources)):
            # Between double brackets a name counts as a sum, and what it stands for would be calculated.
            raise Refused(SAID["test_command"])
        words = [Word("!") if source == "!" else self._tested(source) for source in sources]
        return SimpleCommand((Word("test"), *words))

    def _tested(self, source: str) -> Word:
        word = unquote(source, self.names)
        if word.is_dynamic or word.is_glob or set(source) & set("()<>|&;`") or "$(" in source:
            raise Refused(SAID["test_command"])
        return word

    def _body(self, node: Node, start: Node) -> Word:
        """The text itself, cut out by our own reading of the lines, which must agree with the grammar's."""
        quoted = self.text(start)
        end_word = quoted.strip("'\"").removeprefix("\\")
        is_quoted = end_word != quoted
        if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", end_word) is None:
            raise Refused(SAID["heredoc_redirect"])
        is_indented = any(child.type == "<<-" for child in node.children)
        first = self.source.find(b"\n", start.end_byte) + 1
        lines: list[str] = []
        for line in self.source[first:].decode("utf-8", "surrogatepass").split("\n"):
            text = line.lstrip("\t") if is_indented else line
            if text == end_word:
                break
            lines.append(text + "\n")
        else:
            raise Refused("a here-document without an end")
        size = len("".join(lines).encode("utf-8", "surrogatepass"))
        end = next((child for child in node.children if child.type == "heredoc_end"), None)
        if first == 0 or end is None or (not is_indented and end.start_byte != first + size):
            raise Refused(SAID["heredoc_redirect"])
        text = "".join(lines)
        if is_quoted:
            return Word(text)
        filled = (
            self._without_plain_outputs(text) if is_indented else self._body_filled(node, first, first + size)
        )
        word = unquote_body(filled, self.names or ())
        if word.is_dynamic:
            raise Refused(DYNAMIC)
        return word

    def _body_filled(self, node: Node, start: int, end: int) -> str:
        """The text of a here-document with placeholders for every ``$(...)`` in it."""
        bodies = [child for child in node.children if child.type == "heredoc_body"]
        parts: list[str] = []
        at = start
        for found in [found for body in bodies for found in self._substitutions(body)]:
            if not at <= self._start(found) <= found.end_byte <= end:
                raise Refused(DYNAMIC)
            parts.append(self._slice(at, self._start(found)) + self._placeholder(found, is_bare=False))
            at = found.end_byte
        return "".join([*parts, self._slice(at, end)])

    def _placeholder(self, node: Node, *, is_bare: bool) -> str:
        """What stands for one ``$(...)`` until it is known."""
        # In a here-document the grammar takes `$(( $(wc -l < a) - 1 ))` for a group in brackets.
        if node.type == "arithmetic_expansion" or self.text(node).lstrip().startswith("$(("):
            return self._sum_placeholder(node)
        inner = node.children
        is_old = inner[0].type == inner[-1].type == "`"
        if not is_old and (inner[0].type != "$(" or inner[-1].type != ")"):
            raise Refused(DYNAMIC)
        if is_old and set("\\`") & set(self.text(node).strip()[1:-1]):
            # Between the old signs a backslash means something else.
            raise Refused(DYNAMIC)
        read = self._shown_file(inner[1:-1])
        self.substitutions.append(read or self._some(inner[1:-1]))
        return expansions.output(len(self.substitutions) - 1, is_bare=is_bare)

    def _shown_file(self, inner: list[Node]) -> Step | None:
        """``$(< FILE)`` as ``$(cat FILE)``."""
        if len(inner) != 1 or inner[0].type != "file_redirect":
            return None
        sign, *targets = inner[0].children
        if sign.type != "<" or len(targets) != 1 or targets[0].type not in WORDS:
            return None
        word = self.word(targets[0])
        return None if word.is_glob else Pipeline((SimpleCommand((Word("cat"), Word("--"), word)),))

    def _without_plain_outputs(self, text: str) -> str:
        """The text of a here-document with placeholders for ``$(date +%F)`` and the like."""

        def placed(found: re.Match[str]) -> str:
            command = SimpleCommand(tuple(Word(part) for part in found[1].split(" ")))
            self.substitutions.append(Pipeline((command,)))
            return expansions.output(len(self.substitutions) - 1, is_bare=False)

        return _PLAIN_OUTPUT.sub(placed, text) if self.names is not None else text

    def words(self, node: Node) -> list[Word]:
        """The words that one node stands for: several with braces, else one."""
        source = self.text(node)
        if "{" in source and self.names is not None and has_brace_list(source):
            expanded = expansions.expand_braces(source)
            if expanded is None:
                raise Refused(DYNAMIC)
            # Empty words go away, as in bash: `cp a{,.bak}` has two, `{,a}` has one.
            return [self._unquoted(one) for one in expanded if one]
        return [self.word(node)]

    def _unquoted(self, source: str) -> Word:
        word = unquote(source, self.names)
        if word.is_dynamic:
            raise Refused(DYNAMIC)
        return word

    def word(self, node: Node) -> Word:
        """One word."""
        source = self.text(node)
        if ("$(" in source or "`" in source) and self.names is not None:
            source = self._with_placeholders(node)
        if source.startswith("$'"):
            if self.names is None or _ESCAPED.fullmatch(source) is None:
                raise Refused(DYNAMIC)
            return Word(re.sub(r"\\.", lambda found: _ESCAPES[found[0]], source[2:-1]))
        return self._unquoted(source)

    def _with_placeholders(self, node: Node) -> str:
        """The source of a word in which every ``$(...)`` is a placeholder."""
        is_bare = node.type == "command_substitution"
        parts: list[str] = []
        at = node.start_byte
        for found in self._substitutions(node):
            parts.append(self._slice(at, self._start(found)) + self._placeholder(found, is_bare=is_bare))
            at = found.end_byte
        return "".join([*parts, self._slice(at, node.end_byte)])

    def _substitutions(self, node: Node) -> list[Node]:
        """Every ``$(...)`` in a word that is not inside another one, and sums that only running tells."""
        is_sum = node.type == "arithmetic_expansion"
        if node.type == "command_substitution" or (is_sum and self._is_found_out(node)):
            return [node]
        return [found for child in node.children for found in self._substitutions(child)]

    def _is_found_out(self, node: Node) -> bool:
        start = self._start(node)
        if self.names is None or self.source[start : start + 3] != b"$((":
            return False
        inner = _outputs(node)
        # What is known before anything runs is calculated before, too.
        if any(_KNOWN_OUTPUT.match(self.text(one).lstrip()) is None for one in inner):
            return all(_COUNTING.search(self.text(one)) is not None for one in inner)
        return bool(self.found.intersection(arithmetic.variables_in(self.text(node))))

    def _is_found_out_by(self, number: int) -> bool:
        step = self.substitutions[number]
        if not isinstance(step, Pipeline) or len(step.commands) != 1:
            return True
        return step.commands[0].words[0].text not in _WORKED_OUT

    def _sum_placeholder(self, node: Node) -> str:
        """``$(( $(wc -l < FILE) - 1 ))``: `expr` calculates it when it is known."""
        parts: list[str] = []
        at = self._start(node) + 3
        for found in [found for child in node.children for found in _outputs(child)]:
            parts.append(self._slice(at, self._start(found)) + self._placeholder(found, is_bare=False))
            at = found.end_byte
        if self._slice(node.end_byte - 2, node.end_byte) != "))":
            raise Refused(DYNAMIC)
        words: list[Word] = []
        for part in sum_parts("".join([*parts, self._slice(at, node.end_byte - 2)])):
            if part.isidentifier() and part.isascii():
                if part not in (self.names or ()):
                    raise Refused(DYNAMIC)
                part = expansions.variable(part)
            words.append(Word(part))
        self.substitutions.append(Pipeline((SimpleCommand((Word("expr"), *words)),)))
        return expansions.output(len(self.substitutions) - 1, is_bare=False)

    def assignment(self, node: Node) -> tuple[str, Word]:
        """``NAME=value`` before a command or alone."""
        name, sign, _ = self.text(node).partition("=")
        if not sign or not name.isidentifier() or not name.isascii():
            raise Refused("a shell variable")
        value = node.child_by_field_name("value")
        if value is None:
            return name, Word("")
        if value.type not in WORDS:
            raise Refused(DYNAMIC)
        word = self.word(value)
        if word.is_glob or word.text.startswith(("~", expansions.HOME)):
            raise Refused(DYNAMIC)
        return name, word

    def _start(self, node: Node) -> int:
        """Where ``$(...)`` begins: in the grammar a blank before it, between quotes, is part of it."""
        source = self.source[node.start_byte : node.end_byte]
        return node.start_byte + len(source) - len(source.lstrip())

    def text(self, node: Node) -> str:
        """The source of a node."""
        return self._slice(node.start_byte, node.end_byte)

    def _slice(self, start: int, end: int) -> str:
        return self.source[start:end].decode("utf-8", "surrogatepass")


def _outputs(node: Node) -> list[Node]:
    """Every ``$(...)`` that is not inside another one."""
    if node.type == "command_substitution":
        return [node]
    return [found for child in node.children for found in _outputs(child)]


def sum_parts(text: str) -> list[str]:
    """
    Numbers, names, placeholders and signs of a sum.

    Raises:
        Refused: It has something else in it, or a sign stands where a number is expected.
    """
    parts: list[str] = []
    at = 0
    is_number_next = True
    text = text.rstrip()
    while at < len(text):
        found = _SUM_PART.match(text, at)
        if found is None:
            raise Refused(DYNAMIC)
        sign = found["sign"]
        is_opening = sign == "("
        if (sign is None or is_opening) is not is_number_next:
            raise Refused(DYNAMIC)
        is_number_next = is_opening or (sign is not None and sign != ")")
        parts.append(sign or found["number"] or found["output"] or found["name"] or found["braced"])
        at = found.end()
    if is_number_next or len(parts) > _MOST_PARTS:
        raise Refused(DYNAMIC)
    return parts


def _is_calculated(left: str, right: str) -> bool:
    """Whether one of two neighbours compares numbers and the other is a name instead of one."""
    other = right if left in _OF_NUMBERS else left if right in _OF_NUMBERS else ""
    return _BARE_NAME.match(other) is not None
