"""What needs no network is what numpy counts in the same rows."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch

from playground.engine.data.in_memory import Data, InputTargetPairs, load
from playground.engine.data.scaling import Scaling
from playground.engine.evaluation.baseline import BaselineScorer
from playground.engine.evaluation.test_answers import AnswerStatistics
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Shakespeare
from playground.spec.verdict import Baseline
from tests.engine.conftest import first


def baseline(dataset: Dataset, data: Data) -> Baseline | None:
    """Found in chunks, as a test goes."""
    scorer = BaselineScorer(dataset, data)
    for start in range(0, len(data.test), 70):
        scorer.note(*data.test.cut(start, min(start + 70, len(data.test))))
    return scorer.found


def known(dataset: Dataset, data: Data) -> float:
    found = baseline(dataset, data)
    assert found is not None
    return found.score


def test_of_classes_the_commonest_of_the_training_data(digits: Data) -> None:
    train, test = (cast(InputTargetPairs, part).targets.numpy() for part in (digits.train, digits.test))
    commonest = np.bincount(train).argmax()
    found = baseline(MNIST(), digits)
    assert found is not None
    assert (found.answer, found.score) == (str(commonest), pytest.approx((test == commonest).mean()))


def test_of_a_teachers_probabilities_the_likeliest(digits: Data) -> None:
    soft = torch.softmax(torch.randn(200, 10, generator=torch.Generator().manual_seed(0)), 1)
    taught = replace(digits, train=InputTargetPairs(cast(InputTargetPairs, digits.train).inputs, soft))
    commonest = soft.numpy().sum(0).argmax()
    test = cast(InputTargetPairs, digits.test).targets.numpy()
    assert known(DistilledMNIST(), taught) == pytest.approx((test == commonest).mean())


def test_of_probabilities_their_sums_count_and_not_how_often_one_is_the_greatest(digits: Data) -> None:
    """0 is the likeliest twice of three times, but 1 has 1.8 in all and 0 has 1.2."""
    soft = torch.tensor([[0.6, 0.4], [0.6, 0.4], [0.0, 1.0]])
    soft = torch.nn.functional.pad(soft, (0, 8))
    taught = replace(digits, train=InputTargetPairs(cast(InputTargetPairs, digits.train).inputs[:3], soft))
    found = baseline(DistilledMNIST(), taught)
    assert found is not None
    assert found.answer == "1"


def test_the_answer_is_told_as_it_was_in_the_data() -> None:
    """Targets are (value - origin) / unit."""
    data = replace(load(Heights()), scaling=Scaling((0.0,), (1.0,), 5.0, 10.0))
    found = baseline(Heights(), data)
    assert found is not None
    assert float(found.answer) == pytest.approx(
        5 + 10 * cast(InputTargetPairs, data.train).targets.mean().item(), rel=1e-3
    )


def test_what_never_followed_is_not_impossible() -> None:
    """p(c | t) = (n_tc + (n_c + 1) / (n + C)) / (n_t + 1); here 0 alone was seen, 8 times, each time before 0."""
    text = Shakespeare(context=8)
    classes = text.task.classes
    assert classes is not None
    zeros = torch.zeros(1, 8, dtype=torch.int64)
    asked = torch.tensor([[0, 0, 0, 0, 1, 1, 1, 1]]), torch.tensor([[0, 0, 1, 1, 0, 0, 1, 1]])
    data = Data(InputTargetPairs(zeros, zeros), InputTargetPairs(zeros, zeros), InputTargetPairs(*asked))
    found = baseline(text, data)
    often, never = 9 / (8 + classes), 1 / (8 + classes)
    p = [(8 + often) / 9, never / 9, often, never]
    assert found is not None
    assert found.nats == pytest.approx(-np.log(p).mean(), rel=1e-5)


def test_of_a_table_the_mean_in_its_own_unit() -> None:
    table = Table(target="petal length", asks="number")
    data = load(table)
    train, test = (
        data.origin + data.unit * cast(InputTargetPairs, part).targets.numpy() for part in (data.train, data.test)
    )
    assert 3.0 < train.mean() < 4.5  # centimetres
    found = baseline(table, data)
    assert found is not None
    off = test - train.mean()
    assert found.rmse == pytest.approx(np.sqrt((off**2).mean()), rel=1e-5)
    assert found.mae == pytest.approx(np.abs(off).mean(), rel=1e-5)
    assert found.score == pytest.approx(1 - (off**2).sum() / ((test - test.mean()) ** 2).sum(), rel=1e-4, abs=1e-6)
    assert float(found.answer) == pytest.approx(train.mean(), rel=1e-3)


def test_of_heights_the_mean() -> None:
    data = load(Heights())
    found = baseline(Heights(), data)
    assert found is not None
    train, test = (cast(InputTargetPairs, part).targets.numpy() for part in (data.train, data.test))
    assert found.mae == pytest.approx(np.abs(test - train.mean()).mean(), rel=1e-4)
    assert -0.1 < found.score <= 0.0


def test_of_the_next_character_the_one_that_follows_most_often() -> None:
    text = Shakespeare(context=32)
    data = load(text)
    x, y = (row.numpy() for row in data.train.cut(0, len(data.train)))
    size = text.facts.alphabet
    counts = np.zeros((size, size))
    np.add.at(counts, (x, y), 1)
    overall = (counts.sum(0) + 1) / (counts.sum() + size)
    p = (counts + overall) / (counts.sum(1, keepdims=True) + 1)
    test_x, test_y = (row.numpy() for row in data.test.cut(0, len(data.test)))
    found = baseline(text, data)
    assert found is not None
    assert found.nats == pytest.approx(-np.log(p[test_x, test_y]).mean(), rel=1e-4)
    assert found.score == pytest.approx((p.argmax(1)[test_x] == test_y).mean(), abs=1e-4)
    assert 2.3 < found.nats < 2.6


def test_of_marks_the_commonest_for_each_character() -> None:
    text = Shakespeare(asked="restore", context=32)
    data = load(text)
    classes = text.task.classes
    assert classes is not None
    x, y = (row.numpy() for row in data.train.cut(0, len(data.train)))
    counts = np.zeros((text.facts.letters, classes))
    np.add.at(counts, (x, y), 1)
    test_x, test_y = (row.numpy() for row in data.test.cut(0, len(data.test)))
    said = counts.argmax(1)[test_x]
    right = ((said == test_y) & (test_y > 0)).sum()
    assert known(text, data) == pytest.approx(2 * right / ((said > 0).sum() + (test_y > 0).sum()), abs=1e-4)


def test_of_pixels_the_commonest_class_of_each() -> None:
    fields = ClutteredMNIST(count=200, shift=0)
    data = load(fields)
    data = replace(data, test=replace(data.test, positions=data.test.positions[:50]))  # type: ignore[attr-defined,type-var]
    ink = data.train.cut(0, 200)[1].numpy().mean(0) > 0.5
    true = data.test.cut(0, 50)[1].numpy() > 0
    assert known(fields, data) == pytest.approx((ink & true).sum() / (ink | true).sum(), abs=1e-6)


def test_of_pictures_their_mean() -> None:
    whole = load(ReconstructedMNIST(train_limit=300))
    data = replace(whole, test=replace(whole.test, images=whole.test.images[:100]))  # type: ignore[attr-defined,type-var]
    mean = data.train.cut(0, 300)[1].numpy().mean(0)
    true = data.test.cut(0, 100)[1].numpy()
    score = 1 - ((true - mean) ** 2).sum() / ((true - true.mean()) ** 2).sum()
    assert known(ReconstructedMNIST(), data) == pytest.approx(score, abs=1e-4)


def test_there_is_none_without_rows_to_test_with(digits: Data) -> None:
    assert baseline(MNIST(), replace(digits, test=first(cast(InputTargetPairs, digits.test), 0))) is None


@pytest.mark.parametrize(("outputs", "same"), [([[0.0, 1.0], [2.0, 3.0]], "1"), ([[0.0, 1.0], [3.0, 2.0]], None)])
def test_the_same_class_for_every_row_is_noticed(outputs: list[list[float]], same: str | None) -> None:
    answers = AnswerStatistics(MNIST())
    for row in outputs:
        answers.note(torch.tensor([row]), torch.tensor([0]))
    assert answers.same == same
    assert answers.rmse is None


def test_errors_are_told_in_the_numbers_own_unit() -> None:
    answers = AnswerStatistics(Heights(), unit=10.0)
    answers.note(torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [0.0]]))
    answers.note(torch.tensor([[3.0]]), torch.tensor([[6.0]]))
    assert answers.mae == pytest.approx(10 * (1 + 2 + 3) / 3)
    assert answers.rmse == pytest.approx(10 * ((1 + 4 + 9) / 3) ** 0.5)
    assert answers.same is None


def test_numbers_that_hardly_differ_are_the_same() -> None:
    answers = AnswerStatistics(Heights())
    answers.note(torch.full((3, 1), 0.5), torch.zeros(3, 1))
    answers.note(torch.full((3, 1), 0.50001), torch.zeros(3, 1))
    assert answers.same == ""


def test_numbers_that_differ_a_little_are_not() -> None:
    answers = AnswerStatistics(Heights())
    answers.note(torch.tensor([[0.5], [0.5011]]), torch.zeros(2, 1))
    assert answers.same is None


def test_pictures_of_which_some_pixels_differ_are_not_the_same() -> None:
    answers = AnswerStatistics(ReconstructedMNIST())
    answers.note(torch.zeros(1, *ReconstructedMNIST().task.output), torch.zeros(1))
    assert answers.same == ""
    other = torch.zeros(1, *ReconstructedMNIST().task.output)
    other.view(-1)[7] = 1.0
    answers.note(other, torch.zeros(1))
    assert answers.same is None


def test_the_same_class_at_every_pixel_has_no_name() -> None:
    answers = AnswerStatistics(ClutteredMNIST())
    outputs = torch.zeros(2, *ClutteredMNIST().task.output)
    outputs[:, 1] = 1.0 + torch.arange(outputs.shape[-1])  # how sure it is does not matter
    answers.note(outputs, torch.zeros(2))
    assert answers.same == ""
