"""Whole text files as samples, where a network learned from folders of them; and folders of text files."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from playground.engine.build import build
from playground.engine.inference.line_classes import line_probabilities
from playground.engine.inference.predictions.predict import predictions
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained
from playground.spec.data.labelled_summary import LabelledFiles, TextColumn
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.first_experiment import first_experiment

COLUMNS = (
    TextColumn(name="text", mean_length=9.0, alphabet="\n abcdefghijkö"),
    TextColumn(name="folder", labels=("x", "y", "z"), counts=(9, 9, 9)),
)


def _trained(*, is_folder: bool) -> Trained:
    source = LabelledFiles(path="/nowhere/a", rows=27, columns=COLUMNS, is_folder=is_folder)
    experiment = first_experiment(LabelledTexts(source=source, length=24))
    torch.manual_seed(3)
    return Trained(experiment, build(experiment), Figures(), {})


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    (folder / "old").mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"abc de\r\n\r\nfgh\r\n")
    (folder / "b.TXT").write_text("kij\nbö\n", encoding="utf-16")
    (folder / "blank.txt").write_text(" \n")
    (folder / "old" / "c.txt").write_text("dig\n")
    (folder / "picture.png").write_bytes(b"no text")
    (folder / ".hidden.txt").write_text("abc")
    return folder


def test_a_file_is_one_sample_where_the_network_learned_from_files(letters: Path) -> None:
    trained = _trained(is_folder=True)
    found = list(predictions(trained, [str(letters)]))
    assert [Path(item.source).name for item in found] == ["a.txt", "b.TXT", "blank.txt", "c.txt"]
    assert [item.where for item in found] == [""] * 4
    assert str(found[2].problem) == "it is empty"
    whole = line_probabilities(trained.network, trained.experiment, ["abc de\n\nfgh", "kij\nbö", "dig"])
    for item, shares in zip((found[0], found[1], found[3]), whole.tolist(), strict=True):
        assert item.probabilities == pytest.approx(shares)
    assert found[0].cells["text"] == "abc de\n\nfgh"


def test_lines_are_samples_where_the_network_learned_from_a_table(letters: Path) -> None:
    found = list(predictions(_trained(is_folder=False), [str(letters)]))
    assert [item.where for item in found] == ["line 1", "line 3", "line 1", "line 2", "line 1"]


def test_a_folder_without_texts_says_so(tmp_path: Path) -> None:
    (found,) = predictions(_trained(is_folder=True), [str(tmp_path)])
    assert str(found.problem) == f"There is no text file (.txt) in “{tmp_path}”."
