"""Three engines, one answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction.detectors.known import KnownDetector, KnownSecret
from tenant_daemon.redaction.engines import FEW, AhoLiterals, HyperscanLiterals, best_engine
from tenant_daemon.redaction.windows import TableLiterals

letters = st.text("abc1", min_size=1, max_size=9).map(str.encode)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(literals=st.lists(letters, max_size=6, unique=True), text=st.text("abc1", max_size=60).map(str.encode))
def test_engines_find_the_same(literals: list[bytes], text: bytes) -> None:
    found = sorted(HyperscanLiterals(literals).find(text))
    assert found == sorted(AhoLiterals(literals).find(text)) == sorted(TableLiterals(literals).find(text))


def test_known_secrets_are_found_alike_by_all() -> None:
    secrets = [KnownSecret("a", "kV9mQ2xLp7zR4wT8nBc3"), KnownSecret("b", "h7#Kq2p!")]
    text = b"x kV9mQ2xLp7zR4wT8nBc3 y h7#Kq2p! z a1Y5bVEyeExwN3pSNHdUOG5CYzM="
    found = [
        KnownDetector(secrets, engine).find(text)
        for engine in (HyperscanLiterals, AhoLiterals, TableLiterals)
    ]
    assert sorted(found[0], key=repr) == sorted(found[1], key=repr) == sorted(found[2], key=repr)


def test_large_vaults_get_tables_and_small_ones_hyperscan() -> None:
    assert isinstance(best_engine([b"abcdefgh"]), HyperscanLiterals)
    assert isinstance(best_engine([f"{number:08x}".encode() for number in range(FEW + 1)]), TableLiterals)


@pytest.mark.parametrize("letters", [b"0123456789abcdef", b"abcdefghijklmnop", b"0123Abcdefghijkl"])
def test_tables_find_literals_in_every_place_of_a_long_text(letters: bytes) -> None:
    digits = bytes.maketrans(b"0123456789abcdef", letters)
    literals = [f"{number * 7919:08x}".encode().translate(digits) for number in range(5_000)]
    text = b"".join(literals[::7]) * 20 + b"x" + literals[3]
    assert TableLiterals(literals).find(text) == HyperscanLiterals(literals).find(text)


@pytest.mark.parametrize("size", [0, 7, 8, 9, 32_774, 32_775, 32_776])
def test_tables_search_a_text_to_its_end(size: int) -> None:
    text = (b"x" * size)[:-8] + b"abcdefG8"[: min(size, 8)]
    assert TableLiterals([b"abcdefG8"]).find(text) == ([(0, size)] if size >= 8 else [])
