"""A syntax tree of tree-sitter-bash to steps, by a closed list of node types."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tree_sitter import Node

from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.constructs import BETWEEN, ConstructReader
from tenant_daemon.policy.shell.endings import CONSTRUCTS, on_last, redirected
from tenant_daemon.policy.shell.nodes import conjoined, in_order, is_from_command, is_glued, is_list
from tenant_daemon.policy.shell.redirections import COMPOUND
from tenant_daemon.policy.shell.script import (
    Fed,
    Group,
    Joined,
    Pipeline,
    Redirect,
    Row,
    SimpleCommand,
    Step,
    Word,
)
from tenant_daemon.policy.shell.words import DYNAMIC, SAID, UNKNOWN_PART, WORDS, Refused

MAX_WORDS: Final = 200
_COMPUTED: Final = frozenset({"process_substitution", "translated_string"})
_FEEDING: Final = COMPOUND | {"while_statement"}
# A remark in words. What looks like a command is not passed over: it was perhaps meant to be one.
_PLAIN_COMMENT: Final = re.compile(
    r"#(?: *[-=#]{2,})?(?: +(?=\S*\w)[\w.,:!?'()&+/%-]+(?<![(&+-])| +[-=–—]+)* *(?:[-=#]{2,})?"
    r"|#!(?:/usr)?/bin/(?:env )?(?:ba)?sh"
)


class Reader(ConstructReader):
    """
    Walks one tree.

    Attributes:
        substitutions: What stands in ``$(...)``, by the number in the placeholder.
    """

    # -- steps ------------------------------------------------------------------------------------------

    def row(self, nodes: list[Node]) -> Step | None:
        """Statements one after the other; None when there is none."""
        steps: list[Step] = []
        for node in nodes:
            kind = node.type
            if kind in BETWEEN:
                continue
            if kind == "&" and steps and not self.is_for_shell:
                # It runs before the rest and not beside it, and changes neither its folder nor variables.
                steps[-1] = Group(steps[-1], is_subshell=True)
                continue
            if kind == "comment" and not self.is_for_shell and _PLAIN_COMMENT.fullmatch(self.text(node)):
                continue
            if kind == "function_definition" and not self.is_for_shell:
                self.define(node)
                continue
            steps.append(self.statement(node))
        return None if not steps else steps[0] if len(steps) == 1 else Row(tuple(steps))

    def statement(self, node: Node) -> Step:
        """A command, a pipeline, a list joined by ``&&`` and ``||``, or a construct with commands in it."""
        kind = node.type
        if kind == "command":
            return self._named(node)
        if kind == "redirected_statement":
            return self.redirected(node)
        if kind in ("list", "pipeline"):
            return self._list(node)
        if kind == "test_command":
            return self._tests(node)
        if not self.is_for_shell:
            construct = self._construct(node)
            if construct is not None:
                return construct
        return Pipeline((self.command(node),))

    def _named(self, node: Node) -> Step:
        """A program, a function of the line's own, or what puts something into a variable."""
        if self.is_call(node):
            return self._call(node)
        if self.is_reading(node):
            return self.read_into(self.simple(node))
        return Pipeline((self.command(node),))

    def _tests(self, node: Node) -> Step:
        """``[[ -f a && -s b ]]`` as two tests."""
        opening, *inner, _ = node.children
        parts = conjoined(inner[0]) if len(inner) == 1 and opening.type == "[[" else []
        if len(parts) < 2 or self.is_for_shell:
            return Pipeline((self.command(node),))
        self.commands += len(parts)
        first, *others = [Pipeline((self.test_of(self.test_source(part)),)) for part in parts]
        step: Step = first
        for other in others:
            step = Joined(step, "&&", other)
        return step

    def _list(self, node: Node) -> Step:
        """A pipeline, or pipelines joined by ``&&`` and ``||``, which bash reads from left to right."""
        (_, nodes), *others = in_order(node)
        if any(connector not in ("&&", "||") for connector, _ in others):
            raise Refused("commands joined in a way that is not known")
        step = self._piped(nodes)
        for connector, nodes in others:
            step = Joined(step, connector, self._piped(nodes))  # type: ignore[arg-type]
        return step

    def _piped(self, nodes: list[Node]) -> Step:
        """A pipeline; in the grammar a redirection before its first ``|`` takes a whole list into it."""
        first, *rest = nodes
        if not rest:
            return self.statement(first)
        if first.type == "negated_command" and first.child_count == 2 and not self.is_for_shell:
            step = self._from_last(self.statement(first.children[1]), rest)  # `!` is about the whole pipeline
            if not isinstance(step, Pipeline) or step.is_negated:
                raise Refused(UNKNOWN_PART)
            return step._replace(is_negated=True)
        if self.is_for_shell or not is_list(first):
            return self._pipes([], nodes)
        return on_last(self.statement(first), lambda last: self._from_last(last, rest))

    def _from_last(self, step: Step, nodes: list[Node]) -> Step:
        """``a && b 2>&1 | c``, where bash pipes ``b`` alone: the last step of the list with what follows."""
        if isinstance(step, Pipeline):
            return self._pipes(list(step.commands), nodes)
        return Fed(step, Pipeline(tuple(self.pipeline(nodes))))

    def _pipes(self, head: list[SimpleCommand], children: list[Node]) -> Step:
        """Commands joined by ``|``; a loop or a group may stand in it once."""
        nodes = [child for child in children if child.type != "|"]
        places = [place for place, child in enumerate(nodes) if self._is_feeding(child)]
        if not places or self.is_for_shell:
            return Pipeline(tuple(self.pipeline(children, head)))
        at = places[0]
        before, after = self.pipeline(nodes[:at], head), nodes[at + 1 :]
        if len(places) > 1 or any(child.type == "|&" for child in nodes):
            raise Refused(UNKNOWN_PART)
        if nodes[at].type == "while_statement" and before:
            step = self._read_loop(nodes[at], Pipeline(tuple(before)), is_apart=True)
        else:
            step = self.statement(nodes[at])
            if before:
                # In a process of its own, as every part of a pipe.
                step = Fed(Pipeline(tuple(before)), Group(step, is_subshell=True))
        return step if not after else Fed(step, Pipeline(tuple(self.pipeline(after))))

    def _is_feeding(self, node: Node) -> bool:
        if node.type == "redirected_statement":
            body = node.child_by_field_name("body")
            return body is not None and self._is_feeding(body)
        return node.type in _FEEDING or self.is_call(node)

    # -- redirections -----------------------------------------------------------------------------------

    def redirected(self, node: Node) -> Step:
        """In the grammar a redirection hangs on the whole list before it; in bash on its last command."""
        body = node.child_by_field_name("body")
        step: Step | None = None
        words = self._passed_over(node, body)
        if words and body is not None and (body.type == "while_statement" or self.is_reading(body)):
            raise Refused(UNKNOWN_PART)
        if body is not None and body.type == "while_statement" and not self.is_for_shell:
            others = [child for child in node.children if child != body]
            reading = self._read_file if self._has_input(others) else self._plain_loop
            return reading(body, others)
        if body is not None and self.is_reading(body):
            return self._read_from(body, [child for child in node.children if child != body])
        if body is not None and body.type == "command" and not self.is_for_shell:
            commands = [child for child in node.children if is_from_command(child)]
            if len(commands) == 1 and not words:
                return self._read_by(
                    body, commands[0], [c for c in node.children if c not in (body, *commands)]
                )
        if body is not None:
            step = self.statement(body)
        redirects: list[Redirect] = []
        stdin: Word | None = None
        tails: list[Node] = []
        for child in node.children:
            if child == body:
                continue
            if child.type == "file_redirect":
                redirects.append(self.redirect(child, words))
            elif child.type in ("heredoc_redirect", "herestring_redirect") and stdin is None:
                stdin = self.input_text(child, redirects, tails)
            else:
                raise Refused(SAID.get(child.type, "a redirection that is not allowed"))
        if step is None:
            if self.is_for_shell:
                raise Refused("a redirection of something that is not one command")
            step = Pipeline((SimpleCommand((Word("true"),)),))
        changed = on_last(
            step,
            lambda last: redirected(last, tuple(redirects), stdin, tuple(words)),
            is_redirection=True,
        )
        return changed if isinstance(step, CONSTRUCTS) else self._continued(changed, tails)

    def _passed_over(self, node: Node, body: Node | None) -> list[Word]:
        """The ``-`` in ``cat - 2> FILE``, which tree-sitter-bash 0.25.1 leaves out of its tree."""
        end = node.start_byte if body is None else body.end_byte
        after = [child.start_byte for child in node.children if child != body]
        left_out = self._slice(end, min(after, default=end)).replace("\\\n", " ").strip()
        if left_out not in ("", "-") or (left_out and body is None):
            raise Refused(UNKNOWN_PART)
        return [Word("-")] if left_out else []

    def _has_input(self, others: list[Node]) -> bool:
        return any(child.type == "<" for other in others for child in other.children)

    def _plain_loop(self, loop: Node, others: list[Node]) -> Step:
        """A loop that reads nothing, with redirections for all of it."""
        return Group(self.statement(loop), tuple(self.redirect(other) for other in others))

    def _read_from(self, body: Node, others: list[Node]) -> Step:
        """``read NAME < FILE`` and ``mapfile -t NAME < <(COMMAND)``."""
        command = self.simple(body)
        commands = [other for other in others if is_from_command(other)]
        if len(commands) > 1 or (commands and command.stdin is not None):
            raise Refused(SAID["variable_assignment"])
        redirects = [self.redirect(other) for other in others if other not in commands]
        source = None
        if commands:
            source = self._some(commands[0].children_by_field_name("destination")[0].children[1:-1])
        return self.read_into(command._replace(redirects=(*command.redirects, *redirects)), source)

    def _read_by(self, body: Node, source: Node, others: list[Node]) -> Step:
        """``wc -l < <(COMMAND)`` as ``COMMAND | wc -l``."""
        first = self._some(source.children_by_field_name("destination")[0].children[1:-1])
        last = self.simple(body)
        redirects = (*last.redirects, *(self.redirect(other) for other in others))
        if (
            not isinstance(first, Pipeline)
            or first.is_negated
            or self.is_call(body)
            or last.stdin is not None
        ):
            raise Refused("a redirection that is not allowed")
        return Pipeline((*first.commands, last._replace(redirects=redirects)))

    def _read_file(self, loop: Node, others: list[Node]) -> Step:
        """``while read x; do ...; done < FILE``, as if the file came from ``cat``."""
        if any(other.type != "file_redirect" for other in others):
            raise Refused(SAID["while_statement"])
        commands = [other for other in others if is_from_command(other)]
        redirects = [self.redirect(other) for other in others if other not in commands]
        files = [redirect for redirect in redirects if redirect.kind == "in"]
        if len(files) + len(commands) != 1:
            raise Refused(SAID["while_statement"])
        source: Step = Pipeline((SimpleCommand((Word("cat"),), (), tuple(files)),))
        if commands:
            targets = commands[0].children_by_field_name("destination")
            source = self._some(targets[0].children[1:-1])
        step = self._read_loop(loop, source)
        rest = tuple(redirect for redirect in redirects if redirect.kind != "in")
        return Group(step, rest) if rest else step

    def _continued(self, step: Step, tails: list[Node]) -> Step:
        """What stands on the line of a here-document after it: ``cat <<E | wc`` or ``cat <<E && ls``."""
        while tails:
            node = tails.pop(0)
            if node.type == "pipeline" and isinstance(step, Pipeline):
                step = step._replace(commands=(*step.commands, *self.pipeline(node.children)))
            elif node.type in ("&&", "||") and tails:
                step = Joined(step, node.type, self.statement(tails.pop(0)))  # type: ignore[arg-type]
            else:
                raise Refused(SAID["heredoc_redirect"])
        return step

    # -- commands ---------------------------------------------------------------------------------------

    def pipeline(self, nodes: list[Node], head: Sequence[SimpleCommand] = ()) -> list[SimpleCommand]:
        """Commands joined by ``|``, after those of ``head``."""
        commands = list(head)
        for child in nodes:
            kind = child.type
            if kind == "|":
                continue
            if kind == "pipeline":
                commands.extend(self.pipeline(child.children))
            elif kind == "|&":
                if self.is_for_shell or not commands:
                    raise Refused("the joint |&")
                last = commands[-1]
                commands[-1] = last._replace(redirects=(*last.redirects, Redirect("merge", Word("1"))))
            elif kind == "redirected_statement":
                inner = self.redirected(child)
                if not isinstance(inner, Pipeline) or inner.is_negated:
                    raise Refused("a redirection of something that is not one command")
                commands.extend(inner.commands)
            else:
                commands.append(self.command(child))
        return commands

    def command(self, node: Node) -> SimpleCommand:
        """One program with its arguments, or a test."""
        self.count(1)
        kind = node.type
        if kind == "test_command":
            return self.test(node)
        if kind != "command":
            raise Refused(SAID.get(kind, UNKNOWN_PART))
        return self.simple(node)

    def simple(self, node: Node) -> SimpleCommand:
        """The node of a plain command."""
        words: list[Word] = []
        assignments = list(self.exported)
        redirects: list[Redirect] = []
        stdin: Word | None = None
        if is_glued(node.children) or self._goes_over_lines(node.children):
            raise Refused(UNKNOWN_PART)
        for child in node.children:
            kind = child.type
            if kind == "word" or kind == "command_name" or kind in WORDS:
                words.extend(self.words(child))
            elif kind == "variable_assignment":
                assignments.append(self.assignment(child))
            elif kind == "file_redirect":
                redirects.append(self.redirect(child))
            elif kind == "herestring_redirect" and stdin is None:
                stdin = self.input_text(child, redirects, [])
            elif kind in ("==", "=~") and not child.is_named:
                words.append(Word(self.text(child)))
            elif kind == "process_substitution" and words and self.names is not None:
                words.append(self._file_of(child))
            elif kind in _COMPUTED:
                raise Refused(DYNAMIC)
            else:
                raise Refused(SAID.get(kind, UNKNOWN_PART))
        if not words:
            raise Refused("no program to run")
        if not words[0].text.isascii() and expansions.has_expansion(words[0].text):
            self.has_open_name = True
            if self.functions:
                raise Refused(DYNAMIC)
        if len(words) > MAX_WORDS:
            raise Refused("too many words")
        return SimpleCommand(tuple(words), tuple(assignments), tuple(redirects), stdin)

    def _goes_over_lines(self, nodes: list[Node]) -> bool:
        """Behind ``==`` and ``=~`` the grammar passes over the end of a line; to a shell a command begins."""
        return any(
            before.type in ("==", "=~") and b"\n" in self.source[before.end_byte : node.start_byte]
            for before, node in pairwise(nodes)
        )

    def _file_of(self, node: Node) -> Word:
        """``<(COMMAND)`` as an argument."""
        inner = node.children
        if inner[0].type != "<(" or inner[-1].type != ")":
            raise Refused(DYNAMIC)
        self.substitutions.append(self._some(inner[1:-1]))
        return Word(expansions.output_file(len(self.substitutions) - 1))
