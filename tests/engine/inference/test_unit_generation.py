"""Networks of words and byte pairs write text that is joined as it was read, without the file."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
import torch
from torch import nn

from playground.engine.data.sources.text import inspect, units
from playground.engine.data.units import UNKNOWN_WORD
from playground.engine.inference.text_generation import SamplingOptions, next_character, unknown_characters, write
from playground.spec.data.text_summary import TextChoice
from playground.spec.data.text_units import UnitKind
from playground.spec.datasets.text import OwnText
from playground.spec.experiment import Experiment

LINE = "The cat sat by the sea, 床前明月光.\n"
GREEDY = SamplingOptions(temperature=0.0)


def experiment(folder: Path, kind: UnitKind) -> Experiment:
    pytest.importorskip("tokenizers")
    path = folder / "own.txt"
    path.write_text(LINE * 90, encoding="utf-8")
    source = inspect(str(path), choice=TextChoice(units=kind, vocabulary=100)).source
    path.unlink()
    return Experiment(data=OwnText(source=source, context=8))


def following(one: Experiment) -> nn.Sequential:
    """A network for which each unit is followed by that which follows it first in the line."""
    known = units(one.data)  # type: ignore[arg-type]
    codes = known.encode(LINE + LINE).tolist()
    table = nn.Embedding(len(known), len(known))
    with torch.no_grad():
        table.weight.zero_()
        for before, after in zip(reversed(codes[:-1]), reversed(codes[1:]), strict=True):
            table.weight[before] = 0.0
            table.weight[before, after] = 30.0
    return nn.Sequential(table)


@pytest.mark.parametrize("kind", ["words", "pairs"])
def test_it_writes_the_line_it_learned(kind: UnitKind, tmp_path: Path) -> None:
    one = experiment(tmp_path, kind)
    count = len(units(one.data).encode(LINE))  # type: ignore[arg-type]
    written = "".join(guess.character for guess in islice(write(following(one), one, "The cat", GREEDY), 2 * count))
    assert ("The cat" + written).startswith(LINE)
    assert "\N{REPLACEMENT CHARACTER}" not in written


def test_a_character_of_several_units_comes_at_once(tmp_path: Path) -> None:
    one = experiment(tmp_path, "pairs")
    source = one.data.source  # type: ignore[attr-defined]
    bare = source.with_(units=source.units.with_(merges=()))
    one = one.with_(data=one.data.with_(source=bare))
    codes = units(one.data).encode("床").tolist()  # type: ignore[arg-type]
    network = nn.Sequential(nn.Embedding(len(bare.units), len(bare.units)))
    with torch.no_grad():
        network[0].weight[:, codes[2]] = 90.0
    said = [next_character(network, one, "", 0, GREEDY, codes[:count]).character for count in (1, 2)]
    assert said == ["", "床"]


def test_an_unknown_word_is_never_drawn(tmp_path: Path) -> None:
    one = experiment(tmp_path, "words")
    count = len(units(one.data))  # type: ignore[arg-type]
    network = nn.Sequential(nn.Embedding(count, count))
    with torch.no_grad():
        network[0].weight[:, UNKNOWN_WORD] = 20.0
    guess = next_character(network, one, "zebra", 0, SamplingOptions())
    assert guess.likeliest[0][0] == "<unk>"
    assert guess.code != UNKNOWN_WORD
    assert next(write(network, one, "", GREEDY)).code != UNKNOWN_WORD


def test_characters_without_a_unit_are_told(tmp_path: Path) -> None:
    assert unknown_characters(experiment(tmp_path, "pairs"), "The Ж cat") == "Ж"
