"""The menu with the settings of the run store: on or off, its share of the disk, its folder."""

from __future__ import annotations

import os

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from playground.engine.runs.store_settings import VARIABLE, default_folder, read_settings
from playground.gui.start.program_store import ProgramStore
from playground.gui.style.dialogs import Ask
from playground.gui.style.labels import plain_tip
from playground.spec.number_text import bytes_text

BUDGETS = tuple(count * 1_000_000_000 for count in (1, 2, 5, 10, 20, 50, 100))  # bytes


class StoreMenu(QMenu):
    """Shows the settings as they are when it opens."""

    def __init__(self, runs: ProgramStore, ask: Ask, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("S&toring Runs"))
        self.setToolTipsVisible(True)
        self._runs, self._ask = runs, ask
        self.store = self.addAction(self.tr("&Store Runs"))
        self.store.setCheckable(True)
        self.store.triggered.connect(runs.set_enabled)
        self.budget = self.addMenu(self.tr("&Disk Budget"))
        self._budgets = QActionGroup(self)
        self.relocate = self.addAction(self.tr("&Move to Another Folder…"))
        self.relocate.triggered.connect(self._ask_folder)
        self.aboutToShow.connect(self.follow)
        self._budgets.triggered.connect(self._set_budget)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Show the present settings."""
        settings, busy = read_settings(), self._runs.busy
        self.store.setChecked(settings.enabled)
        self.store.setEnabled(not busy)
        self.budget.clear()
        for budget in sorted({*BUDGETS, settings.budget}):
            action = QAction(bytes_text(budget), self.budget)
            action.setCheckable(True)
            action.setChecked(budget == settings.budget)
            action.setData(budget)
            self._budgets.addAction(action)
            self.budget.addAction(action)
        chosen = VARIABLE in os.environ
        self.relocate.setEnabled(settings.enabled and not busy and not chosen)
        reason = self.tr("The environment variable PLAYGROUND_RUNS names the folder.") if chosen else ""
        busy_reason = self.tr("A run is being stored: end it or reset it first.") if busy else ""
        self.relocate.setToolTip(plain_tip(reason or busy_reason or str(default_folder())))

    @Slot(QAction)
    def _set_budget(self, action: QAction) -> None:
        self._runs.set_budget(action.data())

    @Slot()
    def _ask_folder(self) -> None:
        folder = self._ask.source_path(self.tr("An empty folder for the runs"), default_folder().parent, "")
        if folder is not None:
            self._runs.move(folder)
