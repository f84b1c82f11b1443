"""The table of predictions as a model: a row for each sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from playground.engine.data.formats.sorting_values import values_of_texts
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import translated
from playground.spec.data.dataset import Dataset, Samples
from playground.spec.number_text import PROBABILITY, percent_text

if TYPE_CHECKING:
    from playground.engine.inference.predictions.prediction import Prediction

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

ANSWER = 1  # number of the column with the answers
SORTING = int(Role.UserRole)  # role of the value that a cell is sorted by
_LONGEST = 1000  # characters of a cell of the file that are shown
_MOST_CLASSES = 20  # classes that have a column of their own


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its heading, and text and sorting value of a cell."""

    heading: str
    text: Callable[[Prediction], str]
    key: Callable[[Prediction], Any]
    tip: str = ""
    numeric: bool = False


class PredictionsModel(QAbstractTableModel):
    """Shows predictions; the answer of a sample that has none says why, in the colour of errors.

    An answer with a remark has a sign before it, and the colour of warnings.
    """

    def __init__(
        self, data: Dataset, predictions: Sequence[Prediction], error: QColor, warning: QColor, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.predictions = tuple(predictions)
        self._error, self._warning = error, warning
        self._classes = bool(data.task.classes) and any(item.probabilities for item in self.predictions)
        self._columns = self._all_columns(data)

    @property
    def doubt_column(self) -> int | None:
        """The number of the column with the doubts; None where numbers or texts are answered."""
        return ANSWER + 1 if self._classes else None

    def _all_columns(self, data: Dataset) -> list[_Column]:
        one_file = len({item.source for item in self.predictions}) == 1

        def place(item: Prediction) -> str:
            """The sample without the folder, and without the file where all are of one."""
            parts = item.where if one_file else ", ".join(filter(None, (PurePath(item.source).name, item.where)))
            return parts or PurePath(item.source).name

        columns = [_Column(self.tr("Sample"), place, _natural)]
        target = data.target_name
        answer = self.tr("Answer: {0}").format(target) if target else self.tr("Answer")
        number = data.task.classes is None and data.asked_with is not Samples.LINES
        columns.append(_Column(answer, _answer, _value_key if number else _answer_key, numeric=number))
        if self._classes:
            tip = self.tr("One minus the probability of the answer: how unsure the network is.")
            columns.append(_Column(self.tr("Doubt"), _doubt, lambda item: item.doubt, tip, numeric=True))
        own = dict.fromkeys(name for item in self.predictions for name in item.cells)
        columns += [self._own(name) for name in own]
        if self._classes and len(data.class_names) <= _MOST_CLASSES:
            columns += [self._share(name, index) for index, name in enumerate(data.class_names)]
        return columns

    def _own(self, name: str) -> _Column:
        """A column of the file itself, which is sorted by its numbers or moments, in whatever notation."""
        cells = list(dict.fromkeys(item.cells.get(name, "") for item in self.predictions))
        values = values_of_texts(cells)
        keys = None if values is None else dict(zip(cells, values, strict=True))

        def key(item: Prediction) -> Any:
            cell = item.cells.get(name, "")
            return cell if keys is None else keys[cell]

        return _Column(
            name, lambda item: " ".join(item.cells.get(name, "")[:_LONGEST].splitlines()), key, numeric=keys is not None
        )

    def _share(self, name: str, index: int) -> _Column:
        def share(item: Prediction) -> float:
            return item.probabilities[index] if item.probabilities else -1.0

        def text(item: Prediction) -> str:
            return percent_text(share(item), PROBABILITY) if item.probabilities else ""

        tip = self.tr("The probability of {0}").format(name)
        return _Column(f"p({name})", text, share, plain_tip(tip), numeric=True)

    # Qt's interface

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's name and default
        return 0 if parent.isValid() else len(self.predictions)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's name and default
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self._columns[section]
        if role == Role.DisplayRole:
            return column.heading
        if role == Role.ToolTipRole:
            return column.tip or plain_tip(column.heading)
        return _side(column) if role == Role.TextAlignmentRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        item, column = self.predictions[index.row()], self._columns[index.column()]
        if role == Role.DisplayRole:
            return column.text(item)
        if role == SORTING:
            return column.key(item)
        answer = index.column() == ANSWER
        if role == Role.ToolTipRole:
            return plain_tip(translated(item.remark) if answer and item.remark else column.text(item))
        if role == Role.ForegroundRole and answer and (item.problem or item.remark):
            return self._error if item.problem else self._warning
        return _side(column) if role == Role.TextAlignmentRole and item.problem is None else None


def _answer(item: Prediction) -> str:
    if item.problem is not None:
        return translated(item.problem)
    answer = translated(item.words)
    return f"⚠ {answer}" if item.remark else answer


def _answer_key(item: Prediction) -> str:
    return translated(item.problem) if item.problem is not None else item.answer


def _value_key(item: Prediction) -> float:
    return float("-inf") if item.value is None else item.value


def _doubt(item: Prediction) -> str:
    return "" if item.problem is not None else percent_text(item.doubt, PROBABILITY)


def _natural(item: Prediction) -> tuple[str, int, str]:
    """Samples in the order of their numbers: row 9 before row 10."""
    digits = "".join(character for character in item.where if character.isdigit())
    return item.source, int(digits or 0), item.where


def _side(column: _Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
