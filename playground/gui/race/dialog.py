"""The dialog of a race: choose who races, watch the curves, read the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.engine.race.budget import Budget, ensure_usable
from playground.engine.race.contestant import Result
from playground.engine.race.entries import cautions, entries
from playground.engine.race.result_table import NUMBERS, cells, header, remarks
from playground.engine.race.standing import Lane
from playground.gui.race.contestants import Candidate, Contestants
from playground.gui.race.plots import RacePlots
from playground.gui.session.race_thread import RaceThread
from playground.gui.style.labels import text_label
from playground.gui.style.run_colors import RunColor
from playground.gui.style.theme import set_look, theme_of
from playground.gui.style.translation import translated
from playground.spec.check.problems import check
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, joined, message

_FRAME = 125  # milliseconds between two updates


class RaceDialog(QDialog):
    """Blocks the window while it is open, so that nothing else is trained during a race."""

    over = Signal()  # a race ended; its runs are in the list

    def __init__(
        self,
        candidates: Sequence[Candidate],
        start: Callable[[Sequence[Experiment], Budget], RaceThread],
        obstacle: Message | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`start` makes a thread for entries and a budget; `obstacle` says why no race can begin now."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Race"))
        self._make, self._obstacle = start, obstacle
        self.racing_thread: RaceThread | None = None
        self._racing: tuple[Experiment, ...] = ()
        self._raced_colors: tuple[RunColor, ...] = ()
        self.form = Contestants(candidates, self)
        self.plots = RacePlots(self)
        self.table = self._table()
        self.words = text_label(self, "", "muted")
        self.words.setWordWrap(True)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME)
        self._timer.timeout.connect(self._collect)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.start_button = buttons.addButton(self.tr("Start"), QDialogButtonBox.ButtonRole.ActionRole)
        self.stop_button = buttons.addButton(self.tr("Stop"), QDialogButtonBox.ButtonRole.ActionRole)
        set_look(self.start_button, "go")
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self._start)
        self.stop_button.clicked.connect(self._stop)
        self.close_button = buttons.button(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(self.form)
        column.addWidget(self.plots, 2)
        column.addWidget(self.table, 1)
        column.addWidget(self.words)
        column.addWidget(buttons)
        self.form.changed.connect(self._show_choice)
        self.resize(860, 600)
        self._show_choice()

    def done(self, result: int) -> None:
        """Close, and drop a race that goes on; what was trained is stored."""
        self._timer.stop()
        if self.racing_thread is not None:
            self.racing_thread.end()
        super().done(result)

    # before

    def _choice(self) -> tuple[Experiment, ...]:
        """The entries that are chosen.

        Raises:
            PlaygroundError: they cannot race.
        """
        if self._obstacle is not None:
            raise PlaygroundError(self._obstacle)
        racing = entries(self.form.chosen, same_data=self.form.same_data.isChecked())
        for experiment in racing:
            ensure_usable(self.form.limit, experiment)
            if problems := check(experiment):
                raise PlaygroundError(
                    message("{name} cannot be trained: {why}", name=experiment.name, why=problems[0].what)
                )
        return racing

    @Slot()
    def _show_choice(self) -> None:
        """Say why no race can begin, or what is to be known about its figures."""
        if self.racing_thread is not None:
            return
        try:
            racing = self._choice()
        except PlaygroundError as error:
            self.words.setText(translated(error.message))
            self.start_button.setEnabled(False)
        else:
            seed = message("All train with seed {seed}, in turn.", seed=racing[0].seed)
            self.words.setText(translated(joined((seed, *cautions(racing)), " ")))
            self.start_button.setEnabled(True)
        self.stop_button.setEnabled(False)

    # during

    @Slot()
    def _start(self) -> None:
        self._racing, self._raced_colors = self._choice(), self.form.colors
        thread = self._make(self._racing, self.form.limit)
        thread.ended.connect(self._finish)
        thread.failed.connect(self._fail)
        self.racing_thread = thread
        score = translated(message(self._racing[0].data.task.score.word))
        alike = all(item.recipe.loss == self._racing[0].recipe.loss for item in self._racing)
        self.plots.begin(self._raced_colors, score, losses_compare=alike)
        self._set_racing(True)
        self._fill([_begun(experiment) for experiment in self._racing])
        thread.start()
        self._timer.start()

    @Slot()
    def _stop(self) -> None:
        if self.racing_thread is not None:
            self.racing_thread.stop()
            self.stop_button.setEnabled(False)
            self.words.setText(self.tr("Stopping: each is scored as it is."))

    @Slot()
    def _collect(self) -> None:
        if self.racing_thread is None:
            return
        points, lanes = self.racing_thread.collect()
        self.plots.add(points)
        if lanes:
            self._fill([_standing(lane) for lane in lanes])

    def _set_racing(self, racing: bool) -> None:
        self.form.setEnabled(not racing)
        self.start_button.setEnabled(not racing)
        self.stop_button.setEnabled(racing)
        (self.stop_button if racing else self.close_button).setFocus()

    # after

    @Slot(object)
    def _finish(self, table: tuple[Result, ...]) -> None:
        self._collect()
        self._end()
        self._fill(table, placed=True)
        self.words.setText("\n".join(map(translated, (*remarks(table), *cautions(self._racing)))))

    @Slot(object)
    def _fail(self, problem: Message) -> None:
        self._end()
        self.words.setText(translated(problem))

    def _end(self) -> None:
        self._timer.stop()
        self.racing_thread = None
        self._set_racing(False)
        self.over.emit()

    # the table

    def _table(self) -> QTableWidget:
        table = QTableWidget(self)
        table.setAccessibleName(self.tr("Contestants"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setMinimumHeight(110)
        return table

    def _fill(self, lines: Sequence[Result], *, placed: bool = False) -> None:
        """Show lines; each has the colour of its curve."""
        titles = header(lines, self._racing[0].data)
        self.table.setColumnCount(len(titles))
        self.table.setRowCount(len(lines))
        for column, title in enumerate(titles):
            self.table.setHorizontalHeaderItem(column, _cell(translated(title), column, None))
        names = [experiment.name for experiment in self._racing]
        for row, line in enumerate(lines):
            color = self._raced_colors[names.index(line.name)].in_theme(theme_of(self))
            texts = cells(row + 1, line)
            for column, text in enumerate(texts if placed else ("", *texts[1:])):
                self.table.setItem(row, column, _cell(text, column, color if column == 1 else None))
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)


def _cell(text: str, column: int, color: QColor | None) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    if color is not None:
        item.setForeground(color)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
    return item


def _begun(experiment: Experiment) -> Result:
    """The line of a contestant before its first turn."""
    return Result(experiment.name, None, None, "", 0, 0.0, 0, 0.0, None, None, None, None)


def _standing(lane: Lane) -> Result:
    """The line of a contestant during the race; the score is that of the last completed epoch."""
    steps, flops, seconds = lane.used
    score = lane.validation_score
    return Result(lane.name, score, None, "", steps, lane.epochs, flops, seconds, None, None, lane.out, None)
