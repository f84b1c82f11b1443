"""The cells of the table of runs that are more than text: star, colour of the curves, editors, damaged runs."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from playground.gui.runs.columns import EDITABLE, Column
from playground.gui.runs.model import COLOR, DAMAGED, SECONDARY, STRONG, Index
from playground.gui.style.icons import SIZE, icon
from playground.gui.style.theme import Theme, theme_of

_SWATCH = 18  # pixels, width of the line that stands for the curves
_LINE = 3.0  # pixels
_FILLED = "filled"  # property of an editor that holds the text of its cell or a later one


class RunCells(QStyledItemDelegate):
    """Paints all cells; a click on a star or on a line sets or clears it."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802  Qt's name
        super().initStyleOption(option, index)
        theme = theme_of(self._view)
        option.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        option.state &= ~QStyle.StateFlag.State_HasFocus  # painted below: Fusion's frame is hardly visible
        role = option.palette.ColorRole
        secondary = index.column() not in (Column.NAME, Column.SCORE, Column.LOSS) or index.data(SECONDARY)
        color = theme.color("error" if index.data(DAMAGED) else "muted" if secondary else "text")
        for each in (role.Text, role.HighlightedText):
            option.palette.setColor(each, color)
        option.palette.setColor(role.Highlight, theme.color("hover"))
        option.font.setBold(bool(index.data(STRONG)) and index.column() == Column.NAME)
        option.textElideMode = Qt.TextElideMode.ElideRight

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        theme = theme_of(self._view)
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        on = state is not None and Qt.CheckState(state) is Qt.CheckState.Checked
        painter.save()
        if state is not None and index.column() == Column.STAR:
            name = "star" if on else "star-empty"
            color = theme.warn if on else theme.faint
            icon(name, color, color).paint(painter, _centered(option.rect, SIZE, SIZE))
        elif state is not None and index.column() == Column.CURVE:
            _paint_line(painter, option.rect, index.data(COLOR).in_theme(theme), theme, on)
        if self._view.hasFocus() and index == self._view.currentIndex():
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        painter.restore()

    def editorEvent(  # noqa: N802  Qt's name
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """Set or clear a star or a line with a click anywhere in the cell."""
        checkable = bool(index.flags() & Qt.ItemFlag.ItemIsUserCheckable)
        if not checkable or not isinstance(event, QMouseEvent) or event.button() is not Qt.MouseButton.LeftButton:
            return False
        if event.type() is QEvent.Type.MouseButtonRelease and option.rect.contains(event.position().toPoint()):
            on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
            return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)
        return event.type() is QEvent.Type.MouseButtonDblClick  # which would open the run

    def createEditor(  # noqa: N802  Qt's name
        self, parent: QWidget, _option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(EDITABLE[Column(index.column())])
        editor.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal)))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802  Qt's name
        """Fill a new editor; what is typed stays while the row changes."""
        if not editor.property(_FILLED):
            editor.setProperty(_FILLED, True)
            super().setEditorData(editor, index)


def _paint_line(painter: QPainter, cell: QRect, color: QColor, theme: Theme, on: bool) -> None:
    """A line in the run's colour, or its outline where the curves are not shown."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = QRectF(_centered(cell, _SWATCH, _SWATCH))
    line = QRectF(line.left(), line.center().y() - _LINE / 2, line.width(), _LINE)
    if on:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(color))
    else:
        painter.setPen(QPen(theme.color("faint"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        line.adjust(0, -0.5, 0, 0.5)
    painter.drawRoundedRect(line, _LINE / 2, _LINE / 2)


def _centered(cell: QRect, width: int, height: int) -> QRect:
    return QRect(cell.center().x() - width // 2 + 1, cell.center().y() - height // 2 + 1, width, height)
