"""The widget in which a person draws a digit and sees what teacher and pupil read in it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
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
from playground.gui.distillation.lesson import BothReadings
from playground.gui.drawing.bars import Bars
from playground.gui.drawing.pad import Pad
from playground.gui.drawing.preview import Preview
from playground.gui.drawing.raster import Grey
from playground.gui.drawing.strokes import Image
from playground.gui.drawing.tools import Tools
from playground.gui.labels import flat_button, text_label
from playground.gui.theme import set_look
from playground.gui.words import translated
from playground.spec.words import Message

_MARGIN, _INSET = 5, 7  # as in the panel for digits
_DIGIT_SIZE = 15.0  # points


class DistillationView(QWidget):
    """A pad, and ten bars each for teacher and pupil; see `inquiry.Asking`."""

    touched = Signal()
    asked = Signal(object)  # the picture, (28, 28) float32, or None
    test_digit_requested = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        """`background` reads the pictures that are pasted or dropped."""
        super().__init__(parent)
        self._readings: BothReadings | None = None
        self._trained, self._loading = False, False
        self._message, self._failure = "", ""
        self.pad = Pad(background, self)
        self._preview = Preview(self)
        self.bars = [Bars(parent=self) for _ in range(2)]  # of the teacher, and of the pupil
        self._digits = [text_label(self, "", "accent", size=_DIGIT_SIZE) for _ in range(2)]
        self._pupil = text_label(self, "", "muted")
        self._truth = text_label(self, "", "muted")
        self._said = QLabel(self)
        self._said.setWordWrap(True)
        set_look(self._said, "muted")
        self._area = QStackedWidget(self)
        self._test = QPushButton(self.tr("A digit from the test set"), self)
        self._arrange()
        self.pad.changed.connect(self._pad_changed)
        self.pad.failed.connect(self._pad_failed)
        self._test.clicked.connect(self.test_digit_requested)
        self._refresh()

    def _arrange(self) -> None:
        both = self._both()
        self._area.setFixedHeight(both.sizeHint().height())
        self._area.setContentsMargins(_INSET, 0, _INSET, 0)
        self._area.addWidget(both)
        self._area.addWidget(self._note())
        side = QVBoxLayout()
        side.addWidget(self._preview)
        side.addWidget(text_label(self, self.tr("28 × 28\nas seen"), "muted"))
        side.addStretch(1)
        side.addWidget(Tools(self.pad.commands, self))
        row = QHBoxLayout()
        row.setContentsMargins(_INSET, 0, _INSET, 0)
        row.setSpacing(10)
        row.addWidget(self.pad, 1)
        row.addLayout(side)
        below = QHBoxLayout()
        below.setContentsMargins(_INSET, 0, _INSET, 0)
        below.addWidget(self._test)
        below.addStretch(1)
        below.addWidget(self._truth)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(7)
        column.addLayout(self._header())
        column.addLayout(row)
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

    def _both(self) -> QWidget:
        """Teacher and pupil side by side."""
        page = QWidget(self)
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        for column, words in enumerate((text_label(page, self.tr("teacher"), "muted"), self._pupil)):
            head = QHBoxLayout()
            head.addWidget(words)
            head.addStretch(1)
            head.addWidget(self._digits[column])
            grid.addLayout(head, 0, column)
            grid.addWidget(self.bars[column], 1, column)
            grid.setColumnStretch(column, 1)
        grid.setRowMinimumHeight(0, self._digits[0].fontMetrics().height())
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

    def show_digit(self, picture: Grey, label: int) -> None:
        """Put a digit of a data set, (28, 28) in [0, 1], onto the pad, and say which one it is."""
        self.pad.show_image(Image(picture, label))

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show `BothReadings`; an `Unanswered` says why there are none."""
        if self.pad.picture() is None or self._message:
            return  # the answer comes too late
        self._readings = answer if isinstance(answer, BothReadings) else None
        self._failure = translated(answer.message) if isinstance(answer, Unanswered) else ""
        self._refresh()

    def set_trained(self, trained: bool) -> None:
        """Say whether the pupil has learned anything; what one reads that has not is chance."""
        self._trained = trained
        self._refresh()

    def set_loading(self, loading: bool) -> None:
        """Say whether PyTorch is still being loaded."""
        self._loading = loading
        self._refresh()

    def set_message(self, text: Message | str | None) -> None:
        """Say why the pupil cannot read, or None if it can."""
        self._message = translated(text) if text else ""
        if self._message:
            self._readings = None
        self._refresh()

    # Within

    @Slot()
    def _pad_changed(self) -> None:
        self.touched.emit()
        picture = self.pad.picture()
        self._failure = ""
        if picture is None:
            self._readings = None
        self._preview.show_picture(picture)
        self._refresh()
        self.asked.emit(picture)

    @Slot(object)
    def _pad_failed(self, message: Message) -> None:
        self._failure = translated(message)
        self._refresh()

    def _refresh(self) -> None:
        """Show what is known now."""
        known = self._readings
        shares = ((), ()) if known is None else (known.teacher, known.pupil.probabilities)
        for number, (bars, digit, some) in enumerate(zip(self.bars, self._digits, shares, strict=True)):
            sure = number == 0 or self._trained
            bars.show_probabilities(some, sure=sure)
            digit.setText(str(some.index(max(some))) if some else "")
            set_look(digit, "accent" if sure else "faint")
        self._pupil.setText(self.tr("pupil") if self._trained else self.tr("pupil, by chance"))
        label = self.pad.drawing.label
        self._truth.setText("" if label is None else self.tr("It is a {0}").format(label))
        said = self._sentence()
        self._said.setText(said)
        self._area.setCurrentIndex(1 if said else 0)

    def _sentence(self) -> str:
        """What is said in place of the bars; nothing where they can be shown."""
        if self._failure or self._message:
            return self._failure or self._message
        if self._loading:
            return self.tr("loading PyTorch…")
        if self._trained or self.pad.picture() is not None:
            return ""
        return self.tr(
            "Draw a digit: the teacher reads it at once. The pupil has learned nothing yet; press <b>Train</b> "
            "(Ctrl+R), and watch its bars become the teacher’s."
        )
