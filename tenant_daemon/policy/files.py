"""The file tools: judged by the real path, which is what the executor opens."""

import re
from pathlib import Path
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import Action, DeletePath, ListFiles, MovePath, ReadFile, WriteFile
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.policy.paths.dumps import holds_dump, note_shown
from tenant_daemon.policy.paths.places import PlaceJudge, is_system_fact
from tenant_daemon.policy.paths.resolve import RealPath
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.screening import find_hidden_in_name
from tenant_daemon.policy.verdict import Verdict, display_path

MAX_CONTENT_BYTES: Final = 4 * 1024 * 1024
# A file of this folder, such as `~$offer.docx`; `~`, `~/x` and `~root` mean somebody's home elsewhere.
_PLAIN_TILDE_NAME: Final = re.compile(r"~[^/~]+\.[^/]+")


class _FileCall:
    """One call of a file tool."""

    def __init__(self, context: PolicyContext) -> None:
        self.context = context
        self.verdict = Verdict()
        self.places = PlaceJudge(context, self.verdict)

    def is_clean(self, *raws: str) -> bool:
        """Whether the paths have only characters that a person can see."""
        for raw in raws:
            hidden = find_hidden_in_name(raw)
            if hidden is not None:
                self.forbid("path.hidden-character", f"The path contains an invisible character ({hidden}).")
                return False
            if (raw.startswith("~") and _PLAIN_TILDE_NAME.fullmatch(raw) is None) or "://" in raw[:12]:
                self.forbid("path.not-a-path", "That is not a path of a file.")
                return False
            if "SECRET_REF(" in raw:
                self.forbid("path.secret-reference", "A secret cannot be part of a path.")
                return False
        return True

    def contain(self, place: RealPath, *, within_readable: bool) -> None:
        """A file tool opens nothing outside the agent's places, whoever asks."""
        roots = self.places.roots
        if is_below(place.path, roots.workspace):
            return
        if within_readable and (is_system_fact(place.path) or self._is_readable(place.path)):
            return
        self.forbid(
            "path.outside-forbidden",
            f"{place.path} is not among the places that agents may use.",
            self.verdict.tier,
        )

    def _is_readable(self, path: str) -> bool:
        return self.places.roots.has_readable(path)

    def forbid(self, rule_id: str, reason: str, tier: Tier = Tier.RED) -> None:
        """Refuse, whatever anybody decides."""
        self.verdict.note(max(tier, Tier.RED), rule_id, reason, unknown=True, forbidden=True)

    def close(self, action: Action) -> Judgement:
        """The judgement; what is impossible has no action."""
        return self.verdict.judgement(None if self.verdict.is_forbidden else action)


def judge_read(path: str, context: PolicyContext) -> Judgement:
    """``file_read``."""
    call = _FileCall(context)
    if not call.is_clean(path):
        return call.verdict.judgement(None)
    place = call.places.read(path)
    if holds_dump(place.path, place.mode):
        note_shown(call.verdict)
    call.contain(place, within_readable=True)
    call.verdict.note(Tier.GREEN, "file.read", f"Reads the file {_said(place, context)}.")
    return call.close(ReadFile(Path(place.path)))


def judge_list(path: str, context: PolicyContext) -> Judgement:
    """``file_list``."""
    call = _FileCall(context)
    if not call.is_clean(path):
        return call.verdict.judgement(None)
    place = call.places.list(path or ".")
    call.contain(place, within_readable=True)
    call.verdict.note(Tier.GREEN, "file.list", f"Lists the folder {_said(place, context)}.")
    return call.close(ListFiles(Path(place.path)))


def judge_write(path: str, content: str, context: PolicyContext) -> Judgement:
    """``file_write``."""
    call = _FileCall(context)
    if not call.is_clean(path):
        return call.verdict.judgement(None)
    place = call.places.write(path)
    call.contain(place, within_readable=True)
    call.verdict.note(Tier.YELLOW, "file.write", f"Writes the file {_said(place, context)}.", general=True)
    if place.is_folder or path.endswith(("/", "/.")) or place.path == call.places.roots.workspace:
        call.forbid("file.is-folder", f"{_said(place, context)} is a folder.")
    _judge_content(call, content)
    return call.close(WriteFile(Path(place.path), content))


def _judge_content(call: _FileCall, content: str) -> None:
    if len(content) > MAX_CONTENT_BYTES:
        call.forbid("file.too-long", "The text is too long for a file.")
    if "\x00" in content or any("\ud800" <= char <= "\udfff" for char in content if not char.isascii()):
        call.forbid("file.not-text", "The content is not text.")
    if "SECRET_REF(" in content:
        call.verdict.note(
            Tier.CRITICAL_RED,
            "secret.written",
            "Writes a secret's value into a file that agents can read.",
            risk="The secret could get to the language model.",
            unknown=True,
        )


def judge_move(source: str, target: str, context: PolicyContext) -> Judgement:
    """``file_move``."""
    call = _FileCall(context)
    if not call.is_clean(source, target):
        return call.verdict.judgement(None)
    old = call.places.move_away(source)
    new = call.places.write(target)
    into_folder = new.is_folder or target.endswith("/")
    if into_folder:
        new = call.places.write(f"{new.path}/{old.path.rpartition('/')[2]}")
    call.contain(old, within_readable=False)
    call.contain(new, within_readable=False)
    call.verdict.note(Tier.YELLOW, "file.move", f"Moves {_said(old, context)} to {_said(new, context)}.")
    return call.close(MovePath(Path(old.path), Path(new.path)))


def judge_delete(path: str, context: PolicyContext) -> Judgement:
    """``file_delete``."""
    call = _FileCall(context)
    if not call.is_clean(path):
        return call.verdict.judgement(None)
    place = call.places.delete(path)
    call.contain(place, within_readable=False)
    return call.close(DeletePath(Path(place.path)))


def _said(place: RealPath, context: PolicyContext) -> str:
    return display_path(place.path, context.workspace)
