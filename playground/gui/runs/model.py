"""The model of the table of runs: one row for each run, which keeps its place when all rows are read again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from playground.engine.runs.index import RunRow
from playground.gui.runs.columns import COLUMNS, EDITABLE, MEASURED, Column, Key, began, cell_text, validated_only
from playground.gui.runs.reading import Comparison, Listing
from playground.gui.style.labels import plain_tip
from playground.gui.style.run_colors import RunColor, run_color
from playground.gui.style.translation import translated
from playground.spec.experiment_differences import Difference
from playground.spec.messages import Message, joined, message, tr_noop
from playground.spec.number_text import loss_text, percent_text

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

RUN_ID = int(Role.UserRole)
DAMAGED = RUN_ID + 1  # whether there is a problem with the run
STRONG = RUN_ID + 2  # whether it is the current run
COLOR = RUN_ID + 3  # `RunColor` of its curves
SECONDARY = RUN_ID + 4  # whether a figure is not comparable with most others of its column

_FEW = 2  # differences that a cell names
_ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RunsModel(QAbstractTableModel):
    """Rows of runs in the order of their ids, what differs between them, and which of them show their curves."""

    edited = Signal(str, object, object)  # id, column, new value: a name, star, group or note to store
    renamed = Signal(str, str, str)  # id, old name, new name: by the person
    shown_changed = Signal()  # `shown` is another

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RunRow] = []
        self._words: dict[str, str] = {}  # texts that the search looks into, by id
        self._damage: dict[str, Message] = {}
        self._compared: Comparison | None = None
        self._texts: dict[str, str] = {}  # of the differences
        self.shown: set[str] = set()  # ids of the runs whose curves are shown
        self._colors: dict[str, RunColor] = {}  # of all runs that were ever shown
        self.current = ""  # id of the run that the window shows

    # rows

    def row(self, number: int) -> RunRow:
        """The run in that row of this model."""
        return self._rows[number]

    def number_of(self, run_id: str) -> int | None:
        """The row of a run; None if there is none."""
        return next((number for number, row in enumerate(self._rows) if row.run_id == run_id), None)

    def words(self, number: int) -> str:
        """The texts of a run in which the search looks, in lower case."""
        row = self._rows[number]
        if row.run_id not in self._words:
            data = COLUMNS[Column.DATA].text(row)
            found = " ".join((row.name, translated(data), row.data, row.note, row.group, row.run_id))
            self._words[row.run_id] = found.lower()
        return self._words[row.run_id]

    def key(self, number: int, column: Column) -> Key:
        """The value by which a run is sorted; None if it is missing."""
        row = self._rows[number]
        if column is Column.CURVE:
            return row.run_id not in self.shown
        if row.damaged:
            return began(row.run_id) if column is Column.DATE else None
        if column is Column.DIFFERENCES:
            found = self._compared.found.get(row.run_id) if self._compared else None
            return None if found is None else len(found)
        return COLUMNS[column].key(row)

    def rank(self, number: int, column: Column) -> int:
        """The place of a run before its value counts: 0, or 1 for a figure of validation, or 2 without a value."""
        if self.key(number, column) is None:
            return 2
        return int(column in MEASURED and validated_only(self._rows[number]))

    def problem(self, row: RunRow) -> Message | None:
        """The sentence that says why a run cannot be read; None if it can."""
        found = self._damage.get(row.run_id)
        return found or (self._compared.problems.get(row.run_id) if self._compared else None)

    def show_listing(self, listing: Listing) -> None:
        """Show other rows: those of runs that are still there keep their place, their selection and their editors."""
        self._damage = listing.problems
        after = {row.run_id: row for row in listing.rows}
        for number in reversed(range(len(self._rows))):
            if self._rows[number].run_id not in after:
                self.beginRemoveRows(_ROOT, number, number)
                del self._rows[number]
                self.endRemoveRows()
        if not self._rows:
            self._begin_with(listing.rows)
            return
        for number, row in enumerate(listing.rows):
            if number == len(self._rows) or self._rows[number].run_id != row.run_id:
                self.beginInsertRows(_ROOT, number, number)
                self._rows.insert(number, row)
                self.endInsertRows()
            elif self._rows[number] != row:
                self._replace(number, row)
        if gone := self.shown - after.keys():
            self.shown -= gone
            self.shown_changed.emit()

    def _begin_with(self, rows: list[RunRow]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def _replace(self, number: int, row: RunRow) -> None:
        self._rows[number] = row
        self._words.pop(row.run_id, None)
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(Column) - 1))

    # what is shown besides

    def compared_with(self, reference: str) -> set[str]:
        """The ids of the runs whose differences from that run are shown."""
        before = self._compared
        return set(before.found) if before and before.reference == reference else set()

    def forget_comparison(self) -> None:
        """Show no differences any more."""
        self._compared = None
        self._texts.clear()
        self._column_changed(Column.DIFFERENCES)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show the differences of some runs; those from the same run that are known already stay."""
        before = self._compared
        if before and before.reference == comparison.reference:
            problems = {**before.problems, **comparison.problems}
            comparison = comparison._replace(found={**before.found, **comparison.found}, problems=problems)
        else:
            self._texts.clear()
        self._compared = comparison
        self._column_changed(Column.DIFFERENCES)

    def set_current(self, run_id: str) -> None:
        """Mark the run that the window shows; empty for none."""
        if run_id != self.current:
            self.current = run_id
            self._column_changed(Column.NAME)

    def show_curves(self, run_ids: Iterable[str], on: bool) -> None:
        """Show or hide the curves of runs."""
        before = set(self.shown)
        for run_id in run_ids:
            if on and run_id not in self.shown:
                self._choose_color(run_id)
            self.shown = self.shown | {run_id} if on else self.shown - {run_id}
        if self.shown != before:
            self._column_changed(Column.CURVE)
            self.shown_changed.emit()

    def color(self, run_id: str) -> RunColor:
        """The colour of a run's curves: no two runs that are shown have the same as long as there are enough."""
        return self._colors.get(run_id) or run_color(run_id)

    def _choose_color(self, run_id: str) -> None:
        """Choose the colour that the run had before, or its own; if another shown run has that, the next free one."""
        taken = {self.color(other) for other in self.shown}
        color = self.color(run_id)
        self._colors[run_id] = run_color(run_id, taken) if color in taken else color

    def _column_changed(self, column: Column) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, column), self.index(len(self._rows) - 1, column))

    # Qt's interface

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802  Qt's name
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802  Qt's name
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid() or self._rows[index.row()].damaged:
            return flags
        if index.column() in (Column.CURVE, Column.STAR):
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in EDITABLE else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        info = COLUMNS[column]
        if role == Role.DisplayRole:
            return "" if column in (Column.CURVE, Column.STAR) else translated(info.label)
        if role == Role.AccessibleTextRole:
            return translated(info.label)
        if role == Role.ToolTipRole:
            return plain_tip(translated(info.help))
        if role == Role.TextAlignmentRole:
            return _RIGHT if info.numeric else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        if role == Role.DisplayRole or (role == Role.EditRole and column in EDITABLE):
            return self._text(row, column)
        if role == Role.TextAlignmentRole and COLUMNS[column].numeric:
            return _RIGHT
        if role == Role.ToolTipRole:
            return plain_tip(self._tip(row, column)) or None
        if role == Role.CheckStateRole and column in (Column.CURVE, Column.STAR) and not row.damaged:
            on = row.star if column is Column.STAR else row.run_id in self.shown
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == Role.AccessibleTextRole:
            return self._spoken(row, column)
        if role == RUN_ID:
            return row.run_id
        if role == SECONDARY:
            return column in MEASURED and validated_only(row)
        if role == COLOR:
            return self.color(row.run_id)
        if role == DAMAGED:
            return self.problem(row) is not None
        return row.run_id == self.current if role == STRONG else None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802  Qt's name
        if not index.isValid():
            return False
        number, column = index.row(), Column(index.column())
        row = self._rows[number]
        if role == Role.CheckStateRole and column is Column.CURVE:
            self.show_curves((row.run_id,), Qt.CheckState(value) is Qt.CheckState.Checked)
        elif role == Role.CheckStateRole and column is Column.STAR:
            self._edit(number, column, row._replace(star=Qt.CheckState(value) is Qt.CheckState.Checked))
        elif role == Role.EditRole and column is Column.NAME:
            if str(value).strip() in ("", row.name):
                return False
            self.rename(row.run_id, str(value).strip())
            self.renamed.emit(row.run_id, row.name, str(value).strip())
        elif role == Role.EditRole and column is Column.NOTE:
            self._edit(number, column, row._replace(note=str(value)))
        elif role == Role.EditRole and column is Column.GROUP:
            self._edit(number, column, row._replace(group=str(value)))
        else:
            return False
        return True

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name, here and in the store."""
        number = self.number_of(run_id)
        if number is not None:
            self._edit(number, Column.NAME, self._rows[number]._replace(name=name))
            if run_id in self.shown:  # the curves name it, too
                self.shown_changed.emit()

    def _edit(self, number: int, column: Column, row: RunRow) -> None:
        if row == self._rows[number]:
            return
        self._replace(number, row)
        values = {Column.NAME: row.name, Column.STAR: row.star, Column.NOTE: row.note, Column.GROUP: row.group}
        self.edited.emit(row.run_id, column, values[column])

    # texts

    def _text(self, row: RunRow, column: Column) -> str:
        if column is Column.DIFFERENCES:
            problem = self.problem(row)
            return translated(problem) if problem else self._differences_text(row)
        if row.damaged and column is not Column.NAME:
            return ""
        return cell_text(row, column)

    def _differences(self, row: RunRow) -> tuple[Difference, ...] | None:
        return self._compared.found.get(row.run_id) if self._compared else None

    def _differences_text(self, row: RunRow) -> str:
        if row.run_id not in self._texts:
            found = self._differences(row)
            if found is None or (self._compared and row.run_id == self._compared.reference):
                return ""
            parts = [message("{label} {b}", label=item.label, b=item.b) for item in found[:_FEW]]
            text = joined(parts, ", ") if parts else message(tr_noop("the same settings"))
            if len(found) > _FEW:
                text = message("{differences} + {count:,}", differences=text, count=len(found) - _FEW)
            self._texts[row.run_id] = translated(text)
        return self._texts[row.run_id]

    def _tip(self, row: RunRow, column: Column) -> str:
        if problem := self.problem(row):
            return translated(problem)
        if column is Column.DIFFERENCES:
            found = self._differences(row) or ()
            lines = [message("{label}: {a} → {b}", label=item.label, a=item.a, b=item.b) for item in found]
            return "\n".join(map(translated, lines))
        if column in (Column.CURVE, Column.STAR):
            return translated(COLUMNS[column].help)
        text = self._text(row, column)
        if column in MEASURED and row.measured_on:
            figure = percent_text(row.score) if column is Column.SCORE else loss_text(row.loss)
            words = tr_noop("{figure} on the test data")
            if validated_only(row):
                words = tr_noop("{figure} on the validation data: the run was not tested")
            return translated(message(words, figure=figure))
        return text

    def _spoken(self, row: RunRow, column: Column) -> str | None:
        if column is Column.STAR:
            return translated(tr_noop("starred") if row.star else tr_noop("not starred"))
        if column is Column.CURVE:
            on = row.run_id in self.shown
            return translated(tr_noop("curves shown") if on else tr_noop("curves not shown"))
        return None
