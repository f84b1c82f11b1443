"""How good one gets without a network: by what is commonest, or the mean, of the training data."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from playground.engine.data.in_memory import Data, InputTargetPairs, Subset
from playground.engine.evaluation.scores import Scoring, added
from playground.engine.evaluation.test_answers import AnswerStatistics
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.dataset import Dataset
from playground.spec.data.task import Task
from playground.spec.layer import Tokens
from playground.spec.number_text import amount_text
from playground.spec.verdict import Baseline

_AT_ONCE = 500_000  # places that are looked at at a time
_COUNTED = 4_000_000  # places of the training data that are counted, at most;
_DRAWN = 1_000_000  # fewer where pictures have to be made for it


class BaselineScorer:
    """What the training data alone makes of the test samples, by the score of the task; is shown a chunk at a time.

    Classes: the one that is commonest, at each pixel where there are many, and for each character where a text goes in
    (that is a bigram model where the next one is asked for). Numbers: their mean, at each pixel of a picture. Of large
    data sets the first places are counted.
    """

    def __init__(self, dataset: Dataset, data: Data) -> None:
        """Count the training data, which takes a fraction of a second."""
        self._task, self._data = dataset.task, data
        self._scoring, self._answers = Scoring(dataset.task), AnswerStatistics(dataset, data.unit)
        self._sums: tuple[float, ...] = ()
        self._count, self._nats = 0, 0.0
        self._table: Tensor | None = None
        if isinstance(dataset.sample_shape, Tokens):
            self._table = _following(self._task, data, dataset.sample_shape.vocabulary)
            self._likeliest = self._table.argmax(1)
        else:
            self._answer = (_commonest if self._task.classes else _mean)(self._task, data)

    def note(self, inputs: Tensor, targets: Tensor) -> None:
        """Some of the test samples."""
        if self._table is None:
            outputs = self._answer.expand(len(targets), *self._task.output)
            self._answers.note(outputs, targets)
        else:
            outputs = functional.one_hot(self._likeliest[inputs], self._table.shape[1])
            self._nats -= self._table[inputs, targets].log().sum(dtype=torch.float64).item()
        self._sums = added(self._sums, [item.item() for item in self._scoring(outputs, targets)])
        self._count += len(targets)

    @property
    def found(self) -> Baseline | None:
        """How good that was; None of no samples."""
        if not self._count:
            return None
        score, answers = self._scoring.score(self._sums, self._count), self._answers
        if self._table is not None:
            return Baseline(score, nats=self._nats / (self._count * self._task.places))
        answer = answers.same or ""
        if self._task.classes is None and self._task.places == 1:
            answer = amount_text(self._data.origin + self._data.unit * self._answer.item())
        return Baseline(score, answer, rmse=answers.rmse, mae=answers.mae)


def _commonest(task: Task, data: Data) -> Tensor:
    """How often each class is asked for, in the shape of the task's outputs, float32."""
    counts = torch.zeros(task.output, device=_device(data))
    for targets in _targets(task, data.train):
        if targets.is_floating_point():
            counts += targets.sum(0)
        elif targets.dim() == 1:
            counts += torch.bincount(targets, minlength=len(counts))
        else:
            counts += functional.one_hot(targets, len(counts)).sum(0).permute(2, 0, 1)
    return counts


def _mean(task: Task, data: Data) -> Tensor:
    """The mean of what is asked for, in the shape of the task's outputs, float32."""
    total, seen = torch.zeros(task.output, dtype=torch.float64, device=_device(data)), 0
    for targets in _targets(task, data.train):
        total, seen = total + targets.sum(0, dtype=torch.float64), seen + len(targets)
    return (total / max(1, seen)).to(torch.float32)


def _following(task: Task, data: Data, vocabulary: int) -> Tensor:
    """How probable each answer is where a character stands, (vocabulary, C).

    p(c | t) = (n_tc + p(c)) / (n_t + 1), with p(c) = (n_c + 1) / (n + C): what never followed is not impossible.
    """
    classes = task.classes or 1
    counts = torch.zeros(vocabulary * classes, device=_device(data))
    for inputs, targets in _pairs(task, data.train, _COUNTED):
        counts += torch.bincount((inputs * classes + targets).flatten(), minlength=len(counts))
    table = counts.view(vocabulary, classes)
    overall = (table.sum(0) + 1) / (table.sum() + classes)
    return (table + overall) / (table.sum(1, keepdim=True) + 1)


def _pairs(task: Task, part: Subset, most: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Inputs and targets of the first samples, at about so many places, in pieces."""
    count, size = min(len(part), 1 + most // task.places), 1 + _AT_ONCE // task.places
    for start in range(0, count, size):
        stop_if_cancelled()
        yield part.cut(start, min(start + size, count))


def _targets(task: Task, part: Subset) -> Iterator[Tensor]:
    """Targets of the first samples, in pieces; inputs are not made where they are not needed."""
    if isinstance(part, InputTargetPairs):
        most, size = 1 + _COUNTED // task.places, 1 + _AT_ONCE // task.places
        yield from torch.split(part.targets[:most], size)
    else:
        yield from (targets for _, targets in _pairs(task, part, _DRAWN))


def _device(data: Data) -> torch.device:
    """Where the data lie."""
    return data.train.cut(0, 1)[1].device
