"""Variables of a line: what is put into them is worked out before it runs, or once, where they stand."""

import os
from abc import abstractmethod
from typing import Final, TypeVar

from tenant_daemon.policy.actions import Plan
from tenant_daemon.policy.building import CommandBuilder
from tenant_daemon.policy.leaving import without
from tenant_daemon.policy.outputs import base_name, known_output
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.rewrites import only_prints
from tenant_daemon.policy.rounds import ANY, has_own_output, prints_one_line, values_of
from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.script import (
    ArrayAssignment,
    Assignment,
    Call,
    Group,
    Joined,
    Pipeline,
    SimpleCommand,
    Step,
    Word,
)
from tenant_daemon.policy.temporary import temporary_of

MAX_ELEMENTS: Final = 60
_KEPT: Final = "0kept"
"""No name of a variable: what a command prints is kept under it for a moment."""
_Value = TypeVar("_Value")
State = tuple[dict[str, str], dict[str, list[str]], dict[str, bool]]


class VariableJudge(CommandBuilder):
    """Gives variables their values, and loops the words that they go through."""

    @abstractmethod
    def _pipeline(self, step: Pipeline) -> Plan | None:
        """Judge programs that feed each other, and build them."""

    def _dynamic(self, words: tuple[Word, ...]) -> Step | None:
        """The command in ``for x in $(COMMAND)``, when only running it gives its output."""
        if len(words) != 1:
            return None
        number = expansions.bare_output(words[0].text)
        return (
            None if number is None or self._known(number) is not None else self.script.substitutions[number]
        )

    def _values(self, words: tuple[Word, ...]) -> list[str]:
        values: list[str] = []
        for word in words:
            number = expansions.bare_output(word.text)
            known = None if number is None else self._known(number)
            if known is not None:
                values.extend(known.split())
            else:
                values.extend(self._argument(word, words))
        if any(FROM_INPUT in value or expansions.has_expansion(value) for value in values):
            self._cannot("shell.unknown-rounds", "What the loop goes through is known only while it runs.")
        return values

    def _known(self, number: int) -> str | None:
        return known_output(self.script.substitutions[number], self._filled, self.judge_argv.context.now)

    def _check_rounds(self, name: str) -> None:
        """A loop's body is judged once: what is from before the loop cannot be another one in each round."""
        if name in self._before_loop and name not in self._locals:
            self._cannot("shell.condition", f"What {name} is changes from round to round.")

    def _assign(self, step: Assignment) -> Plan | None:
        if step.is_local:
            self._locals.add(step.name)
        let = self._let(step)
        if let is not None:
            return let
        word, before = self._with_kept(step.word)
        value = self._filled(word)
        self._check_rounds(step.name)
        if "SECRET_REF" in value or FROM_INPUT in value or expansions.has_expansion(without_lines(value)):
            self._cannot("shell.variable", f"What {step.name} is is known only while it runs.")
        if self._holds_output(step.word):
            self.computed.add(step.name)
        self.variables[step.name] = value
        return None if not before else before[0] if len(before) == 1 else ("row", *before)

    def _with_kept(self, word: Word) -> tuple[Word, list[Plan]]:
        """``a/$(COMMAND).txt``: what the command prints is kept, and its place filled with that."""
        plans: list[Plan] = []
        text = word.text
        for number in expansions.outputs(text):
            source = self.script.substitutions[number]
            if self._known(number) is not None or base_name(source, self._filled) is not None:
                continue
            plan = self._keep(_KEPT, source)
            if plan is None:
                continue
            plans.append(plan)
            for is_bare in (True, False):
                text = text.replace(expansions.output(number, is_bare=is_bare), self.variables[_KEPT])
        self.variables.pop(_KEPT, None)
        return (word._replace(text=text), plans) if plans else (word, plans)

    def _let(self, step: Assignment) -> Plan | None:
        """``n=$(COMMAND)``: it runs here, once, and what it prints is put in wherever ``$n`` stands."""
        number = expansions.only_output(step.word.text)
        if number is None or self._known(number) is not None:
            return None
        self._check_rounds(step.name)
        made = self._make_temporary(step.name, self.script.substitutions[number])
        return self._keep(step.name, self.script.substitutions[number]) if made is None else made

    def _make_temporary(self, name: str, source: Step) -> Plan | None:
        """``tmp=$(mktemp)``: the name is known from now on."""
        places = self.judge_argv.places
        found = temporary_of(
            source,
            text_of=self._filled,
            home=places.roots.workspace,
            is_taken=lambda path: path in self.temporary or os.path.lexists(places.resolve(path).path),
        )
        if found is None:
            return None
        self.temporary.add(found.path)
        making = Word("mkdir" if found.is_folder else "touch")
        self.variables[name] = found.path
        return self.step(Pipeline((SimpleCommand((making, Word(found.path))),)))

    def _keep(self, name: str, source: Step) -> Plan | None:
        """Run it here, and put what it prints into a variable; None when that is not possible."""
        # `$(grep -c x FILE || echo 0)`
        fallback = source.right if isinstance(source, Joined) and source.connector == "||" else None
        first = source.left if isinstance(source, Joined) and fallback and only_prints(fallback) else source
        if not isinstance(first, Pipeline):
            return self._keep_list(name, source)
        outer, self._outer = self._outer, ()
        read = self._pipeline(first)
        commands = self.pipelines[-1] if read is not None else ()
        if read is None or read[0] != "run" or any(map(has_own_output, commands)):
            self._outer = outer
            self._cannot("shell.variable", f"What {name} is is known only while it runs.")
            return read
        if fallback is not None:
            self._before = "||"
            other = self.step(fallback)
            assert other is not None
            read, commands = ("or", read, other), ()
        self._outer = outer
        self.is_flat = False
        number = len(self.lines)
        values = values_of(self.judge_argv, commands) if commands else ANY
        # Several names that docker has given are none together, and docker says so.
        is_one = bool(commands) and (values.kind == "docker" or prints_one_line(commands))
        self.lines[number] = values if is_one else ANY
        self.many_lines[number] = values
        self.variables[name] = expansions.line_part(number)
        self.computed.add(name)
        return ("let", number, read)

    def _keep_list(self, name: str, source: Step) -> Plan | None:
        """``$(cd website && git branch)``: the same of several commands, in a process of their own."""
        if not isinstance(source, Joined):
            return None
        outer, self._outer = self._outer, ()
        count = len(self.pipelines)
        plan = self.step(Group(source, is_subshell=True))
        self._outer = outer
        if plan is None or any(has_own_output(one) for line in self.pipelines[count:] for one in line):
            self._cannot("shell.variable", f"What {name} is is known only while it runs.")
            return plan
        self.is_flat = False
        number = len(self.lines)
        self.lines[number] = self.many_lines[number] = ANY
        self.variables[name] = expansions.line_part(number)
        self.computed.add(name)
        return ("let", number, plan)

    # -- what may have happened -------------------------------------------------------------------------

    def _state(self) -> State:
        """What the line's variables are at this place."""
        return dict(self.variables), dict(self.arrays), dict(self.open_arrays)

    def _restore(self, state: State) -> None:
        variables, arrays, open_arrays = state
        self.variables, self.arrays, self.open_arrays = dict(variables), dict(arrays), dict(open_arrays)

    def _agree(self, state: State) -> None:
        """Forget each variable that is another one in ``state``: nobody knows which it is by then."""
        variables, arrays, open_arrays = state
        _keep_same(self.variables, variables)
        _keep_same(self.arrays, arrays)
        _keep_same(self.open_arrays, open_arrays)

    # -- arrays and functions ---------------------------------------------------------------------------

    def _assign_array(self, step: ArrayAssignment) -> Plan | None:
        """``files=(a b)``, or an array of what a command prints, whose elements are known while it runs."""
        name = step.name
        self._check_rounds(name)
        dynamic = None if step.is_more else self._dynamic(step.words)
        if dynamic is not None:
            plan = self._keep(name, dynamic)
            if plan is None:
                self._cannot("shell.variable", f"What {name} is is known only while it runs.")
            self.arrays.pop(name, None)
            self.open_arrays[name] = step.is_of_lines
            self.variables[f"{name}[#]"] = expansions.variable(f"{name}[#]")
            return plan
        if step.is_more and name not in self.arrays:
            self._cannot("shell.variable", f"The variable {name} has no value at this place.")
        if any(self._holds_output(word) for word in step.words):
            self.computed.add(name)
        if any(map(self._is_all, step.words)):
            self.whole_folders.add(name)
        elements = [*(self.arrays.get(name, ()) if step.is_more else ()), *self._values(step.words)]
        if any("SECRET_REF" in element for element in elements) or len(elements) > MAX_ELEMENTS:
            self._cannot("shell.variable", f"What {name} is is known only while it runs.")
        self._set_array(name, elements)
        return None

    def _set_array(self, name: str, elements: list[str]) -> None:
        for key in [key for key in self.variables if key.startswith(f"{name}[")]:
            del self.variables[key]
        self.open_arrays.pop(name, None)
        self.arrays[name] = elements
        self.variables |= {f"{name}[{at}]": element for at, element in enumerate(elements)}
        self.variables[f"{name}[#]"] = str(len(elements))
        self.variables[f"{name}[*]"] = " ".join(elements)
        if elements:
            self.variables[name] = elements[0]

    def _call(self, step: Call) -> Plan | None:
        """A function's body, judged with what it is called with."""
        kept, arrays, locals_ = dict(self.variables), dict(self.arrays), self._locals
        self._locals = set()
        plans: list[Plan] = []
        values: list[str] = []
        self._check_deletion(step.words, step.body)
        if any(map(self._is_all, step.words)):
            self.whole_folders.add("0")
        for word in step.words:
            plan = self._bind(word, values)
            if plan is not None:
                plans.append(plan)
        called = {str(at): value for at, value in enumerate(values, 1) if at < 10}
        for name in "123456789":
            self.variables.pop(name, None)
        self._set_array("0", values)
        self.variables |= called
        plan = self.step(without(step.body, "return"))
        gone = self._locals | {"0", *"123456789"}
        self._locals = locals_
        _put_back(self.variables, kept, gone)
        _put_back(self.arrays, arrays, gone)
        if plan is not None:
            plans.append(plan)
        return None if not plans else plans[0] if len(plans) == 1 else ("row", *plans)

    def _bind(self, word: Word, values: list[str]) -> Plan | None:
        """Work out what a word stands for at this place, once; what has to run for that."""
        if self._holds_output(word):
            self.computed.update("0123456789")
        number = expansions.only_output(word.text)
        if number is None or self._known(number) is not None:
            found = self._values((word,)) if word.is_glob else self._elements(word)
            values.extend([self._filled(word)] if found is None else found)
            if values and expansions.has_expansion(without_lines(values[-1])):
                self._cannot("shell.substitution", "A part of the command is known only while it runs.")
            return None
        plan = self._keep("0", self.script.substitutions[number])
        if plan is None:
            self._cannot("shell.substitution", "A part of the command is known only while it runs.")
        values.append(self.variables.get("0", FROM_INPUT))
        return plan


def without_lines(text: str) -> str:
    """The text without parts of lines that a loop reads, which may stand in a variable."""
    return expansions.LINE.sub("", text) if expansions.has_expansion(text) else text


def _keep_same(now: dict[str, _Value], then: dict[str, _Value]) -> None:
    for name in [name for name in now if name not in then or then[name] != now[name]]:
        del now[name]


def _put_back(now: dict[str, _Value], before: dict[str, _Value], names: set[str]) -> None:
    for name in [name for name in now if _base(name) in names]:
        del now[name]
    now.update({name: before[name] for name in before if _base(name) in names})


def _base(name: str) -> str:
    return name.partition("[")[0]
