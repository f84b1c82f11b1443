"""Answers and cost of a network in fewer bits beside the same network in float32."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import NamedTuple

import torch
from torch import Tensor

from playground.engine.data.in_memory import Subset
from playground.engine.data.spread_subset import indices
from playground.engine.evaluation.evaluate import chunk_size
from playground.engine.evaluation.scores import Scoring, added, by_place
from playground.engine.export.verification import ExportError
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import setting_text

_PASSES = 50  # that are timed

Outputs = Callable[[Tensor], Tensor]  # from inputs (N, …) to outputs (N, …)


class Cost(NamedTuple):
    """Figures of a network in a file."""

    bytes: int  # of the file
    score: float  # as the task defines it
    milliseconds: float  # for one sample alone, the median of 50 passes
    milliseconds_32: float  # for each of 32 samples at once, in the same way


class Comparison(NamedTuple):
    """How the answers of two networks differ.

    Attributes:
        before: the score of the first one.
        after: that of the second one.
        answers: classes that were compared, one for each position of a sample; 0 where numbers are predicted.
        changed: of these, those that differ.
        changed_samples: the samples with such an answer, counted from 0 in the whole part of the data.
        largest_difference: between two outputs for the same sample, absolute.
    """

    before: float
    after: float
    answers: int
    changed: int
    changed_samples: tuple[int, ...]
    largest_difference: float

    @property
    def words(self) -> Message:
        """The differences, as a sentence."""
        difference = setting_text(self.largest_difference, 2)
        if not self.answers:
            return message("The largest difference of an output is {difference}.", difference=difference)
        words = tr_noop(
            "{changed:,} of {answers:,} answers changed; the largest difference of an output is {difference}."
        )
        return message(words, changed=self.changed, answers=self.answers, difference=difference)


def compared(experiment: Experiment, part: Subset, before: Outputs, after: Outputs) -> Comparison:
    """Ask two networks of an experiment about the same samples.

    Raises:
        ExportError: an output is not finite.
        Cancelled: where `stop_if_cancelled` does.
    """
    task = experiment.data.task
    scoring = Scoring(task, experiment.recipe.loss.output_activation)
    sums: list[tuple[float, ...]] = [(), ()]
    answers, changed, largest, size = 0, 0, 0.0, chunk_size(experiment)
    samples: list[int] = []
    numbers = indices(part)
    for start in range(0, len(part), size):
        stop_if_cancelled()
        inputs, targets = part.cut(start, start + size)
        found = before(inputs), after(inputs)
        if not all(outputs.isfinite().all() for outputs in found):
            raise ExportError(message("The network gives outputs that are not finite: nothing can be compared."))
        sums = [
            added(known, [item.item() for item in scoring(outputs, targets)])
            for known, outputs in zip(sums, found, strict=True)
        ]
        largest = max(largest, (found[0].double() - found[1].double()).abs().max().item())
        if task.classes is not None:
            one, other = (by_place(outputs).argmax(-1).reshape(len(inputs), -1) for outputs in found)
            differ = one != other
            answers, changed = answers + one.numel(), changed + int(differ.sum())
            samples += numbers[start : start + size][differ.any(1).cpu().numpy()].tolist()
    scores = [scoring.score(item, len(part)) for item in sums]
    return Comparison(scores[0], scores[1], answers, changed, tuple(samples), largest)


def milliseconds(run: Outputs, part: Subset, count: int) -> float:
    """The time for each of `count` samples that are asked at once: the median of several passes."""
    inputs = part.cut(0, count)[0]
    inputs = inputs[torch.arange(count) % len(inputs)]
    times = []
    for number in range(_PASSES + 5):  # the first ones are not counted
        began = perf_counter()
        run(inputs)
        if number >= 5:
            times.append(perf_counter() - began)
    return 1000.0 * median(times) / count
