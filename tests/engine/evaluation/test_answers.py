"""What a network answers in one pass, for each kind of task, against asking it for each sample by itself."""

from __future__ import annotations

import csv
import io
from math import log, sqrt

import numpy as np
import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.in_memory import Data, InputTargetPairs, load, pixels
from playground.engine.evaluation import answers as answers_module
from playground.engine.evaluation.answers import all_answers, collect_answers
from playground.engine.evaluation.answers_csv import Written, answers_csv
from playground.engine.evaluation.class_labels import class_labels
from playground.engine.evaluation.data_part import Part, default_part, part_of
from playground.engine.evaluation.mistakes import examples_of, most_wrong
from playground.engine.evaluation.report import report
from playground.engine.evaluation.residuals import residuals
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.experiment import Experiment
from playground.spec.first_experiment import first_experiment


def test_classes(chancy: Experiment, digits: Data) -> None:
    network = build(chancy)
    chunks = collect_answers(network, chancy, digits.test, chunk=30)
    assert [next(chunks) for _ in range(4)] == [30, 60, 90, 100]
    with pytest.raises(StopIteration) as end:
        next(chunks)
    found = end.value.value
    assert found.classes is not None
    assert network.training
    network.eval()
    with torch.inference_mode():
        for number in range(0, 100, 9):
            shares = network(pixels(digits.test.inputs[number : number + 1])).softmax(1)[0]
            true = int(digits.test.targets[number])
            assert found.classes.true[number] == [true]
            assert found.classes.predicted[number] == [int(shares.argmax())]
            assert found.classes.confidence[number, 0] == pytest.approx(float(shares.max()), rel=1e-4)
            assert found.classes.truth_share[number, 0] == pytest.approx(float(shares[true]), rel=1e-4)
            assert found.classes.probabilities[number] == pytest.approx(shares.numpy(), rel=1e-3)
            assert found.errors[number] == pytest.approx(-log(float(shares[true])), rel=1e-4)
    right = (found.classes.true == found.classes.predicted).mean()
    assert found.evaluation.score == pytest.approx(float(right))
    assert found.evaluation.loss == pytest.approx(float(found.errors.mean()), rel=1e-5)


def test_most_wrong_and_examples_of_a_cell(chancy: Experiment, digits: Data) -> None:
    found = all_answers(build(chancy), chancy, digits.test)
    assert found.classes is not None
    worst = most_wrong(found, 10)
    wrong = [n for n in range(100) if found.classes.true[n, 0] != found.classes.predicted[n, 0]]
    assert worst == sorted(wrong, key=lambda n: -found.errors[n])[:10]
    true, given = found.classes.true[worst[0], 0], found.classes.predicted[worst[0], 0]
    cell = examples_of(found.classes, true, given)
    same = [n for n in wrong if (found.classes.true[n, 0], found.classes.predicted[n, 0]) == (true, given)]
    assert cell == sorted(same, key=lambda n: -found.classes.confidence[n, 0])
    assert worst[0] in cell


def test_numbers_are_in_the_unit_of_the_data() -> None:
    inputs, targets = torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([[0.0], [1.0], [4.0]])
    experiment = first_experiment(Heights())
    network = nn.Sequential(nn.Identity())
    found = all_answers(network, experiment, InputTargetPairs(inputs, targets), origin=100.0, unit=10.0)
    assert found.numbers is not None
    assert found.numbers.true.tolist() == [100, 110, 140]
    assert found.numbers.predicted.tolist() == [100, 110, 120]
    assert found.errors.tolist() == [0, 0, 20]
    errors = residuals(found.numbers)
    assert errors.values.tolist() == [0, 0, -20]
    assert (errors.rmse, errors.mae) == (pytest.approx(sqrt(400 / 3)), pytest.approx(20 / 3))
    assert errors.bias == pytest.approx(-20 / 3)
    mean = 350 / 3
    assert errors.r_squared == pytest.approx(1 - 400 / sum((true - mean) ** 2 for true in (100, 110, 140)))
    assert errors.r_squared == pytest.approx(found.evaluation.score)
    assert most_wrong(found) == [2]


