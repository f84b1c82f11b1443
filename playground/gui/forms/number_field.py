"""A line edit for a number: typed, or stepped with arrow keys and wheel; an invalid one is reported in place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontDatabase,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from playground.gui.forms.number_input import Number, RefusedNumber, read_number, step_number, write_value
from playground.gui.style.arrow import paint_arrow
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import translated
from playground.spec.component import FieldInfo

_STEPPERS = 26  # pixels on the right for the two arrows
_KEYS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
_NOTCH = 120  # eighths of a degree per notch of a wheel


class NumberField(QLineEdit):
    """Shows a number and proposes others; Enter or losing the focus commits the typed text."""

    committed = Signal(object, bool)  # the number, and whether it was stepped rather than typed
    refused = Signal(str)  # why the text is invalid; empty once it is valid

    def __init__(self, field: FieldInfo, *, steppers: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._value: Number = field.default
        self._steppers = steppers
        self._wheel_angle = 0
        self._wrong = False
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTextMargins(-2, 0, _STEPPERS - 8 if steppers else -2, 0)
        self.textEdited.connect(self._edited)

    def show_number(self, value: Number) -> None:
        """Show `value`, unless the user is typing."""
        self._value = value
        if self.isModified() and self.hasFocus():
            return
        self._restore()

    def is_wrong(self) -> bool:
        """Whether the shown text is invalid."""
        return self._wrong

    def commit(self) -> None:
        """Propose the typed number, or report why it is invalid."""
        if not self.isModified():
            return
        try:
            value = read_number(self._field, self.text())
        except RefusedNumber as refusal:
            self._set_wrong(translated(refusal.message))
            return
        self.setModified(False)
        changed = value != self._value
        self._value = value
        self._restore()
        if changed:
            self.committed.emit(value, False)

    def step(self, steps: int) -> None:
        """Propose the number that many steps away."""
        try:
            start = read_number(self._field, self.text()) if self.isModified() else self._value
        except RefusedNumber:  # an invalid text cannot be stepped from; use the last valid number
            start = self._value
        value = step_number(self._field, start, steps)
        changed = value != self._value
        self._value = value
        self._restore()
        if changed:
            self.committed.emit(value, True)

    def event(self, event: QEvent) -> bool:
        # Undo and redo act on the window's history, except while the user is typing here.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not self.isModified():
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        key = Qt.Key(event.key())
        if key in _KEYS:
            self.step(_KEYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.commit()
            self.selectAll()
        elif key == Qt.Key.Key_Escape and self.isModified():
            self._restore()
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if not self.hasFocus():
            event.ignore()  # scrolls the surrounding list
            return
        self._wheel_angle += event.angleDelta().y()
        notches = int(self._wheel_angle / _NOTCH)
        self._wheel_angle -= notches * _NOTCH
        if notches:
            self.step(notches)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        steppers = self._steppers_rect()
        if self._steppers and steppers.contains(event.position().toPoint()):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.step(1 if event.position().x() < steppers.center().x() else -1)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        over = self._steppers and self._steppers_rect().contains(event.position().toPoint())
        self.setCursor(Qt.CursorShape.ArrowCursor if over else Qt.CursorShape.IBeamCursor)
        super().mouseMoveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if not self._steppers:
            return
        painter = QPainter(self)
        color = theme_of(self).color("muted" if self.isEnabled() else "faint")
        middle = QRect(self._steppers_rect()).toRectF().center()
        paint_arrow(painter, middle.x() - 5, middle.y(), color, up=True)
        paint_arrow(painter, middle.x() + 5, middle.y(), color, up=False)
        painter.end()

    def _steppers_rect(self) -> QRect:
        return QRect(self.width() - _STEPPERS, 0, _STEPPERS, self.height())

    def _edited(self, _text: str) -> None:
        if self._wrong:
            self._set_wrong("")

    def _restore(self) -> None:
        text = write_value(self._field, self._value)
        if self.text() != text:
            cursor = self.cursorPosition()
            self.setText(text)
            self.setCursorPosition(min(cursor, len(text)))
        self.setModified(False)
        if self._wrong:
            self._set_wrong("")

    def _set_wrong(self, sentence: str) -> None:
        self._wrong = bool(sentence)
        self.setProperty("look", "wrong" if sentence else None)
        self.style().unpolish(self)
        self.style().polish(self)
        self.refused.emit(sentence)
