"""The widget in which a person draws on a cluttered field and sees which pixels the network takes for ink."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.gui.asking import Unanswered
from playground.gui.background import Background
from playground.gui.drawing.pad import Pad
from playground.gui.drawing.paper import FIELD
from playground.gui.drawing.raster import Grey, inked
from playground.gui.drawing.strokes import Drawing, Image
from playground.gui.drawing.tools import Tools
from playground.gui.labels import flat_button, text_label
from playground.gui.segmentation.marking import Comparison, Marking, Mask, compared
from playground.gui.segmentation.mask_view import FOUND, MISSED, MISTAKEN, MaskView
from playground.gui.theme import set_look, theme_of
from playground.gui.words import translated
from playground.spec.words import Message

_MARGIN, _INSET = 5, 7  # as in the panel for digits
_SCORE_SIZE = 22.0  # points
_HALF = 0.5  # from this grey on a pixel counts as ink, as in the data


class SegmentationView(QWidget):
    """A field to draw on, the mask beside its figures, and what is known about both; see `inquiry.Asking`.

    What is ink is known here: the strokes that a person draws, and the digit of a field of the test set. So each mask
    is shown with what it found, missed and mistook.
    """

    touched = Signal()
    asked = Signal(object)  # the field, (56, 56) float32, or None
    clutter_requested = Signal()
    test_field_requested = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        """`background` reads the pictures that are pasted or dropped."""
        super().__init__(parent)
        self._marking: Marking | None = None
        self._digits: list[tuple[Image, Mask]] = []  # the latest fields of the test set, and which pixels are ink
        self._trained, self._loading = False, False
        self._message, self._failure = "", ""
        self.pad = Pad(background, self, FIELD)
        self.pad.setAccessibleDescription(
            self.tr("Draw a digit on the clutter; the network says which pixels are ink.")
        )
        self._mask = MaskView(self)
        self._score = text_label(self, "", "accent", size=_SCORE_SIZE)
        self._kind = text_label(self, "", "muted")
        self._counts = [QLabel(self) for _ in range(3)]
        self._said = QLabel(self)
        self._said.setWordWrap(True)
        set_look(self._said, "muted")
        self._area = QStackedWidget(self)
        self.other = QPushButton(self.tr("Other clutter"), self)
        self.test = QPushButton(self.tr("A field from the test set"), self)
        self._arrange()
        self.pad.changed.connect(self._pad_changed)
        self.pad.failed.connect(self._pad_failed)
        self.other.clicked.connect(self.clutter_requested)
        self.test.clicked.connect(self.test_field_requested)
        self._refresh()

    def _arrange(self) -> None:
        self._area.setFixedHeight(self._mask.sizeHint().height())
        self._area.setContentsMargins(_INSET, 0, _INSET, 0)
        self._area.addWidget(self._result())
        self._area.addWidget(self._note())
        tools = QVBoxLayout()
        tools.addStretch(1)
        tools.addWidget(Tools(self.pad.commands, self))
        row = QHBoxLayout()
        row.setContentsMargins(_INSET, 0, _INSET, 0)
        row.setSpacing(10)
        row.addWidget(self.pad, 1)
        row.addLayout(tools)
        below = QHBoxLayout()
        below.setContentsMargins(_INSET, 0, _INSET, 0)
        for button in (self.other, self.test):
            below.addWidget(button)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(8)
        column.addLayout(self._header())
        column.addLayout(row)
        column.addWidget(self._area)
        column.addLayout(below)
        column.addStretch(1)

    def _header(self) -> QHBoxLayout:
        header = QHBoxLayout()
        header.setContentsMargins(_INSET, 0, 0, 0)
        header.setSpacing(2)
        header.addWidget(text_label(self, self.tr("Draw on the clutter"), "heading"))
        header.addStretch(1)
        for action in (self.pad.commands.undo, self.pad.commands.clear):
            header.addWidget(flat_button(action, self))
        return header

    def _result(self) -> QWidget:
        """The mask, and beside it how good it is."""
        page = QWidget(self)
        figures = QGridLayout()
        figures.setVerticalSpacing(2)
        figures.setHorizontalSpacing(7)
        figures.addWidget(self._score, 0, 0, 1, 2)
        figures.addWidget(self._kind, 1, 0, 1, 2)
        figures.setRowStretch(2, 1)
        for row, (color, count) in enumerate(zip((FOUND, MISSED, MISTAKEN), self._counts, strict=True), 3):
            figures.addWidget(Swatch(color, self), row, 0)
            figures.addWidget(count, row, 1)
        figures.setColumnStretch(1, 1)
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(12)
        columns.addWidget(self._mask)
        columns.addLayout(figures, 1)
        return page

    def _note(self) -> QWidget:
        page = QWidget(self)
        frame = QFrame(page)
        set_look(frame, "note")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(12, 9, 12, 9)
        inner.addWidget(self._said)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(frame)
        column.addStretch(1)
        return page

    # What others say

    def set_clutter(self, clutter: Grey) -> None:
        """Draw from now on over this field, (56, 56) in [0, 1], which has no digit."""
        self.pad.set_ground(Image(clutter))

    def show_field(self, picture: Grey, mask: Mask) -> None:
        """Put a field of a data set onto the pad, (56, 56) in [0, 1], of which is known which pixels are ink."""
        image = Image(picture)
        self._digits = [*self._digits[-20:], (image, mask)]
        self.pad.show_image(image)

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show a `Marking`; an `Unanswered` says why there is none."""
        if self.pad.picture() is None or self._message:
            return  # the answer comes too late
        self._marking = answer if isinstance(answer, Marking) else None
        self._failure = translated(answer.message) if isinstance(answer, Unanswered) else ""
        self._refresh()

    def set_trained(self, trained: bool) -> None:
        """Say whether the network has learned anything; what one marks that has not is chance."""
        self._trained = trained
        self._refresh()

    def set_loading(self, loading: bool) -> None:
        """Say whether PyTorch is still being loaded."""
        self._loading = loading
        self._refresh()

    def set_message(self, text: Message | str | None) -> None:
        """Say why this network marks nothing, or None if it can."""
        self._message = translated(text) if text else ""
        if self._message:
            self._marking = None
        self._refresh()

    def say(self, message: Message) -> None:
        """Say what went wrong, until something else is drawn."""
        self._failure = translated(message)
        self._refresh()

    # Within

    @Slot()
    def _pad_changed(self) -> None:
        self.touched.emit()
        self._failure = ""
        picture = self.pad.picture()
        if picture is None:
            self._marking = None
        self._refresh()
        self.asked.emit(picture)

    @Slot(object)
    def _pad_failed(self, message: Message) -> None:
        self.say(message)

    def _truth(self, drawing: Drawing) -> Mask | None:
        """Which pixels are ink; None where a picture lies on the pad of which nothing is known."""
        mask = np.zeros((FIELD.side, FIELD.side), bool)
        if drawing.image is not None and drawing.image is not self.pad.ground:
            known = [mask for image, mask in self._digits if image is drawing.image]
            if not known:
                return None
            rubbed = tuple(stroke for stroke in drawing.strokes if stroke.erase)
            mask = known[0] & (inked(tuple(replace(stroke, erase=False) for stroke in rubbed)) < _HALF)
        return mask | (inked(drawing.strokes) >= _HALF)

    def _refresh(self) -> None:
        """Show what is known now."""
        said = self._sentence()
        self._said.setText(said)
        self._area.setCurrentIndex(1 if said else 0)
        mask = self._marking.mask if self._marking else None
        truth = None if mask is None else self._truth(self.pad.drawing)
        self._mask.show_mask(mask, truth)
        result = None if mask is None or truth is None else compared(mask, truth)
        set_look(self._score, "accent" if self._trained else "faint")
        self._score.setText("" if result is None else self.tr("{0:.0f} %").format(100 * result.iou))
        chance = mask is not None and not self._trained
        self._kind.setText(self.tr("IoU, by chance") if chance else self.tr("IoU of the marked pixels"))
        self._show_counts(result, mask)

    def _show_counts(self, result: Comparison | None, mask: Mask | None) -> None:
        if result is None:
            known = self.tr("marked: {0:,}").format(0 if mask is None else int(mask.sum()))
            texts = [known, "", ""]
        else:
            words = (self.tr("found: {0:,}"), self.tr("missed: {0:,}"), self.tr("mistaken: {0:,}"))
            texts = [text.format(count) for text, count in zip(words, result, strict=True)]
        for label, text in zip(self._counts, texts, strict=True):
            label.setText(text)

    def _sentence(self) -> str:
        """What is said in place of the mask; nothing where it can be shown."""
        if self._failure or self._message:
            return self._failure or self._message
        if self._loading:
            return self.tr("loading PyTorch…")
        if self.pad.picture() is None:
            return self.tr("The clutter is being strewn…")
        if self._trained or not self.pad.cleared:
            return ""
        return self.tr(
            "This network has not been trained yet: what it marks is chance. Press <b>Train</b> (Ctrl+R), "
            "and draw a digit on the clutter meanwhile."
        )


class Swatch(QWidget):
    """A small square of a colour that the mask has."""

    def __init__(self, color: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = color
        self.setFixedSize(11, 11)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint it, with a frame for the lightest."""
        painter = QPainter(self)
        painter.setPen(theme_of(self).color("faint"))
        painter.setBrush(self._color)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
