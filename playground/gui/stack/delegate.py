"""The delegate of the stack's view: height and appearance of the rows, and clicks in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter, QRegion
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from playground.gui.stack.block import Block
from playground.gui.stack.geometry import block_rects, mark_rect, plain_height, range_pills, row_height
from playground.gui.stack.items import Item
from playground.gui.stack.model import Role
from playground.gui.stack.output_layout import Place, place_at
from playground.gui.stack.painter import BlockStyle, clear_pictures, paint_block
from playground.gui.stack.picture_places import PicturePlace
from playground.gui.style.theme import theme_of
from playground.spec.display import Display
from playground.spec.edits import LayerPath

if TYPE_CHECKING:  # it needs NumPy, which the window does not wait for
    from playground.gui.stack.block_output import BlockOutput

Index = QModelIndex | QPersistentModelIndex
Button = tuple[int, int, int]  # row, index of the problem, index of its fix


class BlockDelegate(QStyledItemDelegate):
    """Paints blocks and reports clicks on the buttons that fix a problem and on the arrows that fold containers."""

    fix_requested = Signal(object, object)  # the Problem, and the chosen one of its fixes
    value_clicked = Signal(object, object)  # the path of a layer, and the Place of one of its values
    mark_pressed = Signal(object)  # the paths of unhealthy layers whose mark was clicked
    range_pressed = Signal(object, int)  # the path of a layer, and the number of one of its ranges that was clicked
    folded = Signal(object, bool)  # the path of a container whose arrow was clicked, and whether to collapse it

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._pressed: Button | None = None
        self._hot: Button | None = None
        self.outputs: Mapping[LayerPath, BlockOutput] = {}
        self.dirty = QRegion()  # what the view repaints now

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  Qt's name
        font = self._view.font()
        if index.data(Role.PROBLEM_COUNT) == 0:  # true of nearly all blocks, and then the block itself is not needed
            item = cast(Item | None, index.data(Role.ITEM))
            ends = (item.branch, item.closes) if item else (0, 0)
            return QSize(0, plain_height(font, *ends, cast(Display | None, index.data(Role.DISPLAY))))
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
        output = self.output_of(block)
        area = block_rects(block, option.rect, look.font).output
        others = QRegion(option.rect).intersected(self.dirty).subtracted(QRegion(area))
        if not (others.isEmpty() and clear_pictures(painter, block, area, look)):
            paint_block(painter, block, option.rect, look)
        if output:
            from playground.gui.stack.output_painter import paint_output

            paint_output(painter, output, area, look.font, look.theme)

    def paint_pictures(self, painter: QPainter, places: Iterable[PicturePlace]) -> None:
        """Paint the pictures of blocks again, and nothing else; the mouse is on none of the blocks."""
        from playground.gui.stack.output_painter import paint_output

        look = BlockStyle(theme=theme_of(self._view), font=self._view.font())
        for place in places:
            clear_pictures(painter, place.block, place.area, look)
            if (output := self.output_of(place.block)) is not None:
                paint_output(painter, output, place.area, look.font, look.theme)

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
        if event.type() == QEvent.Type.MouseButtonPress and (paths := self.mark_at(index, event.position().toPoint())):
            self.mark_pressed.emit(paths)
            return True
        if event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = button
        elif event.type() == QEvent.Type.MouseButtonRelease and (
            clicked := self.place_at(index, event.position().toPoint())
        ):
            self.value_clicked.emit(*clicked)
        elif (
            event.type() == QEvent.Type.MouseButtonRelease
            and (number := self.range_at(index, event.position().toPoint())) is not None
        ):
            self.range_pressed.emit(self._block(index).path, number)
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

    def mark_at(self, index: Index, position: QPoint) -> tuple[LayerPath, ...]:
        """The unhealthy layers whose mark is at a position in the view."""
        block = self._block(index) if index.isValid() else None
        if block is None or block.health is None:
            return ()
        mark = mark_rect(block, block_rects(block, self._view.visualRect(index), self._view.font()), self._view.font())
        return block.health.paths if mark is not None and mark.contains(position) else ()

    def range_at(self, index: Index, position: QPoint) -> int | None:
        """The number of the range of the block whose frame is at a position in the view."""
        block = self._block(index) if index.isValid() else None
        if block is None or not block.ranges:
            return None
        rects = block_rects(block, self._view.visualRect(index), self._view.font())
        found = (pill.number for pill in range_pills(block, rects, self._view.font()) if pill.rect.contains(position))
        return next(found, None)

    def card_rect(self, index: Index) -> QRect:
        """The card of a block in the view."""
        return block_rects(self._block(index), self._view.visualRect(index), self._view.font()).card

    def output_of(self, block: Block) -> BlockOutput | None:
        """The output that the block shows of its layer; None if it has no room for it."""
        output = self.outputs.get(block.path)
        return output if output is not None and output.display is block.display else None

    def value_at(self, index: Index, position: QPoint) -> tuple[str, QRect] | None:
        """The value at a position in the view, in words, with the area of the block's pictures."""
        found = self._found(index, position)
        if found is None:
            return None
        from playground.gui.stack.output_words import value_words

        return value_words(found[1], found[2]), found[3]

    def place_at(self, index: Index, position: QPoint) -> tuple[LayerPath, Place] | None:
        """The layer and the place of the value at a position in the view."""
        found = self._found(index, position)
        return None if found is None else (found[0], found[2])

    def _found(self, index: Index, position: QPoint) -> tuple[LayerPath, BlockOutput, Place, QRect] | None:
        if not index.isValid() or index.data(Role.DISPLAY) is None:
            return None
        block = self._block(index)
        output, area = self.output_of(block), block_rects(block, self._view.visualRect(index), self._view.font()).output
        place = place_at(output, area, position) if output is not None and area.contains(position) else None
        return None if output is None or place is None else (block.path, output, place, area)

    def set_hot(self, button: Button | None) -> bool:
        """Set the button under the mouse; return whether it changed."""
        changed = button != self._hot
        self._hot = button
        return changed

    def _block(self, index: Index) -> Block:
        return cast(Block, index.data(Role.BLOCK))
