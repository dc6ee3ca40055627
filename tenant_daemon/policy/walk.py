"""Judges every part of a command line in the order in which it runs, and builds the action from it."""

from pathlib import Path
from typing import Final, assert_never

from tenant_daemon.policy.actions import Command, Plan, RunPipelines
from tenant_daemon.policy.filling import TooMuch
from tenant_daemon.policy.finding import Found, found_script
from tenant_daemon.policy.judgement import Judgement
from tenant_daemon.policy.leaving import without_exits
from tenant_daemon.policy.looping import MAX_PIPELINES, NOTHING, LoopJudge
from tenant_daemon.policy.programs.dumps import note_written_out
from tenant_daemon.policy.programs.listings import source_of
from tenant_daemon.policy.programs.masks import masked
from tenant_daemon.policy.programs.setups import note_made_setup
from tenant_daemon.policy.programs.sizes import is_endless
from tenant_daemon.policy.programs.viewers import only_views
from tenant_daemon.policy.rewrites import (
    OUTPUTS,
    RESTATED,
    SHELLS,
    all_of,
    means_nothing,
    once,
    only_prints,
    shell_script,
    spoken,
    stops_at_failure,
    unaliased,
    with_outer,
)
from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.script import (
    ArrayAssignment,
    Assignment,
    Call,
    Case,
    Choice,
    Fed,
    Group,
    Joined,
    Loop,
    Pipeline,
    ReadLoop,
    Redirect,
    Row,
    Script,
    SimpleCommand,
    Step,
    While,
    Word,
)

MAX_STEPS: Final = 400
_ENTERING: Final = frozenset({"cd", "pushd", "popd"})
_UNHEARD: Final = (Redirect("err", Word("/dev/null")),)


