"""The choice of what a click on the map adds: one button per class, or for some heights; also the legend."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from playground.gui.panels.points import colors
from playground.gui.style.discard import discard
from playground.gui.style.theme import set_look, theme_of
from playground.spec.number_text import amount_text

_HEIGHTS = (-1.0, 0.0, 1.0)


class PointTools(QWidget):
    """Exclusive buttons; `chosen` carries the value of new points."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: int | None = -1  # nothing shown yet
        self._values: tuple[float, ...] = ()
        self._group = QButtonGroup(self)
        self._group.buttonToggled.connect(self._toggled)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        label = QLabel(self.tr("Add"), self)
        set_look(label, "muted")
        self._row.addWidget(label)
        self._row.addSpacing(4)
        self._row.addStretch(1)

    @property
    def value(self) -> float:
        """The value of new points: the index of a class, or a height."""
        return self._values[max(self._group.checkedId(), 0)]

    def offer(self, classes: int | None) -> None:
        """Offer that many classes, or heights if None."""
        if classes == self._classes:
            return
        for button in self._group.buttons():
            self._group.removeButton(button)
            discard(button)
        self._classes = classes
        self._values = _HEIGHTS if classes is None else tuple(map(float, range(classes)))
        for number, value in enumerate(self._values):
            button = QToolButton(self)
            button.setCheckable(True)
            set_look(button, "flat")
            button.setStyleSheet("QToolButton { padding: 3px 0 }")  # five fit into a narrow window
            button.setText(amount_text(value) if classes is None else str(number + 1))
            name = self.tr("Add points of height {0}") if classes is None else self.tr("Add points of class {0}")
            button.setToolTip(f"{name.format(button.text())} ({number + 1})")
            button.setAccessibleName(name.format(button.text()))
            button.setIconSize(colors.ICON)
            button.setToolButtonStyle(button.toolButtonStyle().ToolButtonTextBesideIcon)
            self._group.addButton(button, number)
            self._row.insertWidget(2 + number, button)
        self._group.button(len(self._values) - 1 if classes is None else 0).setChecked(True)
        self._color()

    @Slot(int)
    def choose(self, number: int) -> None:
        """Choose the button with that index, if there is one."""
        button = self._group.button(number)
        if button is not None:
            button.setChecked(True)

    @Slot(QAbstractButton, bool)
    def _toggled(self, _button: QAbstractButton, checked: bool) -> None:
        if checked:
            self.chosen.emit(self.value)

    def _color(self) -> None:
        theme, ratio = theme_of(self), self.devicePixelRatioF()
        for number, button in enumerate(self._group.buttons()):
            height = self._classes is None
            color = colors.height_color(theme, self._values[number]) if height else colors.class_color(theme, number)
            button.setIcon(colors.icon(theme, color, 0 if height else number, ratio))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        if event.type() == QEvent.Type.PaletteChange:
            self._color()
        super().changeEvent(event)
