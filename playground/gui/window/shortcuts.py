"""The list of keyboard shortcuts, generated from the menus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QMenuBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.gui.style.action import entries


class Shortcuts(QDialog):
    """Shows every action of a menu bar with its shortcuts."""

    def __init__(self, bar: QMenuBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QTreeWidget(self)
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setAccessibleName(self.windowTitle())
        groups: dict[str, QTreeWidgetItem] = {}
        for entry in entries(bar):
            if entry.menu not in groups:
                groups[entry.menu] = QTreeWidgetItem(self.list, [entry.menu])
                font = groups[entry.menu].font(0)
                font.setBold(True)
                groups[entry.menu].setFont(0, font)
            QTreeWidgetItem(groups[entry.menu], [entry.words, entry.keys])
        self.list.expandAll()
        self.list.setItemsExpandable(False)
        self.list.resizeColumnToContents(0)
        self.list.setColumnWidth(0, self.list.columnWidth(0) + 30)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(self.list)
        column.addWidget(buttons)
        self.resize(460, 560)
