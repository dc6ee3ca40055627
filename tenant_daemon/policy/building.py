"""Single commands of a line: words filled in, judged, and ready to run."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import Command, Plan, RunPipelines
from tenant_daemon.policy.judgement import PolicyContext
from tenant_daemon.policy.outputs import base_name, known_output, says_nothing_new, server_variables
from tenant_daemon.policy.paths.names import may_name_app_secrets, may_name_secrets
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.programs.all_kinds import CommandJudge
from tenant_daemon.policy.programs.variables import judge_assignment
from tenant_daemon.policy.rewrites import DELETERS, OUTPUTS, place_of, with_written
from tenant_daemon.policy.rounds import (
    Values,
    are_of_docker,
    checked_word,
    docker_word,
    has_own_output,
    judged_word,
    may_delete,
    prints_docker_ids,
    prints_one_line,
    values_of,
)
from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.globs import TooManyFiles, expand
from tenant_daemon.policy.shell.references import show
from tenant_daemon.policy.shell.script import Pipeline, Redirect, Script, SimpleCommand, Step, Word
from tenant_daemon.policy.verdict import Verdict

MAX_WORD: Final = 16_384
_EVERYTHING: Final = re.compile(r"[.?]*\*[.?*]*")
_GLOB: Final = frozenset("*?[")
_UNHEARD: Final = ("err", "/dev/null")
_PRINTERS: Final = frozenset({"echo", "printf", "test", "basename", "dirname", "expr"})
_SPEAKERS: Final = _PRINTERS - {"test"}
_WRITING_NOTHING: Final = frozenset({"echo", "ls", "wc", "true", "test"})
_COMPARERS: Final = frozenset(
    {
        "diff",
        "comm",
        "cmp",
        "colordiff",
        "sdiff",
        "paste",
        "join",
        "cat",
        "wc",
        "grep",
        "head",
        "tail",
        "nl",
        "sort",
        "uniq",
        "cut",
        "column",
        "tac",
    }
)
"""Programs that only read the files that they are given, whatever is in them."""
_LISTERS: Final = frozenset({"ls", "stat", "du", "file", "dir"})
# Programs look for settings of their own at home, and some of those run code. An unpacked archive can bring
# such files into the workspace, so home is nowhere, and where nobody can make it: not even root in ``/proc``.
NO_HOME: Final = "/proc/nonexistent"


class TooMuch(Exception):
    """The line comes to more than can be checked in a few milliseconds."""


class CommandBuilder(ABC):
    """
    Builds single commands from parsed ones: fills their words in, judges them, resolves their redirections.

    Attributes:
        variables: The line's own variables at this place.
        computed: Those with the output of a command in them.
        lines: What is known of the parts of lines that loops read, by their numbers.
        is_runnable: False once something was found that no action can be built from.
    """

    script: Script
    is_runnable = True
    is_flat = True
    _steps = 0
    _before = ";"
    _depth = 0
    """How many conditions stand around this step."""
    _before_loop: frozenset[str] = frozenset()
    """The variables from before the loop whose body is judged once for all rounds."""
    written: Mapping[str, str] = MappingProxyType({})
    """Files that the line itself has written, and what is in them."""
    _moved_at = 0
    """The depth at which a ``cd`` happened that may not have happened."""
    _outer: tuple[Redirect, ...] = ()
    _is_fed = False
    """Whether the step reads what a loop or a group before it prints."""
    _is_taking = False
    """Whether a word is filled in that may hold what another command prints."""
    _is_bare = False

    def __init__(self, context: PolicyContext) -> None:
        self.verdict = Verdict()
        self.judge_argv = CommandJudge(context, self.verdict)
        self.pipelines: list[tuple[Command, ...]] = []
        self.connectors: list[str] = []
        self._folders: list[str] = []
        """Where each pipeline runs."""
        self.variables: dict[str, str] = {}
        self.computed: set[str] = set()
        self.lines: dict[int, Values] = {}
        self.many_lines: dict[int, Values] = {}
        """The same of each single line, where several were kept."""
        self.arrays: dict[str, list[str]] = {}
        self.open_arrays: dict[str, bool] = {}
        """Arrays that are known while it runs, and whether each of their elements is a line."""
        self.whole_folders: set[str] = set()
        """Arrays with everything in a folder."""
        self._locals: set[str] = set()
        self._captures: list[RunPipelines] = []

    @abstractmethod
    def step(self, step: Step) -> Plan | None:
        """Judge a step and everything in it; when it runs, or None when there is nothing to run."""

    def _output_of(self, command: SimpleCommand) -> str:
        target = next((r.target for r in command.redirects if r.kind in OUTPUTS), None)
        return "" if target is None else self._filled(target)

    def _check_joints(self, command: SimpleCommand, index: int, last: int) -> None:
        kinds = [redirect.kind for redirect in command.redirects]
        has_input = "in" in kinds
        if (index and (has_input or command.stdin is not None)) or (has_input and command.stdin is not None):
            self._cannot("shell.two-inputs", "A command has two inputs.")
        if index < last and any(kind in OUTPUTS for kind in kinds):
            self._cannot("shell.two-outputs", "A command has two outputs.")
        if "aside" in kinds and (len(kinds) > 1 or index < last):
            self._cannot("shell.redirection", "A redirection is not clear.")

    def _enter(self, command: SimpleCommand) -> bool:
        """``cd FOLDER``: what comes after it is judged, and runs, in that folder."""
        if len(command.words) > 2 or command.assignments or command.stdin is not None:
            return False
        if any((redirect.kind, redirect.target.text) != _UNHEARD for redirect in command.redirects):
            return False
        places = self.judge_argv.places
        if len(command.words) == 1:
            places.cwd = places.roots.workspace
        else:
            word = command.words[1]
            text = self._filled(word)
            if word.is_glob or "SECRET_REF" in text or text.startswith("-") or _is_open(text) or not text:
                return False
            places.cwd = places.list(text).path
        if self._depth:
            self._moved_at = self._depth
        return True

    def _command(self, command: SimpleCommand) -> Command:
        judge = self.judge_argv
        argv: list[str] = []
        captures, self._captures = self._captures, []
        is_plain = True
        for word in command.words:
            text, is_glob, _ = word
            if not is_glob and text.isascii():
                argv.append(text)
            else:
                is_plain = False
                argv.extend(self._argument(word, command.words))
        judge.stdin_text = None if command.stdin is None else self._input(command.stdin, argv)
        taken, self._captures = tuple(self._captures), captures
        if self.written and argv[0] == "curl":
            argv = with_written(argv, {f"@{name}": text for name, text in self._written_here()})
        judged = argv
        if not is_plain and any(map(expansions.has_expansion, argv)):
            if argv[0] not in _SPEAKERS and self.lines:
                argv = [checked_word(judge, text, self.lines) for text in argv]
            judged = self._without_outputs(argv, taken)
        takes_output = judged is not argv or bool(taken)
        if judge.stdin_text is not None and expansions.has_expansion(judge.stdin_text):
            takes_output = True
        judge.places.is_unsettled |= judge.places.brings_links
        judge.env, judge.inserted, judge.mask, judge.lookups, judge.is_forever = (), (), (), 0, False
        judge.needs_network = judge.needs_local = judge.needs_server = False
        env = []
        for name, word in command.assignments:
            value = show(self._filled(word))
            if _is_open(value):
                self._cannot("shell.variable", f"What {name} is is known only while it runs.")
            judge_assignment(self.verdict, name, value)
            env.append((name, value))
        if not argv:
            self._cannot("shell.nothing", "There is no command in it.")
            argv = ["true"]
        judge.judge(judged)
        judge.before.append(argv[0])
        if judge.needs_network and not is_plain and any(map(self._holds_output, command.words)):
            self.verdict.note(
                Tier.YELLOW,
                "shell.computed-address",
                "Sends what it has found out on this server to another computer.",
                risk="Data could leave the server.",
                external=True,
                unknown=True,
            )
        redirects: list[Redirect] = []
        if command.redirects:
            redirects = [self._redirect(one) for one in command.redirects if one.kind != "aside"]
            judge.redirects(redirects)
        if self.written or judge.stdin_text is not None:
            self._note_written(argv, redirects)
        whole = self._with_inserted(argv) if judge.inserted else tuple(argv)
        built = self._with_redirects(redirects, whole, (("HOME", NO_HOME), *env, *judge.env))
        return built._replace(captures=taken, takes_output=True) if takes_output else built

    def _note_written(self, argv: list[str], redirects: list[Redirect]) -> None:
        """Remember what ``cat > FILE <<E`` has written, until something else could have changed it."""
        text = self.judge_argv.stdin_text
        if argv != ["cat"] or text is None or [redirect.kind for redirect in redirects] != ["out"]:
            if self.written and (redirects or argv[0] not in _WRITING_NOTHING):
                self.written = {}
        elif not self._depth and not expansions.has_expansion(text):
            place = self.judge_argv.places.resolve(redirects[0].target.text)
            self.written = {**self.written, place.path: text}

    def _written_here(self) -> list[tuple[str, str]]:
        """The same, each file by its names in this folder."""
        folder = self.judge_argv.places.cwd
        inner = [(path.removeprefix(f"{folder}/"), text) for path, text in self.written.items()]
        return [*self.written.items(), *inner, *((f"./{name}", text) for name, text in inner)]

    def _without_outputs(self, argv: list[str], captures: tuple[RunPipelines, ...]) -> list[str]:
        """
        The arguments with ``FROM_INPUT`` for what is known only while it runs.

        What comes out may be anything, also a flag. So only what prints words takes it, or docker itself when
        they are the names that docker has given.
        """
        are_ids = all(prints_docker_ids(capture) for capture in captures) and all(
            are_of_docker(text, self.lines) for text in argv
        )
        is_docker = argv[0] == "docker" and are_ids and not any(map(expansions.has_expansion, argv[:2]))
        is_known = not may_delete(argv)
        # A file that is no name: every one of these programs takes it for its input.
        argv = ["-" if expansions.file_number(text) is not None else text for text in argv]
        known = [self._judged(text, captures, argv) if is_known else _settled(text) for text in argv]
        if argv[0] not in _PRINTERS and not is_docker and None in known:
            self._cannot("shell.substitution", "A part of the command is known only while it runs.")
        if any(expansions.has_expansion(text) for text in argv[:1]):
            self._cannot("shell.substitution", "Which program it is is known only while it runs.")
        if is_docker:
            named = [docker_word(text, captures, self.lines) for text in argv]
            known = [own if own is not None else other for own, other in zip(known, named, strict=True)]
        return [FROM_INPUT if text is None else text for text in known]

    def _judged(self, text: str, captures: tuple[RunPipelines, ...], argv: list[str]) -> str | None:
        """The word itself, a file that stands for what a loop or ``$(find ...)`` finds, or None."""
        if not expansions.has_expansion(text):
            return text
        whole = expansions.only_output(text)
        if whole is not None and len(captures[whole].pipelines) == 1:
            commands = captures[whole].pipelines[0]
            # Between quotes several lines would be one name.
            is_plain = expansions.bare_output(text) is not None or prints_one_line(commands)
            return (values_of(self.judge_argv, commands, argv).path or None) if is_plain else None
        return judged_word(self.judge_argv, text, self.lines)

    def _input(self, word: Word, argv: list[str]) -> str:
        """The text of a here-document; only what passes it on as it is may be given what others print."""
        self._is_taking, self._is_bare = argv[:1] in (["cat"], ["tee"]), False
        text = show(self._filled(word))
        is_taken, self._is_taking = self._is_taking, False
        if "SECRET_REF(" in text or FROM_INPUT in text or (expansions.has_expansion(text) and not is_taken):
            self._cannot("shell.input", "What the command would read cannot be checked.")
        return text

    def _with_inserted(self, argv: list[str]) -> tuple[str, ...]:
        judge = self.judge_argv
        at = place_of(argv, judge.inserted_into)
        if at is None:
            self._cannot("command.wrapped", "Wrapped into another program it cannot be made safe.")
            return tuple(argv)
        return (*argv[: at + 1], *judge.inserted, *argv[at + 1 :])

    def _argument(self, word: Word, words: tuple[Word, ...]) -> list[str]:
        """What a word stands for: itself, or the names of the files that a pattern matches."""
        number = expansions.file_number(word.text)
        if number is not None:
            return [self._file(number, words)]
        elements = self._elements(word)
        if elements is not None:
            if self._is_all(word) and any(one.text.rpartition("/")[2] in DELETERS for one in words):
                self._note_delete_all()
            return [show(element) for element in elements]
        self._is_taking, self._is_bare = True, expansions.bare_output(word.text) is not None
        text = show(self._filled(word))
        self._is_taking = False
        if not word.is_glob:
            return [text] if text or expansions.bare_output(word.text) is None else []
        if word.text is not text and expansions.has_expansion(word.text) and not self._is_plain_part(word):
            self._cannot("shell.pattern", "A pattern for file names has a part that is not clear.")
        try:
            names = expand(text, self.judge_argv.places.cwd)
        except TooManyFiles:
            names = []
            self._cannot("shell.too-many-files", f"“{text}” stands for more files than can be checked.")
        if any(map(expansions.is_odd, names)) or expansions.has_expansion(text):
            self._cannot("shell.pattern", "A pattern for file names has a part that is not clear.")
        if any(name.startswith("-") for name in names):
            # A file called `-rf` must not become a flag.
            names = [f"./{name}" if name.startswith("-") else name for name in names]
        workspace = self.judge_argv.places.roots.workspace
        if self._is_everything(text) and any(
            self._filled(other).rpartition("/")[2] in DELETERS for other in words
        ):
            self._note_delete_all()
        is_of_apps = text.startswith("/") and not text.startswith((f"{workspace}/", "/var/log/"))
        is_meant = may_name_secrets(text) or (is_of_apps and may_name_app_secrets(text))
        if not names and is_meant and words[0].text not in _LISTERS:
            self.verdict.note(
                Tier.CRITICAL_RED,
                "path.secret",
                f"“{text}” is made to find files that hold secrets.",
                unknown=True,
            )
        return names or [text]

    def _elements(self, word: Word) -> list[str] | None:
        """The elements of the array that the whole word is."""
        name = expansions.whole_array(word.text) if expansions.has_expansion(word.text) else None
        return None if name is None else self.arrays.get(name)

    def _is_everything(self, pattern: str) -> bool:
        """Whether a pattern stands for all there is, here or in the workspace: ``*``, ``docs/../*``."""
        folder, _, name = pattern.rstrip("/").rpartition("/")
        places = self.judge_argv.places
        return _EVERYTHING.fullmatch(name) is not None and (
            folder in ("", ".") or places.resolve(folder).path == places.roots.workspace
        )

    def _is_all(self, word: Word) -> bool:
        """Whether a word stands for everything in a folder, also by way of an array."""
        if word.is_glob:
            return self._is_everything(word.text)
        return bool(self.whole_folders) and expansions.whole_array(word.text) in self.whole_folders

    def _check_deletion(self, words: tuple[Word, ...], step: Step) -> None:
        """Note when everything in a folder is handed to a step in which something may be deleted."""
        if any(map(self._is_all, words)) and self._may_delete(step):
            self._note_delete_all()

    def _may_delete(self, step: Step) -> bool:
        """Whether a program that deletes files may stand anywhere in it."""
        commands = [command for pipeline in Script(body=step).pipelines for command in pipeline]
        return any(
            word.text.rpartition("/")[2] in DELETERS or expansions.has_expansion(command.words[0].text)
            for command in commands
            for word in command.words
        )

    def _note_delete_all(self) -> None:
        self.verdict.note(
            Tier.CRITICAL_RED,
            "path.delete-all",
            "Deletes everything in the folder.",
            risk="Everything in it is gone for good.",
        )

    def _is_plain_part(self, word: Word) -> bool:
        """Whether what is filled into a pattern has no signs of a pattern itself."""
        signs = sum(char in _GLOB for char in word.text)
        return sum(char in _GLOB for char in self._filled(word)) == signs

    def _filled(self, word: Word) -> str:
        """The word with our own expansions done; what cannot be known is ``FROM_INPUT``."""
        text = word.text
        if not expansions.has_expansion(text):
            return text
        places = self.judge_argv.places
        try:
            text = expansions.fill(
                text,
                home=places.roots.workspace,
                folder=places.cwd,
                variables=server_variables(places.roots.workspace) | self.variables,
                output_of=self._output,
            )
        except expansions.Unknown as unknown:
            self._cannot("shell.variable", f"The variable {unknown} has no value at this place.")
            return FROM_INPUT
        if self.open_arrays:
            text = expansions.fill_counts(text, self._counted)
        if len(text) > MAX_WORD:
            raise TooMuch
        return text

    def _output(self, number: int) -> str:
        step = self.script.substitutions[number]
        known = known_output(step, self._filled, self.judge_argv.context.now)
        if known is not None:
            return known
        name = base_name(step, self._filled)
        return self._place(step) if name is None else name

    def _place(self, step: Step) -> str:
        """The placeholder for what a step prints, put in while the command runs."""
        capture = self._capture(step)
        if not self._is_taking:
            self._cannot("shell.substitution", "A part of the command is known only while it runs.")
            return FROM_INPUT
        self._captures.append(capture)
        place = len(self._captures) - 1
        return expansions.output(place, is_bare=self._is_bare)

    def _counted(self, name: str) -> str:
        """How many elements an array has that is known while it runs."""
        printed = SimpleCommand((Word("printf"), Word("%s\\n"), Word(self.variables[name])))
        counting = ("grep", "-c", ".") if self.open_arrays[name] else ("wc", "-w")
        return self._place(Pipeline((printed, SimpleCommand(tuple(map(Word, counting))))))

    def _file(self, number: int, words: tuple[Word, ...]) -> str:
        """``<(COMMAND)``: a file with what the command prints, for programs that only read it."""
        if words[0].text not in _COMPARERS:
            self._cannot("shell.substitution", "A part of the command is known only while it runs.")
        self._captures.append(self._capture(self.script.substitutions[number]))
        return expansions.output_file(len(self._captures) - 1)

    def _capture(self, step: Step) -> RunPipelines:
        """Judge what stands in ``$(...)``, which counts as much as the rest, and build it."""
        kept = (self.pipelines, self.connectors, self._folders, self.is_flat, self._before, self._outer)
        state = (self._depth, self._moved_at, self._captures, self._is_taking, self._is_bare)
        places = self.judge_argv.places
        folder, variables, is_only = places.cwd, dict(self.variables), self.judge_argv.is_only
        self.pipelines, self.connectors, self._folders, self.is_flat = [], [], [], True
        self._before, self._outer, self._captures, self.judge_argv.is_only = ";", (), [], False
        plan = self.step(step)
        pipelines = tuple(
            tuple(command._replace(cwd=Path(where)) for command in pipeline)
            for pipeline, where in zip(self.pipelines, self._folders, strict=True)
        )
        built = RunPipelines(pipelines, tuple(self.connectors), Path(folder), None if self.is_flat else plan)
        self.pipelines, self.connectors, self._folders, self.is_flat, self._before, self._outer = kept
        self._depth, self._moved_at, self._captures, self._is_taking, self._is_bare = state
        places.cwd, self.variables, self.judge_argv.is_only = folder, variables, is_only
        for pipeline in pipelines:
            for command in pipeline:
                if has_own_output(command):
                    self._cannot("shell.substitution", "A part of the command writes or needs a secret.")
        return built

    def _holds_output(self, word: Word) -> bool:
        """Whether the output of a command is part of a word, also by way of a variable."""
        text = word.text
        return expansions.has_expansion(text) and (
            any(not self._says_nothing_new(number) for number in expansions.outputs(text))
            or any(name in self.computed for name in expansions.names(text))
        )

    def _says_nothing_new(self, number: int) -> bool:
        step = self.script.substitutions[number]
        return (
            says_nothing_new(step)
            and known_output(step, self._filled, self.judge_argv.context.now) is not None
        )

    def _redirect(self, redirect: Redirect) -> Redirect:
        word = redirect.target
        return Redirect(redirect.kind, Word(show(self._filled(word)), word.is_glob))

    def _with_redirects(
        self,
        redirects: list[Redirect],
        argv: tuple[str, ...],
        env: tuple[tuple[str, str], ...],
    ) -> Command:
        judge = self.judge_argv
        plain = Command(
            argv,
            env,
            needs_network=judge.needs_network or judge.needs_local,
            needs_server=judge.needs_server,
            stdin_text=judge.stdin_text,
        )
        if not redirects:
            return plain
        places = self.judge_argv.places
        paths: dict[str, Path] = {}
        is_merged = False
        for redirect in redirects:
            kind = redirect.kind
            slot = "out" if kind in OUTPUTS else kind
            is_merged |= kind in ("merge", "both")
            if kind == "merge":
                continue
            text = redirect.target.text
            if slot in paths or redirect.target.is_glob or "SECRET_REF" in text or _is_open(text):
                self._cannot("shell.redirection", "A redirection is not clear.")
            else:
                paths[slot] = Path(places.resolve(text).path)
        return plain._replace(
            stdin_path=paths.get("in"),
            stdout_path=paths.get("out"),
            is_append=any(redirect.kind == "append" for redirect in redirects),
            stderr_path=paths.get("err"),
            is_stderr_merged=is_merged,
        )

    def _cannot(self, rule_id: str, reason: str) -> None:
        self.is_runnable = False
        self.verdict.note(Tier.RED, rule_id, reason, unknown=True)


def _settled(text: str) -> str | None:
    return None if expansions.has_expansion(text) else text


def _is_open(text: str) -> bool:
    """Whether a part of it is known only while it runs."""
    return FROM_INPUT in text or expansions.has_expansion(text)
