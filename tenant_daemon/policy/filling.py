"""Words of a command: what stands in them when it runs, as far as that is known before."""

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
from tenant_daemon.policy.rewrites import DELETERS
from tenant_daemon.policy.rounds import Values, has_own_output
from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.globs import TooManyFiles, expand
from tenant_daemon.policy.shell.references import show
from tenant_daemon.policy.shell.script import Pipeline, Redirect, Script, SimpleCommand, Step, Word
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.wordlist import word_set

MAX_WORD: Final = 16_384
_EVERYTHING: Final = re.compile(r"[.?]*\*[.?*]*")
_GLOB: Final = frozenset("*?[")
_COMPARERS: Final = word_set(
    """
    cat cmp colordiff column comm cut diff grep head join nl paste sdiff sort tac tail uniq wc
    """
)
"""Programs that only read the files that they are given, whatever is in them."""
_LISTERS: Final = re.compile(
    r"(?:(?:sudo(?: -n)?|nice(?: -n \d{1,2})?|ionice(?: -c ?\d)?|timeout \d+[smh]?|time|nohup) )*"
    r"(?:ls|stat|du|file|dir)"
)
"""Programs that show no file's content, as they are typed, behind others that only start them."""
_MOST_WRAPPED: Final = 9


def _only_lists(words: tuple[Word, ...]) -> bool:
    """Whether the program that is started in the end only lists what it is given."""
    texts = [word.text for word in words[:_MOST_WRAPPED]]
    return any(_LISTERS.fullmatch(" ".join(texts[: at + 1])) is not None for at in range(len(texts)))


class TooMuch(Exception):
    """The line comes to more than can be checked in a few milliseconds."""


class WordFiller(ABC):
    """
    Fills words in: what a loop, a variable or another command puts there, and the names that patterns match.

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
    has_entered = False
    """Whether a part of the line goes into a folder."""
    _left = ""
    """The folder before the last ``cd``."""
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
        self._pushed: list[str] = []
        """The folders to which ``popd`` goes back, the next one last."""
        self.lines: dict[int, Values] = {}
        self.many_lines: dict[int, Values] = {}
        """The same of each single line, where several were kept."""
        self.arrays: dict[str, list[str]] = {}
        self.counters: dict[str, int] = {}
        self.temporary: set[str] = set()
        """What ``mktemp`` makes in this line."""
        self.open_arrays: dict[str, bool] = {}
        """Arrays that are known while it runs, and whether each of their elements is a line."""
        self.whole_folders: set[str] = set()
        """Arrays with everything in a folder."""
        self._locals: set[str] = set()
        self._captures: list[RunPipelines] = []

    @abstractmethod
    def step(self, step: Step) -> Plan | None:
        """Judge a step and everything in it; when it runs, or None when there is nothing to run."""

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
        if not names and is_meant and not _only_lists(words):
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

    def _cannot(self, rule_id: str, reason: str) -> None:
        self.is_runnable = False
        self.verdict.note(Tier.RED, rule_id, reason, unknown=True)
