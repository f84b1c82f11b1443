"""The top bar: the experiment's name, the transport, the progress, and exports."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QFont,
    QFontDatabase,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QWidget,
)

from playground.engine.evaluation.run_summary import in_brief, in_full, measured
from playground.gui.session.document import Document
from playground.gui.session.progress import Progress
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState, Start
from playground.gui.style.buttons import ActionButton, MenuButton
from playground.gui.style.elided_label import Elided
from playground.gui.style.translation import counted, translated
from playground.gui.window.main_window import BAR_MARGIN
from playground.gui.window.name_edit import NameEdit
from playground.spec.messages import message, plural
from playground.spec.number_text import clock_text, speed_text

SHOW_EVERY = 200  # minimum milliseconds between two updates of the progress
_NARROW = 1400  # pixels; below this width, less is shown
_BAR, _SHORT_BAR = 130, 60  # pixels; width of the progress bar
_SHARES, _NARROW_SHARES = (5, 9), (1, 3)  # stretch of name and transport, independent of their texts


class TopBar(QFrame):
    """Shows the document and the run, and has buttons for the given actions."""

    problem_pressed = Signal()  # the count of problems was pressed
    left = Signal()  # the button with keyboard focus was disabled

    def __init__(
        self,
        document: Document,
        run: Run,
        *,
        reset: QAction,
        train: QAction,
        starts: QMenu,
        stop: QAction,
        steps: QMenu,
        exports: QMenu,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self._document, self._run = document, run
        self._shown = QElapsedTimer()  # since the progress was updated last
        row = QHBoxLayout(self)
        row.setContentsMargins(12, BAR_MARGIN, 12, BAR_MARGIN)
        row.setSpacing(8)
        row.addWidget(self._left(), 1)
        row.addWidget(self._transport(reset, train, starts, stop, steps), 1)
        self.export = MenuButton(self.tr("Export"), exports, self)
        self.export.setToolTip(self.tr("Export the program, the network or the curves"))
        row.addWidget(self.export)
        document.changed.connect(self.refresh)
        document.renamed.connect(self.refresh)
        run.state_changed.connect(self.refresh)
        run.stale_changed.connect(self.refresh)
        run.snapshots.connect(self._show_progress_now_and_then)
        run.began.connect(self.refresh)
        run.continued.connect(self.refresh)
        run.cleared.connect(self.refresh)
        run.carried_changed.connect(self.refresh)
        self.refresh()

    def _left(self) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.name = NameEdit(self._document, box)
        self.dot = QLabel("●", box)
        self.dot.setProperty("look", "warn")
        self.dot.setToolTip(self.tr("There are changes that were not saved."))
        self.dot.setAccessibleName(self.tr("Not saved"))
        keep = self.dot.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.dot.setSizePolicy(keep)
        self.summary = Elided(box)
        self.summary.setProperty("look", "muted")
        row.addWidget(self.name)
        row.addWidget(self.dot)
        row.addWidget(self.summary, 1)
        return box

    def _transport(self, reset: QAction, train: QAction, starts: QMenu, stop: QAction, steps: QMenu) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.reset = ActionButton(reset, box, worded=False)
        self.train = ActionButton(train, box)
        self.train.setProperty("look", "go")
        self.train.keep_room(self.tr("Train"), self.tr("Continue"), self.tr("Pause"))
        self.starts = MenuButton("", starts, box)
        self.starts.setToolTip(self.tr("Train anew, or from these weights"))
        self.starts.setAccessibleName(self.tr("Start over"))
        self.stop = ActionButton(stop, box)
        self.step = MenuButton(self.tr("Step"), steps, box)
        self.step.setToolTip(self.tr("Train on one batch, or to the end of the epoch, and pause"))
        self.problem = QPushButton(box)
        self.problem.setProperty("look", "alarm")
        self.problem.setToolTip(self.tr("Show the first problem"))
        self.problem.clicked.connect(self.problem_pressed)
        self.epoch = QLabel(box)
        self.bar = QProgressBar(box)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the run"))
        self.pace = Elided(box)
        self.pace.setProperty("look", "muted")
        for label in (self.epoch, self.pace):
            label.setFont(_figures(label))
        for widget in (self.reset, self.train, self.starts, self.stop, self.step, self.problem, self.epoch, self.bar):
            row.addWidget(widget)
        row.addWidget(self.pace, 1)
        for button in (self.reset, self.train, self.starts, self.stop, self.step):
            button.left.connect(self.left)
        return box

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self.bar.setFixedWidth(_SHORT_BAR if narrow else _BAR)
        self.summary.setHidden(narrow)  # the first block shows the same
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        for column, share in enumerate(_NARROW_SHARES if narrow else _SHARES):
            row.setStretch(column, share)

    @Slot()
    def refresh(self) -> None:
        """Update all contents from the document and the run."""
        data = self._document.experiment.data
        self.summary.setText(f"{translated(data.title)} · {counted(data)}")
        self.dot.setVisible(self._document.modified)
        count = len(self._document.problems)
        words = plural("{count:,} problems to fix before training", "1 problem to fix before training", count)
        self.problem.setText(translated(words))
        self.problem.setVisible(count > 0)
        self.step.set_pressable(self._run.can_train)
        self.starts.set_pressable(self._run.can_train and self._run.has_network)
        self._show_progress()

    @Slot()
    def _show_progress_now_and_then(self) -> None:
        """Update no more often than figures can be read; the result is shown with the final state."""
        if not self._shown.isValid() or self._shown.elapsed() >= SHOW_EVERY:
            self._show_progress()

    def _show_progress(self) -> None:
        self._shown.restart()
        state, progress = self._run.state, self._run.progress
        clear = not self._document.problems
        stale = clear and self._run.stale
        running = state in (RunState.TRAINING, RunState.PAUSED, RunState.FINISHED, RunState.DIVERGED)
        measured = clear and not stale and running and progress.epochs > 0
        self.epoch.setVisible(measured)
        self.bar.setVisible(measured)
        self.epoch.setText(self.tr("epoch {0:,} / {1:,}").format(progress.epoch, progress.epochs))
        self.bar.setValue(round(1000 * progress.fraction))
        text = self._stale_words() if stale else self._pace(state, progress)
        self.pace.setText(text if clear else "")
        carried, data, reached = self._run.carried, self._document.experiment.data, self._reached()
        shows_reached = reached != "" and self.pace.whole.startswith(reached)
        self.pace.explain(translated(in_full(carried, data)) if carried is not None and shows_reached else "")

    def _stale_words(self) -> str:
        if self._run.unrelated:
            return ""
        if self._run.start is Start.WEIGHTS:
            return self.tr("changed: Continue starts from these weights")
        return self.tr("changed: Train starts over")

    def _pace(self, state: RunState, progress: Progress) -> str:
        reached = self._reached()
        if state is RunState.LOADING:
            return " · ".join(filter(None, (reached, self.tr("loading PyTorch…"))))
        if state is RunState.BROKEN:
            return " · ".join(filter(None, (reached, self.tr("PyTorch could not be loaded"))))
        if state is RunState.PAUSED:
            return self.tr("paused after {0:,} steps").format(progress.step)
        if state is RunState.DIVERGED and progress.diverged is not None:
            return self.tr("diverged at step {0:,}").format(progress.diverged.step)
        if state is RunState.FINISHED and progress.finished is not None:
            score = progress.finished.test_score
            data = self._document.experiment.data
            return self.tr("not tested") if score is None else translated(measured(data, "test", score))
        if state is RunState.TRAINING:
            return self._speed(progress)
        return reached

    def _reached(self) -> str:
        """The shown network's result before it was saved, from its file."""
        carried, experiment = self._run.carried, self._document.experiment
        state = self._run.state
        waiting = state in (RunState.LOADING, RunState.BROKEN) and not self._document.modified  # for its weights
        if carried is None or not (waiting or state is RunState.FINISHED):
            return ""
        return translated(in_brief(carried, experiment.data))

    def _speed(self, progress: Progress) -> str:
        if progress.evaluating == "test":
            return self.tr("testing {0:,} of {1:,}").format(*progress.evaluated)
        if progress.samples_per_second is None:
            return self.tr("starting…")
        speed = translated(speed_text(progress.samples_per_second, message(progress.samples)))
        left = progress.seconds_left
        return speed if left is None else self.tr("{0} left · {1}").format(clock_text(left), speed)


def _figures(widget: QWidget) -> QFont:
    """The widget's font with tabular digits, so that changing figures do not move the text."""
    font = QFont(widget.font())
    font.setFamily(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family())
    return font
