"""
A program's profile, compiled from ``rules/*.toml``.

Flags are written in a small language, so that two hundred programs stay readable:

=================  =============================================================================
``-laR``           three flags without a value (style ``gnu``)
``--all``          a long flag without a value
``-n:text``        a flag with a value of the kind ``text`` (``-n 3``, ``-n3``, ``--n=3``)
``--color?``       a flag whose value is optional and attached (``--color``, ``--color=auto``)
``-i?read``        the same, the value being of a kind
``-c%v:text``      the flag ``-c:v`` with a value: ``%`` stands for a colon in a name
``!red !external`` after a flag: what giving it means (see ``_EFFECTS``)
=================  =============================================================================

The style says how a program reads its arguments: ``words`` has no flags at all (``echo ---``).

Arguments are kinds in order, the last but one of them with ``?`` or ``*``: ``"text read*"``,
``"read* write"``.
A flag that is not written down is unknown, and the command asks.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from tenant_daemon.contracts.tiers import Tier

Style = Literal["gnu", "posix", "single", "find", "words"]


class BadRule(ValueError):
    """A rule file cannot be used: it is malformed, or an example in it is judged otherwise than it says."""


class Flag(NamedTuple):
    """One flag."""

    name: str
    kind: str | None = None
    is_optional: bool = False
    tier: Tier = Tier.GREEN
    is_external: bool = False
    is_unknown: bool = False
    why: str = ""
    is_plain: bool = False
    """Nothing follows from giving it, whatever its value is."""

    @property
    def takes_next(self) -> bool:
        """Whether the next argument is its value."""
        return self.kind is not None and not self.is_optional


class ArgumentPlan(NamedTuple):
    """Which kind each positional argument has."""

    front: tuple[str, ...]
    repeated: str | None
    back: tuple[str, ...]
    rest: str | None = None
    """A kind that takes everything from here on: a command."""


NO_ARGUMENTS: Final = ArgumentPlan((), None, ())


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything known of one program or sub-command."""

    rule_id: str
    says: str
    command: str = ""
    """As people write it: ``docker image push``."""
    tier: Tier = Tier.GREEN
    risk: str = ""
    is_external: bool = False
    is_unknown: bool = False
    style: Style = "gnu"
    is_numeric: bool = False
    """``-20`` is a count."""
    flags: dict[str, Flag] = field(default_factory=dict)
    plan: ArgumentPlan = NO_ARGUMENTS
    plans_if: tuple[tuple[tuple[frozenset[str], ...], ArgumentPlan], ...] = ()
    """Other plans, each for when a flag of every one of its sets is given; the first that fits counts."""
    dry_flags: frozenset[str] = frozenset()
    """With one of these nothing is changed: it only says what would be."""
    dry_plan: ArgumentPlan | None = None
    """What the arguments are then."""
    spelled: dict[str, str] = field(default_factory=dict)
    """Other spellings of flags, as whole arguments."""
    skipped: frozenset[str] = frozenset()
    """Words that may stand first and mean nothing (``yq eval``)."""
    needs_any: frozenset[str] = frozenset()
    """Without one of these flags it would read commands from its input."""
    subs: dict[str, "Profile"] = field(default_factory=dict)
    env: tuple[tuple[str, str], ...] = ()
    """Set for this program, so that no setting file makes it do something else."""
    secret_flags: frozenset[str] = frozenset()
    """Flags whose value may be a secret: it is passed on and not shown; ``*`` is any argument."""
    needs_network: bool = False
    needs_local: bool = False
    """It talks to services of this server over its own addresses, or tells of the network itself."""
    needs_server: bool = False
    """It works on the server itself and needs the daemon's own rights for it."""
    version_flags: frozenset[str] = frozenset()
    """Alone, they only show the version and the like (``-v``, where that is not short for something else)."""
    review: str = ""
    """Name of a judge that sees the whole reading (``kinds.REVIEWS``)."""
    own_words: int = -1
    """After so many arguments what follows is another program's; -1 where flags may stand anywhere."""
    matches: tuple[str, ...] = ()
    not_matches: tuple[str, ...] = ()


_EFFECTS: Final[dict[str, dict[str, Any]]] = {
    "yellow": {"tier": Tier.YELLOW},
    "red": {"tier": Tier.RED},
    "critical": {"tier": Tier.CRITICAL_RED},
    "external": {"is_external": True},
    "unknown": {"is_unknown": True, "tier": Tier.RED},
}
_FLAG: Final = re.compile(
    r"(?P<name>-{0,2}[^\s:?!=]+|-\?|-:|--)(?:(?P<sign>[:?])(?P<kind>[a-z0-9.-]*))?(?P<effects>(?:![a-z]+)*)"
)
_CLUSTER: Final = re.compile(r"-[A-Za-z0-9]{2,}")
# Most programs have flags in common, and what is in memory once is found sooner.
_flags: Final[dict[Flag, Flag]] = {}


def compile_flags(text: str, style: Style, whys: dict[str, str]) -> dict[str, Flag]:
    """Flags by name from their written form."""
    flags: dict[str, Flag] = {}
    for token in text.split():
        found = _FLAG.fullmatch(token)
        if found is None:
            raise BadRule(f"not a flag: {token}")
        effects: dict[str, Any] = {}
        for effect in found["effects"].split("!")[1:]:
            if effect not in _EFFECTS:
                raise BadRule(f"not an effect: {effect} in {token}")
            tier = max(effects.get("tier", Tier.GREEN), _EFFECTS[effect].get("tier", Tier.GREEN))
            effects |= {**_EFFECTS[effect], "tier": tier}
        name, sign = found["name"].replace("%", ":"), found["sign"]
        is_cluster = style in ("gnu", "posix") and _CLUSTER.fullmatch(name) is not None
        if is_cluster and sign:
            raise BadRule(f"a group of flags cannot have a value: {token}")
        for one in [f"-{letter}" for letter in name[1:]] if is_cluster else [name]:
            kind = (found["kind"] or "text") if sign else None
            is_plain = kind in (None, "text") and not effects
            flag = Flag(one, kind, sign == "?", why=whys.get(one, ""), is_plain=is_plain, **effects)
            if flags.get(one, flag) != flag:
                raise BadRule(f"a flag is described twice, and otherwise: {one}")
            flags[one] = _flags.setdefault(flag, flag)
    unused = whys.keys() - flags.keys()
    if unused:
        raise BadRule(f"a reason for flags that are not there: {sorted(unused)}")
    return flags


def compile_plan(text: str, rest_kinds: frozenset[str]) -> ArgumentPlan:
    """Argument kinds in order."""
    front: list[str] = []
    back: list[str] = []
    repeated: str | None = None
    for token in text.split():
        name, mark = (token[:-1], token[-1]) if token[-1] in "*+?" else (token, "")
        if name in rest_kinds:
            return ArgumentPlan(tuple(front), repeated, (), rest=name)
        if mark in ("*", "+"):
            if repeated is not None:
                raise BadRule(f"two repeated arguments: {text}")
            repeated = name
        elif repeated is None:
            front.append(name)
        else:
            back.append(name)
    return ArgumentPlan(tuple(front), repeated, tuple(back))
