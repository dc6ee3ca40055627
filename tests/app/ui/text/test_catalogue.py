"""Every text has words."""

from dataclasses import fields, is_dataclass

import pytest

from letsbe_app.ui.text import texts

AREAS = [field.name for field in fields(texts()) if is_dataclass(getattr(texts(), field.name))]


@pytest.mark.parametrize("area", AREAS)
def test_no_text_is_empty_or_shouts(area: str) -> None:
    words = getattr(texts(), area)
    for field in fields(words):
        value = getattr(words, field.name)
        if isinstance(value, str):
            assert value.strip(), field.name
            assert "!" not in value, field.name
            assert "oops" not in value.lower(), field.name


def test_an_unknown_language_reads_english() -> None:
    assert texts("tlh-KX") is texts("en")
