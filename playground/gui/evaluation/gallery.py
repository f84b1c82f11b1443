"""Examples beside or below each other: a click, or Enter, puts one on the panel of the data."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QWidget

from playground.engine.evaluation.examples import Example
from playground.gui.style.labels import plain_tip

_SIDE = 48  # pixels of a picture
_CELL = QSize(92, 74)  # at least
_WIDEST = 160
_MARGINS = 16  # beside a caption, of the style and of the item
_BELOW = 12


class Gallery(QListWidget):
    """Pictures with captions, or lines of text."""

    chosen = Signal(object)  # Example
    asked = Signal(object, object)  # Example, and the QPoint of the screen where its menu is to open
    left_out = Signal(object)  # Example, with the key Delete

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._examples: tuple[Example, ...] = ()
        self.setAccessibleName(name)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)

    @property
    def shown(self) -> tuple[Example, ...]:
        """The examples that are shown, in their order."""
        return self._examples

    def show_examples(self, found: Sequence[Example], captions: Sequence[str], faint: Set[int] = frozenset()) -> None:
        """Show examples with a caption each; the same ones keep the selection. `faint` are indices of samples."""
        row = self.currentRow() if [e.index for e in found] == [e.index for e in self._examples] else -1
        self._examples = tuple(found)
        self.clear()
        pictures = bool(found) and found[0].picture is not None
        self.setViewMode(QListView.ViewMode.IconMode if pictures else QListView.ViewMode.ListMode)
        cell = self._cell(captions) if pictures else QSize()
        self.setGridSize(cell)
        for example, caption in zip(found, captions, strict=True):
            item = QListWidgetItem(caption if pictures else f"{caption}    {example.text or self._numbered(example)}")
            item.setToolTip(plain_tip(item.text()))
            if example.picture is not None:
                item.setIcon(QIcon(QPixmap.fromImage(_image(example.picture))))
                item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
                item.setSizeHint(cell)  # else a shorter caption decides how wide all are
            if example.index in faint:
                item.setForeground(self.palette().placeholderText())
            self.addItem(item)
        if 0 <= row < self.count():
            self.setCurrentRow(row)

    def _cell(self, captions: Sequence[str]) -> QSize:
        """Room for the longest line of a caption: a confidence of 100 % must not end after two digits."""
        metrics, lines = self.fontMetrics(), [caption.split("\n") for caption in captions]
        longest = max((metrics.horizontalAdvance(line) for caption in lines for line in caption), default=0)
        height = _SIDE + max(map(len, lines), default=1) * metrics.lineSpacing() + _BELOW
        widest = min(_WIDEST, self.maximumWidth())
        return QSize(min(max(_CELL.width(), longest + _MARGINS), widest), max(_CELL.height(), height))

    def _numbered(self, example: Example) -> str:
        return self.tr("sample {0}").format(f"{example.place:,}")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  Qt's name
        """Ask for the menu of an example: with the mouse that below it, with a key the current one."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        item = self.currentItem() if by_key else self.itemAt(event.pos())
        if item is not None:
            at = self.visualItemRect(item).center() if by_key else event.pos()
            self.setCurrentItem(item)
            self.asked.emit(self._examples[self.row(item)], self.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Delete and self.currentItem() is not None:
            self.left_out.emit(self._examples[self.currentRow()])
        else:
            super().keyPressEvent(event)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self._examples[self.row(item)])


def _image(picture: np.ndarray) -> QImage:
    height, width = picture.shape[:2]
    colored = picture.ndim == 3
    form = QImage.Format.Format_RGB888 if colored else QImage.Format.Format_Grayscale8
    image = QImage(picture.tobytes(), width, height, width * (3 if colored else 1), form).copy()
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaled(2 * _SIDE, 2 * _SIDE, Qt.AspectRatioMode.KeepAspectRatio, smooth)
