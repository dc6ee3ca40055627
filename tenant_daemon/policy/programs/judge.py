"""Judges argvs by their profiles, unwrapping programs that run other programs."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.judgement import PolicyContext
from tenant_daemon.policy.paths.container import ContainerPlaces
from tenant_daemon.policy.paths.places import FROM_INPUT, PlaceJudge
from tenant_daemon.policy.programs.dumps import note_dump
from tenant_daemon.policy.programs.images import ABOUT, IN_IMAGES
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.library import load_library
from tenant_daemon.policy.programs.options import Reading, read_options
from tenant_daemon.policy.programs.profile import ArgumentPlan, Flag, Profile
from tenant_daemon.policy.programs.registry import BEFORE_ANSWERING, GUARDS, RESTS, REVIEWS
from tenant_daemon.policy.programs.variables import judge_assignment
from tenant_daemon.policy.shell.script import Redirect, SimpleCommand
from tenant_daemon.policy.verdict import Verdict

_GUARDRAIL: Final = re.compile(
    r"tenant_daemon|\bletsbe|openclaw|/init\.d/(?:sshd?|ufw|nftables|ip6?tables|firewalld|fail2ban|auditd|apparmor)\b",
    re.IGNORECASE,
)
MAX_DEPTH: Final = 6
# In options and pieces of code, too: `--read=/etc/shadow`, `open('.env')`.
_PATH: Final = re.compile(r"(?<![\w./~-])(?:[\w~-]*+[./][\w./~-]*+|id_\w++)")
_MOST_MENTIONED: Final = 64
_MOST_READ: Final = 4_096
_FOR_GOOD: Final = "What is lost cannot be brought back."
# Whatever they are asked to do, with this flag they only say what it would be.
_EXPLAINING: Final = frozenset(
    {"occ", "artisan", "console", "wp", "gitea", "mc", "kcadm.sh", "odoo", "stalwart-cli"}
)
# Alone they list what they can do.
_LISTING: Final = frozenset({"occ", "artisan", "console", "wp"})
_LISTERS: Final = frozenset({"ls", "du", "stat", "dir", "wc"})
_PROGRAM_FOLDERS: Final = ("/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/")


def _what_it_means(flag: Flag) -> str:
    """A sentence for a flag of which the rules say only how serious it is."""
    if flag.is_external:
        return f"With {flag.name} it reaches computers outside."
    if flag.is_unknown:
        return f"What it would do with {flag.name} cannot be checked."
    if flag.tier <= Tier.YELLOW:
        return f"With {flag.name} it changes something."
    return f"With {flag.name} something is deleted or replaced for good."


class CommandJudge:
    """
    Judges the commands of one call into one verdict.

    Attributes:
        places: Judges paths; replaced while a command inside a container is judged.
        is_alone: Whether the command's output goes straight to the answer (no pipe, no file).
        output: The file that the pipeline's output goes to; empty when it goes to the answer.
        input_file: The file that its input comes from; empty when it comes from none.
        upstream: The argv before this one in the pipeline, if any.
        listing: The argv whose lines come in, past programs that only choose among them.
        is_only: Whether there is one command in the whole line.
        stdin_text: What the command reads from its input, when that stands in the line itself.
        inserted: Arguments that go before the command's own when it runs (a program's safe mode).
        inserted_into: The argv whose program gets them; at the end of the whole one when it is wrapped.
        program: The program that is being judged.
        before: The programs of the line's commands before this one.
        lookups: How many names the command looks up.
        entered_by: How the command got into the container that it runs in.
        looks_for_setup: Whether a command of the line starts what it finds described where the agent works.
        relied_on: Files that a command of the line reads as a setup, so that no part of it may make them.
        is_forever: Whether the command prints without an end.
        writes_database_out: Whether a command of the pipeline writes a database out.
        table_files: Files that a query of tables names.
        mask: The argv that hides passwords in what the command prints; empty when there are none.
    """

    # What nearly no command changes stands here once, and not anew in every call.
    is_only = True
    is_alone = True
    is_in_container = False
    is_filtered = False
    is_forever = False
    writes_database_out = False
    has_compose_file = False
    looks_for_setup = False
    needs_network = needs_local = needs_server = False
    stdin_text: str | None = None
    inserted: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    lookups = 0
    program = ""
    output = input_file = ""
    found_below = FROM_INPUT
    table_files: tuple[str, ...] = ()
    relied_on: frozenset[str] = frozenset()
    reading = entered_by = Reading([], [], [])
    _depth = 0

    def __init__(self, context: PolicyContext, verdict: Verdict) -> None:
        self.context = context
        self.verdict = verdict
        self.places = PlaceJudge(context, verdict)
        self.library = load_library()
        self.before: list[str] = []
        self.upstream: list[str] = []
        self.listing: list[str] = []
        self.found_from: list[str] = []
        self.inserted_into: list[str] = []
        self._argv: list[str] = []
        self._above: set[str] = set()
        """Flags that were given before the sub-command."""

    def judge(self, argv: list[str]) -> None:
        """Note everything that running this argv means."""
        if self._depth >= MAX_DEPTH:
            self.unknown("command.depth", "Too many programs are wrapped into each other.")
            return
        self._depth += 1
        around = self._argv
        try:
            self._judge(argv)
        finally:
            self._depth -= 1
            self._argv = around

    def pipeline(self, commands: Sequence[SimpleCommand]) -> None:
        """Commands that feed each other, inside a text that another program will read."""
        outer = self.is_alone
        self.is_alone = False
        for command in commands:
            for name, value in command.assignments:
                judge_assignment(self.verdict, name, value.text)
            if command.words:
                self.judge([word.text for word in command.words])
                self._patterns(command)
            self.redirects(command.redirects)
        self.is_alone = outer

    def _patterns(self, command: SimpleCommand) -> None:
        """Names that a container's own shell will find; what only lists them shows none of their content."""
        places = self.places
        if isinstance(places, ContainerPlaces) and command.words[0].text not in _LISTERS:
            for word in command.words[1:]:
                if word.is_glob:
                    places.read_pattern(word.text)

    def redirects(self, redirects: Sequence[Redirect]) -> None:
        """Files that a command reads from or writes to by redirection."""
        for redirect in redirects:
            if redirect.kind == "in":
                note_dump(self, self.places.read(redirect.target.text))
                if redirect.target.is_glob and isinstance(self.places, ContainerPlaces):
                    self.places.read_pattern(redirect.target.text)
            elif redirect.kind not in ("merge", "aside"):
                self.places.spelled.add(self.places.write(redirect.target.text).path)

    def unknown(self, rule_id: str, reason: str) -> None:
        """Note something that is not known well enough to run by itself."""
        self.verdict.note(Tier.RED, rule_id, reason, unknown=True)

    @property
    def arguments(self) -> list[str]:
        """Those of the program that is being judged, as they were given."""
        return self._argv[1:]

    def insert(self, *args: str) -> None:
        """Have the program run with these arguments before its own: what makes it safe is never left out."""
        if self.is_in_container:
            self.unknown("command.wrapped", "Inside a container it cannot be made safe.")
        elif self.inserted and self.inserted_into is not self._argv:
            self.unknown("command.wrapped", "Two programs in one command cannot both be made safe.")
        self.inserted = (*self.inserted, *args)
        self.inserted_into = self._argv

    def move_source(self, raw: str) -> None:
        """Moving inside the workspace can be undone; from elsewhere it is a deletion there."""
        self.places.move_away(raw)

    def shell_text(self, text: str) -> None:
        """A command line that a shell will read: judged by what is in it."""
        RESTS["shelltext"](self, [text])

    # -- one program ----------------------------------------------------------------------------------

    def _judge(self, argv: list[str]) -> None:
        name = self.program = self._program(argv[0])
        self._argv = argv
        profile = self.library.get(name)
        if profile is None or (profile.is_unknown and not profile.subs):
            self._note_guardrail(argv)
        if profile is None and self.is_in_container and ABOUT.fullmatch(" ".join(argv)) is not None:
            self.verdict.note(Tier.GREEN, "container.version", f"Asks {argv[0]} which version it is.")
            return
        if profile is None:
            self.unknown("command.unknown-program", f"The program “{argv[0]}” is not known here.")
            self._mentions(argv[1:])
            if any("SECRET_REF(" in arg for arg in argv):
                self._note_exposed()
            return
        args = argv[1:]
        self.has_compose_file, self._above = False, set()
        if len(args) == 1 and self._only_asks_about(profile, args[0]):
            if name in BEFORE_ANSWERING:
                GUARDS[name](self, args)
            self.verdict.note(Tier.GREEN, f"{name}.help", f"Shows what {name} can do.")
            return
        if not args and name in _LISTING and self.is_in_container:
            self.verdict.note(Tier.GREEN, f"{name}.help", f"Shows what {name} can do.")
            return
        if profile.env:
            self.env += profile.env
        guard = GUARDS.get(name)
        if guard is not None:
            guard(self, args)
        folder = self.places.cwd
        self.by_profile(profile, args)
        if profile.is_unknown and profile.subs and self.verdict.is_unknown:
            # What is known of a sub-command has been judged; a realm may well be called like the product.
            self._note_guardrail(argv)
        # `git -C` is about this command alone.
        self.places.cwd = folder

    def _note_guardrail(self, argv: list[str]) -> None:
        """Words that name a part of the safety system, in a command that is not understood."""
        if _GUARDRAIL.search("\n".join(argv).replace(self.places.roots.workspace, "")):
            self.verdict.note(
                Tier.CRITICAL_RED, "command.guardrail", "Touches the safety system itself.", unknown=True
            )

    def _program(self, word: str) -> str:
        if "/" not in word:
            return word
        if self.is_in_container and word in IN_IMAGES:
            return IN_IMAGES[word]
        for folder in _PROGRAM_FOLDERS:
            if word.startswith(folder) and "/" not in word[len(folder) :]:
                return word[len(folder) :]
        return word

    @staticmethod
    def _only_asks_about(profile: Profile, flag: str) -> bool:
        """Help and version change nothing; a program that could stop the server is not even asked."""
        if flag in profile.version_flags:
            return True
        return profile.tier is not Tier.CRITICAL_RED and flag in ("--help", "--version")

    def by_profile(self, profile: Profile, args: list[str]) -> None:
        """Judge arguments by a profile, going down into the sub-command that they name."""
        if profile.spelled:
            args = [profile.spelled.get(arg, arg) for arg in args]
        reading = read_options(args, profile)
        is_dry = bool(profile.dry_flags) and self._is_dry(profile, reading)
        if reading.given or reading.unknown:
            self.flags(profile, reading, is_dry=is_dry)
        if reading.unknown or (profile.is_unknown and not profile.subs):
            self._mentions(args)
        if profile.subs and reading.positionals:
            self._above.update(flag.name for flag, _ in reading.given)
            self._sub(profile, reading, args)
            return
        self.needs_network |= profile.needs_network
        self.needs_local |= profile.needs_local
        self.needs_server |= profile.needs_server
        if is_dry:
            self.verdict.note(
                Tier.GREEN,
                f"{profile.rule_id}.dry",
                f"Only says what would happen: {profile.says}",
                general=True,
                external=profile.is_external and profile.needs_network,
            )
        else:
            self.verdict.note(
                profile.tier,
                profile.rule_id,
                profile.says,
                risk=profile.risk,
                external=profile.is_external,
                unknown=profile.is_unknown,
                general=True,
            )
        self._secrets_in(profile, reading)
        if profile.needs_any and not any(flag.name in profile.needs_any for flag, _ in reading.given):
            self.unknown(
                f"{profile.rule_id}.input", "It would take its commands from somewhere not seen here."
            )
        if reading.positionals and reading.positionals[0] in profile.skipped:
            del reading.positionals[0]
        self._positionals(profile, reading, is_dry=is_dry)
        if profile.review and not is_dry:
            REVIEWS[profile.review](self, profile, reading)

    def _is_dry(self, profile: Profile, reading: Reading) -> bool:
        dry = profile.dry_flags
        return any(flag.name in dry for flag, _ in reading.given) or not dry.isdisjoint(self._above)

    def _sub(self, profile: Profile, reading: Reading, args: list[str]) -> None:
        name = reading.positionals[0]
        sub = profile.subs.get(name)
        if sub is None and name[:1].isalpha() and args[1:] == ["--help"] and self.program in _EXPLAINING:
            self.verdict.note(Tier.GREEN, f"{profile.rule_id}.help", f"Shows what {name} can do.")
            return
        if sub is None:
            self.verdict.note(
                max(profile.tier, Tier.RED),
                f"{profile.rule_id}.unknown-command",
                f"“{profile.command} {name}” is not known here.",
                external=profile.is_external,
                unknown=True,
            )
            self._mentions(args)
            if any("SECRET_REF(" in arg for arg in args):
                self._note_exposed()
            return
        rest = reading.positionals[1:]
        if rest == ["--help"]:
            self.verdict.note(
                Tier.GREEN, f"{sub.rule_id}.help", f"Shows what {profile.command} {name} can do."
            )
            return
        self.by_profile(sub, rest)

    def flags(self, profile: Profile, reading: Reading, *, is_dry: bool = False) -> None:
        """Note what the flags that were given mean, and judge their values."""
        note = self.verdict.note
        for flag, value in reading.given:
            if flag.is_plain:
                continue
            self.has_compose_file |= flag.kind == "composefile"
            is_serious = flag.tier > Tier.GREEN and not is_dry
            if is_serious or flag.is_external or flag.is_unknown:
                note(
                    flag.tier,
                    f"{profile.rule_id}.{flag.name.lstrip('-')}",
                    flag.why or _what_it_means(flag),
                    risk=_FOR_GOOD if flag.tier is Tier.CRITICAL_RED and not flag.is_unknown else "",
                    external=flag.is_external,
                    unknown=flag.is_unknown,
                )
            if value is not None and flag.kind != "text" and flag.kind is not None:
                KINDS[flag.kind](self, value)
        # Where nothing is known of a program, one of its flags is not the news.
        if reading.unknown and (profile.flags or profile.subs or not profile.is_unknown):
            self.verdict.note(
                Tier.RED,
                f"{profile.rule_id}.unknown-flag",
                f"What the flag {reading.unknown[0]} of {profile.command} does is not known here.",
                external=profile.needs_network,
                unknown=True,
            )

    def _positionals(self, profile: Profile, reading: Reading, *, is_dry: bool) -> None:
        plan = profile.plan
        self.reading = reading
        if is_dry and profile.dry_plan is not None:
            plan = profile.dry_plan
        for sets, other in profile.plans_if:
            if all(any(flag.name in names for flag, _ in reading.given) for names in sets):
                plan = other
                break
        values = reading.positionals
        if not values:
            if plan.rest is not None:
                RESTS[plan.rest](self, [])
            return
        front = len(plan.front)
        for kind, value in zip(plan.front, values, strict=False):
            if kind != "text":
                KINDS[kind](self, value)
        if plan.rest is not None:
            RESTS[plan.rest](self, values[front:])
            return
        self._repeated(plan, values[front:])

    def _repeated(self, plan: ArgumentPlan, values: list[str]) -> None:
        back = len(plan.back)
        if back and values:
            for kind, value in zip(plan.back[-len(values) :], values[-back:], strict=False):
                KINDS[kind](self, value)
            values = values[:-back]
        repeated = plan.repeated
        if repeated == "text" or not values:
            return
        judge_value = KINDS[repeated or "none"]
        for value in values:
            judge_value(self, value)

    def _secrets_in(self, profile: Profile, reading: Reading) -> None:
        """A secret's value may be handed to a program that uses it, never to one that can show it changed."""
        if "SECRET_REF(" not in "\n".join(self._argv):
            return
        allowed = profile.secret_flags if self.is_alone and not self.is_in_container else frozenset[str]()
        if "*" in allowed:
            return
        values = [value for flag, value in reading.given if value and flag.name not in allowed]
        # The arguments of a wrapped command are looked at when that command is judged.
        if profile.plan.rest in (None, "any..."):
            values += reading.positionals
        if any("SECRET_REF(" in value for value in (*values, *reading.unknown)):
            self._note_exposed()

    def _mentions(self, args: list[str]) -> None:
        """What is not known may do anything with the files that its arguments name."""
        text = "\n".join(args)[:_MOST_READ]
        for found in islice(_PATH.finditer(text), _MOST_MENTIONED):
            self.places.mention(found[0])

    def _note_exposed(self) -> None:
        self.verdict.note(
            Tier.CRITICAL_RED,
            "secret.exposed",
            "Gives a secret's value to a program that could show it in another form.",
            risk="The secret could get to the language model.",
            unknown=True,
        )
