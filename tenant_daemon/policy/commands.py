"""Command lines: parse, judge every part, and build the pipelines that will run."""

from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import RunPipelines
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.policy.programs.all_kinds import CommandJudge
from tenant_daemon.policy.rewrites import shown
from tenant_daemon.policy.screening import find_hidden_character
from tenant_daemon.policy.sending import with_sending
from tenant_daemon.policy.shell.expansions import spoken
from tenant_daemon.policy.shell.parser import parse
from tenant_daemon.policy.shell.references import hide
from tenant_daemon.policy.shell.script import Script
from tenant_daemon.policy.verdict import Verdict, refusal
from tenant_daemon.policy.walk import LineJudge

MAX_CHARACTERS: Final = 16_384
_DOCKER: Final = ("docker", "docker-compose")


def judge_shell(text: str, context: PolicyContext) -> Judgement:
    """A command line of the ``shell`` tool."""
    judgement = _judge_line(text, context)
    reason = spoken(judgement.reason)
    if reason is not judgement.reason:
        judgement = judgement._replace(reason=reason)
    return with_sending(judgement, text)


def _judge_line(text: str, context: PolicyContext) -> Judgement:
    hidden = find_hidden_character(text)
    if hidden is not None:
        return refusal("text.hidden-character", f"The command contains an invisible character ({hidden}).")
    if len(text) > MAX_CHARACTERS:
        return refusal("text.too-long", "The command is too long to be checked.")
    script = parse(hide(text.strip()))
    return LineJudge(context).judge(script) if script.problem is None else _refuse(script, context)


def _refuse(script: Script, context: PolicyContext) -> Judgement:
    """Not runnable; still say how bad what can be made out in it is."""
    verdict = Verdict()
    judge = CommandJudge(context, verdict)
    verdict.note(Tier.RED, "shell.not-understood", script.problem or "", unknown=True)
    for part in script.loose_parts:
        texts = [word.text for word in part.words]
        if "rm" in texts and any(text.startswith(("~", "$", '"$', "/")) for text in texts):
            verdict.note(
                Tier.CRITICAL_RED,
                "path.delete-outside",
                "Deletes what only a shell could name.",
                unknown=True,
            )
        judge.pipeline((shown(part),))
    return verdict.judgement(None)


def judge_docker(text: str, context: PolicyContext) -> Judgement:
    """A command line of the ``docker`` tool: one docker command, whose first word may be left out."""
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    judgement = judge_shell(text if first in _DOCKER else f"docker {text}", context)
    action = judgement.action
    if isinstance(action, RunPipelines):
        commands = [command for line in action.pipelines for command in line if not command.is_mask]
        if len(commands) != 1 or commands[0].argv[0] not in _DOCKER:
            return judgement._replace(
                tier=max(judgement.tier, Tier.RED),
                reason="The docker tool runs one docker command at a time.",
                rule_ids=(*judgement.rule_ids, "docker.not-docker"),
                action=None,
                is_unknown=True,
            )
    return judgement
