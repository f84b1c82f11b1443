"""Widgets that choose one of several values: a combo box, or a check box for two values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QWidget,
)

from playground.gui.style.check_box import CheckBox
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.translation import translated
from playground.spec.component import FieldInfo
from playground.spec.messages import tr_noop

_NARROWEST = 60  # minimum width of a combo box in pixels


class Choices(ComboBox):
    """A combo box whose entries stand for values."""

    def __init__(self, options: Sequence[tuple[Any, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[Any] = []
        self.offer(options)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def offer(self, options: Sequence[tuple[Any, str]]) -> None:
        """Set the entries: values and their labels."""
        self.clear()
        self._values = [value for value, _ in options]
        self.addItems([label for _, label in options])

    @property
    def wanted(self) -> int:
        """The width in pixels at which every entry is shown in full; a narrower box elides them."""
        self.ensurePolished()
        return self.sizeHint().width()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def choose(self, value: Any) -> None:
        """Show `value` as chosen."""
        self.setCurrentIndex(self._values.index(value))

    def value_at(self, index: int) -> Any:
        """The value of an entry."""
        return self._values[index]


class Switch(CheckBox):
    """A check box for one of two values, with the interface of `Choices`."""

    activated = Signal(int)  # the user chose the first (0) or the second (1) value

    def __init__(self, off: Any, on: Any, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._values = (off, on)
        self.clicked.connect(self._clicked)

    def choose(self, value: Any) -> None:
        """Show `value` as chosen."""
        self.setChecked(value == self._values[1])

    def value_at(self, index: int) -> Any:
        """The value for off (0) or on (1)."""
        return self._values[index]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Enter toggles it as Space does, and the arrow keys choose as in a combo box."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if self.isChecked() is (key == Qt.Key.Key_Down):
                self.click()
        else:
            super().keyPressEvent(event)

    @Slot(bool)
    def _clicked(self, on: bool) -> None:
        self.activated.emit(int(on))


def chooser(field: FieldInfo) -> Choices | Switch:
    """A widget that chooses a member of a field's family: a check box if the alternatives are one member and none."""
    assert field.family is not None
    if field.switch is not None:
        off, on = field.switch
        return Switch(off, on, translated(on.label))
    none: list[tuple[Any, str]] = [(None, translated(tr_noop("None")))] if field.optional else []
    return Choices([*none, *((member, translated(member.label)) for member in field.family.members())])
