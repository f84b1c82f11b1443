"""Remembers where the blocks show pictures: while someone draws, the same places are repainted for every movement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QObject, QRect, Slot
from PySide6.QtGui import QRegion

from playground.gui.stack.block import Block
from playground.gui.stack.block_list import BlockList
from playground.gui.stack.geometry import block_rects
from playground.spec.display import Display
from playground.spec.edits import LayerPath


class PicturePlace(NamedTuple):
    """The place of a block's pictures in the viewport."""

    block: Block
    area: QRect  # of the pictures
    touched: QRect  # what changes with them: the whole row where words may stand out of the area
    plain: bool  # whether nothing but the card is behind the pictures


class PicturePlaces(QObject):
    """The places in a view, found when they are asked for and kept as long as its blocks stay where they are."""

    def __init__(self, view: BlockList) -> None:
        super().__init__(view)
        self._view = view
        self._known: dict[LayerPath, PicturePlace | None] = {}
        self._arrangement = view.arrangement
        view.stack.dataChanged.connect(self._forget)
        view.stack.modelReset.connect(self._forget)
        view.stack.turned.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        self._known.clear()

    def place(self, path: LayerPath) -> PicturePlace | None:
        """The place of a layer's block; None if it has none."""
        if self._arrangement != self._view.arrangement:
            self._arrangement = self._view.arrangement
            self._forget()
        if path not in self._known:
            self._known[path] = self._find(path)
        return self._known[path]

    def touched(self, paths: Iterable[LayerPath]) -> QRegion:
        """What changes when the pictures of these layers do."""
        region = QRegion()
        for path in paths:
            if (place := self.place(path)) is not None:
                region |= place.touched
        return region

    def plain(self, region: QRegion, paths: Iterable[LayerPath]) -> list[PicturePlace] | None:
        """The places in a region that lies within plain places of these layers; None if anything else is in it."""
        found, rest = [], QRegion(region)
        for place in map(self.place, paths):
            if place is not None and region.intersects(place.touched):
                if not place.plain:
                    return None
                found.append(place)
                rest -= place.area
        return found if rest.isEmpty() else None

    def _find(self, path: LayerPath) -> PicturePlace | None:
        view = self._view
        row = view.stack.row_of(path)
        if row < 0:
            return None
        index = view.stack.index(row, 0)
        block, whole = view.stack.block(row), view.visualRect(index)
        area = block_rects(block, whole, view.font()).output
        framed = block.display in (Display.CODES, Display.GATES)
        plain = not framed and (block.folded or not block.container)
        return PicturePlace(block, area, whole if framed else area, plain)
