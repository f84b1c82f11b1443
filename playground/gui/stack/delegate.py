"""The delegate of the stack's view: height and appearance of the rows, and clicks in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from playground.gui.stack.block import Block
from playground.gui.stack.geometry import block_rects, plain_height, row_height
from playground.gui.stack.items import Item
from playground.gui.stack.model import Role
from playground.gui.stack.painter import BlockStyle, paint_block
from playground.gui.stack.thumbnails import paint_thumbnails
from playground.gui.style.theme import theme_of
from playground.spec.edits import LayerPath

Index = QModelIndex | QPersistentModelIndex
Button = tuple[int, int, int]  # row, index of the problem, index of its fix


class BlockDelegate(QStyledItemDelegate):
    """Paints blocks and reports clicks on the buttons that fix a problem and on the arrows that fold containers."""

    fix_requested = Signal(object, object)  # the Problem, and the chosen one of its fixes
    folded = Signal(object, bool)  # the path of a container whose arrow was clicked, and whether to collapse it

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._pressed: Button | None = None
        self._hot: Button | None = None
        self.thumbnails: Mapping[LayerPath, Sequence[QImage]] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  Qt's name
        font = self._view.font()
        if index.data(Role.PROBLEM_COUNT) == 0:  # true of nearly all blocks, and then the block itself is not needed
            item = cast(Item | None, index.data(Role.ITEM))
            return QSize(0, plain_height(font, item.branch, item.closes) if item else plain_height(font, 0, 0))
        return QSize(0, row_height(self._block(index), self._view.viewport().width(), font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state = option.state
        hot = self._hot[1:] if self._hot is not None and self._hot[0] == index.row() else None
        look = BlockStyle(
            theme=theme_of(self._view),
            font=self._view.font(),
            selected=bool(state & QStyle.StateFlag.State_Selected),
            focused=bool(state & QStyle.StateFlag.State_HasFocus),
            hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            first=index.row() == 0,
            hot_button=hot,
        )
        block = self._block(index)
        paint_block(painter, block, option.rect, look)
        if pictures := self.thumbnails.get(block.path):
            head = block_rects(block, option.rect, look.font).head
            paint_thumbnails(painter, pictures, block, head, look.font, look.theme)

    def editorEvent(  # noqa: N802
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return False
        button = self.button_at(index, event.position().toPoint())
        if event.type() == QEvent.Type.MouseButtonPress and self.arrow_at(index, event.position().toPoint()):
            block = self._block(index)
            self.folded.emit(block.path, not block.folded)
            return True
        if event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = button
        elif event.type() == QEvent.Type.MouseButtonRelease and button is not None and button == self._pressed:
            self._pressed = None
            problem = self._block(index).problems[button[1]]
            self.fix_requested.emit(problem, problem.fixes[button[2]])
            return True
        return False

    def button_at(self, index: Index, position: QPoint) -> Button | None:
        """The button at a position in the view."""
        if not index.isValid() or index.data(Role.PROBLEM_COUNT) == 0:
            return None
        rects = block_rects(self._block(index), self._view.visualRect(index), self._view.font())
        for number, strip in enumerate(rects.strips):
            for choice, rect in enumerate(strip.buttons):
                if rect.contains(position):
                    return index.row(), number, choice
        return None

    def arrow_at(self, index: Index, position: QPoint) -> bool:
        """Whether the arrow of a container is at a position in the view."""
        item = cast(Item | None, index.data(Role.ITEM)) if index.isValid() else None
        if item is None or not (item.opens or item.folded):
            return False
        arrow = block_rects(self._block(index), self._view.visualRect(index), self._view.font()).arrow
        return arrow is not None and arrow.adjusted(-4, -4, 4, 4).contains(position)

    def set_hot(self, button: Button | None) -> bool:
        """Set the button under the mouse; return whether it changed."""
        changed = button != self._hot
        self._hot = button
        return changed

    def _block(self, index: Index) -> Block:
        return cast(Block, index.data(Role.BLOCK))
