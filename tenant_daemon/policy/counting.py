"""
Sums of what is known only while a line runs: ``n=$((n + 1))`` in a loop, ``total=$((total + amount))``.

The warden adds and subtracts whole numbers itself; what comes in and is none stops the sum. To the judge such
a variable is anything: it goes where any text may go.
"""

import re
from collections.abc import Iterator
from typing import Final

from tenant_daemon.policy.actions import Plan
from tenant_daemon.policy.assigning import VariableJudge
from tenant_daemon.policy.rounds import ANY
from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.script import (
    Assignment,
    Case,
    Choice,
    Group,
    Joined,
    Loop,
    Pipeline,
    ReadLoop,
    Row,
    Step,
    While,
)

_WHOLE: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_TERM: Final = re.compile(r"\s*([+-]?)\s*(?:(0|[1-9]\d{0,14})|([A-Za-z_]\w*))\s*", re.ASCII)
_MOST_TERMS: Final = 12
_HELD: Final = "0held"
"""No name of a variable: what a command in a sum prints is kept under it."""
_Terms = list[tuple[str, str]]


class CountingJudge(VariableJudge):
    """
    Keeps counters.

    Attributes:
        counters: Variables that are added up while the line runs, and the numbers of their placeholders.
    """

    counters: dict[str, int]

    def _assign(self, step: Assignment) -> Plan | None:
        terms = self._terms(step)
        plan = None if terms is None else self._sum(step, terms)
        return super()._assign(step) if plan is None else plan

    def _sum(self, step: Assignment, terms: _Terms) -> Plan | None:
        """The plan of a sum; None when everything in it is known, or something is no number."""
        before: list[Plan] = []
        operands = [(sign, self._operand(term, before)) for sign, term in terms]
        name, number = step.name, self.counters.get(step.name)
        is_counter = number is not None and self.variables.get(name) == expansions.line_part(number)
        known = all(value is not None and _WHOLE.fullmatch(value) for _, value in operands)
        if any(value is None for _, value in operands) or (known and not is_counter):
            return None
        if step.is_local:
            self._locals.add(name)
        if not is_counter:
            self._check_rounds(name)
        summed = self._counted_as(name, number if is_counter else None, tuple(operands))  # type: ignore[arg-type]
        return ("row", *before, summed) if before else summed

    def _counted_as(self, name: str, number: int | None, operands: tuple[tuple[str, str], ...]) -> Plan:
        if number is None:
            number = len(self.lines)
            self.lines[number] = ANY
        self.variables[name] = expansions.line_part(number)
        self.computed.add(name)
        self.is_flat = False
        return ("sum", number, operands)

    def _open_counters(self, body: Step, *, is_each: bool) -> list[Plan]:
        """
        Make counters of the numbers that a loop's body changes.

        Args:
            is_each: The body is judged once for all rounds; else only what happens under a condition counts.
        """
        opened: list[Plan] = []
        for name in dict.fromkeys(self._summed(body, is_counted=is_each)):
            value, number = self.variables.get(name, ""), self.counters.get(name)
            if number is not None and value == expansions.line_part(number):
                continue
            if _WHOLE.fullmatch(value) is not None or expansions.LINE.fullmatch(value) is not None:
                opened.append(self._counted_as(name, None, (("+", value),)))
                self.counters = {**self.counters, name: len(self.lines) - 1}
        return opened

    def _summed(self, step: Step | None, *, is_counted: bool) -> Iterator[str]:
        """The variables that become a sum somewhere in a step."""
        if isinstance(step, Assignment):
            if is_counted and self._terms(step) is not None:
                yield step.name
        elif isinstance(step, Row):
            for inner in step.steps:
                yield from self._summed(inner, is_counted=is_counted)
        elif isinstance(step, Joined):
            yield from self._summed(step.left, is_counted=is_counted)
            yield from self._summed(step.right, is_counted=True)
        elif isinstance(step, Choice):
            yield from self._summed(step.then, is_counted=True)
            yield from self._summed(step.otherwise, is_counted=True)
        elif isinstance(step, Case):
            for _, inner_body in step.branches:
                yield from self._summed(inner_body, is_counted=True)
        elif isinstance(step, Loop | While | ReadLoop) or (isinstance(step, Group) and not step.is_subshell):
            yield from self._summed(step.body, is_counted=is_counted)

    def _terms(self, step: Assignment) -> _Terms | None:
        """The parts of a sum that is the whole value, each with its sign."""
        text = step.word.text
        if not expansions.has_expansion(text):
            return None
        number = expansions.only_output(text)
        if number is not None:
            return _of_expr(self.script.substitutions[number])
        inner = expansions.whole_sum(text)
        return None if inner is None else _of_sum(inner)

    def _operand(self, term: str, before: list[Plan]) -> str | None:
        """A number, or the placeholder for one; None when it is something else."""
        number = expansions.only_output(term)
        if number is not None:
            known = self._known(number)
            if known is not None:
                return known if _WHOLE.fullmatch(known) else None
            plan = self._keep(_HELD, self.script.substitutions[number])
            if plan is None:
                return None
            before.append(plan)
            return self.variables.pop(_HELD, None)
        value = self.variables.get(term, term)
        return value if _WHOLE.fullmatch(value) or expansions.LINE.fullmatch(value) else None


def _of_sum(text: str) -> _Terms | None:
    """``n + 1`` taken apart."""
    terms: _Terms = []
    at = 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None or bool(found[1]) is not bool(terms) or len(terms) >= _MOST_TERMS:
            return None
        terms.append((found[1] or "+", found[2] or found[3]))
        at = found.end()
    return terms or None


def _of_expr(step: Step) -> _Terms | None:
    """The same of ``expr n + 1``, which stands for a sum with the output of a command in it."""
    if not isinstance(step, Pipeline) or len(step.commands) != 1 or step.is_negated:
        return None
    command = step.commands[0]
    words = [word.text for word in command.words]
    is_plain = not (command.redirects or command.assignments or command.stdin)
    if words[0] != "expr" or not is_plain or len(words) % 2 or len(words) > 2 * _MOST_TERMS:
        return None
    if not set(words[2::2]) <= {"+", "-"}:
        return None
    operands = [expansions.whole_variable(word) or word for word in words[1::2]]
    return list(zip(["+", *words[2::2]], operands, strict=True))
