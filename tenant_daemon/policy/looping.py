"""Loops and ``case``: written out where what they go through is known before, else judged for any value."""

import operator
import re
from collections.abc import Callable
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import Plan
from tenant_daemon.policy.assigning import without_lines
from tenant_daemon.policy.counting import CountingJudge
from tenant_daemon.policy.leaving import Leaving, chosen, one_of, parted, without
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.rewrites import said
from tenant_daemon.policy.rounds import ANY, Values, has_own_output, values_of
from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.script import (
    Assignment,
    Case,
    Choice,
    Joined,
    Loop,
    Pattern,
    Pipeline,
    Redirect,
    Row,
    Script,
    SimpleCommand,
    Step,
    While,
    Word,
)

MAX_PIPELINES: Final = 80
_MAX_ROUNDS: Final = 60
_WHOLE: Final = re.compile(r"-?\d{1,15}")
_COMPARED: Final[dict[str, Callable[[int, int], bool]]] = {
    "-lt": operator.lt,
    "-le": operator.le,
    "-gt": operator.gt,
    "-ge": operator.ge,
    "-eq": operator.eq,
    "-ne": operator.ne,
}
_PAUSING: Final = frozenset({"sleep", "echo", "printf", "date"})
NOTHING: Final = Pipeline((SimpleCommand((Word("true"),)),))
_UNSEEN: Final = (Redirect("out", Word("/dev/null")),)


