"""The row about one trial: its figures, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from playground.engine.search.outcome import TrialRow
from playground.engine.search.plan import Plan
from playground.engine.search.report import figures_text
from playground.gui.search.network_picture import NetworkPicture, trial_bars
from playground.gui.style.labels import plain_tip, text_label
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.messages import Message, message


class TrialBar(QWidget):
    """Shows the trial that is chosen."""

    open_requested = Signal()
    around_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = text_label(self, "", "heading")
        self.words.setWordWrap(True)
        self.open_button = QPushButton(self.tr("&Open"), self)
        self.open_button.setToolTip(self.tr("Show the experiment of this trial with its trained network (Return)"))
        self.around_button = QPushButton(self.tr("Search &around this one"), self)
        self.around_button.setToolTip(self.tr("Narrow the ranges to what lies around the values of this trial"))
        self.open_button.clicked.connect(self.open_requested)
        self.around_button.clicked.connect(self.around_requested)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.note = text_label(self, "", "accent")
        self._noted: int | None = None  # the trial that it is about
        self.settings = text_label(self, "", "muted")
        for label in (self.settings, self.note):
            label.setWordWrap(True)
        self.picture = NetworkPicture(self)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.open_button)
        row.addWidget(self.around_button)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(10)
        outer.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        outer.addLayout(column, 1)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addWidget(self.settings)
        self.show_trial(None, None, "", "", busy=False)

    def note_opened(self, trial: int) -> None:
        """Say that a trial is shown, which this window may hide."""
        words = self.tr("Trial {0} is open in the main window, which is behind this one.").format(trial)
        self._note(trial, words, "accent")

    def note_refused(self, trial: int, why: Message) -> None:
        """Say why a trial is not shown."""
        self._note(trial, translated(why), "error")

    def _note(self, trial: int, words: str, look: str) -> None:
        self._noted = trial
        self.note.setText(words)
        set_look(self.note, look)
        self.note.show()

    @Slot()
    def show_trial(self, plan: Plan | None, row: TrialRow | None, state: str, settings: str, *, busy: bool) -> None:
        """Show a trial with its state and settings in words, or ask to choose one.

        `busy`: whether a search goes on, so that none can begin.
        """
        if plan is None or row is None:
            self.words.setText(self.tr("Choose a trial in the table or in a plot."))
        else:
            about = figures_text(plan, row) if row.values else message("{state}", state=state)
            self.words.setText(translated(message("Trial {number}: {about}", number=row.number, about=about)))
        self.picture.show_network(() if plan is None or row is None else trial_bars(plan, row))
        self.note.setVisible(row is not None and row.number == self._noted)
        self.settings.setText(settings)
        self.settings.setVisible(bool(settings))
        self.words.setToolTip(plain_tip(self.words.text()))
        self.open_button.setEnabled(row is not None and bool(row.params) and (bool(row.run_ids) or bool(row.values)))
        self.around_button.setEnabled(row is not None and bool(row.params) and not busy)
