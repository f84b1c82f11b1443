"""The widget in which the user draws a digit, sees its reconstruction, and decodes points of the latent space."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from playground.gui.panels.pad.pad_view import PadView
from playground.gui.panels.pad.tools import Tools
from playground.gui.panels.reconstruction.inference import Reconstruction, ReconstructionRequest
from playground.gui.panels.reconstruction.latent_map import SIDE, LatentMap
from playground.gui.panels.reconstruction.picture_view import PictureView
from playground.gui.panels.reconstruction.sliders import Sliders
from playground.gui.session.background import Background
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.translation import translated
from playground.spec.messages import plural

_BELOW = 3  # pixels between the pictures and their labels
_LARGEST = 140  # pixels at 100 %: maximum side of both pictures, however wide the panel is


class ReconstructionView(PadView):
    """A pad and the reconstruction; below, the plane or the sliders of the bottleneck."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        """`background` is the thread that reads pasted and dropped pictures."""
        super().__init__(background, parent)
        self._painted: Reconstruction | None = None
        self._point: tuple[float, ...] | None = None
        self.pad.setAccessibleDescription(self.tr("Draw a digit; the network paints it again at once."))
        self.painted = PictureView(self.tr("The picture that the network paints"), self)
        self._painted_words = text_label(self, "", "muted")
        self._middle = text_label(self, "", "muted")
        self.map, self.sliders = LatentMap(self), Sliders(self)
        middle = QHBoxLayout()
        middle.addWidget(self._middle)
        self.pad.setMinimumSize(self.painted.minimumSize())
        under = _BELOW + self._painted_words.sizeHint().height()
        self._arrange(self._pictures(), self._plane(), self.sliders, height=SIDE, between=middle, under=under)
        self.map.pointed.connect(self._pointed)
        self.sliders.moved.connect(self._pointed)
        self._refresh()

    def _pictures(self) -> QGridLayout:
        pictures = QGridLayout()
        pictures.setHorizontalSpacing(10)
        pictures.setVerticalSpacing(_BELOW)
        drawn = text_label(self, self.tr("drawn"), "muted")
        for words in (drawn, self._painted_words):  # both pictures keep equal sizes whatever their labels
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for number, (picture, label) in enumerate(((self.pad, drawn), (self.painted, self._painted_words))):
            picture.setMaximumHeight(_LARGEST)
            pictures.addWidget(picture, 0, number)
            pictures.addWidget(label, 1, number)
            pictures.setColumnStretch(number, 1)
        return pictures

    def _plane(self) -> QWidget:
        """The plane, with a hint and the pens on its right."""
        page = QWidget(self)
        hint = text_label(
            page, self.tr("The ring is where your drawing lies. Point anywhere to paint from there."), "muted"
        )
        hint.setWordWrap(True)
        side_column = QVBoxLayout()
        side_column.addWidget(hint)
        side_column.addStretch(1)
        side_column.addWidget(Tools(self.pad.commands, page))
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.map)
        row.addLayout(side_column, 1)
        return page

    # Input from outside

    def request(self) -> ReconstructionRequest:
        """The request for the current drawing and point."""
        return ReconstructionRequest(self.pad.picture(), self._point)

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show a `Reconstruction`; an `InferenceError` says why there is none."""
        if self._message:
            return  # outdated
        self._painted = answer if isinstance(answer, Reconstruction) else None
        self._note_failure(answer)
        self._refresh()

    # Implementation

    @Slot()
    def _pad_changed(self) -> None:
        self._point = None  # sliders follow the drawing again
        self._failure = ""
        self._ask()

    @Slot(object)
    def _pointed(self, point: tuple[float, ...] | None) -> None:
        self._point = point
        self._ask()

    def _ask(self) -> None:
        self.touched.emit()
        self._refresh()
        self.asked.emit(self.request())

    def _forget(self) -> None:
        self._painted = None

    def _refresh(self) -> None:
        painted = self._painted
        pointing = painted is not None and self._point is not None and painted.point is not None
        shown = None if painted is None else painted.point if pointing else painted.again
        if not pointing and self.pad.picture() is None:
            shown = None
        self.painted.show_picture(shown)
        words = self.tr("painted from there") if pointing else self.tr("painted again")
        chance = shown is not None and not self._trained
        set_text(self._painted_words, self.tr("painted by chance") if chance else words)
        self._show_middle(painted)
        plane = painted is not None and painted.sheet is not None
        self._area.setCurrentIndex(2 if self._show_note() else 0 if plane else 1)

    def _show_middle(self, painted: Reconstruction | None) -> None:
        """Show the bottleneck: the name of its layer, and the plane or the sliders."""
        middle = painted.bottleneck if painted else None
        if painted is None or middle is None:
            set_text(self._middle, self.tr("Bottleneck"))
            return
        count = translated(plural("{count:,} numbers", "1 number", middle.width))
        set_text(self._middle, self.tr("Bottleneck: {0}, {1}").format(translated(middle.layer), count))
        code = painted.code if self.pad.picture() is not None else None
        if painted.sheet is not None:
            self.map.show_plane(painted.sheet, code)
            return
        self.sliders.set_count(middle.width)
        if self._point is None and code is not None:
            with QSignalBlocker(self.sliders):
                self.sliders.follow(code)

    def _hint(self) -> str:
        if self._painted is None:
            return self.tr("Waiting for the network…")
        if self._painted.bottleneck is None:
            return self.tr(
                "No layer of this network outputs a vector from which others make a picture, so there is nothing to "
                "paint from. Put Flatten and a narrow Linear into its middle."
            )
        return ""
