"""Loops, choices, functions and variables of shell language, from the syntax tree to steps."""

import re
from typing import Final

from tree_sitter import Node

from tenant_daemon.policy.programs.variables import is_harmless_variable
from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.nodes import is_glued
from tenant_daemon.policy.shell.patterns import NoPattern, pattern_of
from tenant_daemon.policy.shell.redirections import RedirectReader
from tenant_daemon.policy.shell.script import (
    ArrayAssignment,
    Assignment,
    Call,
    Case,
    Choice,
    Group,
    Loop,
    Pattern,
    Pipeline,
    ReadLoop,
    Row,
    SimpleCommand,
    Step,
    While,
    Word,
)
from tenant_daemon.policy.shell.unquote import POSITIONAL, unquote
from tenant_daemon.policy.shell.words import DYNAMIC, SAID, WORDS, Refused

BETWEEN: Final = frozenset({";", "\n"})
_FUNCTION: Final = re.compile(r"[a-z_][a-z0-9_-]*", re.ASCII)
_NUMBER: Final = r"(\$?[A-Za-z_]\w*|\d{1,9})"
_COMPARED: Final = re.compile(rf" *{_NUMBER} *(<=?|>=?|==|!=) *{_NUMBER} *", re.ASCII)
_COMPARISONS: Final = {"<": "-lt", "<=": "-le", ">": "-gt", ">=": "-ge", "==": "-eq", "!=": "-ne"}
_STEPPED: Final = re.compile(
    rf" *(?:([A-Za-z_]\w*) *(?:(\+\+|--)|([-+])= *{_NUMBER}|= *([-+*/% \w()$]+?))|(\+\+|--)([A-Za-z_]\w*)) *",
    re.ASCII,
)
_COUNTED: Final = re.compile(r"for *\(\(([^;()]*);([^;()]*);([^;()]*)\)\)")
_READERS: Final = {"read": "-r", "mapfile": "-t", "readarray": "-t"}
_MOST_PARTS: Final = 8
_DECLARING: Final = frozenset({"declare", "local", "readonly", "typeset"})


