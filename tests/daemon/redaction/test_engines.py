"""Two engines, one answer."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction.detectors.known import KnownDetector, KnownSecret
from tenant_daemon.redaction.engines import AhoLiterals, GrowingLiterals, HyperscanLiterals, best_engine

letters = st.text("abc1", min_size=1, max_size=6).map(str.encode)


@settings(max_examples=100, deadline=None)
@given(literals=st.lists(letters, max_size=6, unique=True), text=st.text("abc1", max_size=60).map(str.encode))
def test_engines_find_the_same(literals: list[bytes], text: bytes) -> None:
    assert sorted(HyperscanLiterals(literals).find(text)) == sorted(AhoLiterals(literals).find(text))


def test_known_secrets_are_found_alike_by_both() -> None:
    secrets = [KnownSecret("a", "kV9mQ2xLp7zR4wT8nBc3"), KnownSecret("b", "h7#Kq2p!")]
    text = b"x kV9mQ2xLp7zR4wT8nBc3 y h7#Kq2p! z a1Y5bVEyeExwN3pSNHdUOG5CYzM="
    found = [KnownDetector(secrets, engine).find(text) for engine in (HyperscanLiterals, AhoLiterals)]
    assert sorted(found[0], key=repr) == sorted(found[1], key=repr)


def test_growing_engine_answers_the_same_before_and_after() -> None:
    literals = [f"{number:08x}".encode() for number in range(300)]
    text = b"".join(literals[::7])
    engine = GrowingLiterals(literals)
    before = engine.find(text)
    engine.wait_until_fast()
    assert sorted(before) == sorted(engine.find(text)) == sorted(HyperscanLiterals(literals).find(text))


def test_only_large_vaults_wait_for_their_engine() -> None:
    assert isinstance(best_engine([b"abcdefgh"]), HyperscanLiterals)
    many = [f"{number:08x}".encode() for number in range(12_001)]
    assert isinstance(best_engine(many), GrowingLiterals)
