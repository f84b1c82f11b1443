"""The widget in which a digit is drawn and painted again, and digits are painted from the middle of the network."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
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
from playground.gui.drawing.raster import Grey
from playground.gui.drawing.strokes import Image
from playground.gui.drawing.tools import Tools
from playground.gui.labels import flat_button, text_label
from playground.gui.reconstruction.latent_map import SIDE, LatentMap
from playground.gui.reconstruction.painting import Painted, Wish
from playground.gui.reconstruction.picture_view import PictureView
from playground.gui.reconstruction.sliders import Sliders
from playground.gui.theme import set_look
from playground.gui.words import translated
from playground.spec.words import Message

_MARGIN, _INSET = 5, 7  # as in the panel for digits


class ReconstructionView(QWidget):
    """A pad and what the network makes of it; below, the plane, or sliders, of the bottleneck. See `inquiry.Asking`."""

    touched = Signal()
    asked = Signal(object)  # Wish
    test_digit_requested = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        """`background` reads the pictures that are pasted or dropped."""
        super().__init__(parent)
        self._painted: Painted | None = None
        self._point: tuple[float, ...] | None = None
        self._trained, self._loading = False, False
        self._message, self._failure = "", ""
        self.pad = Pad(background, self)
        self.pad.setAccessibleDescription(self.tr("Draw a digit; the network paints it again at once."))
        self.painted = PictureView(self.tr("What the network paints"), self)
        self._drawn_words = text_label(self, self.tr("drawn"), "muted")
        self._painted_words = text_label(self, "", "muted")
        self._middle = text_label(self, "", "muted")
        self.map, self.sliders = LatentMap(self), Sliders(self)
        self._said = QLabel(self)
        self._said.setWordWrap(True)
        set_look(self._said, "muted")
        self._area = QStackedWidget(self)
        self._test = QPushButton(self.tr("A digit from the test set"), self)
        self._arrange()
        self.pad.changed.connect(self._pad_changed)
        self.pad.failed.connect(self._pad_failed)
        self.map.pointed.connect(self._pointed)
        self.sliders.moved.connect(self._pointed)
        self._test.clicked.connect(self.test_digit_requested)
        self._refresh()

    def _arrange(self) -> None:
        pictures = QGridLayout()
        pictures.setContentsMargins(_INSET, 0, _INSET, 0)
        pictures.setHorizontalSpacing(10)
        pictures.setVerticalSpacing(3)
        for number, (picture, words) in enumerate(((self.pad, self._drawn_words), (self.painted, self._painted_words))):
            pictures.addWidget(picture, 0, number)
            pictures.addWidget(words, 1, number)
            pictures.setColumnStretch(number, 1)
        self._area.setFixedHeight(SIDE)
        self._area.setContentsMargins(_INSET, 0, _INSET, 0)
        for page in (self._plane(), self.sliders, self._note()):
            self._area.addWidget(page)
        middle = QHBoxLayout()
        middle.setContentsMargins(_INSET, 0, _INSET, 0)
        middle.addWidget(self._middle)
        below = QHBoxLayout()
        below.setContentsMargins(_INSET, 0, _INSET, 0)
        below.addWidget(self._test)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(7)
        column.addLayout(self._header())
        column.addLayout(pictures)
        column.addLayout(middle)
        column.addWidget(self._area)
        column.addLayout(below)
        column.addStretch(1)

    def _header(self) -> QHBoxLayout:
        header = QHBoxLayout()
        header.setContentsMargins(_INSET, 0, 0, 0)
        header.setSpacing(2)
        header.addWidget(text_label(self, self.tr("Draw a digit"), "heading"))
        header.addStretch(1)
        for action in (self.pad.commands.undo, self.pad.commands.clear):
            header.addWidget(flat_button(action, self))
        return header

    def _plane(self) -> QWidget:
        """The plane, beside it what it is for, and the pens."""
        page = QWidget(self)
        hint = text_label(
            page, self.tr("The ring is where your drawing lies. Point anywhere to paint from there."), "muted"
        )
        hint.setWordWrap(True)
        beside = QVBoxLayout()
        beside.addWidget(hint)
        beside.addStretch(1)
        beside.addWidget(Tools(self.pad.commands, page))
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.map)
        row.addLayout(beside, 1)
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

    def wish(self) -> Wish:
        """What is to be painted now."""
        return Wish(self.pad.picture(), self._point)

    def show_digit(self, picture: Grey) -> None:
        """Put a digit of a data set, (28, 28) in [0, 1], onto the pad."""
        self.pad.show_image(Image(picture))

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show a `Painted`; an `Unanswered` says why there is none."""
        if self._message:
            return  # the answer comes too late
        self._painted = answer if isinstance(answer, Painted) else None
        self._failure = translated(answer.message) if isinstance(answer, Unanswered) else ""
        self._refresh()

    def set_trained(self, trained: bool) -> None:
        """Say whether the network has learned anything; what one paints that has not is chance."""
        self._trained = trained
        self._refresh()

    def set_loading(self, loading: bool) -> None:
        """Say whether PyTorch is still being loaded."""
        self._loading = loading
        self._refresh()

    def set_message(self, text: Message | str | None) -> None:
        """Say why this network paints nothing, or None if it can."""
        self._message = translated(text) if text else ""
        if self._message:
            self._painted = None
        self._refresh()

    # Within

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
        self.asked.emit(self.wish())

    @Slot(object)
    def _pad_failed(self, message: Message) -> None:
        self._failure = translated(message)
        self._refresh()

    def _refresh(self) -> None:
        """Show what is known now."""
        painted = self._painted
        pointing = painted is not None and self._point is not None and painted.point is not None
        shown = None if painted is None else painted.point if pointing else painted.again
        if not pointing and self.pad.picture() is None:
            shown = None
        self.painted.show_picture(shown)
        words = self.tr("painted from there") if pointing else self.tr("painted again")
        self._painted_words.setText(
            self.tr("{0}, by chance").format(words) if shown is not None and not self._trained else words
        )
        self._show_middle(painted)
        said = self._sentence()
        self._said.setText(said)
        plane = painted is not None and painted.sheet is not None
        self._area.setCurrentIndex(2 if said else 0 if plane else 1)

    def _show_middle(self, painted: Painted | None) -> None:
        """The bottleneck: which layer it is, and what can be done with it."""
        middle = painted.bottleneck if painted else None
        if painted is None or middle is None:
            self._middle.setText(self.tr("Bottleneck"))
            return
        count = self.tr("1 number") if middle.width == 1 else self.tr("{0:,} numbers").format(middle.width)
        self._middle.setText(self.tr("Bottleneck: {0}, {1}").format(middle.layer, count))
        place = painted.place if self.pad.picture() is not None else None
        if painted.sheet is not None:
            self.map.show_plane(painted.sheet, place)
            return
        self.sliders.set_count(middle.width)
        if self._point is None and place is not None:
            with QSignalBlocker(self.sliders):
                self.sliders.follow(place)

    def _sentence(self) -> str:
        """What is said in place of plane and sliders; nothing where they can be shown."""
        if self._failure or self._message:
            return self._failure or self._message
        if self._loading:
            return self.tr("loading PyTorch…")
        if self._painted is None:
            return self.tr("The network is being asked…")
        if self._painted.bottleneck is None:
            return self.tr(
                "No layer of this network gives a vector that others make a picture of, so there is nothing to paint "
                "from. Put Flatten and a narrow Linear into its middle."
            )
        return ""
