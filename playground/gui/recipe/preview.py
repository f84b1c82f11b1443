"""A preview of the augmentations: a sheet of augmented training images, updated with every setting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import Augmented
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import explained, translated
from playground.spec.experiment import Experiment
from playground.spec.messages import Message

_ACROSS = 5  # images per row and per column
_GAP = 1  # image pixels between two images
_LEAST = 0.8  # minimum share of the area that a sheet with integer scaling must fill
_SIDE = 288  # side of the sheet in screen pixels at 100 %: two by two for each pixel of a digit


class AugmentationPreview(QWidget):
    """Requests a sheet from the run when it is created, when a setting changes and when "Again" is pressed."""

    def __init__(self, document: Document, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._run = document, run
        self._draw = 0
        self._heading = QLabel()
        self._heading.setProperty("look", "muted")
        self.again = QToolButton()
        self.again.setText(self.tr("Again"))
        self.again.setToolTip(self.tr("Augment the same images with new random values"))
        self.again.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.again.clicked.connect(self._draw_again)
        self.sheet = Sheet()
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.sheet)
        column.addStretch(1)
        document.changed.connect(self._follow)
        run.augmented.connect(self._show)
        run.failed.connect(self._show_failure)
        run.state_changed.connect(self._show_state)
        self._show_state(run.state)
        self._shown = self._choice(document.experiment)
        self._request()

    @staticmethod
    def _choice(experiment: Experiment) -> tuple[object, object]:
        """The parts of the experiment that the sheet depends on."""
        return experiment.data, experiment.recipe.augmentations

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        if self._choice(experiment) != self._shown:
            self._shown = self._choice(experiment)
            self._request()

    @Slot()
    def _draw_again(self) -> None:
        self._draw += 1
        self._request()

    def _request(self) -> None:
        obstacle = self._obstacle()
        if obstacle:
            self._heading.setText("")
            self.again.setEnabled(False)
            self.sheet.clear()
            self.sheet.say(obstacle)
            return
        chosen = bool(self._document.experiment.recipe.augmentations)
        self._heading.setText(
            self.tr("Training images, augmented") if chosen else self.tr("Training images, unchanged")
        )
        self.again.setEnabled(chosen)
        self._run.augment(self._draw)

    def _obstacle(self) -> str:
        """The reason why there are no images: the data, or a problem of the data or of the augmentations."""
        data = self._document.experiment.data
        problems = self._document.problems
        refused = [problem for problem in problems if problem.field == ("recipe", "augmentations")]
        if any(True for _ in data.objections()):
            refused = [problem for problem in problems if problem.part == "data"]
        if refused:
            return explained(refused[0])
        return "" if data.augmented else self.tr("{0} is not augmented.").format(translated(data.title))

    @Slot(object)
    def _show(self, augmented: Augmented) -> None:
        if not self._obstacle():  # otherwise it is outdated
            self.sheet.show_pictures(augmented.pictures)

    @Slot(object)
    def _show_failure(self, message: Message) -> None:
        self.sheet.say(translated(message))

    @Slot(object)
    def _show_state(self, state: RunState) -> None:
        text = self._obstacle()
        if not text and state is RunState.LOADING:
            text = self.tr("PyTorch is loading; the images follow.")
        elif not text and state is RunState.BROKEN:
            text = self.tr("There is no preview: PyTorch could not be loaded.")
        self.sheet.say(text)


class Sheet(QWidget):
    """Five rows of five images, small ones without smoothing, or a message until there are images."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._words = ""
        self.setFixedSize(_SIDE, _SIDE)
        self.setAccessibleName(self.tr("Training images as the network gets them"))

    @property
    def image(self) -> QImage:
        """The images, one pixel per image pixel; null before the first sheet."""
        return self._image

    @property
    def words(self) -> str:
        """The message shown instead of the images."""
        return self._words if self._image.isNull() else ""

    def show_pictures(self, pictures: NDArray[np.float32]) -> None:
        """Show pictures (25, C, H, W) in [0, 1], in grey or, with three channels, in colour."""
        self._image = _tiled(pictures)
        self.update()

    def clear(self) -> None:
        """Remove the images."""
        self._image = QImage()
        self.update()

    def say(self, words: str) -> None:
        """Set the reason why there are no images yet; existing images stay."""
        self._words = words
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        if self._image.isNull():
            theme = theme_of(self)
            painter.fillRect(self.rect(), theme.color("field"))
            painter.setPen(theme.color("muted"))
            inside = self.rect().adjusted(24, 24, -24, -24)
            painter.drawText(inside, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
        else:
            painter.drawImage(*_fitted(painter, QRectF(self.rect()), self._image))
        painter.end()


def _tiled(pictures: NDArray[np.float32]) -> QImage:
    """The images in rows and columns."""
    _, _, height, width = pictures.shape
    high, wide = (_ACROSS * (side + _GAP) - _GAP for side in (height, width))
    pixels = np.zeros((high, wide, 4), np.uint8)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, _ACROSS)
        top, left = row * (height + _GAP), column * (width + _GAP)
        tile = pixels[top : top + height, left : left + width]
        tile[..., :3] = np.rint(picture * 255.0).transpose(1, 2, 0)
        tile[..., 3] = 255
    return QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGBA8888).copy()


def _fitted(painter: QPainter, area: QRectF, image: QImage) -> tuple[QRectF, QImage]:
    """The rectangle of the sheet in `area`, and the image to paint there.

    Small images are scaled by an integer, so that all their pixels are squares of one size; the pixels of larger ones
    are so small that they are smoothed instead.
    """
    ratio = painter.device().devicePixelRatioF()
    times = int(area.width() * ratio + 1e-6) // image.width()
    if times * image.width() < _LEAST * area.width() * ratio:
        side = round(area.width() * ratio)
        smooth = Qt.TransformationMode.SmoothTransformation
        return area, image.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    size = times * image.width() / ratio
    free = (area.width() - size) / 2
    to_screen = painter.deviceTransform()
    corner = to_screen.map(area.topLeft() + QPointF(free, free))
    whole = QPointF(round(corner.x()), round(corner.y()))
    return QRectF(to_screen.inverted()[0].map(whole), QSizeF(size, size)), image
