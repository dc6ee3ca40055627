"""``dos2unix``: what is only looked at, and what is changed."""

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.judge import CommandJudge
from tenant_daemon.policy.programs.registry import GUARDS


def _line_ends(judge: CommandJudge, args: list[str]) -> None:
    """Files are changed that stand before ``--info``, and those behind ``-n`` in spite of it."""
    infos = [at for at, arg in enumerate(args) if arg == "-i" or arg.startswith("--info")]
    if not infos:
        return
    is_late = any(not arg.startswith("-") for arg in args[: infos[0]])
    if is_late or {"-n", "--newfile", "-o", "--oldfile"} & set(args):
        judge.verdict.note(
            Tier.RED, "dos2unix.changes", "Changes some of the files that it would look at.", unknown=True
        )


GUARDS["dos2unix"] = GUARDS["unix2dos"] = _line_ends
