"""Scores reached without a network: by always predicting the commonest class, or the mean, of the training data."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from playground.engine.data.in_memory import Data, InputTargetPairs, Subset
from playground.engine.data.on_demand import OnDemandPairs
from playground.engine.evaluation.scores import Scoring, added
from playground.engine.evaluation.test_answers import AnswerStatistics
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.dataset import Dataset
from playground.spec.data.task import Task
from playground.spec.layer import Tokens
from playground.spec.number_text import amount_text
from playground.spec.verdict import Baseline

_CHUNK = 500_000  # positions that are processed at a time
_MOST_COUNTED = 4_000_000  # positions of the training data that are counted, at most;
_MOST_GENERATED = 1_000_000  # fewer where images have to be generated for it


class BaselineScorer:
    """Scores predictions from the training data alone on the test samples, one chunk at a time.

    Classes: the commonest class, for each pixel where each has one, and for each character where each has one
    (a bigram model where the next character is the target). Numbers: their mean, for each pixel of an image. Of large
    data sets only the first positions are counted.
    """

    def __init__(self, dataset: Dataset, data: Data) -> None:
        """Count the training data; takes a fraction of a second."""
        self._task, self._data = dataset.task, data
        self._scoring, self._answers = Scoring(dataset.task), AnswerStatistics(dataset, data.unit)
        self._sums: tuple[float, ...] = ()
        self._count, self._nats = 0, 0.0
        self._table: Tensor | None = None
        if isinstance(dataset.sample_shape, Tokens) and len(self._task.output) == 2:
            self._table = _bigrams(self._task, data, dataset.sample_shape.vocabulary)
            self._likeliest = self._table.argmax(1)
        else:
            self._answer = (_commonest if self._task.classes else _mean)(self._task, data)

    def note(self, inputs: Tensor, targets: Tensor) -> None:
        """Score one chunk of the test samples."""
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
        """The score; None without samples."""
        if not self._count:
            return None
        score, answers = self._scoring.score(self._sums, self._count), self._answers
        if self._table is not None:
            return Baseline(score, nats=self._nats / (self._count * self._task.positions))
        answer = answers.same or ""
        if self._task.classes is None and self._task.positions == 1:
            answer = amount_text(self._data.origin + self._data.unit * self._answer.item())
        return Baseline(score, answer, rmse=answers.rmse, mae=answers.mae)


def _commonest(task: Task, data: Data) -> Tensor:
    """How often each class is the target, in the shape of the task's outputs, float32."""
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
    """Mean of the targets, in the shape of the task's outputs, float32."""
    total, seen = torch.zeros(task.output, dtype=torch.float64, device=_device(data)), 0
    for targets in _targets(task, data.train):
        total, seen = total + targets.sum(0, dtype=torch.float64), seen + len(targets)
    return (total / max(1, seen)).to(torch.float32)


def _bigrams(task: Task, data: Data, vocabulary: int) -> Tensor:
    """Probability of each class given the character at a position, (vocabulary, C).

    p(c | t) = (n_tc + p(c)) / (n_t + 1), with p(c) = (n_c + 1) / (n + C), so that unseen pairs are not impossible.
    """
    classes = task.classes or 1
    counts = torch.zeros(vocabulary * classes, device=_device(data))
    for inputs, targets in _pairs(task, data.train, _MOST_COUNTED):
        found, often = (inputs * classes + targets).flatten().unique(return_counts=True)  # type: ignore[no-untyped-call]
        counts[found] += often
    table = counts.view(vocabulary, classes)
    overall, beside = (table.sum(0) + 1) / (table.sum() + classes), table.sum(1, keepdim=True) + 1
    return table.add_(overall).div_(beside)


def _pairs(task: Task, part: Subset, most: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Chunks of inputs and targets of the first samples, with about `most` positions in all."""
    count, size = min(len(part), 1 + most // task.positions), 1 + _CHUNK // task.positions
    for start in range(0, count, size):
        stop_if_cancelled()
        yield part.cut(start, min(start + size, count))


def _targets(task: Task, part: Subset) -> Iterator[Tensor]:
    """Chunks of targets of the first samples; inputs are not created where they are not needed."""
    if isinstance(part, (InputTargetPairs, OnDemandPairs)):
        most, size = 1 + _MOST_COUNTED // task.positions, 1 + _CHUNK // task.positions
        yield from torch.split(part.targets[:most], size)
    else:
        yield from (targets for _, targets in _pairs(task, part, _MOST_GENERATED))


def _device(data: Data) -> torch.device:
    """The device that holds the data."""
    return data.train.cut(0, 1)[1].device
