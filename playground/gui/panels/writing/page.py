"""A page of text with tinted characters, to which text is appended while the user reads it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from playground.gui.style.theme import set_look, theme_of

_LEVELS = 12  # levels of the tint: characters share formats, and most have one of a few
_DARKEST = 0.55  # opacity of the strongest tint: the text on it stays legible

Tinted = tuple[str, float]  # a text and the strength of its tint, 0 to 1


class Page(QPlainTextEdit):
    """Shows text that is read-only but can be selected and copied."""

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
        """The tinted parts of the text."""
        return tuple(self._parts)

    def show_parts(self, parts: Sequence[Tinted]) -> None:
        """Replace the text by these parts."""
        self._parts = []
        self.clear()
        for text, strength in parts:
            self.add(text, strength)

    def add(self, text: str, strength: float) -> None:
        """Append text; if the end is visible, it stays visible."""
        self._parts.append((text, strength))
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text, self._format(strength))
        if at_end:
            bar.setValue(bar.maximum())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Update the tint to the colours of another theme."""
        if event.type() == QEvent.Type.PaletteChange and self._parts:
            self.show_parts(tuple(self._parts))
        super().changeEvent(event)

    def _format(self, strength: float) -> QTextCharFormat:
        style = QTextCharFormat()
        level = round(max(0.0, min(1.0, strength)) * _LEVELS)
        if level:
            style.setBackground(self._tint(level, "error"))
        return style

    def _tint(self, level: int, role: str) -> QColor:
        """The colour of a role, `level` of `_LEVELS` strong."""
        color = QColor(theme_of(self).color(role))
        color.setAlphaF(_DARKEST * level / _LEVELS)
        return color


class EffectPage(Page):
    """Tints what speaks for something; what speaks against it, of negative strength, is underlined as well."""

    def _format(self, strength: float) -> QTextCharFormat:
        style = QTextCharFormat()
        level = round(min(1.0, abs(strength)) * _LEVELS)
        if level:
            style.setBackground(self._tint(level, "accent" if strength > 0 else "error"))
        if level and strength < 0:
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
        return style