class LineJudge(LoopJudge):
    """
    Walks one script.

    A construct of shell language is taken apart here: loops are written out, variables and folders filled in,
    so that only programs with their arguments are left, and when each of them runs (``Plan``).
    """

    _is_viewed = False
    """Whether the line is one request, whose answer is only shown."""

    def judge(self, script: Script) -> Judgement:
        """The judgement of a script without a problem."""
        self.script = script
        assert script.body is not None
        body = without_exits(script.body)
        is_one = isinstance(body, Pipeline) and len(body.commands) == 1
        self.judge_argv.is_only = is_one
        self._is_viewed = not is_one and isinstance(body, Pipeline) and _is_viewed(body)
        try:
            plan = self.step(body)
        except TooMuch:
            self._cannot("shell.too-many", "It has too many parts to be checked.")
            return self.verdict.judgement(None)
        if not self.pipelines and self.has_entered:
            # Every line begins in the workspace: alone it only says whether the folder is there.
            plan = self.step(NOTHING)
        if not self.pipelines:
            self._cannot("shell.nothing", "There is no command in it.")
        if self.judge_argv.looks_for_setup or self.judge_argv.relied_on:
            note_made_setup(self.judge_argv)
        if not self.is_runnable:
            return self.verdict.judgement(None)
        return self.verdict.judgement(self._action(plan))

    def _action(self, plan: Plan | None) -> RunPipelines:
        folders, pipelines = self._folders, tuple(self.pipelines)
        home = self.judge_argv.context.workspace
        cwd = home if folders[0] == self.judge_argv.places.roots.workspace else Path(folders[0])
        if len(folders) > 1 and any(folder != folders[0] for folder in folders):
            cwd = home
            pipelines = tuple(
                tuple(command._replace(cwd=Path(folder)) for command in pipeline)
                for pipeline, folder in zip(pipelines, folders, strict=True)
            )
        return RunPipelines(pipelines, tuple(self.connectors), cwd, None if self.is_flat else plan)

    # -- steps ------------------------------------------------------------------------------------------

    def step(self, step: Step) -> Plan | None:
        """Judge a step and everything in it; when it runs, or None when there is nothing to run."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooMuch
        if isinstance(step, Pipeline):
            name = step.commands[0].words[0].text
            if name == "find" and (found := found_script(step.commands[0])) is not None:
                return self._found(found, step)
            inner = shell_script(step) if name in SHELLS else None
            return self._pipeline(step) if inner is None else self._inner(inner, step)
        if isinstance(step, Joined):
            return self._joined(step)
        if isinstance(step, Row):
            return self._row(step.steps)
        if isinstance(step, Assignment):
            return self._assign(step)
        if isinstance(step, ArrayAssignment):
            return self._assign_array(step)
        if isinstance(step, Call):
            return self._call(step)
        if isinstance(step, Loop):
            return self._loop(step)
        if isinstance(step, Fed):
            return self._fed(step)
        if isinstance(step, ReadLoop):
            return self._each(step.source, step.names, step.separator, step.body, is_apart=step.is_apart)
        if isinstance(step, Choice):
            return self._choice(step)
        if isinstance(step, Case):
            return self._case(step)
        if isinstance(step, While):
            return self._while(step)
        if isinstance(step, Group):
            return self._group(step)
        assert_never(step)

    def _row(self, steps: tuple[Step, ...]) -> Plan | None:
        plans: list[Plan] = []
        for place, step in enumerate(steps):
            if place == 0 and not self._depth and len(steps) > 1 and stops_at_failure(step):
                return self.step(all_of(steps[1:]))
            if len(steps) > 1 and means_nothing(step):
                continue
            if self._moved_at > self._depth:
                self._cannot("shell.lost", "It is not clear in which folder the rest would run.")
            self._before = ";" if plans else self._before
            plan = self.step(step)
            if plan is not None:
                plans.append(plan)
        return None if not plans else plans[0] if len(plans) == 1 else ("row", *plans)

    def _joined(self, step: Joined) -> Plan | None:
        first, *others = _chain(step)
        places = self.judge_argv.places
        folder = places.cwd
        plan = self.step(first)
        kept = self._state()
        for other in others:
            if plan is None:
                # An assignment or `cd`: it comes to pass, or nothing after it runs.
                if step.connector == "||":
                    self._cannot("shell.condition", "What stands after || would hardly ever run.")
                plan = self.step(other)
                kept = self._state()
                continue
            if step.connector == "||" and places.cwd != folder and not only_prints(other):
                self._cannot("shell.lost", "It is not clear in which folder the rest would run.")
            if not isinstance(other, Pipeline):
                self.is_flat = False
            self._before = step.connector
            self._depth += 1
            right = self.step(other)
            self._depth -= 1
            if right is not None:
                plan = ("and" if step.connector == "&&" else "or", plan, right)
        self._agree(kept)
        return plan

    def _choice(self, step: Choice) -> Plan | None:
        self.is_flat = False
        condition = self.step(step.condition)
        kept = self._state()
        self._depth += 1
        self._before = "&&"
        then = self.step(step.then) or self.step(NOTHING)
        self._before = "||"
        after = self._state()
        self._restore(kept)
        otherwise = self.step(step.otherwise) if step.otherwise is not None else None
        self._depth -= 1
        self._agree(after)
        if condition is None:
            self._cannot("shell.condition", "It is not clear on what the command depends.")
            return None
        return ("if", condition, then) if otherwise is None else ("if", condition, then, otherwise)

    def _group(self, step: Group) -> Plan | None:
        places = self.judge_argv.places
        folder, variables, outer = places.cwd, dict(self.variables), self._outer
        left, pushed = self._left, self._pushed
        opened = self._open_for_group(step.redirects)
        plan = self.step(step.body)
        self._outer = outer
        if step.is_subshell:
            places.cwd, self.variables, self._moved_at = folder, variables, 0
            self._left, self._pushed = left, pushed
        if opened is None or plan is None:
            return plan
        self.is_flat = False
        return ("row", opened, plan)

    def _inner(self, script: Script, step: Pipeline) -> Plan | None:
        """A script of its own, which knows nothing of the variables around it."""
        assert script.body is not None
        kept, variables, is_only = self.script, self.variables, self.judge_argv.is_only
        self.script, self.variables, self.judge_argv.is_only = script, {}, False
        body = without_exits(script.body)
        plan = self._group(Group(body, step.commands[0].redirects, is_subshell=True))
        self.script, self.variables, self.judge_argv.is_only = kept, variables, is_only
        if step.is_negated and plan is not None:
            self.is_flat = False
            return ("not", plan)
        return plan

    def _found(self, found: Found, step: Pipeline) -> Plan | None:
        """A script for each file that is found, and what reads all that they print."""
        state, places, moved_at = self._state(), self.judge_argv.places, self._moved_at
        kept, outer, folder = self.script, self._outer, places.cwd
        self.script, self.variables, self._outer = found.script, {}, outer if len(step.commands) == 1 else ()
        plan = self._each(found.source, (found.name,), "", found.body, is_apart=True)
        self.script, self._outer, places.cwd, self._moved_at = kept, outer, folder, moved_at
        self._restore(state)
        if step.is_negated:
            self._cannot("shell.condition", "It is not clear on what the command depends.")
        if len(step.commands) == 1 or plan is None:
            return plan
        self._before = ";"
        is_fed, self._is_fed = self._is_fed, True
        reading = self.step(Pipeline(step.commands[1:]))
        self._is_fed = is_fed
        return plan if reading is None else ("into", plan, reading)

    def _open_for_group(self, redirects: tuple[Redirect, ...]) -> Plan | None:
        """One file for all of a group: it is emptied first, then each command appends to it."""
        opened: Plan | None = None
        kept: list[Redirect] = []
        for redirect in redirects:
            kind = redirect.kind
            if kind in ("in", "aside") or (kind in OUTPUTS and any(r.kind in OUTPUTS for r in kept)):
                self._cannot("shell.redirection", "A redirection is not clear.")
            elif kind in ("out", "both"):
                opened = self._pipeline(
                    Pipeline((SimpleCommand((Word("true"),), (), (Redirect("out", redirect.target),)),))
                )
                kept.append(Redirect("append", redirect.target))
                if kind == "both":
                    kept.append(Redirect("merge", Word("1")))
            else:
                kept.append(redirect)
        self._outer = (*kept, *self._outer)
        return opened

    def _fed(self, step: Fed) -> Plan | None:
        """The output of a loop or a group goes into others, which cannot know what comes in."""
        self.is_flat = False
        outer, self._outer = self._outer, ()
        kept = self._state()
        source = self.step(step.source)
        self._restore(kept)
        self._outer = outer
        self._before = ";"
        target = step.target
        if isinstance(target, Pipeline):
            first = target.commands[0]
            if first.stdin is not None or any(redirect.kind == "in" for redirect in first.redirects):
                self._cannot("shell.two-inputs", "A command has two inputs.")
        is_fed, self._is_fed = self._is_fed, True
        plan = self.step(target)
        self._is_fed = is_fed
        return plan if source is None or plan is None else ("into", source, plan)

    # -- pipelines --------------------------------------------------------------------------------------

    def _from_part(self, commands: tuple[SimpleCommand, ...]) -> tuple[SimpleCommand, ...]:
        """``wc -l < "$f"`` in a loop over files as ``cat "$f" | wc -l``."""
        first, *rest = commands
        files = [redirect for redirect in first.redirects if redirect.kind == "in"]
        is_part = len(files) == 1 and any(
            expansions.line_parts(self.variables.get(name, ""))
            for name in expansions.names(files[0].target.text)
        )
        if not is_part or first.stdin is not None:
            return commands
        others = tuple(redirect for redirect in first.redirects if redirect.kind != "in")
        source = SimpleCommand((Word("cat"), files[0].target))
        return (source, first._replace(redirects=others), *rest)

    def _into_part(self, commands: tuple[SimpleCommand, ...]) -> tuple[SimpleCommand, ...]:
        """``cat a > "$f"`` in a loop over names as ``cat a | tee "$f" > /dev/null``."""
        *before, last = commands
        outs = [redirect for redirect in last.redirects if redirect.kind in OUTPUTS]
        if len(outs) != 1 or outs[0].target.is_glob or not expansions.has_expansion(outs[0].target.text):
            return commands
        kind, target = outs[0]
        if not expansions.line_parts(self._filled(target)):
            return commands
        others = tuple(redirect for redirect in last.redirects if redirect is not outs[0])
        if kind == "both":
            others = (*others, Redirect("merge", Word("1")))
        flags = (Word("-a"),) if kind == "append" else ()
        passing = SimpleCommand((Word("tee"), *flags, target), (), (Redirect("out", Word("/dev/null")),))
        return (*before, last._replace(redirects=others), passing)

    def _pipeline(self, step: Pipeline) -> Plan | None:
        is_fed = self._is_fed
        commands = step.commands
        name = commands[0].words[0].text
        if name in RESTATED:
            commands = spoken(once(unaliased(commands)))
        elif name in _ENTERING and len(commands) == 1 and not step.is_negated and self._enter(commands[0]):
            return None
        if commands[0].redirects:
            commands = self._from_part(commands)
        last = commands[-1]
        commands = self._into_part(commands) if last.redirects else commands
        is_passed_on = commands[-1] is not last
        if len(self.pipelines) > MAX_PIPELINES:
            self._cannot("shell.too-many", "It has too many parts to be checked.")
            return None
        if self._outer:
            commands = with_outer(commands, self._outer)
        judge = self.judge_argv
        built: list[Command] = []
        judge.output = self._output_of(commands[-1]) if commands[-1].redirects else ""
        for index, command in enumerate(commands):
            is_bare = not command.redirects or command.redirects == _UNHEARD
            judge.is_alone = (judge.is_only or (self._is_viewed and not index)) and is_bare and not is_fed
            judge.upstream = list(built[-1].argv) if built else ["", "of a loop"] if is_fed else []
            judge.listing = judge.upstream
            if built and command.words[0].text == "xargs":
                judge.listing = source_of([one.argv for one in built])
            judge.input_file = _input_of(command) if command.redirects else ""
            if command.redirects or command.stdin is not None:
                self._check_joints(command, index, len(commands) - 1)
            made = self._command(command)
            if is_passed_on and index == len(commands) - 1:
                made = made._replace(is_mask=True)
            if judge.mask:
                built.extend(masked(made, judge.mask))
            else:
                built.append(made)
        if judge.writes_database_out:
            note_written_out(judge, built)
        if judge.is_forever or is_endless(built):
            self._cannot("size.endless", "It would never end.")
        if self.pipelines:
            self.connectors.append(self._before)
        self.pipelines.append(tuple(built))
        self._folders.append(judge.places.cwd)
        plan: Plan = ("run", len(self.pipelines) - 1)
        if step.is_negated:
            self.is_flat = False
            return ("not", plan)
        return plan


def _input_of(command: SimpleCommand) -> str:
    """The file that a redirection gives a program to read, as it is written; empty when there is none."""
    return next((redirect.target.text for redirect in command.redirects if redirect.kind == "in"), "")


def _is_viewed(step: Pipeline) -> bool:
    """Whether the answer of a request goes to nothing but programs that show it."""
    first, *others = step.commands
    return first.words[0].text == "curl" and all(map(only_views, others))


def _chain(step: Joined) -> tuple[Step, ...]:
    """The steps of ``a && b && c``, of which each runs only after those before it came off."""
    left, connector, right = step
    if connector == "&&" and isinstance(left, Joined) and left.connector == "&&":
        return (*_chain(left), right)
    return (left, right)
