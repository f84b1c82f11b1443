"""What a line is answered, and which of its words the answer depends on: compared with the plain computation."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.sources.labelled import encoded
from playground.engine.inference.line_classes import LineError, line_probabilities, words_that_matter
from playground.spec.data.labelled_summary import LabelledFiles, TextColumn
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.experiment import Experiment
from playground.spec.first_experiment import first_experiment

COLUMNS = (
    TextColumn(name="text", mean_length=9.0, alphabet=" abcdefghijk"),
    TextColumn(name="kind", labels=("x", "y", "z"), counts=(9, 9, 9)),
)
SOURCE = LabelledFiles(path="/nowhere/a.csv", rows=27, columns=COLUMNS)
DATA = LabelledTexts(source=SOURCE, text_column="text", label_column="kind", length=24)
EXPERIMENT = first_experiment(DATA)


@pytest.fixture
def network() -> nn.Sequential:
    torch.manual_seed(3)
    return build(EXPERIMENT)


def logits(network: nn.Sequential, line: str) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = network.eval()(encoded([line], DATA.alphabet, DATA.length).long())[0]
    return found


def test_the_effect_of_a_word_is_what_its_removal_takes_from_the_answer(network: nn.Sequential) -> None:
    line = "abc  de\tfghij kab"
    whole = logits(network, line)
    best = int(whole.argmax())
    without = ["     de\tfghij kab", "abc    \tfghij kab", "abc  de\t      kab", "abc  de\tfghij    "]
    parts = words_that_matter(network, EXPERIMENT, f" {line}\n")
    assert [part.text for part in parts] == ["abc", "  ", "de", "\t", "fghij", " ", "kab"]
    expected = [float(whole[best] - logits(network, other)[best]) for other in without]
    assert [part.effect for part in parts[::2]] == pytest.approx(expected, abs=1e-5)
    assert any(abs(effect) > 1e-3 for effect in expected)
    assert {part.effect for part in parts[1::2]} == {0.0}


def test_words_that_are_not_read_have_no_effect_and_long_lines_are_whole(network: nn.Sequential) -> None:
    line = "ab cd " * 40
    parts = words_that_matter(network, EXPERIMENT, line)
    assert "".join(part.text for part in parts) == line.strip()
    assert {part.effect for part in parts[20:]} == {0.0}
    assert words_that_matter(network, EXPERIMENT, " ") == ()


def test_probabilities_are_those_of_the_outputs(network: nn.Sequential) -> None:
    shares = line_probabilities(network, EXPERIMENT, ["abc de", "  hij "])
    expected = torch.stack([logits(network, "abc de"), logits(network, "hij")]).softmax(1)
    torch.testing.assert_close(torch.from_numpy(shares), expected)


def test_another_network_is_refused(network: nn.Sequential) -> None:
    with pytest.raises(LineError, match="does not classify texts"):
        words_that_matter(network, Experiment(), "a")
