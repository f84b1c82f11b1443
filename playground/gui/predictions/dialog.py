"""The window with the answers of the network for new data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QProgressBar,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from playground.gui.predictions.model import ANSWER, PredictionsModel
from playground.gui.predictions.sorting import SortedPredictions
from playground.gui.style.elided_label import Elided
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.theme import set_look, theme_of
from playground.gui.style.translation import translated
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message, plural

if TYPE_CHECKING:
    from playground.engine.inference.predictions.prediction import Prediction

_WIDEST = 320  # pixels of a column at first
_WIDEST_REASON = 440  # of the answers, where some say why there is none
_MOST_WRAPPED = 200  # rows that are as high as their words need
_SAMPLED = 100  # rows that decide how wide a column is at first


class PredictionsDialog(QDialog):
    """Waits for the predictions of one network, then shows them; it stays beside the window, and is not modal."""

    save_requested = Signal()
    learn_requested = Signal()  # the files are to be trained on instead
    abandoned = Signal()  # closed before the answers came

    def __init__(self, network: str, files: str, *, learnable: bool, parent: QWidget) -> None:
        """`network` and `files` are named in the heading; `learnable`: whether the files can be training data."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Answers for {0}").format(files))
        self.model: PredictionsModel | None = None
        self.heading = Elided(self)
        self.heading.setText(self.tr("“{0}” answers for {1}").format(network, files))
        self.summary = text_label(self, self.tr("Answering…"), "muted")
        self.summary.setWordWrap(True)
        self.table = self._made_table()
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 0)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._progress)
        self._pages.addWidget(self.table)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.save = self.buttons.addButton(self.tr("Save as CSV…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.save.setEnabled(False)
        self.save.clicked.connect(self.save_requested)
        if learnable:
            learn = self.buttons.addButton(self.tr("Learn from it instead"), QDialogButtonBox.ButtonRole.ActionRole)
            learn.clicked.connect(self.learn_requested)
        self.buttons.rejected.connect(self.close)
        self.outcome = text_label(self, "", "muted")  # of the latest save
        self.outcome.setWordWrap(True)
        self.outcome.hide()
        column = QVBoxLayout(self)
        column.addWidget(self.heading)
        column.addWidget(self.summary)
        column.addWidget(self._pages, 1)
        column.addWidget(self.outcome)
        column.addWidget(self.buttons)
        self.resize(760, 480)

    def show_predictions(self, data: Dataset, predictions: Sequence[Prediction]) -> None:
        """Show the answers of a network for that data, in the order of the files."""
        self.model = PredictionsModel(
            data, predictions, theme_of(self).color("error"), theme_of(self).color("warn"), self
        )
        self.table.setModel(SortedPredictions(self.model, self.table))
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self._fit_columns()
        self._pages.setCurrentWidget(self.table)
        self.save.setEnabled(bool(predictions))
        self._summarise(data, predictions)
        self.table.setFocus()

    def show_problem(self, problem: Message) -> None:
        """Show why there are no answers."""
        self._pages.hide()
        set_text(self.summary, translated(problem))
        set_look(self.summary, "error")

    def forget_saved(self) -> None:
        """Another save begins: the outcome of the one before is no longer shown."""
        self.outcome.hide()

    @Slot(object)
    def show_saved(self, outcome: Message) -> None:
        """Show that the answers were written."""
        set_text(self.outcome, translated(outcome))
        self.outcome.show()

    def done(self, result: int) -> None:
        """Close it; work for it ends."""
        if self.model is None:
            self.abandoned.emit()
        super().done(result)

    def _summarise(self, data: Dataset, predictions: Sequence[Prediction]) -> None:
        from playground.engine.inference.predictions.agreement import agreement

        failed = sum(item.problem is not None for item in predictions)
        words = translated(plural("{count:,} answers", "1 answer", len(predictions) - failed))
        if failed:
            words += self.tr("; {0} without an answer").format(f"{failed:,}")
        if told := sum(item.remark is not None for item in predictions):
            words += self.tr("; {0} marked, see their tips").format(f"{told:,}")
        sentences = [words + ".", *map(translated, agreement(data, predictions).sentences())]
        if self.model is not None and self.model.doubt_column is not None:
            sentences.append(self.tr("Sort by “Doubt” to find the most uncertain ones."))
        set_text(self.summary, " ".join(sentences))

    def _made_table(self) -> QTableView:
        table = QTableView(self)
        table.setSortingEnabled(True)
        table.setWordWrap(True)  # reasons why there is no answer
        table.setAlternatingRowColors(False)
        table.setShowGrid(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setAccessibleName(self.tr("Answers"))
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
        table.horizontalHeader().setResizeContentsPrecision(_SAMPLED)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        return table

    def _fit_columns(self) -> None:
        self.table.resizeColumnsToContents()
        header = self.table.horizontalHeader()
        failed = [] if self.model is None else [item.problem is not None for item in self.model.predictions]
        for section in range(header.count()):
            widest = _WIDEST_REASON if section == ANSWER and any(failed) else _WIDEST
            header.resizeSection(section, min(header.sectionSize(section) + 8, widest))
        for row in [row for row, without in enumerate(failed) if without][:_MOST_WRAPPED]:
            self.table.resizeRowToContents(self._shown_at(row))

    def _shown_at(self, row: int) -> int:
        """Where a row of the model is shown."""
        shown = self.table.model()
        assert isinstance(shown, SortedPredictions)
        assert self.model is not None
        return shown.mapFromSource(self.model.index(row, ANSWER)).row()
