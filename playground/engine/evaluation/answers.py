"""Collects what a network answers over a part of a data set in one pass; every figure of an evaluation starts here."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from playground.engine.build import applied
from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.evaluate import Evaluation, beliefs, chunk_size, evaluate, log_beliefs, log_odds
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring, activation_of, by_place
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.task import Score
from playground.spec.experiment import Experiment

Floats = npt.NDArray[np.float64]
Shares = npt.NDArray[np.float32]
Classes = npt.NDArray[np.int64]

MOST_PROBABILITIES = 40_000_000  # that are kept, 160 MB, and as many log-odds; of more, only those of answer and truth
_LEAST = 1e-12  # probability that counts where a network gives 0, whose logarithm is infinite


class ClassAnswers(NamedTuple):
    """Answers where each of P positions of a sample has a class; N samples, C classes. P is 1 for most data."""

    true: Classes  # (N, P)
    predicted: Classes  # (N, P), the greatest output, as the score counts it
    confidence: Shares  # (N, P), probability of the predicted class
    truth_share: Shares  # (N, P), probability of the true class
    probabilities: Shares | None  # (N · P, C), each row adding up to 1; None where they are too many
    class_count: int  # C
    certainty: Floats  # (N, P), ln (p / (1 - p)) of the confidence p: ranks also what float32 rounds to 1
    log_odds: Shares | None  # (N · P, C), the same of all probabilities; None where they are too many


class NumberAnswers(NamedTuple):
    """Answers where a sample has a single number, in the unit of the data."""

    true: Floats  # (N,)
    predicted: Floats  # (N,)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The answers of a network for N samples; of `classes` and `numbers`, at most one is there.

    Neither is there where a sample has many numbers, as for reconstruction. `errors` (N,) says how wrong each answer
    is: the mean of -ln p(truth) over its positions for classes; |output - target| for a number, in the unit of the
    data; the root of the mean squared error for many numbers. The score is NaN where it is R² and all targets are the
    same, as they are of a single sample: nothing varies that could be explained.
    """

    samples: int
    evaluation: Evaluation
    errors: Floats
    classes: ClassAnswers | None = None
    numbers: NumberAnswers | None = None
    same_targets: bool = False  # whether R² is the score, but not defined


