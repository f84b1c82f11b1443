"""The list of keyboard shortcuts: those of the menus, and the keys of a page where values are pointed at."""

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
                groups[entry.menu] = self._group(entry.menu)
            QTreeWidgetItem(groups[entry.menu], [entry.words, entry.keys])
        page = self._group(self.tr("On the page Inside"))
        for words, keys in (
            (self.tr("Point at another number"), self.tr("Arrow keys")),
            (self.tr("The next map or unit"), self.tr("Page Down")),
            (self.tr("The map or unit before"), self.tr("Page Up")),
            (self.tr("From all maps to the numbers of one"), self.tr("Enter")),
        ):
            QTreeWidgetItem(page, [words, keys])
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

    def _group(self, words: str) -> QTreeWidgetItem:
        """A heading, below which entries are listed."""
        group = QTreeWidgetItem(self.list, [words])
        font = group.font(0)
        font.setBold(True)
        group.setFont(0, font)
        return group
