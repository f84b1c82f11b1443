"""A button with the list of stored searches, of which one is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from playground.gui.search.choices import goals_text
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import translated
from playground.spec.messages import Message, message, plural, tr_noop
from playground.spec.search.names import domain_text, range_name

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
        self.list.setToolTipsVisible(True)
        self.setMenu(self.list)
        self.list.aboutToShow.connect(self._ask)
        self.list.triggered.connect(self._choose)

    def show_searches(self, searches: Sequence[StoredSearch]) -> None:
        """List these searches."""
        self.list.clear()
        shown = searches[:_MOST]
        texts = [translated(_text(search)) for search in shown]
        for search, text in zip(shown, texts, strict=True):
            if texts.count(text) > 1:
                text = translated(message("{text} · “{name}”", text=text, name=search.name))
            action = self.list.addAction(text.replace("&", "&&"))
            action.setData(search.name)
            action.setToolTip(plain_tip(_ranges(search)))
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
    """When it began, experiment, goals, number of trials and of ranges: names of experiments are often alike."""
    ranges = plural("{count:,} ranges", "1 range", len(search.plan.space.ranges))
    trials = plural("{count:,} trials", "1 trial", search.trials)
    began = message("not begun") if search.began is None else search.began.strftime("%Y-%m-%d %H:%M")
    name, goals = search.plan.experiment.name, goals_text(search.plan.goals)
    words = tr_noop("{time} · {name} · {goals} · {trials} · {ranges}")
    return message(words, time=began, name=name, goals=goals, trials=trials, ranges=ranges)


def _ranges(search: StoredSearch) -> str:
    """What it searches, a range in a line."""
    experiment = search.plan.experiment
    lines = (
        message("{name}: {values}", name=range_name(item, experiment), values=domain_text(item, experiment))
        for item in search.plan.space.ranges
    )
    return "\n".join(map(translated, lines))
