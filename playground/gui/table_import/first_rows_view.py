"""The table with the first rows: its header opens menus, and so do keys on the current column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from playground.gui.style.theme import theme_of
from playground.gui.table_import.header import PAD, ColumnHeader
from playground.gui.table_import.model import FirstRows

if TYPE_CHECKING:
    from playground.gui.table_import.reader import Reading

_LOOK = """
QTableCornerButton::section, QAbstractScrollArea::corner { background: transparent; border: none }
QHeaderView::section:vertical { padding: 0 6px 2px 6px }
"""
_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F2)  # each opens the column's menu


class _Cells(QStyledItemDelegate):
    """Paints cells in line with the words of the header, and a line below each row."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        view = self.parent()
        assert isinstance(view, QTableView)
        theme = theme_of(view)
        painter.save()
        fill, pen = index.data(Qt.ItemDataRole.BackgroundRole), index.data(Qt.ItemDataRole.ForegroundRole)
        if fill is not None:
            painter.fillRect(option.rect, fill)
        rect = option.rect
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("border"))
        painter.setFont(index.data(Qt.ItemDataRole.FontRole))
        painter.setPen(pen if pen is not None else theme.color("text"))
        inner = rect.adjusted(PAD, 0, -PAD // 2, 0)
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()


class FirstRowsView(QTableView):
    """Emits `menu_requested` with a column, a part of it and a place on the screen."""

    menu_requested = Signal(int, str, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows = FirstRows(self)
        self.rows.set_theme(theme_of(self))
        self.header = ColumnHeader(self)
        self.setHorizontalHeader(self.header)
        self.setModel(self.rows)
        self.setItemDelegate(_Cells(self))
        self.setStyleSheet(_LOOK)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("The first rows as they are read"))
        self.setAccessibleDescription(self.tr("Enter opens the menu of the current column."))
        lines = self.verticalHeader()
        lines.setDefaultSectionSize(self.fontMetrics().height() + 10)
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        lines.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        lines.setSectionsClickable(False)
        self.header.menu_requested.connect(self._pass_on)

    def show_reading(self, reading: Reading) -> None:
        """Show another reading; the same cell stays the current one, and columns with the same names their width."""
        current = self.currentIndex()
        row, column = max(0, current.row()), max(0, current.column())
        place = self.horizontalScrollBar().value()
        self.rows.show_reading(reading)
        self.header.fit()
        self.setCurrentIndex(
            self.rows.index(min(row, self.rows.rowCount() - 1), min(column, self.rows.columnCount() - 1))
        )
        self.horizontalScrollBar().setValue(place)

    def go_to(self, column: int) -> None:
        """Make a column the current one."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setCurrentIndex(self.rows.index(max(0, self.currentIndex().row()), column))

    def ask_for_menu(self) -> None:
        """Ask for the menu of the current column."""
        column = self.currentIndex().column()
        if column >= 0:
            self.menu_requested.emit(column, "", self.header.place_of(column, "role"))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        if event.key() in _KEYS:
            self.ask_for_menu()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  Qt's name
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.ask_for_menu()
            return
        index = self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        if index.isValid():
            self.menu_requested.emit(index.column(), "", event.globalPos())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "rows"):
            self.rows.set_theme(theme_of(self))
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        super().focusInEvent(event)
        self.header.viewport().update()  # it marks the current column

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        super().focusOutEvent(event)
        self.header.viewport().update()

    def currentChanged(self, current: object, previous: object) -> None:  # noqa: N802  Qt's name
        super().currentChanged(current, previous)  # type: ignore[arg-type]
        self.header.viewport().update()

    def _pass_on(self, column: int, part: str, where: QPoint) -> None:
        self.go_to(column)
        self.menu_requested.emit(column, part, where)
