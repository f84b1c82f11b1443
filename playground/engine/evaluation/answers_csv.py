"""Every answer of a network over a part of its data as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from playground.engine.evaluation.answers import Answers, ClassAnswers
from playground.engine.evaluation.data_part import Part
from playground.spec.data.task import Task
from playground.spec.files.csv_text import csv_text

_BLOCK = 2000  # samples that are written at a time


def answers_csv(answers: Answers, part: Part, task: Task, names: Sequence[str]) -> Iterator[bytes]:
    """A line for each answer, in pieces: part, index of the sample within it from 0, truth, answer, probabilities.

    Where a sample is a sequence, a line for each of its positions, which are counted from 0. Where it is a picture with
    a class or a number at each pixel, one line: the share of right pixels, and the error, see `Answers.errors`.

    Args:
        answers: of the network.
        part: of the data.
        task: of the data.
        names: of the classes, in their order.
    """
    yield csv_text(_columns(answers, task, names), ()).encode()
    for start in range(0, answers.samples, _BLOCK):
        block = range(start, min(start + _BLOCK, answers.samples))
        rows = (row for number in block for row in _rows(answers, part, task, names, number))
        yield csv_text((), rows).encode().split(b"\n", 1)[1]


def _columns(answers: Answers, task: Task, names: Sequence[str]) -> list[str]:
    if answers.numbers is not None:
        return ["part", "sample", "true", "answer", "error"]
    if answers.classes is None:
        return ["part", "sample", "error"]
    if len(task.output) == 3:
        return ["part", "sample", "right", "error"]
    position = ["position"] if task.positions > 1 else []
    shares = [f"probability of {name}" for name in names] if answers.classes.probabilities is not None else []
    return ["part", "sample", *position, "true", "answer", "confidence", "probability of the truth", *shares]


def _rows(answers: Answers, part: Part, task: Task, names: Sequence[str], number: int) -> Iterator[list[object]]:
    head: list[object] = [part.value, number]
    if answers.numbers is not None:
        true, given = float(answers.numbers.true[number]), float(answers.numbers.predicted[number])
        yield [*head, true, given, given - true]
    elif answers.classes is None:
        yield [*head, float(answers.errors[number])]
    elif len(task.output) == 3:
        right = answers.classes.true[number] == answers.classes.predicted[number]
        yield [*head, float(right.mean()), float(answers.errors[number])]
    else:
        yield from _class_rows(answers.classes, head, names, number)


def _class_rows(
    found: ClassAnswers, head: Sequence[object], names: Sequence[str], number: int
) -> Iterator[list[object]]:
    positions = found.true.shape[1]
    for position in range(positions):
        row = [*head, position] if positions > 1 else [*head]
        row += [names[found.true[number, position]], names[found.predicted[number, position]]]
        row += [_share(found.confidence[number, position]), _share(found.truth_share[number, position])]
        if found.probabilities is not None:
            row += map(_share, found.probabilities[number * positions + position])
        yield row


def _share(value: np.float32) -> float:
    """A probability in the digits that a float32 has."""
    return float(str(value))
