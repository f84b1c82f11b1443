"""The view of a confusion matrix: right answers in green, wrong ones the more orange the more there are."""

from __future__ import annotations

from math import isnan, sqrt

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from playground.gui.evaluation.confusion_model import CORRECT, SHARE, ConfusionModel
from playground.gui.style.theme import Theme, mixed, theme_of

_LOWEST, _HIGHEST, _COLUMN, _FIGURE = 15, 24, 30, 52  # pixels
_SMALLER = 1.0  # points
_LONGEST_NAME = 120  # pixels of the names of rows


class _Cells(QStyledItemDelegate):
    """Paints cells on a ground that says how large their share is."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        view = option.widget
        rect: QRect = option.rect
        state = option.state
        theme = theme_of(view)
        share = index.data(SHARE)
        ground = theme.color("panel") if share is None else ground_of(share, theme, correct=index.data(CORRECT))
        painter.fillRect(rect.adjusted(0, 0, -1, -1), ground)
        text = index.data() or ""
        painter.setPen(theme.color("muted" if share is None else "text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        if state & QStyle.StateFlag.State_Selected and share is not None:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))


def ground_of(share: float, theme: Theme, *, correct: bool) -> QColor:
    """The colour behind a share of a row: the root of it, so that rare confusions can be seen."""
    if isnan(share) or share <= 0:
        return theme.color("window")
    color = theme.color("go") if correct else theme.color("previous_curve")
    strength = 0.15 + (0.45 if correct else 0.85) * (sqrt(share) if not correct else share)
    return mixed(theme.color("panel"), color, min(strength, 0.85))


class ConfusionTable(QTableView):
    """A table whose cells are chosen with the mouse or the arrow keys."""

    picked = Signal(int, int)  # the true class and the answer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = ConfusionModel(self)
        self.setModel(self.cells)
        self.setItemDelegate(_Cells(self))
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Confusion matrix: rows are the true class, columns the answer"))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.horizontalHeader().setMinimumSectionSize(24)
        self.verticalHeader().setMinimumSectionSize(_LOWEST)
        self.verticalHeader().setMaximumWidth(_LONGEST_NAME)
        font = self.font()
        font.setPointSizeF(max(font.pointSizeF() - _SMALLER, 7.0))
        for widget in (self, self.horizontalHeader(), self.verticalHeader()):
            widget.setFont(font)
        self.setStyleSheet("QTableCornerButton::section { background: transparent; border: none; }")
        self.cells.modelReset.connect(self._fit)
        self.selectionModel().currentChanged.connect(self._tell)

    def pick(self, true: int, predicted: int) -> None:
        """Choose the cell of a pair."""
        self.setCurrentIndex(self.cells.index_of(true, predicted))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._fit_rows()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        widths = self.horizontalHeader().length() + self.verticalHeader().width()
        return QSize(widths + self.verticalScrollBar().sizeHint().width() + 4, super().sizeHint().height())

    def _fit_rows(self) -> None:
        """Let all rows be visible, if that is possible."""
        height = self.viewport().height() // max(1, self.cells.classes)
        self.verticalHeader().setDefaultSectionSize(min(max(height, _LOWEST), _HIGHEST))

    @Slot()
    def _fit(self) -> None:
        self._fit_rows()
        metrics = self.fontMetrics()
        classes = self.cells.classes
        number = metrics.horizontalAdvance(f"{self.cells.largest:,}") + 8
        for column in range(self.cells.columnCount()):
            title = str(self.cells.headerData(column, Qt.Orientation.Horizontal))
            least, most = (max(_COLUMN, number), max(90, number)) if column < classes else (_FIGURE, 120)
            self.setColumnWidth(column, min(max(least, metrics.horizontalAdvance(title) + 10), most))
        self.setMaximumWidth(max(self.sizeHint().width(), 200))
        self.updateGeometry()

    @Slot()
    def _tell(self) -> None:
        pair = self.cells.pair(self.currentIndex())
        if pair is not None:
            self.picked.emit(*pair)
