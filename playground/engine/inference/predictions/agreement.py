"""How far predictions agree with the targets that stand beside them in the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import sqrt
from pathlib import Path

from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.notation import looks_like_number
from playground.engine.inference.predictions.cell_notation import notation_for
from playground.engine.inference.predictions.prediction import Prediction, Truth
from playground.spec.data.dataset import Dataset
from playground.spec.data.table_summary import Column
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.table import Table
from playground.spec.messages import Message, message, plural, tr_noop
from playground.spec.number_text import amount_text


def true_answers(data: Table | LabelledTexts, rows: Rows, path: Path | None = None) -> list[Truth] | None:
    """The target in each row of a table, as the network learned to read it; None where no column has its name.

    path: the file of the table; None where it comes from no file.
    """
    learned = path is not None and bool(data.own_path) and path.resolve() == Path(data.own_path).resolve()
    name = _target_name(data)
    folded = [item.casefold() for item in rows.names]
    if name in rows.names:
        cells = rows.column(rows.names.index(name))
    elif name.casefold() in folded:
        cells = rows.column(folded.index(name.casefold()))
    else:
        return None
    if isinstance(data, Table) and data.target_column.kind == "number":
        read = _number_reader(data, data.target_column, cells)
        return [Truth(read(cell), learned) for cell in cells]
    classes = set(data.class_names)
    return [Truth(cell if cell in classes else None, learned) for cell in cells]


def _target_name(data: Dataset) -> str:
    if isinstance(data, Table):
        return data.target_column.name
    return data.asked_column.name if isinstance(data, LabelledTexts) else ""


def _number_reader(data: Table, column: Column, cells: Sequence[str]) -> Callable[[str], str | float | None]:
    """The function from a cell to its number, or to the name of the class that it stands for; None for neither."""
    notation, classes = notation_for(column, list(filter(looks_like_number, cells))), set(data.class_names)

    def read(cell: str) -> str | float | None:
        value = notation.number(cell)
        if value is None or value == column.missing_value:
            return None
        if not data.classifies:
            return value
        named = str(int(value)) if value.is_integer() else ""
        return named if named in classes else None

    return read


class Agreement:
    """Counts, over predictions that are added one by one, how many agree with the table's own target.

    Predictions without an answer, refused ones, and those of tables without a target, do not count.
    """

    def __init__(self, data: Dataset) -> None:
        self.compared = 0
        self.right = 0  # of classes
        self.unknown = 0  # answers whose cell of the target is empty or cannot be read, or names no known class
        self.refused = 0  # that have a target
        self._data, self._absolute, self._squares = data, 0.0, 0.0
        self._seen = False  # whether the network learned from a file that holds some of them

    def add(self, item: Prediction) -> None:
        """Count a prediction."""
        if item.problem is not None or item.truth is None:
            return
        true = item.truth.value
        if true is None:
            self.unknown += 1
            return
        if item.refused:
            self.refused += 1
            return
        self.compared += 1
        if isinstance(true, str):
            self.right += true == item.answer
        else:
            assert item.value is not None
            error = item.value - true
            self._absolute += abs(error)
            self._squares += error * error
        self._seen = self._seen or item.truth.learned

    @property
    def rmse(self) -> float:
        """√ mean (predicted - true)², in the unit of the target; of at least one number."""
        return sqrt(self._squares / self.compared)

    @property
    def mae(self) -> float:
        """Mean |predicted - true|, in the unit of the target; of at least one number."""
        return self._absolute / self.compared

    def sentences(self) -> list[Message]:
        """What was found, for people; empty where no table holds the target."""
        if not self.compared and not self.unknown and not self.refused:
            return []
        target, told = _target_name(self._data), list[Message]()
        if self.compared and self._data.task.classes is not None:
            words = tr_noop("{right:,} of {count:,} agree with “{target}”.")
            told.append(message(words, right=self.right, count=self.compared, target=target))
        elif self.compared:
            words = tr_noop(
                "Compared with “{target}” in {count:,} rows, in its unit: RMSE {rmse}, mean absolute error {mae}."
            )
            errors = {"rmse": amount_text(self.rmse), "mae": amount_text(self.mae)}
            told.append(message(words, target=target, count=self.compared, **errors))
        if self.refused:
            told.append(
                plural("{count:,} rows are not answered: not sure.", "1 row is not answered: not sure.", self.refused)
            )
        if self.unknown:
            told.append(self._uncounted(target))
        if self._seen:
            told.append(message("The network learned from rows of this file: on new data it agrees less, as a rule."))
        return told

    def _uncounted(self, target: str) -> Message:
        words = tr_noop("{rows} not counted: “{target}” is empty there, or no number.")
        if self._data.task.classes is not None:
            words = tr_noop("{rows} not counted: “{target}” is empty there, or names no class that the network knows.")
        return message(words, rows=plural("{count:,} rows are", "1 row is", self.unknown), target=target)


def agreement(data: Dataset, predictions: Iterable[Prediction]) -> Agreement:
    """That of all of some predictions."""
    found = Agreement(data)
    for item in predictions:
        found.add(item)
    return found