class ConstructReader(RedirectReader):
    """
    Reads what has commands in it.

    Attributes:
        functions: Bodies of the line's own functions so far, and how many commands are in them.
    """

    def __init__(self, source: bytes, *, is_for_shell: bool) -> None:
        super().__init__(source, is_for_shell=is_for_shell)
        self.functions: dict[str, tuple[Step, int]] = {}
        self.has_open_name = False
        """Whether a variable names a program; it could name a function as well."""

    def _construct(self, node: Node) -> Step | None:
        kind = node.type
        if kind == "subshell":
            return Group(self._some(node.children[1:-1]), is_subshell=True)
        if kind == "compound_statement":
            return self._braced(node)
        if kind == "for_statement":
            return self._loop(node)
        if kind == "c_style_for_statement":
            return self._counted(node)
        if kind == "while_statement":
            return self._while(node)
        if kind == "if_statement":
            return self._choice(node.children)
        if kind == "case_statement":
            return self._case(node)
        if kind == "variable_assignment":
            return self._assignment(node)
        if kind == "declaration_command":
            return self._declaration(node)
        if kind == "negated_command" and node.child_count == 2:
            inner = self.statement(node.children[1])
            if isinstance(inner, Pipeline) and not inner.is_negated:
                return inner._replace(is_negated=True)
        return None

    def _braced(self, node: Node) -> Step:
        """``{ COMMANDS; }``, or a sum between double brackets."""
        if node.children[0].type != "((":
            return Group(self._some(node.children[1:-1]))
        inner = self._slice(node.children[0].end_byte, node.children[-1].start_byte)
        return self._stepped(inner) or Pipeline((self._compared(inner),))

    # -- functions --------------------------------------------------------------------------------------

    def define(self, node: Node) -> None:
        """A function: its body is read here, and judged for each call of it."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None or body.type != "compound_statement" or self.names is None:
            raise Refused(SAID["function_definition"])
        said, before = self.text(name), self.commands
        if self.has_open_name:
            raise Refused(DYNAMIC)
        if _FUNCTION.fullmatch(said) is None or node.child_by_field_name("redirect") is not None:
            raise Refused(SAID["function_definition"])
        kept, self.names = self.names, self.names | POSITIONAL
        inner = self._some(body.children[1:-1])
        # What it sets stays known after a call; what it was called with does not.
        self.names = (self.names - POSITIONAL) | (kept & POSITIONAL)
        self.functions[said] = (inner, self.commands - before)

    def is_call(self, node: Node) -> bool:
        """Whether a command is a function of the line's own."""
        name = node.child_by_field_name("name") if node.type == "command" and self.functions else None
        return name is not None and unquote(self.text(name)).text in self.functions

    def _call(self, node: Node) -> Step:
        command = self.simple(node)
        body, size = self.functions[command.words[0].text]
        if command.assignments or command.stdin is not None:
            raise Refused(SAID["function_definition"])
        # Functions that call functions grow quickly.
        self.count(size)
        call = Call(command.words[1:], body)
        return Group(call, command.redirects) if command.redirects else call

    # -- loops ------------------------------------------------------------------------------------------

    def _loop(self, node: Node) -> Step:
        name = node.child_by_field_name("variable")
        body = node.child_by_field_name("body")
        values = node.children_by_field_name("value")
        signs = {c.type for c in node.children if not c.is_named}
        if (
            name is None
            or body is None
            or body.type != "do_group"
            or is_glued(values)
            or signs - {"for", "in", ";", "\n"}
        ):
            raise Refused(SAID["for_statement"])
        words = tuple(word for value in values for word in self.words(value))
        self._know(self.text(name))
        return Loop(self.text(name), words, self._some(body.children[1:-1]))

    def _counted(self, node: Node) -> Step:
        """``for ((i=1; i<=3; i++))``."""
        body = node.child_by_field_name("body")
        found = None if body is None else _COUNTED.match(self.text(node))
        if body is None or body.type != "do_group" or found is None:
            raise Refused(SAID["for_statement"])
        first, condition, change = (self._stepped(found[1]), found[2], found[3])
        if first is None:
            raise Refused(SAID["for_statement"])
        test = Pipeline((self._compared(condition),))
        last = self._stepped(change)
        if last is None:
            raise Refused(SAID["for_statement"])
        return Row((first, While(test, Row((self._some(body.children[1:-1]), last)), is_until=False)))

    def _while(self, node: Node) -> Step:
        conditions = [child for child in node.children[1:-1] if child.type not in BETWEEN]
        body = node.child_by_field_name("body")
        if body is None or body.type != "do_group" or self._is_reading(conditions):
            raise Refused(SAID["while_statement"])
        is_until = node.children[0].type == "until"
        return While(self._some(conditions), self._some(body.children[1:-1]), is_until)

    def _is_reading(self, conditions: list[Node]) -> bool:
        names = [node.child_by_field_name("name") for node in conditions if node.type == "command"]
        return any(name is not None and self.text(name) == "read" for name in names)

    def _read_loop(self, node: Node, source: Step, *, is_apart: bool = False) -> Step:
        """``while read``, whose rounds can be counted."""
        conditions = [child for child in node.children[1:-1] if child.type not in BETWEEN]
        body = node.child_by_field_name("body")
        if len(conditions) != 1 or conditions[0].type != "command" or body is None or body.type != "do_group":
            raise Refused(SAID["while_statement"])
        reading = self.simple(conditions[0])
        first, *rest = [word.text for word in reading.words]
        if rest[-3:-1] == ["-d", ""]:
            source, rest = _by_lines(source), [*rest[:-3], rest[-1]]
        names = [text for text in rest if text != "-r"]
        separators = [word.text for name, word in reading.assignments if name == "IFS"]
        if first != "read" or not names or reading.redirects or reading.stdin is not None:
            raise Refused(SAID["while_statement"])
        if len(separators) != len(reading.assignments) or any(len(one) > 1 for one in separators):
            raise Refused(SAID["while_statement"])
        if node.children[0].type != "while":
            raise Refused(SAID["while_statement"])
        if any(not name.isidentifier() or not name.isascii() for name in names):
            raise Refused(SAID["while_statement"])
        for name in names:
            self._know(name)
            self.found.add(name)
        separator = separators[0] if separators and len(names) > 1 else ""
        inner = self._some(body.children[1:-1])
        return ReadLoop(source, tuple(names), separator, inner, is_apart)

    # -- choices ----------------------------------------------------------------------------------------

    def _choice(self, nodes: list[Node]) -> Step:
        """``if`` up to ``fi``, and in the same shape ``elif`` with what follows it."""
        kinds = [node.type for node in nodes]
        if "then" not in kinds:
            raise Refused(SAID["if_statement"])
        at = kinds.index("then")
        ends = [i for i, kind in enumerate(kinds) if kind in ("elif_clause", "else_clause", "fi")]
        end = ends[0] if ends else len(nodes)
        condition, then = self._some(nodes[1:at]), self._some(nodes[at + 1 : end])
        otherwise: Step | None = None
        clauses = [node for node in nodes[end:] if node.type in ("elif_clause", "else_clause")]
        for clause in reversed(clauses):
            if clause.type == "else_clause":
                otherwise = self._some(clause.children[1:])
            else:
                one = self._choice(clause.children)
                otherwise = one._replace(otherwise=otherwise) if isinstance(one, Choice) else one
        return Choice(condition, then, otherwise)

    def _case(self, node: Node) -> Step:
        value = node.child_by_field_name("value")
        word = None if value is None or value.type not in WORDS else self.word(value)
        if word is None or word.is_glob:
            raise Refused(SAID["case_statement"])
        items = [child for child in node.children if child.type == "case_item"]
        return Case(word, tuple(self._branch(item.children) for item in items))

    def _branch(self, nodes: list[Node]) -> tuple[tuple[Pattern, ...], Step | None]:
        kinds = [node.type for node in nodes]
        if ")" not in kinds or ";&" in kinds or ";;&" in kinds:
            raise Refused(SAID["case_statement"])
        at = kinds.index(")")
        try:
            patterns = [pattern_of(self.text(node)) for node in nodes[:at] if node.type not in ("(", "|")]
        except NoPattern:
            raise Refused(SAID["case_statement"]) from None
        return tuple(patterns), self.row([node for node in nodes[at + 1 :] if node.type != ";;"])

    # -- variables --------------------------------------------------------------------------------------

    def _assignment(self, node: Node, *, is_local: bool = False) -> Step:
        value = node.child_by_field_name("value")
        if value is not None and value.type == "array":
            return self._array(node, value)
        name, word = self.assignment(node)
        self._know(name)
        if any(self._is_found_out_by(number) for number in expansions.outputs(word.text)):
            self.found.add(name)
        else:
            self.found.discard(name)
        return Assignment(name, word, is_local)

    def _array(self, node: Node, value: Node) -> Step:
        """``NAME=(WORDS)`` and ``NAME+=(WORDS)``."""
        name, signs = node.child_by_field_name("name"), [c.type for c in node.children if not c.is_named]
        inner = [child for child in value.children if child.is_named]
        if (
            name is None
            or name.type != "variable_name"
            or any(one.type not in WORDS for one in inner)
            or is_glued(inner)
        ):
            raise Refused(SAID["variable_assignment"])
        said, words = self.text(name), tuple(word for one in inner for word in self.words(one))
        self._know(said)
        self._know_array(said)
        return ArrayAssignment(said, words, is_more=signs == ["+="])

    def _know_array(self, name: str) -> None:
        assert self.names is not None
        self.names.add(f"{name}[]")

    def _declaration(self, node: Node) -> Step:
        """``local NAME=value``, ``declare -a NAME=(...)`` or ``export NAME=value``."""
        word, *rest = node.children
        if self.text(word) in _DECLARING:
            if rest and self.text(rest[0]) in ("-a", "-r"):
                rest = rest[1:]
            if not rest or any(one.type != "variable_assignment" for one in rest):
                raise Refused(SAID["declaration_command"])
            steps = [self._assignment(one, is_local=self.text(word) == "local") for one in rest]
            return steps[0] if len(steps) == 1 else Row(tuple(steps))
        return self._export(word, rest)

    def _export(self, word: Node, rest: list[Node]) -> Step:
        """One that programs obey goes to every later command, any other is our own."""
        if self.text(word) != "export" or len(rest) != 1 or rest[0].type != "variable_assignment":
            raise Refused(SAID["declaration_command"])
        name, value = self.assignment(rest[0])
        if not is_harmless_variable(name):
            self._know(name)
            return Assignment(name, value)
        self.exported.append((name, value))
        return Pipeline((SimpleCommand((Word("true"),)),))

    # -- what is read -----------------------------------------------------------------------------------

    def is_reading(self, node: Node | None) -> bool:
        """Whether a command puts what it reads into a variable."""
        name = None if node is None or node.type != "command" else node.child_by_field_name("name")
        return name is not None and self.names is not None and self.text(name) in _READERS

    def read_into(self, command: SimpleCommand, source: Step | None = None) -> Step:
        """
        ``read -r NAME < FILE`` as ``NAME=$(head -n 1 < FILE)``; ``mapfile -t NAME`` keeps every line.

        Args:
            source: What stands in ``< <(...)``, instead of a redirection of the command's own.
        """
        reader, *rest = [word.text for word in command.words]
        flag = _READERS[reader]
        names = [text for text in rest if text != flag]
        is_plain = all(pair == ("IFS", Word("")) for pair in command.assignments)
        if reader == "read" and len(names) > 1:
            return self._read_parts(command, names, source)
        if len(names) != 1 or not names[0].isidentifier() or not names[0].isascii() or not is_plain:
            raise Refused(SAID["variable_assignment"])
        if any(redirect.kind != "in" for redirect in command.redirects):
            raise Refused(SAID["variable_assignment"])
        is_one = reader == "read"
        taking = (Word("head"), Word("-n"), Word("1")) if is_one else (Word("cat"),)
        inner: Step = Pipeline((SimpleCommand(taking, (), command.redirects, command.stdin),))
        if source is not None:
            inner = source
            if is_one:
                if not isinstance(source, Pipeline) or source.is_negated or command.redirects:
                    raise Refused(SAID["variable_assignment"])
                inner = Pipeline((*source.commands, SimpleCommand(taking)))
        self.substitutions.append(inner)
        number = len(self.substitutions) - 1
        self._know(names[0])
        self.found.add(names[0])
        if is_one:
            return Assignment(names[0], Word(expansions.output(number, is_bare=False)))
        self._know_array(names[0])
        word = Word(expansions.output(number, is_bare=True))
        return ArrayAssignment(names[0], (word,), is_of_lines=True)

    def _read_parts(self, command: SimpleCommand, names: list[str], source: Step | None) -> Step:
        """``IFS=, read -r A B < FILE``: each is cut out of the first line; the last one gets the rest."""
        signs = [word.text for name, word in command.assignments if name == "IFS"]
        if len(names) > _MOST_PARTS or len(signs) != len(command.assignments) or len(signs) > 1:
            raise Refused(SAID["variable_assignment"])
        if signs and (len(signs[0]) != 1 or signs[0].isspace() or not signs[0].isascii()):
            raise Refused(SAID["variable_assignment"])
        steps: list[Step] = []
        for at, name in enumerate(names, 1):
            is_last = at == len(names)
            one = command._replace(words=(Word("read"), Word("-r"), Word(name)), assignments=())
            assigned = self.read_into(one, source)
            first = self.substitutions[-1]
            if not isinstance(assigned, Assignment) or not isinstance(first, Pipeline):
                raise Refused(SAID["variable_assignment"])
            taking = _taking_part(at, signs[0] if signs else "", is_last=is_last)
            self.substitutions[-1] = first._replace(commands=(*first.commands, taking))
            steps.append(assigned)
        return Row(tuple(steps))

    # -- sums -------------------------------------------------------------------------------------------

    def _stepped(self, text: str) -> Step | None:
        """``i=1``, ``i++``, ``i+=2`` between double brackets; None when it is something else."""
        found = _STEPPED.fullmatch(text)
        if found is None:
            return None
        name, one, sign, by, whole, before, other = found.groups()
        name = name or other
        self._know(name)
        change = whole or f"{name}{sign or (one or before)[0]}{by or 1}"
        return Assignment(name, self._unquoted(f"$(({change}))"))

    def _compared(self, text: str) -> SimpleCommand:
        """``i < 3`` between double brackets, as the test that it is."""
        found = _COMPARED.fullmatch(text)
        if found is None:
            raise Refused(SAID["test_command"])
        left, sign, right = found.groups()
        words = (self._number(left), Word(_COMPARISONS[sign]), self._number(right))
        return SimpleCommand((Word("test"), *words))

    def _number(self, text: str) -> Word:
        return Word(text) if text.isdecimal() else self._unquoted(f"${text.removeprefix('$')}")


