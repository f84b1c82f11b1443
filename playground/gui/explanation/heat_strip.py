"""Characters of a text on the colours of what they count for; one of them is in question."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from playground.gui.explanation.pictures import attribution_scale
from playground.gui.stack.output_colors import color_table
from playground.gui.stack.output_scale import Scale, levels
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import theme_of
from playground.spec.number_text import amount_text

_PAD = 2  # pixels beside and above each word
_DARK, _LIGHT = QColor("#111317"), QColor("#ffffff")
_BRIGHT = 140  # of 255: a lighter ground has dark letters


class HeatStrip(QWidget):
    """A click, or Enter at the place of the arrow keys, chooses a word."""

    chosen = Signal(int)
    pointed = Signal(str)  # what the word at the place of the arrow keys counts

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words: tuple[str, ...] = ()
        self.values: tuple[float, ...] = ()
        self.position: int | None = None
        self.scale = Scale(0.0, True)
        self._cursor: int | None = None
        self._places: list[QRect] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("What each character counted"))

    def show_words(self, words: tuple[str, ...], values: tuple[float, ...], position: int | None) -> None:
        """Show others; `position`: the one in question, which has a frame."""
        self.words, self.values, self.position = words, values, position
        self.scale = attribution_scale(np.array(values, np.float32), signed=True)
        if self._cursor is not None and self._cursor >= len(words):
            self._cursor = None
        self._arrange()

    def told(self, number: int) -> str:
        """The word, its position and its value."""
        words = self.tr("{0}, position {1}: {2}")
        return words.format(f"“{self.words[number]}”", f"{number + 1:,}", amount_text(self.values[number]))

    def word_at(self, place: QPoint) -> int | None:
        """The number of the word at a place of the widget."""
        return next((number for number, room in enumerate(self._places) if room.contains(place)), None)

    def place_of(self, number: int) -> QRect:
        """Where a word is."""
        return self._places[number]

    def _arrange(self) -> None:
        metrics, left, top, high = self.fontMetrics(), 0, 0, self._high()
        least = metrics.horizontalAdvance("x") + 2 * _PAD
        self._places = []
        for word in self.words:
            wide = max(least, metrics.horizontalAdvance(word) + 2 * _PAD)
            if left and left + wide > self.width():
                left, top = 0, top + high
            self._places.append(QRect(left, top, wide, high))
            left += wide
        self.setMinimumHeight(top + high)
        self.update()

    def _high(self) -> int:
        return self.fontMetrics().height() + 2 * _PAD

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(400, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Show what the word under the mouse counts."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self.word_at(event.pos())
            QToolTip.showText(event.globalPos(), "" if number is None else plain_tip(self.told(number)), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        number = self.word_at(event.position().toPoint())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self.words:
            last = len(self.words) - 1
            before = last + 1 if self._cursor is None else self._cursor
            self._cursor = max(0, min(last, before + step))
            self.pointed.emit(self.told(self._cursor))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cursor is not None:
            self.chosen.emit(self._cursor)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the words."""
        if not self.words:
            return
        painter, theme = QPainter(self), theme_of(self)
        table = color_table(theme, diverging=True)
        found = levels(np.array([self.values], np.float32), self.scale)[0]
        for word, room, level in zip(self.words, self._places, found.tolist(), strict=True):
            ground = QColor(table[level])
            painter.fillRect(room, ground)
            painter.setPen(_DARK if ground.lightness() > _BRIGHT else _LIGHT)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, word)
        for number, color in ((self.position, "accent"), (self._cursor if self.hasFocus() else None, "text")):
            if number is not None and number < len(self._places):
                painter.setPen(QPen(theme.color(color), 2.0))
                painter.drawRect(self._places[number].adjusted(1, 1, -1, -1))
        painter.end()
