"""Command lines: parse, judge every part, and build the pipelines that will run."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import Command, RunPipelines
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.policy.paths.names import may_name_secrets
from tenant_daemon.policy.programs.all_kinds import CommandJudge
from tenant_daemon.policy.programs.variables import judge_assignment
from tenant_daemon.policy.screening import find_hidden_character
from tenant_daemon.policy.shell.globs import TooManyFiles, expand
from tenant_daemon.policy.shell.parser import parse
from tenant_daemon.policy.shell.references import hide, show
from tenant_daemon.policy.shell.script import Redirect, Script, SimpleCommand, Word
from tenant_daemon.policy.verdict import Verdict, refusal

MAX_CHARACTERS: Final = 16_384
_OUTPUTS: Final = ("out", "append", "both")
_EVERYTHING: Final = ("*", "./*", "*/", ".*")
_DOCKER: Final = ("docker", "docker-compose")
# Programs look for settings of their own at home, and some of those run code. An unpacked archive can bring
# such files into the workspace, so home is nowhere.
_NO_HOME: Final = ("HOME", "/nonexistent")


def judge_shell(text: str, context: PolicyContext) -> Judgement:
    """A command line of the ``shell`` tool."""
    hidden = find_hidden_character(text)
    if hidden is not None:
        return refusal("text.hidden-character", f"The command contains an invisible character ({hidden}).")
    if len(text) > MAX_CHARACTERS:
        return refusal("text.too-long", "The command is too long to be checked.")
    return _CommandLine(context).judge(parse(hide(text.strip())))


def judge_docker(text: str, context: PolicyContext) -> Judgement:
    """A command line of the ``docker`` tool: one docker command, whose first word may be left out."""
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    judgement = judge_shell(text if first in _DOCKER else f"docker {text}", context)
    action = judgement.action
    if isinstance(action, RunPipelines):
        programs = {command.argv[0] for pipeline in action.pipelines for command in pipeline}
        if len(action.pipelines) != 1 or len(action.pipelines[0]) != 1 or not programs <= set(_DOCKER):
            return replace(
                judgement,
                tier=max(judgement.tier, Tier.RED),
                reason="The docker tool runs one docker command at a time.",
                rule_ids=(*judgement.rule_ids, "docker.not-docker"),
                action=None,
                is_unknown=True,
            )
    return judgement


class _CommandLine:
    """Judges one script and builds its action."""

    def __init__(self, context: PolicyContext) -> None:
        self.verdict = Verdict()
        self.judge_argv = CommandJudge(context, self.verdict)
        self.is_runnable = True

    def judge(self, script: Script) -> Judgement:
        if script.problem is not None:
            return self._refuse(script)
        pipelines, connectors = list(script.pipelines), list(script.connectors)
        start = self._enter(pipelines, connectors)
        is_alone = len(pipelines) == 1 and len(pipelines[0]) == 1
        built = [self._pipeline(pipeline, is_alone=is_alone) for pipeline in pipelines]
        if not self.is_runnable:
            return self.verdict.judgement(None)
        return self.verdict.judgement(RunPipelines(tuple(built), tuple(connectors), cwd=Path(start)))

    def _refuse(self, script: Script) -> Judgement:
        """Not runnable; still say how bad what can be made out in it is."""
        self.verdict.note(Tier.RED, "shell.not-understood", script.problem or "", unknown=True)
        for part in script.loose_parts:
            texts = [word.text for word in part.words]
            if "rm" in texts and any(text.startswith(("~", "$", '"$', "/")) for text in texts):
                self.verdict.note(
                    Tier.CRITICAL_RED,
                    "path.delete-outside",
                    "Deletes what only a shell could name.",
                    unknown=True,
                )
            self.judge_argv.pipeline((_shown(part),))
        return self.verdict.judgement(None)

    def _enter(self, pipelines: list[tuple[SimpleCommand, ...]], connectors: list[str]) -> str:
        """A leading ``cd FOLDER &&``: the rest is judged, and runs, in that folder."""
        places = self.judge_argv.places
        while pipelines and len(pipelines[0]) == 1 and connectors and connectors[0] == "&&":
            command = pipelines[0][0]
            if (
                command.words[0].text != "cd"
                or len(command.words) != 2
                or command.redirects
                or command.assignments
            ):
                break
            word = command.words[1]
            if word.is_glob or "SECRET_REF" in word.text or word.text.startswith("-"):
                break
            places.cwd = places.list(word.text).path
            del pipelines[0], connectors[0]
        return places.cwd

    def _pipeline(self, commands: tuple[SimpleCommand, ...], *, is_alone: bool) -> tuple[Command, ...]:
        built: list[Command] = []
        for index, command in enumerate(commands):
            judge = self.judge_argv
            judge.is_alone = is_alone and not command.redirects
            judge.output = next((r.target.text for r in commands[-1].redirects if r.kind in _OUTPUTS), "")
            judge.upstream = list(built[-1].argv) if built else []
            if index and any(redirect.kind == "in" for redirect in command.redirects):
                self._cannot("shell.two-inputs", "A command has two inputs.")
            if index < len(commands) - 1 and any(r.kind in _OUTPUTS for r in command.redirects):
                self._cannot("shell.two-outputs", "A command has two outputs.")
            built.append(self._command(command))
        return tuple(built)

    def _command(self, command: SimpleCommand) -> Command:
        judge = self.judge_argv
        argv = self._argv(command.words)
        judge.env, judge.needs_network = (), False
        env = []
        for name, word in command.assignments:
            value = show(word.text)
            judge_assignment(self.verdict, name, value)
            env.append((name, value))
        judge.judge(argv)
        judge.redirects([_shown_redirect(redirect) for redirect in command.redirects])
        return self._with_redirects(command, tuple(argv), (_NO_HOME, *env, *judge.env), judge.needs_network)

    def _argv(self, words: tuple[Word, ...]) -> list[str]:
        argv: list[str] = []
        for word in words:
            text = show(word.text)
            if not word.is_glob:
                argv.append(text)
                continue
            try:
                names = expand(text, self.judge_argv.places.cwd)
            except TooManyFiles:
                names = []
                self._cannot("shell.too-many-files", f"“{text}” stands for more files than can be checked.")
            if any(name.startswith("-") for name in names):
                # A file called `-rf` must not become a flag.
                names = [f"./{name}" if name.startswith("-") else name for name in names]
            if text in _EVERYTHING and any(other.text in ("rm", "shred") for other in words):
                self.verdict.note(
                    Tier.CRITICAL_RED,
                    "path.delete-all",
                    "Deletes everything in the folder.",
                    risk="Everything in it is gone for good.",
                )
            if not names and may_name_secrets(text):
                self.verdict.note(
                    Tier.CRITICAL_RED,
                    "path.secret",
                    f"“{text}” is made to find files that hold secrets.",
                    unknown=True,
                )
            argv.extend(names or [text])
        return argv

    def _with_redirects(
        self, command: SimpleCommand, argv: tuple[str, ...], env: tuple[tuple[str, str], ...], network: bool
    ) -> Command:
        paths: dict[str, Path] = {}
        is_merged = False
        for redirect in command.redirects:
            kind = redirect.kind
            slot = "out" if kind in _OUTPUTS else kind
            is_merged |= kind in ("merge", "both")
            if kind == "merge":
                continue
            if slot in paths or redirect.target.is_glob or "SECRET_REF" in redirect.target.text:
                self._cannot("shell.redirection", "A redirection is not clear.")
            else:
                paths[slot] = Path(self.judge_argv.places.resolve(redirect.target.text).path)
        return Command(
            argv=argv,
            env=env,
            stdin_path=paths.get("in"),
            stdout_path=paths.get("out"),
            is_append=any(redirect.kind == "append" for redirect in command.redirects),
            needs_network=network,
            stderr_path=paths.get("err"),
            is_stderr_merged=is_merged,
        )

    def _cannot(self, rule_id: str, reason: str) -> None:
        self.is_runnable = False
        self.verdict.note(Tier.RED, rule_id, reason, unknown=True)


def _shown_redirect(redirect: Redirect) -> Redirect:
    return Redirect(redirect.kind, Word(show(redirect.target.text)))


def _shown(command: SimpleCommand) -> SimpleCommand:
    words = tuple(word._replace(text=show(word.text)) for word in command.words)
    return command._replace(words=words)