class _Collector:
    """Keeps what `evaluate` shows it, chunk by chunk, in the CPU's memory."""

    def __init__(self, network: nn.Module, experiment: Experiment, samples: int, origin: float, unit: float) -> None:
        self._network, self._loss, self._task = network, experiment.recipe.loss, experiment.data.task
        self._activation = activation_of(self._task, self._loss.output_activation)
        self._origin, self._unit = origin, unit
        self._true: list[Tensor] = []
        self._predicted: list[Tensor] = []
        self._confidence: list[Tensor] = []
        self._truth_share: list[Tensor] = []
        self._certainty: list[Tensor] = []
        self._shares: list[Tensor] = []
        self._odds: list[Tensor] = []
        self._errors: list[Tensor] = []
        self._range = inf, -inf  # of target numbers
        count = samples * self._task.positions * (self._task.classes or 0)
        self._keeps_all = count <= MOST_PROBABILITIES

    def note(self, _inputs: Tensor, outputs: Tensor, targets: Tensor) -> None:
        """Add a chunk; called in inference mode."""
        if self._task.classes is None:
            self._note_numbers(applied(self._activation, outputs), targets)
        else:
            self._note_classes(outputs, targets)

    def _note_classes(self, outputs: Tensor, targets: Tensor) -> None:
        n = len(outputs)
        rows = by_place(outputs)
        true = by_place(targets).argmax(-1) if targets.is_floating_point() else targets
        rows, true = rows.reshape(-1, rows.shape[-1]).cpu().float(), true.reshape(-1).cpu()
        predicted, shares = rows.argmax(1), beliefs(self._network, rows, self._loss)
        confidence, truth_share = (shares.gather(1, index[:, None])[:, 0] for index in (predicted, true))
        odds = log_odds(log_beliefs(self._network, rows, self._loss))
        self._certainty.append(odds.gather(1, predicted[:, None]).view(n, -1))
        found = (self._true, true), (self._predicted, predicted), (self._confidence, confidence)
        for kept, values in (*found, (self._truth_share, truth_share)):
            kept.append(values.view(n, -1))
        self._errors.append(-truth_share.double().clamp_min(_LEAST).log().view(n, -1).mean(1))
        if self._keeps_all:
            self._shares.append(shares)
            self._odds.append(odds.float())

    def _note_numbers(self, outputs: Tensor, targets: Tensor) -> None:
        given, true = (item.flatten(1).cpu().double() for item in (outputs, targets))
        self._range = min(self._range[0], float(true.min())), max(self._range[1], float(true.max()))
        self._errors.append(self._unit * (given - true).square().mean(1).sqrt())
        if self._task.positions == 1:
            self._true.append(self._origin + self._unit * true[:, 0])
            self._predicted.append(self._origin + self._unit * given[:, 0])

    def answers(self, evaluation: Evaluation) -> Answers:
        """All of it."""
        classes: ClassAnswers | None = None
        numbers: NumberAnswers | None = None
        if self._task.classes is not None:
            parts = (self._true, self._predicted, self._confidence, self._truth_share, self._certainty)
            true, predicted, confidence, truth_share, certainty = (torch.cat(part).numpy() for part in parts)
            shares, odds = (torch.cat(part).numpy() if part else None for part in (self._shares, self._odds))
            count = self._task.classes
            classes = ClassAnswers(true, predicted, confidence, truth_share, shares, count, certainty, odds)
        elif self._true:
            numbers = NumberAnswers(torch.cat(self._true).numpy(), torch.cat(self._predicted).numpy())
        errors: Floats = torch.cat(self._errors).numpy()
        same = self._task.score is Score.R2 and self._range[0] == self._range[1]
        if same:
            evaluation = evaluation._replace(score=nan)
        return Answers(len(errors), evaluation, errors, classes, numbers, same)


def collect_answers(
    network: nn.Sequential,
    experiment: Experiment,
    part: Subset,
    *,
    origin: float = 0.0,
    unit: float = 1.0,
    chunk: int | None = None,
) -> Generator[int, None, Answers]:
    """Ask a network about each sample of a part of its data; yield the number of samples done after each chunk.

    Loss and score are those of `evaluate`, which is what a training reports. Stop asking to stop. The network is in its
    original mode between chunks.

    Args:
        network: of the experiment's stack, on the device of `part`.
        experiment: says what the outputs mean.
        part: at least one sample.
        origin: a target t that is a single number stands for origin + unit · t, see `Data.origin`.
        unit: see `origin`.
        chunk: samples at a time; None for some 10 ms of work.

    Raises:
        ValueError: `part` is empty.
    """
    if not len(part):
        raise ValueError("there are no samples to ask about")
    device = part.cut(0, 1)[1].device
    objective = Objective(experiment.recipe.loss, experiment.data.task, device)
    scoring = Scoring(experiment.data.task, experiment.recipe.loss.output_activation)
    collector = _Collector(network, experiment, len(part), origin, unit)
    size = chunk or chunk_size(experiment)
    found = yield from evaluate(network, objective, scoring, part, size, collector.note)
    return collector.answers(found)


def all_answers(
    network: nn.Sequential, experiment: Experiment, part: Subset, *, origin: float = 0.0, unit: float = 1.0
) -> Answers:
    """`collect_answers` to its end; raises Cancelled where `stop_if_cancelled` does."""
    chunks = collect_answers(network, experiment, part, origin=origin, unit=unit)
    while True:
        stop_if_cancelled()
        try:
            next(chunks)
        except StopIteration as end:
            answers: Answers = end.value
            return answers


def is_finite(answers: Answers) -> bool:
    """Whether the network gave numbers throughout; one that diverged does not."""
    return isfinite(answers.evaluation.loss) and bool(np.isfinite(answers.errors).all())
