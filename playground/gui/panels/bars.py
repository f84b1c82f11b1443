"""A bar chart of the predicted class probabilities, repainted while the pen moves: only the rows that change.

pyqtgraph repaints a whole plot, and would neither elide the names of classes nor align their numbers.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.style.theme import Theme, theme_of
from playground.spec.number_text import PROBABILITY, percent_text

_ROW = 15  # minimum height of a row, pixels
_BAR = 6.0  # thickness of a bar, pixels
_GAP = 8.0  # between class name, bar and number, pixels
_MAX_SHOWN_IN_FULL = 12  # up to this many classes, all are shown in their order; of more, only the most probable
_TOP_COUNT = 10  # number of classes that are then shown
_MAX_LABEL_SHARE = 0.4  # maximum share of the width for the class names
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class _Row(NamedTuple):
    """The content of a row; rows that compare equal look equal."""

    label: str
    number: str  # empty where the probability is unknown
    length: int  # of the bar, in device pixels
    chosen: bool
    sure: bool
    wrong: bool


class Bars(QWidget):
    """Paints a row for each class: its name, a bar, and the percentage; the most probable one in the accent."""

    def __init__(self, labels: tuple[str, ...] = tuple("0123456789"), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels = labels
        self._probabilities: tuple[float, ...] = ()
        self._sure, self._wrong, self._refused = True, False, False
        self._usual, self._bold = _font(self.font(), bold=False), _font(self.font(), bold=True)
        self._labels_width = self._label_width()
        self._numbers_width = QFontMetrics(self._bold).horizontalAdvance(percent_text(1.0, PROBABILITY))
        self._rows: list[_Row] = []
        self._changed = QRegion()  # region to repaint
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.show_probabilities((), sure=True)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self._labels

    def set_labels(self, labels: tuple[str, ...]) -> None:
        """Show other classes; their probabilities are unknown for now."""
        if labels != self._labels:
            self._labels = labels
            self._labels_width = self._label_width()
            self.show_probabilities((), sure=self._sure)
            self.updateGeometry()
            self._changed += self.rect()
            self.update()

    def _label_width(self) -> int:
        metrics = QFontMetrics(self._bold)
        return max((metrics.horizontalAdvance(label) for label in self._labels), default=0)

    def show_probabilities(
        self, probabilities: tuple[float, ...], *, sure: bool, wrong: bool = False, refused: bool = False
    ) -> None:
        """Show one probability per class, or none.

        `sure` is false if the network is untrained, so that its answer is chance; `wrong` is true if the most probable
        class is not the true one; `refused` is true if it is too improbable to be an answer.
        """
        self._probabilities, self._sure, self._wrong = probabilities, sure, wrong
        self._refused = refused
        spoken = self._spoken()
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)
        self._show_rows()

    def show_at_once(self) -> None:
        """Repaint the changed region now instead of waiting for the event loop."""
        if not self._changed.isEmpty():
            self.repaint(self._changed)

    def _spoken(self) -> str:
        if not self._probabilities:
            return self.tr("No prediction")
        best = max(self._probabilities)
        label = self._labels[self._probabilities.index(best)]
        spoken = self.tr("{0} with {1}").format(label, percent_text(best, PROBABILITY))
        spoken = spoken if self._sure else self.tr("{0}, by chance").format(spoken)
        spoken = self.tr("Not sure: {0}").format(spoken) if self._refused else spoken
        return self.tr("{0}, which is wrong").format(spoken) if self._wrong else spoken

    def _show_rows(self) -> None:
        """Schedule a repaint of the rows that changed: a run sends 10 mostly similar predictions a second."""
        room = self._bar(0).width() * self.devicePixelRatioF()
        best = max(self._probabilities, default=-1.0)
        before = self._rows
        shown = self._shown()
        self._rows = (
            [
                _Row(
                    self._labels[i],
                    percent_text(share, PROBABILITY),
                    max(round(room * share), 1),
                    share == best,
                    self._sure and not self._refused,
                    self._wrong,
                )
                for i, share in ((i, self._probabilities[i]) for i in shown)
            ]
            if self._probabilities
            else [_Row(self._labels[i], "", 0, False, self._sure, False) for i in shown]
        )
        for digit, (old, new) in enumerate(zip(before, self._rows, strict=False)):
            if old != new:
                self._changed += self._row(digit).toAlignedRect()
        if len(self._rows) != len(before):
            self._changed += self.rect()
        self.update(self._changed)

    def _shown(self) -> list[int]:
        """Indices of the classes that have a row: all of them, or the most probable ones first."""
        numbers = list(range(len(self._labels)))
        if len(numbers) <= _MAX_SHOWN_IN_FULL:
            return numbers
        shares = self._probabilities
        return sorted(numbers, key=lambda i: -shares[i])[:_TOP_COUNT] if shares else numbers[:_TOP_COUNT]

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A row height that is easy to read."""
        return QSize(240, max(_ROW, QFontMetrics(self._bold).height()) * len(self._rows))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The row height at which the digits of two rows just do not overlap."""
        return QSize(120, QFontMetrics(self._bold).ascent() * len(self._rows))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Recompute the lengths of the bars."""
        super().resizeEvent(event)
        self._show_rows()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the rows that intersect the region of the event."""
        self._changed -= event.region()
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for digit, row in enumerate(self._rows):
            if event.region().intersects(self._row(digit).toAlignedRect()):
                self._paint_row(painter, theme, digit, row)
        painter.end()

    def _row(self, digit: int) -> QRectF:
        height = self.height() / max(1, len(self._rows))
        return QRectF(0, digit * height, self.width(), height)

    def _bar(self, digit: int) -> QRectF:
        """The rectangle of a bar of full length."""
        row = self._row(digit)
        first = min(self._labels_width, _MAX_LABEL_SHARE * self.width())
        left, right = row.left() + first + _GAP, row.right() - self._numbers_width - _GAP
        return QRectF(left, row.center().y() - _BAR / 2, max(right - left, 0.0), _BAR)

    def _paint_row(self, painter: QPainter, theme: Theme, digit: int, row: _Row) -> None:
        row_rect, bar = self._row(digit), self._bar(digit)
        painter.setFont(self._bold if row.chosen else self._usual)
        painter.setPen(theme.color("text" if row.chosen else "muted"))
        label = painter.fontMetrics().elidedText(row.label, Qt.TextElideMode.ElideRight, int(bar.left() - _GAP) + 1)
        painter.drawText(row_rect, int(_MIDDLE | Qt.AlignmentFlag.AlignLeft), label)
        painter.drawText(row_rect, int(_MIDDLE | Qt.AlignmentFlag.AlignRight), row.number)
        _bar(painter, bar, theme.color("field"))
        if row.number:
            bar.setWidth(max(row.length / self.devicePixelRatioF(), 1.0))
            usual = "error" if row.wrong else "accent" if row.sure else "faint"
            _bar(painter, bar, theme.color(usual if row.chosen else "faint"))


def _bar(painter: QPainter, bar: QRectF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    radius = min(bar.width(), bar.height()) / 2
    painter.drawRoundedRect(bar, radius, radius)


def _font(base: QFont, *, bold: bool) -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(max(7.0, base.pointSizeF() - 1.0))
    font.setBold(bold)
    return font
