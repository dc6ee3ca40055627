"""Single commands of a line: words filled in, judged, and ready to run."""

from pathlib import Path
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import Command, RunPipelines
from tenant_daemon.policy.filling import WordFiller
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.programs.finds import drives_tools
from tenant_daemon.policy.programs.listings import lists_processes
from tenant_daemon.policy.programs.texts import is_text, standing_for_text
from tenant_daemon.policy.programs.variables import judge_assignment
from tenant_daemon.policy.rewrites import OUTPUTS, place_of, with_written
from tenant_daemon.policy.rounds import (
    are_of_docker,
    checked_word,
    docker_word,
    judged_unit,
    judged_word,
    may_delete,
    prints_docker_ids,
    prints_one_line,
    values_of,
)
from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.references import show
from tenant_daemon.policy.shell.script import Redirect, SimpleCommand, Word
from tenant_daemon.policy.wordlist import word_set

_PRINTERS: Final = frozenset({"echo", "printf", "test", "basename", "dirname", "expr"})
_DATA_READERS: Final = word_set("cat tee grep wc column sort uniq head tail tr cut nl fold rev tac jq")
"""Programs to which their input is nothing but data."""
_FILE_PROGRAMS: Final = word_set(
    """
    cat chmod cmp convert cp cwebp diff du file gunzip gzip head identify install ls md5sum mkdir mv pdfinfo
    pdftotext sha256sum stat tail tee test touch wc zcat
    """
)
"""Programs for which no argument is code or an address."""
_WRITING_NOTHING: Final = frozenset({"echo", "ls", "wc", "true", "test"})
# Programs look for settings of their own at home, and some of those run code. An unpacked archive can bring
# such files into the workspace, so home is nowhere, and where nobody can make it: not even root in ``/proc``.
NO_HOME: Final = "/proc/nonexistent"


class CommandBuilder(WordFiller):
    """Builds single commands from parsed ones: judges them filled in, and resolves their redirections."""

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
        """``cd FOLDER``: what comes after it is judged, and runs, in that folder; ``popd`` goes back."""
        if len(command.words) > 2 or command.assignments or command.stdin is not None:
            return False
        if any(
            redirect.kind not in ("err", "out", "both") or redirect.target.text != "/dev/null"
            for redirect in command.redirects
        ):
            return False
        places = self.judge_argv.places
        program, *named = (word.text for word in command.words)
        before = places.cwd
        if program == "popd" or named == ["-"]:
            back = self._pushed[-1:] if program == "popd" and not named else [self._left]
            if program == "pushd" or (program == "popd" and named) or not back or not back[0]:
                return False
            places.cwd = back[0]
            self._pushed = self._pushed[: -1 if program == "popd" else None]
        elif not named:
            if program == "pushd":
                return False
            places.cwd = places.roots.workspace
        else:
            word = command.words[1]
            text = self._filled(word)
            if word.is_glob or "SECRET_REF" in text or text.startswith("-") or _is_open(text) or not text:
                return False
            places.cwd = places.list(text).path
        self._left = before
        if program == "pushd":
            self._pushed = [*self._pushed, before]
        self.has_entered = True
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
        if argv[0] == "curl" and (self.written or judge.stdin_text is not None):
            argv = with_written(argv, self._seen_by_name())
        judged = argv
        if not is_plain and any(map(expansions.has_expansion, argv)):
            if self.lines and (argv[0] in _FILE_PROGRAMS or argv[0] in ("grep", "sed")):
                argv = [checked_word(judge, text, self.lines, argv[0]) for text in argv]
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
        if judge.needs_network and not is_plain and self._tells_what_was_found(command, taken):
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
        whole = self._with_inserted(argv, judged) if judge.inserted else tuple(argv)
        built = self._with_redirects(redirects, whole, (("HOME", NO_HOME), *env, *judge.env))
        return built._replace(captures=taken, takes_output=True) if takes_output else built

    def _tells_what_was_found(self, command: SimpleCommand, captures: tuple[RunPipelines, ...]) -> bool:
        """Whether a part of it was found out on this server, past the name of a container to enter."""
        found = [word for word in command.words if self._holds_output(word)]
        is_docker = command.words[0].text == "docker" and all(map(prints_docker_ids, captures))
        return bool(found) and not (is_docker and found == [self._container_in(command)])

    @staticmethod
    def _container_in(command: SimpleCommand) -> Word | None:
        """The container in ``docker exec -i CONTAINER COMMAND``."""
        words = [word for word in command.words if word.text not in ("-i", "-t", "-it", "-ti")]
        return words[2] if len(words) > 3 and words[1].text == "exec" else None

    def _note_written(self, argv: list[str], redirects: list[Redirect]) -> None:
        """Remember what ``cat > FILE <<E`` has written, until something else could have changed it."""
        text = self.judge_argv.stdin_text
        if argv != ["cat"] or text is None or [redirect.kind for redirect in redirects] != ["out"]:
            if self.written and (redirects or argv[0] not in _WRITING_NOTHING):
                self.written = {}
        elif not self._depth and not expansions.has_expansion(text):
            place = self.judge_argv.places.resolve(redirects[0].target.text)
            self.written = {**self.written, place.path: text}

    def _seen_by_name(self) -> dict[str, str]:
        """What stands behind ``@FILE``, and behind ``@-`` in a here-document."""
        files = {f"@{name}": text for name, text in self._written_here()} if self.written else {}
        text = self.judge_argv.stdin_text
        if text is not None and not expansions.has_expansion(text) and FROM_INPUT not in text:
            files["@-"] = text
        return files

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
        if None in known:
            known = [
                standing_for_text(text) if own is None and at and is_text(argv, at) else own
                for at, (own, text) in enumerate(zip(known, argv, strict=True))
            ]
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
            is_plain |= lists_processes(commands[-1].argv)
            return (values_of(self.judge_argv, commands, argv).path or None) if is_plain else None
        own = judged_word(self.judge_argv, text, self.lines) or judged_unit(text, argv, self.lines)
        return None if own is not None and drives_tools(argv, own) else own

    def _input(self, word: Word, argv: list[str]) -> str:
        """The text of a here-document; only what passes it on as it is may be given what others print."""
        self._is_taking, self._is_bare = bool(argv) and argv[0] in _DATA_READERS, False
        text = show(self._filled(word))
        is_taken, self._is_taking = self._is_taking, False
        if "SECRET_REF(" in text or FROM_INPUT in text or (expansions.has_expansion(text) and not is_taken):
            self._cannot("shell.input", "What the command would read cannot be checked.")
        return text

    def _with_inserted(self, argv: list[str], judged: list[str]) -> tuple[str, ...]:
        judge = self.judge_argv
        # Word for word the same, but for those that are known only while it runs.
        at = place_of(judged, judge.inserted_into)
        if at is None:
            self._cannot("command.wrapped", "Wrapped into another program it cannot be made safe.")
            return tuple(argv)
        return (*argv[: at + 1], *judge.inserted, *argv[at + 1 :])

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


def _settled(text: str) -> str | None:
    return None if expansions.has_expansion(text) else text


def _is_open(text: str) -> bool:
    """Whether a part of it is known only while it runs."""
    return FROM_INPUT in text or expansions.has_expansion(text)
