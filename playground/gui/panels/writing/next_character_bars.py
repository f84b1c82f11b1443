"""A bar chart of the most probable next characters: rows without axes, as in `gui.style.share_bars`."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.style.theme import theme_of
from playground.spec.number_text import NO_FIGURE, PROBABILITY, percent_text

ROWS = 5
_ROW = 16  # minimum height of a row, pixels
_BAR = 6.0  # thickness of a bar, pixels
_GAP = 8.0  # between character, bar and number, pixels
_LONGEST = 14  # characters of a word that are shown
_SHOWN = {" ": "␣", "\n": "↵", "\t": "⇥"}  # symbols for invisible characters


class Likeliest(QWidget):
    """Paints a row per character: the character, a bar, and the percentage."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[tuple[str, float], ...] = ()
        self._sure = True
        self._font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._font.setPointSizeF(max(7.0, self.font().pointSizeF() - 1.0))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_shares((), sure=True)

    def show_shares(self, shares: tuple[tuple[str, float], ...], *, sure: bool) -> None:
        """Show characters with their probabilities, largest first; `sure` is false if the network is untrained."""
        self._shares, self._sure = shares, sure
        text = ", ".join(self.tr("{0} {1}").format(_visible(text), percent_text(p, PROBABILITY)) for text, p in shares)
        self.setAccessibleName(self.tr("Likeliest next: {0}").format(text or NO_FIGURE))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(240, ROWS * max(_ROW, QFontMetrics(self._font).height()))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint all rows."""
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self._font)
        left, right = (
            max(metrics.horizontalAdvance(_visible(text)) for text in ("国", *(text for text, _ in self._shares)))
            + _GAP,
            metrics.horizontalAdvance(percent_text(1.0, PROBABILITY)) + _GAP,
        )
        height = self.height() / ROWS
        for number in range(ROWS):
            row = QRectF(0, number * height, self.width(), height)
            bar = QRectF(left, row.center().y() - _BAR / 2, max(0.0, row.width() - left - right), _BAR)
            _paint_bar(painter, bar, theme.color("field"))
            if number >= len(self._shares):
                continue
            text, share = self._shares[number]
            self._paint_words(painter, row, _visible(text), percent_text(share, PROBABILITY), leading=number == 0)
            bar.setWidth(max(1.0, bar.width() * share))
            _paint_bar(painter, bar, theme.color("accent" if self._sure else "faint"))
        painter.end()

    def _paint_words(self, painter: QPainter, row: QRectF, text: str, number: str, *, leading: bool) -> None:
        font = QFont(self._font)
        font.setBold(leading)
        painter.setFont(font)
        painter.setPen(theme_of(self).color("text" if leading else "muted"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(row, int(middle | Qt.AlignmentFlag.AlignLeft), text)
        painter.drawText(row, int(middle | Qt.AlignmentFlag.AlignRight), number)


def _visible(text: str) -> str:
    """A character, word or byte pair with signs for what cannot be seen, and shortened where it is long."""
    if text in _SHOWN:
        return _SHOWN[text]
    shown = text.replace("\n", "↵").replace("\t", "⇥").strip("\0")
    shown = shown.replace(" ", "␣", 1) if shown.startswith(" ") else shown
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _paint_bar(painter: QPainter, bar: QRectF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    radius = min(bar.width(), bar.height()) / 2
    painter.drawRoundedRect(bar, radius, radius)
