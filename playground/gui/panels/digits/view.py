"""The widget in which the user draws a digit and sees how the network classifies it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import QWidget

from playground.gui.panels.bars import Bars
from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.panels.pad.pad_view import PadView
from playground.gui.panels.pad.paper import DIGIT, Paper
from playground.gui.panels.wrong_menu import WrongMenu
from playground.gui.session.background import Background
from playground.gui.style.action import allow, dress
from playground.gui.style.elided_label import Elided
from playground.gui.style.labels import Truth, keep_line, set_text, show_truth, text_label
from playground.gui.style.theme import set_look

_DIGIT_SIZE, _WORD_SIZE = 30.0, 12.0  # points
_UNKNOWN = "?"  # in place of a class that is not answered
_FEW = 2  # characters that are shown at the size of a digit


class DigitsView(PadView):
    """Pad, the network's 28 × 28 input, the predicted class and a bar per class, or the reason why there are none."""

    reader_requested = Signal()

    classifies = True

    def __init__(self, background: Background, parent: QWidget | None = None, paper: Paper = DIGIT) -> None:
        """`background` is the thread that reads pasted and dropped pictures; `paper` rasterizes the drawing."""
        super().__init__(background, parent, paper)
        self._reading: ClassProbabilities | None = None
        self._names: tuple[str, ...] = tuple("0123456789")  # of the classes
        self._digit = Elided(self)
        self._digit.setFont(self._font_for("0"))
        self._chance = text_label(self, self.tr("chance"), "muted", smaller=1.5)
        for label in (self._digit, self._chance):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            keep_line(label)
        self._bars = Bars(parent=self)
        self._truth = Truth(self)
        self._test.setToolTip(self.tr("Put any of the 10,000 digits that no network learns from onto the pad"))
        self.keep = QAction(self.tr("&Keep this drawing…"), self)
        dress(self.keep, "Ctrl+Shift+K", self.tr("Store this drawing with a label in your collection"))
        self.wrong = WrongMenu(self.pad, self)
        self.wrong.set_classes(self._names)
        row = self._pad_row(self._digit, self._chance, seen=True)
        self._arrange(row, self._bars, height=self._bars.sizeHint().height())
        self._foot.addWidget(self._truth, 1)
        self._foot.addWidget(self.wrong.button)
        self.note.linkActivated.connect(self._link)
        self._refresh()

    # Input from outside

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show `ClassProbabilities`; an `InferenceError` says why there are none, None that there are none yet."""
        if self.pad.picture() is None or self._message:
            return  # outdated
        self._reading = answer if isinstance(answer, ClassProbabilities) else None
        self._note_failure(answer)
        self._refresh()
        if self._reading is not None and self._reading.picture is self._question():
            self._bars.show_at_once()  # the user is waiting for it: do not queue it behind other events

    def set_classes(self, names: tuple[str, ...], prompt: str) -> None:
        """Set the names of the classes, and the prompt for the user."""
        set_text(self._title, prompt)
        if names != self._names:
            self._names, self._reading = names, None
            digits = all(name.isdecimal() for name in names)
            self._test.setText(self.tr("A digit from the test set") if digits else self.tr("One from the test set"))
            self._test.setToolTip(self.tr("Put any sample that no network learns from onto the pad"))
            self._bars.set_labels(names)
            self.wrong.set_classes(names)
            self._refresh()

    # Implementation

    @Slot(str)
    def _link(self, _target: str) -> None:
        self.reader_requested.emit()

    def _forget(self) -> None:
        self._reading = None

    def _refresh(self) -> None:
        reading = self._reading
        if reading is not None and len(reading.probabilities) != len(self._names):
            reading = None  # from the network before the data changed
        label = self.pad.drawing.label
        allow(self.keep, self.pad.picture() is not None, self.tr("The pad is empty."))
        self.wrong.set_possible(reading is not None and self._trained and not self._of_the_data)
        mistaken = reading is not None and label is not None and reading.digit != label
        probabilities = reading.probabilities if reading else ()
        refused = self._refuses(probabilities)
        wrong = mistaken and self._trained and not refused  # an untrained network answers by chance
        self._bars.show_probabilities(probabilities, sure=self._trained, wrong=wrong, refused=refused)
        name = _UNKNOWN if refused else self._names[reading.digit] if reading else ""
        if name != self._digit.whole:
            self._digit.setFont(self._font_for(name))
            self._digit.setText(name)
        sure = self._trained and not refused
        set_look(self._digit, "error" if wrong else "accent" if sure else "faint")
        chance = self.tr("chance") if reading and not self._trained else ""
        set_text(self._chance, self.tr("not sure") if refused else chance)
        self._chance.setToolTip(self._refusal_tip(probabilities, self._names))
        truth = "" if label is None else self.tr("It is: {0}").format(self.name_of(label))
        show_truth(self._truth, truth, wrong=wrong)
        self._area.setCurrentIndex(1 if self._show_note() else 0)

    @property
    def _of_the_data(self) -> bool:
        """Whether what is on the pad is, or began as, a sample of the data: nobody is to learn from test samples."""
        image = self.pad.drawing.image
        return image is not None and image.label is not None

    def _font_for(self, name: str) -> QFont:
        """The bold font of the predicted class: large for a sign or two, small for a word."""
        font = QFont(self._title.font())
        font.setPointSizeF(_DIGIT_SIZE if len(name) <= _FEW else _WORD_SIZE)
        font.setBold(True)
        return font

    def name_of(self, number: int) -> str:
        """The name of a class."""
        return self._names[number] if number < len(self._names) else str(number)

    def _hint(self) -> str:
        if self._trained or self.pad.picture() is not None:
            return ""
        return self.tr(
            "This network has not been trained yet: its answers are random. Press <b>Train</b> (Ctrl+R), "
            'or open the trained <a href="reader">reader</a>.'
        )
