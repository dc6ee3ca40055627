"""Cases drawn from a seed, run through the redactor and judged; for the tests and for ``python -m``."""

import random
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tenant_daemon.redaction import KnownSecret, Redactor
from tests.redteam import carriers, listed, shapes
from tests.redteam.checker import core, is_json, leaks
from tests.redteam.listed import Disguise
from tests.redteam.surroundings import SURROUNDINGS, UNBROKEN

OTHERS = [
    KnownSecret("other-1", "Zq8-Lr3vWn6tYx1pKc5h"),
    KnownSecret("other-2", "f7#mD2w!"),
    KnownSecret("other-3", "a3f19c4be07d52861bd0c49f6e27a835"),
]
"""Bystanders: a vault never holds one secret alone."""
_SHORT = 12


@dataclass(frozen=True)
class Case:
    """A secret in a disguise, in a surrounding, in a payload."""

    shape: str
    disguise: str
    surrounding: str
    carrier: str
    secret: str
    core: str
    text: str
    payload: object
    kept: tuple[str, ...]

    @property
    def label(self) -> str:
        """What it is made of."""
        return f"{self.shape} / {self.disguise} / {self.surrounding} / {self.carrier}"


@dataclass
class Outcome:
    """How a campaign ended."""

    cases: int = 0
    leaks: list[tuple[Case, str]] = field(default_factory=list)
    damaged: list[tuple[Case, str]] = field(default_factory=list)

    def share(self) -> float:
        """Cases without a leak."""
        return 1 - len(self.leaks) / max(1, self.cases)

    def worst(self) -> list[tuple[str, int]]:
        """Which disguises leak most."""
        return Counter(case.disguise for case, _ in self.leaks).most_common()


def is_promised(shape: str, disguise: str, secret: str) -> bool:
    """Whether the promise covers this disguise of this secret."""
    if disguise in listed.CASES:
        return len(secret) >= _SHORT
    if disguise in listed.PARTS:
        return len(secret) >= _SHORT and shape not in ("digits", "word and year", "word and number")
    return True


def draw(
    disguises: Mapping[str, Disguise], seed: int, per_disguise: int, kinds: Mapping[str, shapes.Shape]
) -> Iterator[Case]:
    """The cases of a seed; the same ones each time."""
    for name, disguise in disguises.items():
        source = random.Random(f"{seed} {name}")
        for _ in range(per_disguise):
            shape = source.choice(list(kinds))
            case = make(shape, kinds[shape](source), name, disguise, source)
            if is_promised(shape, name, case.secret):
                yield case


def make(shape: str, secret: str, name: str, disguise: Disguise, source: random.Random) -> Case:
    """One case with a surrounding and a carrier drawn from ``source``."""
    seed = source.random()
    shown = disguise(secret, random.Random(seed))
    twin = disguise(shapes.sibling(secret, source), random.Random(seed))
    places = [p for p in SURROUNDINGS if p not in UNBROKEN or not any(c.isspace() for c in shown)]
    place = source.choice(places)
    surrounding = SURROUNDINGS[place]
    text = surrounding.put(shown)
    carrier = source.choice([*carriers.WHOLE, *carriers.SPLIT, "stream"])
    payload: object
    if carrier == "stream":
        payload = {"stream_chunks": carriers.pieces(text, source)}
    else:
        payload = {**carriers.WHOLE, **carriers.SPLIT}[carrier](text, source)
    is_cut = carrier in carriers.SPLIT or carrier == "stream"
    kept = () if is_cut else surrounding.kept
    return Case(shape, name, place, carrier, secret, core(shown, twin), text, payload, kept)


def redacted(redactor: Redactor, payload: object) -> object:
    """The payload as it leaves the server."""
    if isinstance(payload, dict) and list(payload) == ["stream_chunks"]:
        stream = redactor.stream()
        return {"stream_chunks": [*map(stream.feed, payload["stream_chunks"]), stream.finish()]}
    return redactor.redact_payload(payload)


def judge(cases: Iterable[Case]) -> Outcome:
    """Run the cases."""
    outcome = Outcome()
    for case in cases:
        outcome.cases += 1
        redactor = Redactor([*OTHERS, KnownSecret("the-one", case.secret)])
        output = redacted(redactor, case.payload)
        joined = "".join(carriers.texts(output))
        if leaks(case.secret, case.core, joined):
            outcome.leaks.append((case, joined))
        elif not all(word in joined for word in case.kept) or not _same_json(case.payload, output):
            outcome.damaged.append((case, joined))
    return outcome


def _same_json(before: object, after: object) -> bool:
    """What was a JSON text is one afterwards."""
    pairs = zip(carriers.texts(before), carriers.texts(after), strict=False)
    return all(is_json(b) for a, b in pairs if a[:1] in ("{", "[") and is_json(a))


def digest(cases: Iterable[Case]) -> int:
    """Tells whether two runs drew the same cases."""
    return zlib.crc32("\n".join(case.label + case.text for case in cases).encode("utf-8", "surrogatepass"))