class LoopJudge(CountingJudge):
    """Judges what is run more than once, or one of several."""

    # -- what is gone through is known while it runs ----------------------------------------------------

    def _each(
        self,
        source: Step,
        names: tuple[str, ...],
        separator: str | None,
        body: Step,
        known: Values | None = None,
        *,
        is_apart: bool = False,
    ) -> Plan | None:
        """
        A loop over what another command prints, line by line, or word by word where ``separator`` is None.

        Its body is judged once, for any value that may come.

        Args:
            is_apart: It runs in a process of its own, and what it sets is gone afterwards.
        """
        self.is_flat = False
        # What the loop prints goes to its file, and not what it reads.
        outer, self._outer = self._outer, ()
        read = self._pipeline(source) if isinstance(source, Pipeline) else None
        self._outer = outer
        if read is None or read[0] != "run":
            self._cannot("shell.unknown-rounds", "What the loop goes through is known only while it runs.")
            return None
        commands = self.pipelines[-1]
        if any(has_own_output(command) for command in commands):
            self._cannot("shell.unknown-rounds", "What the loop goes through is known only while it runs.")
        values = (known or values_of(self.judge_argv, commands)) if len(names) == 1 else ANY
        numbers = tuple(range(len(self.lines), len(self.lines) + len(names)))
        self.lines |= dict.fromkeys(numbers, ANY)
        outside = self.variables
        self.variables = dict(outside)
        opened = self._open_counters(body, is_each=True)
        kept, before = dict(self.variables), self._before_loop
        for number, name in zip(numbers, names, strict=True):
            self.lines[number] = values
            self.variables[name] = expansions.line_part(number)
            self.computed.add(name)
        self._depth += 1
        self._before_loop = frozenset(kept)
        self._before = ";"
        first, inner = dict(self.variables), without(body, "continue")
        plan = self.step(inner)
        if self.verdict.tier > Tier.GREEN:
            self._look_again(inner, first)
        self._depth -= 1
        self.variables, self._before_loop = outside if is_apart else kept, before
        if plan is None:
            return read
        each = ("each", read, numbers, separator, plan)
        return ("row", *opened, each) if opened else each

    def _look_again(self, body: Step, variables: dict[str, str]) -> None:
        """Judge what a round does after another one, which may have unpacked or moved something."""
        counts = [len(built) for built in (self.pipelines, self.connectors, self._folders)]
        self.variables = variables
        self.step(body)
        for built, count in zip((self.pipelines, self.connectors, self._folders), counts, strict=True):
            del built[count:]  # type: ignore[attr-defined]

    def _each_element(self, step: Loop) -> Plan | None:
        """``for x in "${names[@]}"`` of an array with what a command has printed."""
        name = expansions.whole_array(step.words[0].text) or ""
        held = self.variables[name]
        source = Pipeline((SimpleCommand((Word("printf"), Word("%s\\n"), Word(held))),))
        known = self.many_lines.get(expansions.line_parts(held)[0])
        separator = "" if self.open_arrays[name] else None
        return self._each(source, (step.name,), separator, step.body, known)

    # -- what is gone through is known before -----------------------------------------------------------

    def _loop(self, step: Loop) -> Plan | None:
        dynamic = self._dynamic(step.words)
        if dynamic is not None:
            return self._each(dynamic, (step.name,), None, step.body)
        if len(step.words) == 1 and expansions.whole_array(step.words[0].text) in self.open_arrays:
            return self._each_element(step)
        if self._depth:
            # The variable keeps its last value afterwards, which then depends on the condition.
            self.variables.pop(step.name, None)
        if any(self._holds_output(word) for word in step.words):
            self.computed.add(step.name)
        self._check_deletion(step.words, step.body)
        body = without(step.body, "continue")
        breaking = parted(body, "break")
        if breaking is not None:
            return self._until_left(step, *breaking)
        plans = self._open_counters(body, is_each=False)
        for value in self._values(step.words):
            if len(self.pipelines) > MAX_PIPELINES or not self.is_runnable:
                self._cannot("shell.too-many", "The loop has more rounds than can be checked.")
                break
            self.variables[step.name] = value
            self._add_round(body, plans)
        if self._depth:
            self.variables.pop(step.name, None)
        return _in_a_row(plans)

    def _add_round(self, body: Step, plans: list[Plan]) -> None:
        self._before = ";" if plans else self._before
        if self._moved_at > self._depth:
            self._cannot("shell.lost", "It is not clear in which folder the rest would run.")
        plan = self.step(body)
        if plan is not None:
            plans.append(plan)

    def _until_left(
        self, step: Loop, before: tuple[Step, ...], leaving: Leaving, after: tuple[Step, ...]
    ) -> Plan | None:
        """A loop with ``break``: its other rounds stand where the first one goes on."""
        first, *others = self._values(step.words)
        kept = dict(self.variables)
        self.variables[step.name] = first
        words = tuple(Word(value) for value in others)
        rest: tuple[Step, ...] = (*after, step._replace(words=words)) if words else after
        plan = self.step(one_of((*before, *chosen(leaving, one_of(rest) if rest else None))))
        self.variables = kept
        return plan

    def _while(self, step: While) -> Plan | None:
        body = without(step.body, "continue")
        if parted(body, "break") is not None:
            self._cannot("shell.unknown-rounds", "How often the loop runs is known only while it runs.")
        plans: list[Plan] = []
        for _ in range(_MAX_ROUNDS):
            holds = self._holds(step.condition)
            if holds is None and not plans:
                return self._waiting(step.condition, body, is_until=step.is_until)
            if holds is None or not self.is_runnable:
                break
            if holds is step.is_until:
                return _in_a_row(plans) or self.step(NOTHING)
            self._add_round(body, plans)
        self._cannot("shell.unknown-rounds", "How often the loop runs is known only while it runs.")
        return None

    def _holds(self, condition: Step) -> bool | None:
        """Whether a comparison of numbers holds; None when it is anything else."""
        if not isinstance(condition, Pipeline) or len(condition.commands) != 1 or condition.is_negated:
            return None
        command = condition.commands[0]
        if len(command.words) != 4 or command.redirects or command.assignments or command.stdin is not None:
            return None
        name, left, sign, right = (self._filled(word) for word in command.words)
        compare = _COMPARED.get(sign)
        if name != "test" or compare is None or not (_WHOLE.fullmatch(left) and _WHOLE.fullmatch(right)):
            return None
        return compare(int(left), int(right))

    def _waiting(self, condition: Step, body: Step, *, is_until: bool) -> Plan | None:
        """``until COMMAND; do sleep 2; done``: bounded by the executor, and no more than a pause between."""
        steps = body.steps if isinstance(body, Row) else (body,)
        self.is_flat = False
        kept, before = dict(self.variables), self._before_loop
        self._before_loop = frozenset(kept)
        self._depth += 1
        asked = self.step(condition)
        self._before = ";"
        done = self.step(body)
        self._depth -= 1
        self.variables, self._before_loop = kept, before
        is_pausing = any(said(step).startswith("sleep ") for step in steps)
        names = {command.words[0].text for line in Script(body=body).pipelines for command in line}
        if not is_pausing or not names <= _PAUSING or asked is None or done is None:
            self._cannot("shell.unknown-rounds", "How often the loop runs is known only while it runs.")
            return None
        return ("while", asked if not is_until else ("not", asked), done)

    # -- case -------------------------------------------------------------------------------------------

    def _case(self, step: Case) -> Plan | None:
        value, bound = self._said_once(step.word)
        if not expansions.has_expansion(value):
            chosen_body = next(
                (body for patterns, body in step.branches if any(_fits(one, value) for one in patterns)), None
            )
            return self.step(chosen_body or NOTHING)
        if FROM_INPUT in value or expansions.has_expansion(without_lines(value)):
            self._cannot("shell.condition", "It is not clear on what the command depends.")
        otherwise: Step = NOTHING
        for patterns, body in reversed(step.branches):
            if any(pattern.regex == ".*" for pattern in patterns):
                otherwise = body or NOTHING
            else:
                otherwise = Choice(_any_of(patterns, value), body or NOTHING, otherwise)
        plan = self.step(otherwise)
        return plan if bound is None or plan is None else ("row", bound, plan)

    def _said_once(self, word: Word) -> tuple[str, Plan | None]:
        """What a word stands for, and what has to run for that, once."""
        number = expansions.only_output(word.text)
        if number is None or self._known(number) is not None:
            return self._filled(word), None
        kept = dict(self.variables)
        bound = self._let(Assignment("0", word))
        value = self.variables.get("0", FROM_INPUT)
        self.variables = kept
        return (value, bound) if bound is not None else (FROM_INPUT, None)


def _in_a_row(plans: list[Plan]) -> Plan | None:
    return None if not plans else plans[0] if len(plans) == 1 else ("row", *plans)


def _fits(pattern: Pattern, value: str) -> bool:
    return re.fullmatch(pattern.regex, value, re.DOTALL) is not None


def _any_of(patterns: tuple[Pattern, ...], value: str) -> Step:
    """A value held against patterns; the letter before both keeps it from being read as a sign."""
    step: Step | None = None
    for pattern in patterns:
        if pattern.literal is not None:
            test = SimpleCommand((Word("test"), Word(f"x{value}"), Word("="), Word(f"x{pattern.literal}")))
        else:
            words = (Word("expr"), Word(f"x{value}"), Word(":"), Word(f"x{pattern.basic}$"))
            test = SimpleCommand(words, (), _UNSEEN)
        one = Pipeline((test,))
        step = one if step is None else Joined(step, "||", one)
    assert step is not None
    return step
