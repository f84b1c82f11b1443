"""The widget in which the user draws a sign and sees which label of the collection the network gives it."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from playground.engine.data.collection import png
from playground.engine.inference.pictures import tile
from playground.gui.panels.digits.view import DigitsView
from playground.gui.panels.pad.paper import DRAWN
from playground.gui.panels.pad.raster import Grey
from playground.gui.panels.pad.strokes import Image
from playground.gui.panels.picture.inference import Pixels
from playground.gui.session.background import Background
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.picture_folder import OwnPictures


class SignView(DigitsView):
    """Its question is `Pixels`: the drawing as a stored one is prepared, or the pixels of a test sample."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        """`background` is the thread that reads pasted and dropped pictures."""
        self._data: OwnPictures | None = None
        self._sample: tuple[Image, Pixels] | None = None  # the latest test sample: on the pad, and its own pixels
        self._prepared: tuple[Grey, Pixels] | None = None  # the latest drawing: as stored, and as the network sees it
        super().__init__(background, parent, DRAWN)
        self.pad.setAccessibleDescription(
            self.tr("Draw a sign with mouse, finger or pen, or paste a picture; the network answers at once.")
        )

    @property
    def made_for(self) -> Dataset | None:
        return self._data

    def show_data(self, data: OwnPictures) -> None:
        """Offer the labels of a collection; the drawing is prepared again if the data are of another shape."""
        before, self._data = self._data, data
        self.set_classes(data.class_names, self.tr("Draw a sign"))
        if before is not None and before.signature == data.signature and before.class_names == data.class_names:
            return
        self._prepared = self._sample = None
        if self.pad.drawing.label is not None:
            self.pad.clear()  # a sample of other data
        self._forget()
        self._describe(
            data.side, self.tr("The network sees {0} × {0} pixels: the whole pad, scaled down.").format(data.side)
        )
        self._preview.follow()
        self._refresh()
        self.asked.emit(self._question())

    def show_changed(self, picture: Grey) -> None:
        self.show_sample((picture * 255).round().astype(np.uint8)[None], None)

    def show_sample(self, picture: Pixels, label: int | None) -> None:
        """Put a picture onto the pad that the network is to see as it is, with its label if it has one."""
        grey = picture.mean(0, dtype=np.float32) / np.float32(255)
        image = Image(grey, label)
        self._sample = image, picture
        self.pad.show_image(image)

    def _question(self) -> Pixels | None:
        """The pixels of an untouched test sample, or the drawing prepared as a stored one is; None without ink."""
        drawn, drawing, data = self.pad.picture(), self.pad.drawing, self._data
        if drawn is None or data is None:
            return None
        if self._sample is not None and drawing.image is self._sample[0] and not drawing.strokes:
            return self._sample[1]
        if self._prepared is None or self._prepared[0] is not drawn:
            stored = png((drawn * 255).round().astype(np.uint8))
            self._prepared = drawn, tile(stored, data.side, data.colour == "colour")
        return self._prepared[1]

    def _seen(self) -> Grey | None:
        pixels = self._question()
        return None if pixels is None else pixels.mean(0, dtype=np.float32) / np.float32(255)

    def _hint(self) -> str:
        if self._trained or self.pad.picture() is not None:
            return ""
        return self.tr("This network has not been trained yet: its answers are random. Press <b>Train</b> (Ctrl+R).")
