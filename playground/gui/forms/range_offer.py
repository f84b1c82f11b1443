"""Offers a range for a field: in the context menu of its label and editor, and with a key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

KEY = QKeySequence("Ctrl+Alt+N")


class RangeOffer(QObject):
    """Watches the widgets of one field."""

    requested = Signal()

    def __init__(self, widgets: Sequence[QWidget], parent: QWidget) -> None:
        super().__init__(parent)
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if isinstance(event, QContextMenuEvent) and isinstance(watched, QWidget):
            menu = self.menu(watched)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())
            return True
        if isinstance(event, QKeyEvent) and QKeySequence(event.keyCombination()) == KEY:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.requested.emit()
                return True
        return super().eventFilter(watched, event)

    def menu(self, widget: QWidget) -> QMenu:
        """The menu of one of the widgets; a line for text keeps what it has in its own."""
        menu = widget.createStandardContextMenu() if isinstance(widget, QLineEdit) else QMenu(widget)
        first = menu.actions()[0] if menu.actions() else None
        action = menu.addAction(self.tr("&Search over a range…"))
        action.setShortcut(KEY)
        action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(self.requested)
        if first is not None:
            menu.removeAction(action)
            menu.insertAction(first, action)
            menu.insertSeparator(first)
        return menu
