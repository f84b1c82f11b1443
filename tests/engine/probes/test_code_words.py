"""Codes are read as what they stand for."""

from __future__ import annotations

from playground.engine.data.sources.text import units
from playground.engine.probes.code_words import code_words
from playground.spec.datasets.text import Text
from playground.spec.files.presets import preset


def test_the_characters_of_a_bundled_text() -> None:
    data = preset("shakespeare-lstm").experiment.data
    assert isinstance(data, Text)
    assert code_words(data, units(data).encode("To be\n").tolist()) == tuple("To be\n")
