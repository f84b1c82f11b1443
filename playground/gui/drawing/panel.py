"""The panel in which a person draws a digit and sees what the network reads in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.gui.asking import Unanswered
from playground.gui.background import Background
from playground.gui.drawing.bars import Bars
from playground.gui.drawing.pad import Pad
from playground.gui.drawing.preview import Preview
from playground.gui.drawing.raster import Grey
from playground.gui.drawing.reading import Reading
from playground.gui.drawing.strokes import Image
from playground.gui.drawing.tools import Tools
from playground.gui.labels import flat_button, set_text, text_label
from playground.gui.theme import set_look
from playground.gui.words import translated
from playground.spec.words import Message

_MARGIN = 5
_INSET = 7  # of what is no flat button: their text begins so far from their edge, and all text is to be aligned
_DIGIT_SIZE = 30.0  # points


class DrawingPanel(QWidget):
    """Pad, the 28 × 28 as seen, the digit read and ten bars; or, in the bars' place, a sentence why there are none.

    Nothing here changes its size while a person draws: what is said takes the place of what is not known.
    """

    touched = Signal()  # before `asked`, and before any work is done for it
    asked = Signal(object)  # the picture, (28, 28) float32, or None: at every movement of the pen
    reader_requested = Signal()
    test_digit_requested = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        """`background` reads the pictures that are pasted or dropped."""
        super().__init__(parent)
        self._reading: Reading | None = None
        self._trained = False
        self._loading = False
        self._message = ""  # why nothing can be read
        self._names: tuple[str, ...] = tuple("0123456789")  # of the classes
        self._failure = ""  # what went wrong last
        self.pad = Pad(background, self)
        self._title = text_label(self, self.tr("Draw a digit"), "heading")
        self._preview = Preview(self)
        self._digit = QLabel(self)
        self._chance = text_label(self, self.tr("chance"), "muted", smaller=1.5)
        self._bars = Bars(parent=self)
        self._said = QLabel(self)
        self._test = QPushButton(self.tr("A digit from the test set"), self)
        self._truth = text_label(self, "", "muted")
        self._set_up()
        self._arrange()
        self.pad.changed.connect(self._pad_changed)
        self.pad.failed.connect(self._pad_failed)
        self._said.linkActivated.connect(self._link)
        self._test.clicked.connect(self.test_digit_requested)
        self._refresh()

    def _set_up(self) -> None:
        font = QFont(self.font())
        font.setPointSizeF(_DIGIT_SIZE)
        font.setBold(True)
        self._digit.setFont(font)
        for label in (self._digit, self._chance):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._said.setWordWrap(True)
        self._said.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        set_look(self._said, "muted")
        self._test.setToolTip(self.tr("Put any of the 10,000 digits that no network learns from onto the pad"))

    def _arrange(self) -> None:
        self._area = QStackedWidget(self)
        self._area.setFixedHeight(self._bars.sizeHint().height())  # whichever of the two is shown
        self._area.setContentsMargins(_INSET, 0, _INSET, 0)
        self._area.addWidget(self._bars)
        self._area.addWidget(self._note())
        row = QHBoxLayout()
        row.setContentsMargins(_INSET, 0, _INSET, 0)
        row.setSpacing(10)
        row.addWidget(self.pad, 1)
        row.addLayout(self._side())
        below = QHBoxLayout()
        below.setContentsMargins(_INSET, 0, _INSET, 0)
        below.addWidget(self._test)
        below.addStretch(1)
        below.addWidget(self._truth)
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
        header.addWidget(self._title)
        header.addStretch(1)
        for action in (self.pad.commands.undo, self.pad.commands.clear):
            header.addWidget(flat_button(action, self))
        return header

    def _side(self) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(4)
        side.addWidget(self._preview)
        side.addWidget(text_label(self, self.tr("28 × 28\nas seen"), "muted", smaller=1.5))
        side.addStretch(1)
        side.addWidget(self._digit)
        side.addWidget(self._chance)
        side.addStretch(1)
        side.addWidget(Tools(self.pad.commands, self))
        return side

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

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show a `Reading`; a `Unanswered` says why there is none, None that there is none yet."""
        if self.pad.picture() is None or self._message:
            return  # the answer comes too late
        self._reading = answer if isinstance(answer, Reading) else None
        self._failure = translated(answer.message) if isinstance(answer, Unanswered) else ""
        self._refresh()
        if self._reading is not None and self._reading.picture is self.pad.picture():
            self._bars.show_at_once()  # a person waits for it: not after all else that the event loop has to do

    def set_classes(self, names: tuple[str, ...], prompt: str) -> None:
        """Say what the network tells apart, and what a person is to draw."""
        set_text(self._title, prompt)
        if names != self._names:
            self._names, self._reading = names, None
            digits = all(name.isdecimal() for name in names)
            self._test.setText(self.tr("A digit from the test set") if digits else self.tr("One from the test set"))
            self._test.setToolTip(self.tr("Put any of those that no network learns from onto the pad"))
            self._bars.set_labels(names)
            self._refresh()

    def show_digit(self, picture: Grey, label: int) -> None:
        """Put a digit of a data set, (28, 28) in [0, 1], onto the pad, and say which one it is."""
        self.pad.show_image(Image(picture, label))

    def set_trained(self, trained: bool) -> None:
        """Say whether the network has learned anything; what one reads that has not is chance."""
        if trained != self._trained:
            self._trained = trained
            self._refresh()

    def set_loading(self, loading: bool) -> None:
        """Say whether PyTorch is still being loaded."""
        self._loading = loading
        self._refresh()

    def set_message(self, text: Message | str | None) -> None:
        """Say why this network cannot read, or None if it can."""
        message = translated(text) if text else ""
        if message:
            self._reading = None
        if message != self._message:
            self._message = message
            self._refresh()

    # Within

    @Slot()
    def _pad_changed(self) -> None:
        self.touched.emit()
        picture = self.pad.picture()
        self._failure = ""
        if picture is None:
            self._reading = None
        self._preview.show_picture(picture)
        self._refresh()
        self.asked.emit(picture)

    @Slot(object)
    def _pad_failed(self, message: Message) -> None:
        self._failure = translated(message)
        self._refresh()

    @Slot(str)
    def _link(self, _target: str) -> None:
        self.reader_requested.emit()

    def _refresh(self) -> None:
        """Show what is known now."""
        reading = self._reading
        if reading is not None and len(reading.probabilities) != len(self._names):
            reading = None  # of the network that there was before the data changed
        self._bars.show_probabilities(reading.probabilities if reading else (), sure=self._trained)
        set_text(self._digit, self._names[reading.digit] if reading else "")
        set_look(self._digit, "accent" if self._trained else "faint")
        set_text(self._chance, self.tr("chance") if reading and not self._trained else "")
        label = self.pad.drawing.label
        set_text(self._truth, "" if label is None else self.tr("It is a {0}").format(self._name(label)))
        said = self._sentence()
        set_text(self._said, said)
        self._area.setCurrentIndex(1 if said else 0)

    def _name(self, number: int) -> str:
        return self._names[number] if number < len(self._names) else str(number)

    def _sentence(self) -> str:
        """What is said in place of the bars; nothing where they can be shown."""
        if self._failure or self._message:
            return self._failure or self._message
        if self._loading:
            return self.tr("loading PyTorch…")
        if self._trained or self.pad.picture() is not None:
            return ""
        return self.tr(
            "This network has not been trained yet: what it says is chance. Press <b>Train</b> (Ctrl+R), "
            'or open the trained <a href="reader">reader</a>.'
        )

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Let links follow the theme: a label keeps the colours with which its text was set."""
        if event.type() == QEvent.Type.PaletteChange:
            said = self._said.text()
            self._said.clear()
            self._said.setText(said)
        super().changeEvent(event)
