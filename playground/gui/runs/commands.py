"""The commands for the selected runs: in the table's menu, with keys, and in the row above the table."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from playground.engine.race.entries import MOST
from playground.engine.runs.index import RunRow
from playground.gui.runs.columns import Column
from playground.gui.runs.model import RunsModel
from playground.gui.runs.table_view import RunsTable
from playground.gui.style.action import dress

Role = Qt.ItemDataRole


class RunCommands(QObject):
    """Actions for the selection of a table."""

    open_requested = Signal(str)  # id
    compare_requested = Signal(str, str)  # ids
    groups_requested = Signal(str, str)  # names of two groups to compare
    band_requested = Signal(str)  # name of the group whose mean and band are to be shown
    delete_requested = Signal(object)  # tuple of ids
    race_requested = Signal(object)  # tuple of ids

    def __init__(self, runs: RunsModel, table: RunsTable) -> None:
        super().__init__(table)
        self._runs, self._table = runs, table
        self.open = self._action(self.tr("&Open as Experiment"), "Return; Enter", self._open)
        self.show_curves = self._action(self.tr("Show &Curves"), "Ctrl+Space; C", self._toggle_curves)
        self.star = self._action(self.tr("&Star"), "Space; *", self._toggle_stars)
        self.rename = self._action(self.tr("&Rename"), "F2", self._rename)
        self.note = self._action(self.tr("Edit &Note"), "N", self._edit_note)
        self.group = self._action(self.tr("Edit &Group"), "G", self._edit_group)
        self.compare = self._action(
            self.tr("Show &Differences"), "D", self._compare, self.tr("Show two selected runs side by side")
        )
        self.compare_groups = self._action(
            self.tr("Com&pare Groups"),
            "Shift+D",
            self._compare_groups,
            self.tr("Test whether one of the two groups of the selected runs is better"),
        )
        self.band = self._action(
            self.tr("Show Mean and &Band"), "B", self._show_band, self.tr("Show mean and range of the group's curves")
        )
        self.race = self._action(
            self.tr("&Race…"), "R", self._race, self.tr("Train up to six experiments in turn with the same budget")
        )
        self.delete = self._action(self.tr("&Delete"), "Delete", self._delete)
        for action in (self.show_curves, self.star):
            action.setCheckable(True)
        table.selected.connect(self.follow)
        runs.dataChanged.connect(self.follow)
        runs.shown_changed.connect(self.follow)
        self.follow()

    def menu(self) -> QMenu:
        """The menu of the selected runs."""
        menu = QMenu(self._table)
        groups = (
            (self.open,),
            (self.show_curves, self.band),
            (self.compare, self.compare_groups, self.race),
            (self.rename, self.star, self.note, self.group),
            (self.delete,),
        )
        for number, group in enumerate(groups):
            if number:
                menu.addSeparator()
            menu.addActions(group)
        return menu

    @Slot()
    def follow(self) -> None:
        """Enable what applies to the selection."""
        rows = self._rows()
        whole = [row for row in rows if self._runs.problem(row) is None]
        self.open.setEnabled(len(rows) == len(whole) == 1)
        self.compare.setEnabled(len(rows) == len(whole) == 2)
        self.compare_groups.setEnabled(len(self._groups(rows)) == 2)
        self.band.setEnabled(len(self._groups(rows)) == 1)
        self.race.setEnabled(1 <= len(rows) == len(whole) <= MOST)
        self.delete.setEnabled(bool(rows))
        for action in (self.show_curves, self.star):
            action.setEnabled(bool(whole))
        for action in (self.rename, self.note, self.group):
            action.setEnabled(len(rows) == len(whole) == 1)
        self.star.setChecked(bool(whole) and all(row.star for row in whole))
        self.show_curves.setChecked(bool(whole) and all(row.run_id in self._runs.shown for row in whole))

    @staticmethod
    def _groups(rows: list[RunRow]) -> list[str]:
        """The groups of rows, the first of them first; empty if one has none."""
        groups = list(dict.fromkeys(row.group for row in rows))
        return groups if all(groups) else []

    def _rows(self) -> list[RunRow]:
        numbers = map(self._runs.number_of, self._table.selected_ids)
        return [self._runs.row(number) for number in numbers if number is not None]

    @Slot()
    def _open(self) -> None:
        self.open_requested.emit(self._rows()[0].run_id)

    @Slot()
    def _toggle_curves(self) -> None:
        whole = [row.run_id for row in self._rows() if self._runs.problem(row) is None]
        self._runs.show_curves(whole, not set(whole) <= self._runs.shown)
        self.follow()

    @Slot()
    def _toggle_stars(self) -> None:
        whole = [row for row in self._rows() if self._runs.problem(row) is None]
        state = Qt.CheckState.Unchecked if all(row.star for row in whole) else Qt.CheckState.Checked
        for row in whole:
            number = self._runs.number_of(row.run_id)
            if number is not None:
                self._runs.setData(self._runs.index(number, Column.STAR), state, Role.CheckStateRole)
        self.follow()

    @Slot()
    def _rename(self) -> None:
        self._table.edit_cell(Column.NAME)

    @Slot()
    def _edit_note(self) -> None:
        self._table.edit_cell(Column.NOTE)

    @Slot()
    def _edit_group(self) -> None:
        self._table.edit_cell(Column.GROUP)

    @Slot()
    def _compare(self) -> None:
        self.compare_requested.emit(*(row.run_id for row in self._rows()))

    @Slot()
    def _compare_groups(self) -> None:
        self.groups_requested.emit(*self._groups(self._rows()))

    @Slot()
    def _show_band(self) -> None:
        self.band_requested.emit(self._groups(self._rows())[0])

    @Slot()
    def _race(self) -> None:
        self.race_requested.emit(tuple(row.run_id for row in self._rows()))

    @Slot()
    def _delete(self) -> None:
        self.delete_requested.emit(tuple(row.run_id for row in self._rows()))

    def _action(self, words: str, keys: str, slot: object, tip: str = "") -> QAction:
        action = QAction(words, self._table)
        dress(action, keys, tip)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self._table.addAction(action)
        return action
