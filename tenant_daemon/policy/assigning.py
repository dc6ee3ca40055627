"""Variables of a line: what is put into them is worked out before it runs, or once, where they stand."""

from abc import abstractmethod

from tenant_daemon.policy.actions import Plan
from tenant_daemon.policy.building import CommandBuilder
from tenant_daemon.policy.outputs import known_output
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.rewrites import only_prints
from tenant_daemon.policy.rounds import ANY, has_own_output, prints_one_line, values_of
from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.script import Assignment, Joined, Pipeline, Step, Word


class VariableJudge(CommandBuilder):
    """Gives variables their values, and loops the words that they go through."""

    @abstractmethod
    def _pipeline(self, step: Pipeline, *, is_fed: bool = False) -> Plan | None:
        """Judge programs that feed each other, and build them."""

    def _dynamic(self, words: tuple[Word, ...]) -> Step | None:
        """The command in ``for x in $(COMMAND)``, when only running it gives its output."""
        number = expansions.bare_output(words[0].text) if len(words) == 1 else None
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

    def _assign(self, step: Assignment) -> Plan | None:
        let = self._let(step)
        if let is not None:
            return let
        value = self._filled(step.word)
        if self._depth:
            self._cannot("shell.condition", f"What {step.name} is depends on how another command ends.")
        if "SECRET_REF" in value or FROM_INPUT in value or expansions.has_expansion(value):
            self._cannot("shell.variable", f"What {step.name} is is known only while it runs.")
        if self._holds_output(step.word):
            self.computed.add(step.name)
        self.variables[step.name] = value
        return None

    def _let(self, step: Assignment) -> Plan | None:
        """``n=$(COMMAND)``: it runs here, once, and what it prints is put in wherever ``$n`` stands."""
        found = expansions.outputs(step.word.text)
        whole = [expansions.output(number, is_bare=is_bare) for number in found for is_bare in (True, False)]
        # In each round of a loop it is another one; one from before the loop would be changed by it.
        depth, before = self._round
        is_certain = not self._depth or (self._depth == depth and step.name not in before)
        if (
            not is_certain
            or len(found) != 1
            or step.word.text not in whole
            or self._known(found[0]) is not None
        ):
            return None
        source = self.script.substitutions[found[0]]
        # `$(grep -c x FILE || echo 0)`
        fallback = source.right if isinstance(source, Joined) and source.connector == "||" else None
        first = source.left if isinstance(source, Joined) and fallback and only_prints(fallback) else source
        if not isinstance(first, Pipeline):
            return None
        outer, self._outer = self._outer, ()
        read = self._pipeline(first)
        commands = self.pipelines[-1] if read is not None else ()
        if read is None or read[0] != "run" or any(map(has_own_output, commands)):
            self._outer = outer
            self._cannot("shell.variable", f"What {step.name} is is known only while it runs.")
            return read
        if fallback is not None:
            self._before = "||"
            other = self.step(fallback)
            assert other is not None
            read, commands = ("or", read, other), ()
        self._outer = outer
        self.is_flat = False
        number = len(self.lines)
        is_one = bool(commands) and prints_one_line(commands)
        self.lines[number] = values_of(self.judge_argv, commands) if is_one else ANY
        self.variables[step.name] = expansions.line_part(number)
        self.computed.add(step.name)
        return ("let", number, read)
