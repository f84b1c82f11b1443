"""The widget in which the user draws a digit and sees how teacher and student classify it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from playground.gui.panels.bars import Bars
from playground.gui.panels.distillation.inference import TeacherAndStudent
from playground.gui.panels.pad.pad_view import PadView
from playground.gui.session.background import Background
from playground.gui.style.labels import Truth, set_text, show_truth, text_label
from playground.gui.style.theme import set_look

_DIGIT_SIZE = 15.0  # points


class DistillationView(PadView):
    """A pad, and ten bars each for teacher and student."""

    classifies = True

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        """`background` is the thread that reads pasted and dropped pictures."""
        super().__init__(background, parent)
        self._readings: TeacherAndStudent | None = None
        self.bars = [Bars(parent=self) for _ in range(2)]  # of the teacher, and of the student
        self._digits = [text_label(self, "", "accent", size=_DIGIT_SIZE) for _ in range(2)]
        self._student_label = text_label(self, "", "muted")
        self._truth = Truth(self)
        both = self._both()
        self._arrange(self._pad_row(seen=True), both, height=both.sizeHint().height())
        self._foot.addWidget(self._truth, 1)
        self._refresh()

    def _both(self) -> QWidget:
        """Teacher and student side by side."""
        page = QWidget(self)
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        for column, words in enumerate((text_label(page, self.tr("teacher"), "muted"), self._student_label)):
            head = QHBoxLayout()
            head.addWidget(words)
            head.addStretch(1)
            head.addWidget(self._digits[column])
            grid.addLayout(head, 0, column)
            grid.addWidget(self.bars[column], 1, column)
            grid.setColumnStretch(column, 1)
        grid.setRowMinimumHeight(0, self._digits[0].fontMetrics().height())
        return page

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show `TeacherAndStudent`; an `InferenceError` says why there are none."""
        if self.pad.picture() is None or self._message:
            return  # outdated
        self._readings = answer if isinstance(answer, TeacherAndStudent) else None
        self._note_failure(answer)
        self._refresh()

    # Implementation

    def _forget(self) -> None:
        self._readings = None

    def _refresh(self) -> None:
        known = self._readings
        shares = ((), ()) if known is None else (known.teacher, known.pupil.probabilities)
        label = self.pad.drawing.label
        predicted = [some.index(max(some)) if some else None for some in shares]
        mistakes = [
            sure and label is not None and digit is not None and digit != label
            for sure, digit in zip((True, self._trained), predicted, strict=True)  # untrained, the student guesses
        ]
        for number, (bars, digit, some) in enumerate(zip(self.bars, self._digits, shares, strict=True)):
            sure, wrong = number == 0 or self._trained, mistakes[number]
            refused = number == 1 and self._refuses(some)
            wrong = wrong and not refused
            bars.show_probabilities(some, sure=sure, wrong=wrong, refused=refused)
            read = "" if predicted[number] is None else "?" if refused else str(predicted[number])
            set_text(digit, f"✗ {read}" if wrong else read)
            set_look(digit, "error" if wrong else "accent" if sure and not refused else "faint")
        set_text(self._student_label, self.tr("student") if self._trained else self.tr("student, by chance"))
        truth = "" if label is None else self.tr("It is: {0}").format(label)
        show_truth(self._truth, truth, wrong=any(mistakes))
        self._area.setCurrentIndex(1 if self._show_note() else 0)

    def _hint(self) -> str:
        if self._trained or self.pad.picture() is not None:
            return ""
        return self.tr(
            "Draw a digit: the teacher reads it at once. The student has learned nothing yet; press <b>Train</b> "
            "(Ctrl+R), and watch its bars become the teacher’s."
        )
