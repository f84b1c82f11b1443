"""Shows what the augmentations do: a sheet of training images as the network gets them, new with every setting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from playground.gui.session.document import Document
from playground.gui.session.run import Run, RunState
from playground.gui.session.worker_mailbox import Augmented
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import explained, translated
from playground.spec.experiment import Experiment
from playground.spec.messages import Message

_ACROSS = 5  # images in a row and in a column
_GAP = 1  # pixels of that size between two images
_LEAST = 0.8  # of the room, that a sheet of whole pixels has to fill
_SIDE = 288  # screen pixels of the sheet, a side, at 100 %: each pixel of a digit is two by two


class AugmentationPreview(QWidget):
    """Asks the run for a sheet when it is made, when a setting changes and when "Again" is pressed."""

    def __init__(self, document: Document, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._run = document, run
        self._draw = 0
        self._heading = QLabel()
        self._heading.setProperty("look", "muted")
        self.again = QToolButton()
        self.again.setText(self.tr("Again"))
        self.again.setToolTip(self.tr("Throw the dice anew for the same images"))
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
        run.failed.connect(self._explain)
        run.state_changed.connect(self._say_why_not_yet)
        self._say_why_not_yet(run.state)
        self._shown = self._choice(document.experiment)
        self._ask()

    @staticmethod
    def _choice(experiment: Experiment) -> tuple[object, object]:
        """What the sheet depends on."""
        return experiment.data, experiment.recipe.augmentations

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        if self._choice(experiment) != self._shown:
            self._shown = self._choice(experiment)
            self._ask()

    @Slot()
    def _draw_again(self) -> None:
        self._draw += 1
        self._ask()

    def _ask(self) -> None:
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
        """Why there can be no images: the data, or what `check` has against them or the augmentations."""
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
        if not self._obstacle():  # else it comes too late
            self.sheet.show_pictures(augmented.pictures)

    @Slot(object)
    def _explain(self, message: Message) -> None:
        self.sheet.say(translated(message))

    @Slot(object)
    def _say_why_not_yet(self, state: RunState) -> None:
        text = self._obstacle()
        if not text and state is RunState.LOADING:
            text = self.tr("PyTorch is loading; the images follow.")
        elif not text and state is RunState.BROKEN:
            text = self.tr("There is no preview: PyTorch could not be loaded.")
        self.sheet.say(text)


class Sheet(QWidget):
    """Five rows of five images, small ones without smoothing, or words in their place until there are some."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._words = ""
        self.setFixedSize(_SIDE, _SIDE)
        self.setAccessibleName(self.tr("Training images as the network gets them"))

    @property
    def image(self) -> QImage:
        """The images, one pixel for each of theirs; null before there are any."""
        return self._image

    @property
    def words(self) -> str:
        """What is said in place of the images."""
        return self._words if self._image.isNull() else ""

    def show_pictures(self, pictures: NDArray[np.float32]) -> None:
        """Show pictures (25, C, H, W) in [0, 1], in grey or, with three channels, in colour."""
        self._image = _tiled(pictures)
        self.update()

    def clear(self) -> None:
        """Show no images."""
        self._image = QImage()
        self.update()

    def say(self, words: str) -> None:
        """Say why there are no images yet; where there are some, they stay."""
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
    """The images in rows, with nothing between them."""
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


def _fitted(painter: QPainter, room: QRectF, image: QImage) -> tuple[QRectF, QImage]:
    """Where in `room` the sheet is, and what is painted there.

    Small images have whole pixels of the screen for each of their own, all squares of one size; the pixels of
    others are so small that they are averaged instead.
    """
    ratio = painter.device().devicePixelRatioF()
    times = int(room.width() * ratio + 1e-6) // image.width()
    if times * image.width() < _LEAST * room.width() * ratio:
        side = round(room.width() * ratio)
        smooth = Qt.TransformationMode.SmoothTransformation
        return room, image.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    size = times * image.width() / ratio
    free = (room.width() - size) / 2
    to_screen = painter.deviceTransform()
    corner = to_screen.map(room.topLeft() + QPointF(free, free))
    whole = QPointF(round(corner.x()), round(corner.y()))
    return QRectF(to_screen.inverted()[0].map(whole), QSizeF(size, size)), image
