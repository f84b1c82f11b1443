"""Predictions as CSV, for spreadsheets and other programs."""

from __future__ import annotations

from collections.abc import Sequence

from playground.engine.data.csv_layout import CsvLayout
from playground.engine.inference.predictions.prediction import Prediction
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.table import Table
from playground.spec.files.csv_text import csv_text
from playground.spec.messages import message

_LEANS = ("most probable", "confidence")  # of refused answers: columns where any is refused
_SAID = ("problem", "remark")  # fields with sentences, which are columns where any sample has one


def predictions_csv(data: Dataset, predictions: Sequence[Prediction]) -> str:
    """One line for each sample: its file and place, its own cells, the answer, probabilities, problems and remarks.

    Of a refused answer the cell is empty, and the columns “most probable” and “confidence” say what it leans to.

    Probabilities are fractions of 1. Columns that no sample fills are left out. Separator, decimal sign and byte order
    mark are those of the first table among the files, so that the program that wrote it reads this one as well. Its
    columns keep their names: one of the others that would have the same gets a number.
    """
    layout = next((item.layout for item in predictions if item.layout), CsvLayout())
    own = list(dict.fromkeys(name for item in predictions for name in item.cells))
    names = data.class_names if any(item.probabilities for item in predictions) else ()
    placed, *told = (any(getattr(item, name) for item in predictions) for name in ("where", *_SAID))
    said = [name for name, given in zip(_SAID, told, strict=True) if given]
    refused = any(item.refused for item in predictions)
    before = ["file", *(["place"] if placed else [])]
    after = [
        _answer(data),
        *(_LEANS if refused else ()),
        *(str(message("probability of {name}", name=name)) for name in names),
        *said,
    ]
    free = _free_names([*before, *after], own)
    columns = [*free[: len(before)], *own, *free[len(before) :]]
    rows = (_row(item, own, len(names), placed, said, refused) for item in predictions)
    mark = "\ufeff" if layout.marked else ""
    return mark + csv_text(columns, rows, layout.separator, layout.decimal)


def _free_names(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """The same names, with a number behind each that would be there twice."""
    there, found = set(taken), list[str]()
    for name in names:
        different, count = name, 1
        while different in there:
            count += 1
            different = f"{name} {count}"
        there.add(different)
        found.append(different)
    return found


def _row(
    item: Prediction, own: Sequence[str], classes: int, placed: bool, said: Sequence[str], refused: bool
) -> list[object]:
    row: list[object] = [item.source, *([item.where] if placed else []), *(item.cells.get(name) for name in own)]
    answer = item.value if item.value is not None else item.answer
    leans = [item.most_probable, item.confidence] if item.refused else [None, None]
    row += [answer, *(leans if refused else ()), *(item.probabilities or [None] * classes)]
    return row + [str(words) if (words := getattr(item, name)) else None for name in said]


def _answer(data: Dataset) -> str:
    """The name of the column of answers; one that no column of a table has by accident."""
    return f"predicted {data.target_column.name}" if isinstance(data, Table) else "answer"
