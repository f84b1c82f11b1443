"""Some samples of a part are taken from all over it, and are known by their places in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.engine.data.in_memory import InputTargetPairs, LimitedSubset, load
from playground.engine.data.sources import table
from playground.engine.data.spread_subset import SpreadSubset, indices, some, spread
from playground.engine.evaluation.data_part import Part, part_of
from playground.engine.evaluation.examples import examples
from playground.engine.pruning.importance import Criterion, weight_scores
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear


@pytest.mark.parametrize(("count", "most"), [(10, 9), (3000, 1000), (1620, 1000), (6000, 1024), (7, 1)])
def test_the_numbers_are_different_and_from_everywhere(count: int, most: int) -> None:
    found = spread(count, most)
    assert (np.diff(found) > 0).all()
    assert 0 <= found[0] <= found[-1] < count
    for of_part in np.array_split(np.arange(count), 4) if most > 100 else ():  # sorted by class
        share = np.isin(found, of_part).sum() / most
        assert share == pytest.approx(0.25, abs=0.01)
    if most > 100:  # alternating classes
        assert (found % 3 == 0).mean() == pytest.approx(1 / 3, abs=0.07)


def _pairs(count: int) -> InputTargetPairs:
    return InputTargetPairs(torch.arange(count, dtype=torch.float32)[:, None], torch.arange(count))


def test_samples_are_those_of_their_indices() -> None:
    whole = _pairs(100)
    found = some(whole, MNIST(), 30)
    assert isinstance(found, SpreadSubset)
    fewer = some(found, MNIST(), 7)
    assert indices(fewer).tolist() == fewer.cut(0, 100)[1].tolist() == fewer.cut(0, 7)[0][:, 0].int().tolist()
    ordered = fewer.order(torch.Generator().manual_seed(0))
    assert sorted(fewer.batch(ordered)[1].tolist()) == indices(fewer).tolist()
    assert some(whole, MNIST(), 100) is whole
    assert isinstance(some(whole, Shakespeare(), 30), LimitedSubset)


def _sorted_table(folder: Path) -> Table:
    lines = "".join(f"{row};{row % 7};{'abcd'[row // 100]}\n" for row in range(400))
    (folder / "t.csv").write_text(f"n;m;kind\n{lines}", encoding="utf-8")
    return Table.of_source(table.inspect(str(folder / "t.csv")).source, Table()).with_(validation_share=0.25)


def test_examples_of_some_rows_are_found_again(tmp_path: Path) -> None:
    data = _sorted_table(tmp_path)
    part = part_of(load(data), data, Part.VALIDATION, 40)
    assert str(part.words) == "40 of 80 validation rows"
    targets = part.samples.cut(0, 40)[1]
    assert np.bincount(targets.numpy()).tolist() == [10, 10, 10, 10]
    for example in examples(part, (0, 13, 39)):
        (row, _), kind = table.row_of(data, example.place, "validation")
        assert example.target == kind
        assert example.origin is not None
        assert example.origin.number == row  # the file has a row for each number


def test_importance_is_taken_from_all_classes() -> None:
    """With the gradient of one sample each, a weight to a class matters only if samples of it were read."""
    experiment = Experiment(name="x", data=MNIST(), stack=Stack(layers=(Linear(out_features=10),)))
    network = nn.Sequential(nn.Linear(10, 10))
    labels = torch.arange(10).repeat_interleave(300)
    pictures: Tensor = nn.functional.one_hot(labels, 10).float()
    scores = weight_scores(experiment, network, InputTargetPairs(pictures, labels), Criterion.TAYLOR)
    (weights,) = (value for name, value in scores.items() if name.endswith("weight"))
    assert (weights.abs().sum(0) > 0).all()
