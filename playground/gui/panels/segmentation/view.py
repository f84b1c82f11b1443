"""The widget in which the user draws on a cluttered field and sees the pixels that the network marks as ink."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from playground.gui.panels.pad.pad_view import PadView
from playground.gui.panels.pad.paper import FIELD
from playground.gui.panels.pad.raster import Grey, inked
from playground.gui.panels.pad.strokes import Drawing, Image
from playground.gui.panels.segmentation.inference import Mask, MaskComparison, MaskPrediction, compared
from playground.gui.panels.segmentation.mask_view import FOUND, MISSED, MISTAKEN, MaskView
from playground.gui.session.background import Background
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.theme import set_look, theme_of
from playground.spec.number_text import percent_text

_SCORE_SIZE = 22.0  # points
_HALF = 0.5  # minimum grey value of ink, as in the data


class SegmentationView(PadView):
    """A field to draw on, and the mask with its scores.

    The true ink is known: the user's strokes, and the digit of a field of the test set. Therefore each mask is shown
    with its found, missed and mistaken pixels.
    """

    clutter_requested = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        """`background` is the thread that reads pasted and dropped pictures."""
        super().__init__(background, parent, FIELD)
        self._marking: MaskPrediction | None = None
        self._digits: list[tuple[Image, Mask]] = []  # the latest fields of the test set with their masks of ink
        self.pad.setAccessibleDescription(self.tr("Draw a digit on the clutter; the network marks the pixels of ink."))
        self._title.setText(self.tr("Draw on the clutter"))
        self._test.setText(self.tr("From the test set"))
        self._mask = MaskView(self)
        self._score = text_label(self, "", "accent", size=_SCORE_SIZE)
        self._kind = text_label(self, "", "muted")
        self._counts = [QLabel(self) for _ in range(3)]
        self.other = QPushButton(self.tr("Other clutter"), self)
        self.other.clicked.connect(self.clutter_requested)
        self._arrange(self._pad_row(), self._result(), height=self._mask.sizeHint().height())
        self._foot.insertWidget(0, self.other)
        self._refresh()

    def _result(self) -> QWidget:
        """The mask with its scores on the right."""
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

    # Input from outside

    def set_clutter(self, clutter: Grey) -> None:
        """Use this field, (56, 56) in [0, 1], which contains no digit, as the background for drawing."""
        self.pad.set_ground(Image(clutter))

    def show_field(self, picture: Grey, mask: Mask) -> None:
        """Put a field of a data set, (56, 56) in [0, 1], with its mask of ink onto the pad."""
        image = Image(picture)
        self._digits = [*self._digits[-20:], (image, mask)]
        self.pad.show_image(image)

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show a `MaskPrediction`; an `InferenceError` says why there is none."""
        if self.pad.picture() is None or self._message:
            return  # outdated
        self._marking = answer if isinstance(answer, MaskPrediction) else None
        self._note_failure(answer)
        self._refresh()

    # Implementation

    def _forget(self) -> None:
        self._marking = None

    def _truth(self, drawing: Drawing) -> Mask | None:
        """The true mask; None if there is a picture on the pad whose mask is unknown."""
        mask = np.zeros((FIELD.side, FIELD.side), bool)
        if drawing.image is not None and drawing.image is not self.pad.ground:
            known = [mask for image, mask in self._digits if image is drawing.image]
            if not known:
                return None
            erased = tuple(stroke for stroke in drawing.strokes if stroke.erase)
            mask = known[0] & (inked(tuple(replace(stroke, erase=False) for stroke in erased)) < _HALF)
        return mask | (inked(drawing.strokes) >= _HALF)

    def _refresh(self) -> None:
        self._area.setCurrentIndex(1 if self._show_note() else 0)
        mask = self._marking.mask if self._marking else None
        truth = None if mask is None else self._truth(self.pad.drawing)
        self._mask.show_mask(mask, truth)
        result = None if mask is None or truth is None else compared(mask, truth)
        set_look(self._score, "accent" if self._trained else "faint")
        iou = None if result is None else result.iou
        set_text(self._score, "" if result is None else percent_text(iou))
        chance = mask is not None and not self._trained
        of = self.tr("IoU, by chance") if chance else self.tr("IoU of the marked pixels")
        set_text(self._kind, of if result is None or iou is not None else self.tr("No ink, and none is marked"))
        self._show_counts(result, mask)

    def _show_counts(self, result: MaskComparison | None, mask: Mask | None) -> None:
        if result is None:
            known = self.tr("marked: {0:,}").format(0 if mask is None else int(mask.sum()))
            texts = [known, "", ""]
        else:
            words = (self.tr("found: {0:,}"), self.tr("missed: {0:,}"), self.tr("mistaken: {0:,}"))
            texts = [text.format(count) for text, count in zip(words, result, strict=True)]
        for label, text in zip(self._counts, texts, strict=True):
            set_text(label, text)

    def _hint(self) -> str:
        if self.pad.picture() is None:
            return self.tr("Preparing the clutter…")
        if self._trained or not self.pad.cleared:
            return ""
        return self.tr(
            "This network has not been trained yet: its marks are random. Press <b>Train</b> (Ctrl+R), "
            "and draw a digit on the clutter meanwhile."
        )


class Swatch(QWidget):
    """A small square in a colour of the mask."""

    def __init__(self, color: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = color
        self.setFixedSize(11, 11)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint it, with a frame for the lightest colour."""
        painter = QPainter(self)
        painter.setPen(theme_of(self).color("faint"))
        painter.setBrush(self._color)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
