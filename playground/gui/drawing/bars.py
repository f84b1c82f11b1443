"""Ten bars: how probable the network finds each digit."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.theme import Theme, theme_of

_ROW = 15  # pixels that a row takes at least
_BAR = 6.0  # thickness of a bar
_GAP = 8.0  # between digit, bar and number


class Bars(QWidget):
    """Paints a row for each class: the digit, a bar, and the percentage; the most probable one in the accent."""

    def __init__(self, classes: int = 10, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes = classes
        self._probabilities: tuple[float, ...] = ()
        self._sure = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_probabilities((), sure=True)

    def show_probabilities(self, probabilities: tuple[float, ...], *, sure: bool) -> None:
        """Show probabilities, one for each class, or none; `sure` is false where they are chance."""
        self._probabilities, self._sure = probabilities, sure
        self._classes = len(probabilities) or self._classes
        said = self._said()
        if said != self.accessibleName():
            self.setAccessibleName(said)
        self.update()

    def _said(self) -> str:
        if not self._probabilities:
            return self.tr("No prediction")
        best = max(self._probabilities)
        digit = self._probabilities.index(best)
        said = self.tr("{0} with {1} percent").format(digit, round(100 * best))
        return said if self._sure else self.tr("{0}, by chance").format(said)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Rows that can be told apart at a glance."""
        row = max(_ROW, QFontMetrics(_font(self.font(), bold=True)).height())
        return QSize(240, row * self._classes)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint all rows."""
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.height() / self._classes
        best = max(self._probabilities, default=-1.0)
        for digit in range(self._classes):
            probability = self._probabilities[digit] if self._probabilities else None
            chosen = probability is not None and probability == best
            self._row(painter, theme, QRectF(0, digit * height, self.width(), height), digit, probability, chosen)
        painter.end()

    def _row(
        self, painter: QPainter, theme: Theme, row: QRectF, digit: int, probability: float | None, chosen: bool
    ) -> None:
        painter.setFont(_font(self.font(), bold=chosen))
        metrics = painter.fontMetrics()
        first, last = metrics.horizontalAdvance("0"), metrics.horizontalAdvance("100.0")
        painter.setPen(theme.color("text" if chosen else "muted"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(row, int(middle | Qt.AlignmentFlag.AlignLeft), str(digit))
        bar = QRectF(row.left() + first + _GAP, row.center().y() - _BAR / 2, 0, _BAR)
        bar.setRight(row.right() - last - _GAP)
        _bar(painter, bar, theme.color("field"))
        if probability is None:
            return
        painter.setPen(theme.color("text" if chosen else "muted"))
        painter.drawText(row, int(middle | Qt.AlignmentFlag.AlignRight), f"{100 * probability:.1f}")
        bar.setWidth(max(bar.width() * probability, 1.0))
        _bar(painter, bar, theme.color("accent" if chosen and self._sure else "faint"))


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