def test_many_numbers_have_an_error_for_each_sample(digits: Data) -> None:
    experiment = first_experiment(ReconstructedMNIST())
    part = InputTargetPairs(digits.test.inputs[:5], pixels(digits.test.inputs[:5]))
    found = all_answers(nn.Sequential(nn.AvgPool2d(3, 1, 1)), experiment, part)
    assert found.classes is found.numbers is None
    activation = torch.nn.AvgPool2d(3, 1, 1)(pixels(part.inputs))
    if experiment.recipe.loss.output_activation.call is not None:
        activation = torch.sigmoid(activation)
    for number in range(5):
        expected = float(torch.sqrt(((activation[number] - part.targets[number]) ** 2).mean()))
        assert found.errors[number] == pytest.approx(expected, rel=1e-4)
    values = report(found, experiment.data.task, ())
    assert values["confusion"] is values["per_class"] is values["calibration"] is None
    assert values["reconstruction"]["rmse"]["worst"] == pytest.approx(float(found.errors.max()))


def test_a_mask_has_a_class_at_each_pixel() -> None:
    data = ClutteredMNIST(count=10)
    experiment = first_experiment(data)
    part = part_of(load(data), data, Part.TEST, 8)
    found = all_answers(build(experiment), experiment, part.samples)
    assert found.classes is not None
    assert found.classes.true.shape == (8, 56 * 56)
    values = report(found, data.task, class_labels(data))
    assert values["per_class"][1]["iou"] == pytest.approx(found.evaluation.score)
    assert np.sum(values["confusion"]) == 8 * 56 * 56
    assert str(part.words) == "8 of 2,000 test images"


def test_too_many_probabilities_are_not_kept(chancy: Experiment, digits: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_module, "MOST_PROBABILITIES", 999)
    found = all_answers(build(chancy), chancy, digits.test)
    assert found.classes is not None
    assert found.classes.probabilities is None
    assert "roc_area" not in report(found, chancy.data.task, class_labels(chancy.data))["per_class"][0]


def test_a_network_that_diverged_still_has_figures(chancy: Experiment, digits: Data) -> None:
    network = build(chancy)
    with torch.no_grad():
        next(network.parameters()).fill_(float("nan"))
    found = all_answers(network, chancy, digits.test)
    values = report(found, chancy.data.task, class_labels(chancy.data))
    assert values["loss"] != values["loss"]
    assert sum(item["count"] for item in values["calibration"]["bins"]) == 100


def test_every_answer_is_written(chancy: Experiment, digits: Data) -> None:
    found = all_answers(build(chancy), chancy, digits.test)
    assert found.classes is not None
    names = [f"={number}" for number in range(10)]  # which a spreadsheet must not compute
    text = b"".join(answers_csv(found, Written(Part.TEST), chancy.data.task, names)).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["sample"]) for row in rows] == list(range(100))
    assert [row["true"] for row in rows] == [f"'={number}" for number in digits.test.targets.tolist()]
    shares = [[float(row[f"probability of ={number}"]) for number in range(10)] for row in rows]
    assert np.array(shares) == pytest.approx(found.classes.probabilities, abs=1e-6)


@pytest.mark.parametrize(("share", "part"), [(0.1, Part.VALIDATION), (0.0, Part.TEST)])
def test_what_was_held_out_is_evaluated_first(share: float, part: Part, digits: Data) -> None:
    held_out = digits.validation if share else InputTargetPairs(digits.test.inputs[:0], digits.test.targets[:0])
    data: Dataset = MNIST(train_limit=200, validation_share=share)
    assert default_part(Data(digits.train, held_out, digits.test)) is part
    assert str(part_of(digits, data, Part.VALIDATION).words) == "60 validation images"
