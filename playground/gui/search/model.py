"""The table of trials as a model: a row for each, the latest on top unless it is sorted otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from playground.engine.search.goals import GOALS, figure_text
from playground.engine.search.outcome import AGAIN, FAILED, PRUNED, REFUSED, RUNNING, TRAINED, TrialRow
from playground.engine.search.plan import Plan
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import DARK, Theme
from playground.gui.style.translation import translated
from playground.spec.messages import message
from playground.spec.number_text import fixed_text
from playground.spec.search.names import range_name, value_text

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
SORTING = int(Role.UserRole)  # role of the value that a cell is sorted by


class TrialsModel(QAbstractTableModel):
    """Columns: number, state, the goals, parameters where they are no goal, the seconds, what was chosen."""

    grew = Signal()  # trials came or changed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.plan: Plan | None = None
        self.theme: Theme = DARK
        self._rows: list[TrialRow] = []
        self._places: dict[int, int] = {}  # of rows, by the number of the trial
        self._names: dict[str, str] = {}  # of ranges, by key
        self._settings: dict[int, str] = {}  # what was chosen, by the number of the trial: painted again and again
        self._figures: tuple[str, ...] = ()  # names of goals and of the parameters

    @property
    def trials(self) -> Sequence[TrialRow]:
        """All trials that are shown."""
        return self._rows

    @property
    def names(self) -> dict[str, str]:
        """The names of the ranges, translated, by their keys."""
        return self._names

    def begin(self, plan: Plan) -> None:
        """Show the trials of another plan, which are to come."""
        self.beginResetModel()
        self.plan, self._rows, self._places, self._settings = plan, [], {}, {}
        self._figures = tuple(dict.fromkeys((*plan.goals, "parameters")))
        self._names = {item.key: translated(range_name(item, plan.experiment)) for item in plan.space.ranges}
        self.endResetModel()
        self.grew.emit()

    def put(self, trials: Sequence[TrialRow]) -> None:
        """Add trials, or replace those of the same numbers."""
        new = [row for row in trials if row.number not in self._places]
        for row in trials:
            self._settings.pop(row.number, None)
            place = self._places.get(row.number)
            if place is not None:
                self._rows[place] = row
                self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))
        if new:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            for row in new:
                self._places[row.number] = len(self._rows)
                self._rows.append(row)
            self.endInsertRows()
        self.grew.emit()

    def place_of(self, number: int) -> int | None:
        """The row of a trial."""
        return self._places.get(number)

    def state_text(self, row: TrialRow) -> str:
        """The state of a trial; of a failed one with its reason."""
        words = {
            TRAINED: self.tr("done"),
            PRUNED: self.tr("ended early"),
            FAILED: self.tr("failed"),
            REFUSED: self.tr("not trained"),
            RUNNING: self.tr("running"),
            AGAIN: self.tr("begun again"),
        }
        state = words.get(row.state, self.tr("waiting"))
        if row.state == FAILED and row.reason:
            return self.tr("{0}: {1}").format(state, row.reason)
        return self._first_text(state) if row.first and row.state == TRAINED else state

    @property
    def longest_state(self) -> str:
        """The longest state without a reason."""
        return self._first_text(self.tr("done"))

    def _first_text(self, state: str) -> str:
        return self.tr("{0} (the starting point)").format(state)

    def settings_text(self, row: TrialRow) -> str:
        """The chosen values, with the names of the ranges."""
        found = self._settings.get(row.number)
        if found is None:
            found = self._settings[row.number] = self._settings_text(row)
        return found

    def _settings_text(self, row: TrialRow) -> str:
        if self.plan is None:
            return ""
        items = {item.key: item for item in self.plan.space.ranges}
        parts = []
        for key, value in row.params.items():
            if key in items:
                shown = translated(value_text(items[key], self.plan.experiment, value))
                parts.append(translated(message("{name} {value}", name=self._names[key], value=shown)))
        return ", ".join(parts)

    # Qt's interface

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's name and default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's name and default
        return 0 if parent.isValid() else 4 + len(self._figures)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Role.TextAlignmentRole:
            return self._side(section)
        if role != Role.DisplayRole:
            return None
        figures = [translated(message(GOALS[name].label)) for name in self._figures]
        return [self.tr("Trial"), *figures, self.tr("Seconds"), self.tr("State"), self.tr("Chosen")][section]

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row, column = self._rows[index.row()], index.column()
        if role == Role.DisplayRole:
            return self._text(row, column)
        if role == SORTING:
            return self._key(row, column)
        if role == Role.ToolTipRole:
            return plain_tip(row.reason or self._text(row, column))
        if role == Role.TextAlignmentRole:
            return self._side(column)
        if role == Role.ForegroundRole:
            color = {FAILED: "error", PRUNED: "muted", REFUSED: "muted", RUNNING: "muted", AGAIN: "muted"}.get(
                row.state, "text"
            )
            return self.theme.color(color)
        return None

    def _text(self, row: TrialRow, column: int) -> str:
        last: tuple[Callable[[], str], ...] = (
            lambda: "" if row.seconds is None else fixed_text(row.seconds, 1),
            lambda: self.state_text(row),
            lambda: self.settings_text(row),
        )
        if column == 0:
            return str(row.number)
        if column <= len(self._figures):
            value = self._figure(row, self._figures[column - 1])
            return "" if value is None else figure_text(self._figures[column - 1], value)
        return last[column - 1 - len(self._figures)]()

    def _key(self, row: TrialRow, column: int) -> Any:
        """Trials without a figure come after all that have one, whichever is better."""
        if column == 0:
            return row.number
        if column <= len(self._figures):
            name = self._figures[column - 1]
            value = self._figure(row, name)
            return (-inf if GOALS[name].greater_is_better else inf) if value is None else value
        if column == 1 + len(self._figures):
            return -1.0 if row.seconds is None else row.seconds
        return self._text(row, column)

    def _figure(self, row: TrialRow, name: str) -> float | None:
        value = row.figures.get(name)
        return None if value is None else float(value)

    def _side(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column <= 1 + len(self._figures) else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
