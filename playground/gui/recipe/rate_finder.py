"""The search for a learning rate in the optimizer's popover: a button, the loss over the rate, and the rate to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.engine.training.rate_test import STEPS, Race, RateTest, Suggestion
from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import RateFound, RateSearching
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look
from playground.gui.style.translation import explained, translated
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message
from playground.spec.number_text import setting_text

if TYPE_CHECKING:
    from playground.gui.recipe.rate_plot import RatePlot

_SIZE = (260, 150)  # pixels, of the plot
_DIGITS = 2  # significant, of a rate
_LINES = 3  # of words, so that nothing moves when others come
_RATE = ("recipe", "optimizer", "lr")


class RateFinder(QWidget):
    """Searches on request, for the experiment as it is then; another experiment clears the result."""

    def __init__(self, document: Document, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._run = document, run
        self._searched: Experiment | None = None  # while it is being searched for
        self._found: tuple[Experiment, RateTest] | None = None  # that is shown
        self.find_button, self.use_button = QPushButton(self.tr("Find a learning rate")), QPushButton()
        self.find_button.clicked.connect(self._find)
        self.use_button.clicked.connect(self._use)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setFixedWidth(_SIZE[0])
        set_look(self.words, "muted")
        self.words.setMinimumHeight(_LINES * self.words.fontMetrics().lineSpacing())
        self._frame = QFrame()  # empty until there is a plot
        self._frame.setFixedSize(*_SIZE)
        self._inside = QVBoxLayout(self._frame)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._plot: RatePlot | None = None  # made for the first result: pyqtgraph takes 240 ms to import
        self._arrange()
        document.changed.connect(self._follow)
        run.state_changed.connect(self._refresh)
        run.rate_searching.connect(self._show_progress)
        run.rate_found.connect(self._show)
        run.failed.connect(self._show_failure)
        self._clear()

    @property
    def test(self) -> RateTest | None:
        """The test that is shown."""
        return self._found[1] if self._found else None

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.find_button)
        buttons.addStretch(1)
        buttons.addWidget(self.use_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(buttons)
        column.addWidget(self.words)
        column.addWidget(self._frame)
        column.addStretch(1)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        """End a search whose result nobody would see."""
        super().hideEvent(event)
        self._stop()

    @Slot()
    def _find(self) -> None:
        if self._searched is not None:
            self._stop()
            return
        self._searched = self._document.experiment
        self._run.find_rate()
        self._refresh()

    def _stop(self) -> None:
        if self._searched is not None:
            self._run.stop_finding_rate()

    @Slot()
    def _use(self) -> None:
        if self.test is not None and self.test.suggestion is not None:
            self.find_button.setFocus()  # the other is disabled once its rate is used
            label = message("Set {field}", field=message("Learning rate"))
            self._document.do(Set(_RATE, self.test.suggestion.rate, label))

    @Slot(object)
    def _show_progress(self, progress: RateSearching) -> None:
        if self._searched is not None:
            steps, total, rate = progress.progress
            words = self.tr("Step {0} of {1}") if rate is None else self.tr("Training with {2}: step {0} of {1}")
            self.words.setText(words.format(steps, total, setting_text(rate or 0.0, _DIGITS)))

    @Slot(object)
    def _show(self, found: RateFound) -> None:
        if found.experiment is not self._searched:  # of a finder that was closed
            return
        self._searched = None
        if found.test is None:
            self._clear(found.reason)
        elif not _alike(found.experiment, self._document.experiment):
            self._clear()
        else:
            self._show_test(found.experiment, found.test)

    def _show_test(self, experiment: Experiment, test: RateTest) -> None:
        if not test.rates:
            self._clear(test.reason)
            return
        from playground.gui.recipe.rate_plot import RatePlot

        if self._plot is None:
            self._plot = RatePlot()
            self._inside.addWidget(self._plot)
        self._plot.show_test(test)
        self._plot.show()
        set_look(self._frame, "")
        self._found = experiment, test
        if test.suggestion is not None:
            self.words.setText(self._verdict(test.race) if test.race else self._rule(test.suggestion))
        elif test.reason is not None:
            self.words.setText(translated(test.reason))
        self._refresh()

    def _verdict(self, race: Race) -> str:
        if race.whole:
            words = self.tr("Of {0} rates, {1} had the least loss after the whole run.")
        else:
            words = self.tr("Of {0} rates, {1} had the least loss after {2} steps. A longer run may want a lower one.")
        return words.format(len(race.trials), setting_text(race.best.rate, _DIGITS), race.steps)

    def _rule(self, found: Suggestion) -> str:
        words = self.tr(
            "The loss falls from {0} on and is lowest at {1}. A tenth of that is a good rate to begin with."
        )
        return words.format(setting_text(found.low), setting_text(found.high))

    def _clear(self, reason: Message | None = None) -> None:
        self._found = None
        if self._plot is not None:
            self._plot.hide()
        set_look(self._frame, "note")
        about = self.tr(
            "Trains a new network for {0} steps with a rising rate, then for some seconds with the rates that look "
            "best. Nothing else changes."
        )
        self.words.setText(translated(reason) if reason else about.format(STEPS))
        self._refresh()

    @Slot(object)
    def _show_failure(self, reason: Message) -> None:
        if self._searched is not None:
            self._searched = None
            self._clear(reason)

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        if self._searched is not None and not _alike(self._searched, experiment):
            self._stop()
        elif self._found is not None and not _alike(self._found[0], experiment):
            self._clear()
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Enable what can be done now."""
        searching, obstacle = self._searched is not None, self._obstacle()
        self.find_button.setText(self.tr("Stop") if searching else self.tr("Find a learning rate"))
        self.find_button.setEnabled(searching or not obstacle)
        self.find_button.setToolTip(plain_tip(obstacle))
        suggestion = None if searching or self.test is None else self.test.suggestion
        self.use_button.setVisible(suggestion is not None)
        if suggestion is not None:
            self.use_button.setText(self.tr("Use {0}").format(setting_text(suggestion.rate)))
            self.use_button.setEnabled(suggestion.rate != self._document.experiment.recipe.optimizer.lr)

    def _obstacle(self) -> str:
        """The reason why no rate can be searched for now; empty if it can."""
        state, problems = self._run.state, self._document.problems
        if state is RunState.TRAINING:
            return self.tr("A run is training: pause or stop it to search for a rate.")
        if state is RunState.LOADING:
            return self.tr("PyTorch is loading.")
        if state is RunState.BROKEN:
            return self.tr("PyTorch could not be loaded.")
        return explained(problems[0]) if problems else ""


def _alike(one: Experiment, other: Experiment) -> bool:
    """Whether a test of one experiment holds for the other: they differ at most in the rate."""
    rate = one.recipe.optimizer.lr
    return other.with_(recipe=other.recipe.with_(optimizer=other.recipe.optimizer.with_(lr=rate))) == one
