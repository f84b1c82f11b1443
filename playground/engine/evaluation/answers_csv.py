"""Every answer of a network over a part of its data as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from playground.engine.data.csv_layout import CsvLayout
from playground.engine.data.sample_places import SamplePlaces
from playground.engine.evaluation.answers import Answers, ClassAnswers
from playground.engine.evaluation.data_part import Part
from playground.spec.data.task import Task
from playground.spec.files.csv_text import csv_text

_BLOCK = 2000  # samples that are written at a time


class Written(NamedTuple):
    """The part and the places that are written beside each answer, and the format of the file."""

    part: Part
    places: SamplePlaces | None = None  # of the samples in files
    layout: CsvLayout = CsvLayout()

    @property
    def columns(self) -> list[str]:
        """The names of the first columns."""
        placed = [*(["file"] if self.places else []), *(["place"] if self.places and self.places.rows else [])]
        return ["part", "sample", *placed]

    def head(self, number: int) -> list[object]:
        """The first cells of a sample."""
        placed = filter(None, self.places.place(number)) if self.places else ()
        return [self.part.value, number, *placed]


def answers_csv(answers: Answers, written: Written, task: Task, names: Sequence[str]) -> Iterator[bytes]:
    """A line for each answer, in pieces: part, index of the sample within it from 0, truth, answer, probabilities.

    Where the sample is of a person's own files, its file follows the index, and its row where it is one.

    Where a sample is a sequence, a line for each of its positions, which are counted from 0. Where it is a picture with
    a class or a number at each pixel, one line: the share of right pixels, and the error, see `Answers.errors`.

    Args:
        answers: of the network.
        written: the part of the data, the places of its samples, and the layout.
        task: of the data.
        names: of the classes, in their order.
    """
    layout = written.layout
    mark = "\ufeff" if layout.marked else ""
    columns = [*written.columns, *_columns(answers, task, names)]
    yield (mark + csv_text(columns, (), layout.separator)).encode()
    for start in range(0, answers.samples, _BLOCK):
        block = range(start, min(start + _BLOCK, answers.samples))
        rows = (row for number in block for row in _rows(answers, written, task, names, number))
        yield csv_text((), rows, layout.separator, layout.decimal).encode().split(b"\n", 1)[1]


def _columns(answers: Answers, task: Task, names: Sequence[str]) -> list[str]:
    if answers.numbers is not None:
        return ["true", "answer", "error"]
    if answers.classes is None:
        return ["error"]
    if len(task.output) == 3:
        return ["right", "error"]
    position = ["position"] if task.positions > 1 else []
    shares = [f"probability of {name}" for name in names] if answers.classes.probabilities is not None else []
    return [*position, "true", "answer", "confidence", "probability of the truth", *shares]


def _rows(answers: Answers, written: Written, task: Task, names: Sequence[str], number: int) -> Iterator[list[object]]:
    head = written.head(number)
    if answers.numbers is not None:
        true, given = answers.numbers.true[number], answers.numbers.predicted[number]
        exact = None if written.places is None else written.places.numbers
        as_written = _shortest(true) if exact is None else float(exact[number])
        yield [*head, as_written, _shortest(given), _shortest(given - true)]
    elif answers.classes is None:
        yield [*head, _shortest(answers.errors[number])]
    elif len(task.output) == 3:
        right = answers.classes.true[number] == answers.classes.predicted[number]
        yield [*head, float(right.mean()), _shortest(answers.errors[number])]
    else:
        yield from _class_rows(answers.classes, head, names, number)


def _class_rows(
    found: ClassAnswers, head: Sequence[object], names: Sequence[str], number: int
) -> Iterator[list[object]]:
    positions = found.true.shape[1]
    for position in range(positions):
        row = [*head, position] if positions > 1 else [*head]
        row += [names[found.true[number, position]], names[found.predicted[number, position]]]
        row += [_shortest(found.confidence[number, position]), _shortest(found.truth_share[number, position])]
        if found.probabilities is not None:
            row += map(_shortest, found.probabilities[number * positions + position])
        yield row


def _shortest(value: np.floating[Any]) -> float:
    """A number that was computed with 32 bits, in the fewest digits that tell it from others of 32 bits."""
    return float(str(np.float32(value)))
