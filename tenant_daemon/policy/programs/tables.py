"""Programs that take tables and names apart by small languages of their own."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import RESTS, REVIEWS
from tenant_daemon.policy.programs.values import note_moved_settings
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

# Without `put` and `filter`, which are languages that can run programs, and without what writes files.
_MILLER_VERBS: Final = word_set(
    """
    altkv bar bootstrap cat count count-distinct count-similar cut decimate fill-down fill-empty
    fraction gap grep group-by group-like having-fields head histogram json-parse json-stringify
    join label latin1-to-utf8 least-frequent merge-fields most-frequent nest nidx nothing regularize
    rename reorder repeat reshape sample sec2gmt sec2gmtdate seqgen shuffle skip-trivial-records
    sort sort-within-records sparsify stats1 stats2 step summary tac tail template top
    utf8-to-latin1 uniq unspace unsparsify
    """
)
# Verbs have flags that run a program (`join --prepipe`), and behind `--` stand those of Miller itself.
_MILLER_FLAG: Final = re.compile(
    r"-[A-Za-z]{1,2}|-\d[\d.]*|--(?:all|across-(?:fields|records)|any-matching|all-matching|none-matching"
    r"|at-least|at-most|auto|complement|evar|ivar|explode|implode|values|pairs|nested-[fp]s|fill-with"
    r"|only-if-(?:absent|blank|empty)|lo|hi|nbins|max|min|max-values|lp|rp|np|ul|ur|lk|left-keep-field-names"
    r"|sorted-input|ignore-empty|keys-only|values-only|transpose|start|stop|step|g?[fr]x|gr|fr|which-are"
    r"|nanos|micros|millis|(?:no-)?jvstack|help)"
)
# Fields, numbers, texts and signs; whatever runs or writes something needs a word of the language.
_CALCULATION: Final = re.compile(
    r"(?:\$\w+|\$\{[\w -]+\}|\d+(?:\.\d+)?|\"[\w .,:;@%+*/^$()-]*\"|[-+*/.<>!=()?:;&|~]|\s)+"
)
# Signs that Perl does not fill in, and no `e` behind it.
_SUBSTITUTION: Final = re.compile(
    r"s/(?P<old>(?:[\w .,+*?^()\[\]|;:=#%&<>_-]|\\[.sdwbn()+*?\[\]-]|\$(?=/|\)))+)"
    r"/(?P<new>(?:[\w .,;:=#%&<>()\[\]+*?|_-]|\\[.]|[\\$][1-9])*)/(?P<how>[gi]{0,2})"
)
_PLAIN_NAME: Final = re.compile(r"[\w ./*?-]+")


def _miller(judge: "CommandJudge", argv: list[str]) -> None:
    """Verbs with their flags, joined by ``then``, and files: what may name a file counts as one."""
    calculated = [
        at + 2
        for at, (before, word) in enumerate(zip(["then", *argv], argv, strict=False))
        if before == "then" and word in ("filter", "put") and _is_calculation(argv[at + 1 : at + 2])
    ]
    verbs = [
        word
        for at, (before, word) in enumerate(zip(["then", *argv], argv, strict=False))
        if before == "then" and at + 2 not in calculated
    ]
    if any(verb not in _MILLER_VERBS for verb in verbs) or not (verbs or calculated):
        judge.unknown("mlr.verb", "What it does with the table is not known here.")
    flags = [word for at, word in enumerate(argv, 1) if word.startswith("-") and at not in calculated]
    if any(_MILLER_FLAG.fullmatch(flag) is None for flag in flags):
        judge.unknown("mlr.flag", "What a flag there does is not known here.")
    is_in_place = judge.reading.has("-I")
    for at, word in enumerate(argv[1:], 2):
        if not word.startswith("-") and at not in calculated:
            KINDS["read"](judge, word)
            if is_in_place:
                KINDS["write"](judge, word)


def _is_calculation(words: list[str]) -> bool:
    return bool(words) and _CALCULATION.fullmatch(words[0]) is not None


def plain_substitution(text: str) -> re.Match[str] | None:
    """``s/old/new/g`` in which Perl can find nothing to run."""
    return _SUBSTITUTION.fullmatch(text)


def _rename_rule(judge: "CommandJudge", value: str) -> None:
    if plain_substitution(value) is None:
        judge.unknown("rename.rule", "The rule is code.")


def _rename(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Each name is worked out, and judged as a move."""
    rule = plain_substitution(reading.positionals[0]) if reading.positionals else None
    if rule is None or len(reading.positionals) < 2:
        judge.unknown("rename.names", "It is not clear what is given another name.")
        return
    try:
        old = re.compile(rule["old"], re.IGNORECASE if "i" in rule["how"] else 0)
    except re.error:
        judge.unknown("rename.rule", "The rule is not understood.")
        return
    new = re.sub(r"\$([1-9])", r"\\\1", rule["new"].replace("\\.", "."))
    for name in reading.positionals[1:]:
        if name == FROM_INPUT or "\n" in name:
            judge.unknown("argument.unknown-path", "It touches files that are named only while it runs.")
            continue
        judge.move_source(name)
        note_moved_settings(judge, [name])
        try:
            judge.places.write(old.sub(new, name, count=0 if "g" in rule["how"] else 1))
        except re.error:
            judge.unknown("rename.rule", "The rule is not understood.")


def judge_perl(judge: "CommandJudge", argv: list[str]) -> bool:
    """``perl -pe 's/a/b/' FILES`` and, in place, ``perl -pi -e``; False when it is anything else."""
    flags = argv[:1]
    rest = argv[1:]
    if flags in (["-pi"], ["-p"]) and rest[:1] == ["-e"]:
        flags, rest = [f"{flags[0]}e"], rest[1:]
    elif flags == ["-i"] and rest[:1] == ["-pe"]:
        flags, rest = ["-pie"], rest[1:]
    if flags not in (["-pe"], ["-pie"]) or not rest or plain_substitution(rest[0]) is None:
        return False
    # Perl opens what it is given: `id|` would be a program.
    if any(_PLAIN_NAME.fullmatch(name) is None or name.startswith("-") for name in rest[1:]):
        return False
    for name in rest[1:]:
        KINDS["write" if flags == ["-pie"] else "read"](judge, name)
    return True


def _goaccess_output(judge: "CommandJudge", value: str) -> None:
    if value not in ("json", "csv"):
        judge.places.write(value)


def _tesseract_output(judge: "CommandJudge", value: str) -> None:
    if value not in ("stdout", "-"):
        judge.places.write(f"{value}.txt")


def _spelling_word(judge: "CommandJudge", value: str) -> None:
    if value != "list":
        KINDS["read"](judge, value)


def _spelling(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    is_list = reading.positionals == ["list"] if profile.rule_id == "aspell" else reading.has("-l", "-a")
    if not is_list:
        judge.unknown("spelling.mode", "It would change the file.")


KINDS.update(
    {
        "renamerule": _rename_rule,
        "goaccessout": _goaccess_output,
        "tesseractout": _tesseract_output,
        "spelling": _spelling_word,
    }
)
RESTS["millerchain"] = _miller
REVIEWS.update({"rename": _rename, "spelling": _spelling})
