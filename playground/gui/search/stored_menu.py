"""A button with the list of stored searches, of which one is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from playground.gui.search.choices import goals_text
from playground.gui.style.translation import translated
from playground.spec.messages import Message, message, plural

if TYPE_CHECKING:
    from playground.engine.search.stored import StoredSearch

_MOST = 30  # searches in the list


class StoredSearches(QToolButton):
    """The list is asked for whenever the menu opens, and shown when it comes."""

    requested = Signal()
    chosen = Signal(str)  # name of the study

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(self.tr("Stored searc&hes ▾"))
        self.setToolTip(self.tr("Open an earlier search, also of another experiment, with all its trials"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.list = QMenu(self)
        self.setMenu(self.list)
        self.list.aboutToShow.connect(self._ask)
        self.list.triggered.connect(self._choose)

    def show_searches(self, searches: Sequence[StoredSearch]) -> None:
        """List these searches."""
        self.list.clear()
        for search in searches[:_MOST]:
            action = self.list.addAction(translated(_text(search)).replace("&", "&&"))
            action.setData(search.name)
        if not searches:
            self._say(self.tr("No search is stored."))

    def show_problem(self, problem: Message) -> None:
        """Say why there is no list."""
        self._say(translated(problem).replace("&", "&&"))

    def _say(self, words: str) -> None:
        self.list.clear()
        self.list.addAction(words).setEnabled(False)

    @Slot()
    def _ask(self) -> None:
        self._say(self.tr("Reading…"))
        self.requested.emit()

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self.chosen.emit(action.data())


def _text(search: StoredSearch) -> Message:
    """Experiment, goals, number of trials, and when it began: names of experiments are often alike."""
    trials = plural("{count:,} trials", "1 trial", search.trials)
    parts = {"name": search.plan.experiment.name, "goals": goals_text(search.plan.goals), "trials": trials}
    if search.began is None:
        return message("{name} · {goals} · {trials}", **parts)
    return message("{name} · {goals} · {trials} · {time}", **parts, time=search.began.strftime("%Y-%m-%d %H:%M"))
