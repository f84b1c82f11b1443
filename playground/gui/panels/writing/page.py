"""A page of text in which each character can be tinted, and to which some are added while it is read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from playground.gui.style.theme import set_look, theme_of

_LEVELS = 12  # steps of the tint: formats are shared, and most characters have one of few
_DARKEST = 0.55  # opacity of the strongest tint: the text on it stays legible

Tinted = tuple[str, float]  # some characters and how strongly they are tinted, 0 to 1


class Page(QPlainTextEdit):
    """Shows text that nobody can change but anyone can select and copy."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[Tinted] = []
        self.setReadOnly(True)
        self.setAccessibleName(name)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setUndoRedoEnabled(False)
        set_look(self, "page")

    @property
    def parts(self) -> tuple[Tinted, ...]:
        """What is shown."""
        return tuple(self._parts)

    def show_parts(self, parts: Sequence[Tinted]) -> None:
        """Show these, and nothing else."""
        self._parts = []
        self.clear()
        for text, strength in parts:
            self.add(text, strength)

    def add(self, text: str, strength: float) -> None:
        """Put more at the end; who is reading the end goes on to do so."""
        self._parts.append((text, strength))
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text, self._format(strength))
        if at_end:
            bar.setValue(bar.maximum())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Tint anew in the colours of another theme."""
        if event.type() == QEvent.Type.PaletteChange and self._parts:
            self.show_parts(tuple(self._parts))
        super().changeEvent(event)

    def _format(self, strength: float) -> QTextCharFormat:
        style = QTextCharFormat()
        level = round(max(0.0, min(1.0, strength)) * _LEVELS)
        if level:
            color = QColor(theme_of(self).color("error"))
            color.setAlphaF(_DARKEST * level / _LEVELS)
            style.setBackground(color)
        return style