def _taking_part(at: int, sign: str, *, is_last: bool) -> SimpleCommand:
    if sign:
        # Without a second part there is no sign either, and nothing is left for it.
        only = (Word("-s"),) if at > 1 else ()
        fields = f"{at}-" if is_last and at > 1 else f"{at}"
        return SimpleCommand((Word("cut"), *only, Word("-d"), Word(sign), Word("-f"), Word(fields)))
    if is_last:
        blanks = f"s/^[ \\t]*([^ \\t]+[ \\t]*){{{at - 1}}}//"
        return SimpleCommand((Word("sed"), Word("-E"), Word(blanks)))
    return SimpleCommand((Word("awk"), Word(f"{{print ${at}}}")))


def _by_lines(source: Step) -> Step:
    """``find -print0`` with a line for each name; one with a line break in it is none of a file then."""
    if not isinstance(source, Pipeline) or source.is_negated:
        raise Refused(SAID["while_statement"])
    first, *others = source.commands
    is_listing = first.words[0].text == "find" and first.words[-1].text == "-print0"
    if not is_listing or any([word.text for word in one.words] != ["sort", "-z"] for one in others):
        raise Refused(SAID["while_statement"])
    sorting = [one._replace(words=one.words[:1]) for one in others]
    return Pipeline((first._replace(words=first.words[:-1]), *sorting))
