"""The number of branches in the form of a container, with buttons to add and to remove one."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from playground.spec.container import Container
from playground.spec.layer import Layer, Stack


class Branches(QWidget):
    """Proposes to add or remove branches of a container; hidden if there can be only one."""

    proposed = Signal(object)  # a tuple of Stacks

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._container: Container | None = None
        self._locked = ""
        self._count = QLabel()
        self.fewer = self._button("−", self.tr("Remove the last branch"))
        self.more = self._button("+", self.tr("Add a branch"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._count, 1)
        row.addWidget(self.fewer)
        row.addWidget(self.more)
        self.fewer.clicked.connect(self._remove)
        self.more.clicked.connect(self._add)
        self.hide()

    def show_layer(self, layer: Layer) -> None:
        """Show the number of branches if the layer is a container that can have several."""
        self._container = layer if isinstance(layer, Container) and layer.most_branches > 1 else None
        self.setVisible(self._container is not None)
        self._enable()

    def lock(self, why: str) -> None:
        """Disable all changes and show the reason; an empty one enables them."""
        self._locked = why
        for widget in (self._count, self.fewer, self.more):
            widget.setToolTip(why or widget.accessibleName())
        self._enable()

    def _enable(self) -> None:
        if self._container is None:
            return
        count = len(self._container.branches)
        self._count.setText(self.tr("{0} branches").format(count))
        self._count.setEnabled(not self._locked)
        self.fewer.setEnabled(not self._locked and count > self._container.fewest_branches)
        self.more.setEnabled(not self._locked and count < self._container.most_branches)

    def _button(self, sign: str, words: str) -> QPushButton:
        button = QPushButton(sign)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFixedWidth(button.sizeHint().height() + 8)
        return button

    @Slot()
    def _add(self) -> None:
        if self._container is not None:
            self.proposed.emit((*self._container.branches, Stack()))

    @Slot()
    def _remove(self) -> None:
        if self._container is not None:
            self.proposed.emit(self._container.branches[:-1])
