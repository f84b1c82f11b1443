"""Knows which layers show on the screen what they compute, so that nothing is computed for the others."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot

from playground.gui.stack.block_list import BlockList
from playground.gui.stack.model import Role
from playground.spec.display import Display
from playground.spec.edits import LayerPath

Displays = Mapping[LayerPath, Display]


class DisplayedLayers(QObject):
    """Follows scrolling, folding and edits of a view; `displays` holds the layers of which a part can be seen."""

    changed = Signal(object)  # Displays

    def __init__(self, view: BlockList) -> None:
        super().__init__(view)
        self._view = view
        self._window: QObject | None = None
        self.displays: Displays = MappingProxyType({})
        self._later = QTimer(self)  # once for all changes of an edit
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.look)
        view.verticalScrollBar().valueChanged.connect(self._look_later)
        view.verticalScrollBar().rangeChanged.connect(self._look_later)
        view.stack.turned.connect(self._look_later)
        view.stack.modelReset.connect(self._look_later)
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Follow the size of the view, and whether its window is shown."""
        kind = event.type()
        if kind == QEvent.Type.Show and self._view.window() is not self._window:
            self._window = self._view.window()
            self._window.installEventFilter(self)
        if kind in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize, QEvent.Type.WindowStateChange):
            self._later.start()
        return False

    @Slot()
    def _look_later(self) -> None:
        self._later.start()

    @Slot()
    def look(self) -> None:
        """Find the layers that can be seen now."""
        found = MappingProxyType(self._seen())
        if found != self.displays:
            self.displays = found
            self.changed.emit(found)

    def _seen(self) -> dict[LayerPath, Display]:
        view, model = self._view, self._view.stack
        if not view.isVisible() or view.window().windowState() & Qt.WindowState.WindowMinimized:
            return {}
        view.executeDelayedItemsLayout()
        middle, bottom = view.viewport().width() // 2, view.viewport().height()
        first = view.indexAt(QPoint(middle, 0))
        found = {}
        for row in range(first.row() if first.isValid() else 0, model.rowCount()):
            index = model.index(row)
            if view.visualRect(index).top() >= bottom:
                break
            display = cast(Display | None, index.data(Role.DISPLAY))
            if display is not None:
                found[model.path(row)] = display
        return found
