"""Bars: how probable the network finds each class."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.style.theme import Theme, theme_of
from playground.spec.number_text import PROBABILITY, percent_text

_ROW = 15  # pixels that a row takes at least
_BAR = 6.0  # thickness of a bar
_GAP = 8.0  # between class, bar and number
_MOST = 12  # classes that are all shown, in their order; of more, the most probable
_BEST = 10  # so many of them
_WIDEST = 0.4  # share of the width that the names of classes take at most
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class _Row(NamedTuple):
    """What a row shows, to the pixel and to the digit."""

    label: str
    number: str  # empty where nothing is known
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
        self._sure, self._wrong = True, False
        self._usual, self._bold = _font(self.font(), bold=False), _font(self.font(), bold=True)
        self._first = self._widest()
        self._last = QFontMetrics(self._bold).horizontalAdvance(percent_text(1.0, PROBABILITY))
        self._rows: list[_Row] = []
        self._changed = QRegion()  # what is to be painted
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.show_probabilities((), sure=True)

    def set_labels(self, labels: tuple[str, ...]) -> None:
        """Show other classes; nothing is known of them yet."""
        if labels != self._labels:
            self._labels = labels
            self._first = self._widest()
            self.show_probabilities((), sure=self._sure)
            self.updateGeometry()
            self._changed += self.rect()
            self.update()

    def _widest(self) -> int:
        metrics = QFontMetrics(self._bold)
        return max((metrics.horizontalAdvance(label) for label in self._labels), default=0)

    def show_probabilities(self, probabilities: tuple[float, ...], *, sure: bool, wrong: bool = False) -> None:
        """Show probabilities, one for each class, or none; `sure` is false where they are chance.

        wrong: the most probable class is known to be another one.
        """
        self._probabilities, self._sure, self._wrong = probabilities, sure, wrong
        said = self._said()
        if said != self.accessibleName():
            self.setAccessibleName(said)
        self._show_rows()

    def show_at_once(self) -> None:
        """Paint now what has changed, rather than when the event loop comes to it."""
        if not self._changed.isEmpty():
            self.repaint(self._changed)

    def _said(self) -> str:
        if not self._probabilities:
            return self.tr("No prediction")
        best = max(self._probabilities)
        label = self._labels[self._probabilities.index(best)]
        said = self.tr("{0} with {1}").format(label, percent_text(best, PROBABILITY))
        said = said if self._sure else self.tr("{0}, by chance").format(said)
        return self.tr("{0}, which is wrong").format(said) if self._wrong else said

    def _show_rows(self) -> None:
        """Have those rows painted that have changed: beside a run there are ten readings a second, most much alike."""
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
                    self._sure,
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
        """The classes that have a row: all of them, or the most probable ones first."""
        numbers = list(range(len(self._labels)))
        if len(numbers) <= _MOST:
            return numbers
        shares = self._probabilities
        return sorted(numbers, key=lambda i: -shares[i])[:_BEST] if shares else numbers[:_BEST]

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Rows that can be told apart at a glance."""
        return QSize(240, max(_ROW, QFontMetrics(self._bold).height()) * len(self._rows))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Rows whose figures just do not overlap."""
        return QSize(120, QFontMetrics(self._bold).ascent() * len(self._rows))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Find out anew how long the bars are."""
        super().resizeEvent(event)
        self._show_rows()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the rows that are asked for."""
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
        """The place of a whole bar."""
        row = self._row(digit)
        first = min(self._first, _WIDEST * self.width())
        left, right = row.left() + first + _GAP, row.right() - self._last - _GAP
        return QRectF(left, row.center().y() - _BAR / 2, max(right - left, 0.0), _BAR)

    def _paint_row(self, painter: QPainter, theme: Theme, digit: int, row: _Row) -> None:
        place, bar = self._row(digit), self._bar(digit)
        painter.setFont(self._bold if row.chosen else self._usual)
        painter.setPen(theme.color("text" if row.chosen else "muted"))
        label = painter.fontMetrics().elidedText(row.label, Qt.TextElideMode.ElideRight, int(bar.left() - _GAP) + 1)
        painter.drawText(place, int(_MIDDLE | Qt.AlignmentFlag.AlignLeft), label)
        painter.drawText(place, int(_MIDDLE | Qt.AlignmentFlag.AlignRight), row.number)
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
