"""How good one gets without a network: by what is commonest, or the mean, of the training data."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from playground.engine.answers import Answers
from playground.engine.data import Data, Pairs, Part
from playground.engine.scores import Scoring, added
from playground.spec.dataset import Dataset
from playground.spec.layer import Tokens
from playground.spec.verdict import Baseline, amount

_AT_ONCE = 500_000  # places that are looked at at a time
_COUNTED = 4_000_000  # places of the training data that are counted, at most


def baseline(dataset: Dataset, data: Data) -> Baseline | None:
    """What the training data alone makes of the test samples, by the score of the task; None without either.

    Classes: the one that is commonest, at each pixel where there are many, and for each character where a text goes in
    (that is a bigram model where the next one is asked for). Numbers: their mean, at each pixel of a picture. Of large
    data sets the first `_COUNTED` places are counted.
    """
    if not len(data.train) or not len(data.test):
        return None
    if isinstance(dataset.sample_shape, Tokens):
        return _by_character(dataset, data, dataset.sample_shape.vocabulary)
    answer = _commonest(dataset, data) if dataset.task.classes else _mean(dataset, data)
    scoring, answers = Scoring(dataset.task), Answers(dataset, data.unit)
    sums: tuple[float, ...] = ()
    for targets in _targets(dataset, data.test, len(data.test)):
        outputs = answer.expand(len(targets), *dataset.task.output)
        sums = added(sums, [item.item() for item in scoring(outputs, targets)])
        answers.note(outputs, targets)
    score = scoring.score(sums, len(data.test))
    if dataset.task.places > 1 or dataset.task.classes:
        return Baseline(score, answers.same or "", rmse=answers.rmse, mae=answers.mae)
    return Baseline(score, amount(data.origin + data.unit * answer.item()), rmse=answers.rmse, mae=answers.mae)


def _commonest(dataset: Dataset, data: Data) -> Tensor:
    """How often each class is asked for, in the shape of the task's outputs, float32."""
    counts = torch.zeros(dataset.task.output, device=_device(data))
    for targets in _targets(dataset, data.train, _COUNTED // dataset.task.places):
        if targets.is_floating_point():
            counts += targets.sum(0)
        elif targets.dim() == 1:
            counts += torch.bincount(targets, minlength=len(counts))
        else:
            counts += functional.one_hot(targets, len(counts)).sum(0).permute(2, 0, 1)
    return counts


def _mean(dataset: Dataset, data: Data) -> Tensor:
    """The mean of what is asked for, in the shape of the task's outputs, float32."""
    total, seen = torch.zeros(dataset.task.output, dtype=torch.float64, device=_device(data)), 0
    for targets in _targets(dataset, data.train, _COUNTED // dataset.task.places):
        total, seen = total + targets.sum(0, dtype=torch.float64), seen + len(targets)
    return (total / seen).to(torch.float32)


def _by_character(dataset: Dataset, data: Data, vocabulary: int) -> Baseline:
    """The answer that is commonest where the same character stands, and how probable the counts make each.

    p(c | t) = (n_tc + p(c)) / (n_t + 1), with p(c) = (n_c + 1) / (n + C): what never followed is not impossible.
    """
    task, classes = dataset.task, dataset.task.classes or 1
    counts = torch.zeros(vocabulary * classes, device=_device(data))
    for inputs, targets in _pairs(dataset, data.train, _COUNTED // task.places):
        counts += torch.bincount((inputs * classes + targets).flatten(), minlength=len(counts))
    table = counts.view(vocabulary, classes)
    overall = (table.sum(0) + 1) / (table.sum() + classes)
    surprise = -((table + overall) / (table.sum(1, keepdim=True) + 1)).log()
    commonest, scoring = (table + overall).argmax(1), Scoring(task)
    nats = 0.0
    sums: tuple[float, ...] = ()
    for inputs, targets in _pairs(dataset, data.test, len(data.test)):
        nats += surprise[inputs, targets].sum(dtype=torch.float64).item()
        outputs = functional.one_hot(commonest[inputs], classes)
        sums = added(sums, [item.item() for item in scoring(outputs, targets)])
    return Baseline(scoring.score(sums, len(data.test)), nats=nats / (len(data.test) * task.places))


def _pairs(dataset: Dataset, part: Part, most: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Inputs and targets of the first samples, in pieces."""
    size = max(1, _AT_ONCE // max(dataset.task.places, dataset.task.output[0] * dataset.task.places // 100))
    count = min(len(part), max(1, most))
    for start in range(0, count, size):
        yield part.cut(start, min(start + size, count))


def _targets(dataset: Dataset, part: Part, most: int) -> Iterator[Tensor]:
    """Targets of the first samples, in pieces; inputs are not made where they are not needed."""
    if isinstance(part, Pairs):
        yield from torch.split(part.targets[:most], max(1, _AT_ONCE // dataset.task.places))
    else:
        yield from (targets for _, targets in _pairs(dataset, part, most))


def _device(data: Data) -> torch.device:
    """Where the data lie."""
    return data.train.cut(0, 1)[1].device
