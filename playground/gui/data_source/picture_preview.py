"""A few pictures of a folder, and below each what the network will see of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from playground.gui.session.background import Background, Job
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look, theme_of
from playground.gui.style.translation import translated
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.messages import Message

_COUNT = 3  # pictures that are shown
_SIDE = 88  # pixels
_DECODED = 176  # pixels of the longer side, for screens with two pixels a point
_DIMMED = 150  # of 255: how much what is cut off is hidden


class PicturePreview(QWidget):
    """Reads its pictures in the background; those of the choice before stay until they are there."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._shown: OwnPictures | None = None
        self._job: Job | None = None
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        before, after = (QLabel(words, self) for words in (self.tr("Pictures"), self.tr("As the network sees them")))
        for label in (before, after, self.sentence):
            label.setTextFormat(Qt.TextFormat.PlainText)
            set_look(label, "muted")
        self.originals, self.prepared = ([Thumbnail(self) for _ in range(_COUNT)] for _ in range(2))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for row, (heading, line) in enumerate(((before, self.originals), (after, self.prepared))):
            grid.addWidget(heading, 2 * row, 0, 1, _COUNT + 1)
            for column, thumbnail in enumerate(line):
                grid.addWidget(thumbnail, 2 * row + 1, column)
        grid.addWidget(self.sentence, 4, 0, 1, _COUNT + 1)
        grid.setColumnStretch(_COUNT, 1)

    def show_data(self, data: OwnPictures) -> None:
        """Show pictures of a folder that was chosen, prepared as the data say."""
        before, self._shown = self._shown, data
        self.sentence.setText(translated(data.treatment))
        if before is not None and _looks(before) == _looks(data):
            return
        self._ignore()
        self._job = self._background.do(lambda: _read(data))
        self._job.done.connect(self._arrived)
        self._job.failed.connect(self._not_arrived)

    def _ignore(self) -> None:
        """Ignore the pictures that are being read."""
        if self._job is not None:
            self._job.done.disconnect(self._arrived)
            self._job.failed.disconnect(self._not_arrived)
            self._job = None

    @Slot(object)
    def _arrived(self, found: tuple[tuple[str, str, Pixels, Pixels], ...]) -> None:
        self._job = None
        assert self._shown is not None
        lines = zip(self.originals, self.prepared, strict=True)
        for number, (original, prepared) in enumerate(lines):
            original.setVisible(number < len(found))
            prepared.setVisible(number < len(found))
            if number < len(found):
                label, path, picture, seen = found[number]
                original.show_picture(picture, path, cut=self._shown.framing == "crop")
                prepared.show_picture(seen.transpose(1, 2, 0), self.tr("{0}, as the network sees it").format(label))

    @Slot(object)
    def _not_arrived(self, problem: Message) -> None:
        self._job = None
        self.sentence.setText(translated(problem))


Pixels = npt.NDArray[np.uint8]


class Thumbnail(QWidget):
    """A picture as large as it fits; few pixels are shown as squares."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.image, self._cut = QImage(), False
        self.setFixedSize(_SIDE, _SIDE)

    def show_picture(self, picture: Pixels, name: str, *, cut: bool = False) -> None:
        """Show a picture, (H, W, C); with `cut`, what lies outside of its middle square is dimmed."""
        rows = np.ascontiguousarray(picture)
        height, width, channels = rows.shape
        layout = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
        self.image = QImage(rows.data, width, height, width * channels, layout).copy()
        self._cut = cut
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(name))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the picture in the middle, with a frame."""
        if self.image.isNull():
            return
        shown = self.image.size().scaled(self.size() - QSize(2, 2), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, shown.width(), shown.height())
        place.moveCenter(self.rect().center())
        theme, painter = theme_of(self), QPainter(self)
        if self.image.width() > shown.width():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self.image)
        if self._cut:
            self._dim(painter, place, theme.color("window"))
        painter.setPen(theme.color("border"))
        painter.drawRect(place.adjusted(-1, -1, 0, 0))
        painter.end()

    def _dim(self, painter: QPainter, place: QRect, color: QColor) -> None:
        side = min(place.width(), place.height())
        kept = QRect(0, 0, side, side)
        kept.moveCenter(place.center())
        color.setAlpha(_DIMMED)
        for part in (
            QRect(place.left(), place.top(), kept.left() - place.left(), place.height()),
            QRect(kept.right() + 1, place.top(), place.right() - kept.right(), place.height()),
            QRect(place.left(), place.top(), place.width(), kept.top() - place.top()),
            QRect(place.left(), kept.bottom() + 1, place.width(), place.bottom() - kept.bottom()),
        ):
            if not part.isEmpty():
                painter.fillRect(part, color)


def _looks(data: OwnPictures) -> tuple[object, ...]:
    """The settings that decide how the preview looks."""
    return data.source, data.side, data.colour, data.framing


def _read(data: OwnPictures) -> object:
    from playground.engine.data.sources.picture_samples import samples

    return samples(data, _COUNT, _DECODED)
