"""The base of the panels for pictures and for tables: a sample above, the network's answer below."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from playground.gui.panels.bars import Bars
from playground.gui.panels.inference_view import InferenceView, stacked, topped
from playground.gui.style.labels import Truth, set_text, show_truth, text_label
from playground.gui.style.theme import set_look

_MARGIN = 12
_BUTTON = 11  # pixels by which a flat button is higher than its text: the titles of other panels have such buttons
_WORD = 60  # pixels for a word of the heading, beside the buttons
_ANSWER_SIZE = 18.0  # points


class SampleView(InferenceView):
    """A view of constant size whatever the sample: a message replaces the answer where there is none.

    `answer` is the most probable class, or the number; `bars` shows one probability per class; `truth` is the label in
    the data set.
    """

    sample_requested = Signal()  # the user wants one of the test samples

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answer = text_label(self, "", "faint", size=_ANSWER_SIZE)
        self.answer.setMinimumHeight(self.answer.fontMetrics().height())
        self._chance = text_label(self, self.tr("by chance"), "muted")
        self.bars = Bars(("",), self)
        self.truth = Truth(self)
        self.sample = QPushButton(self)
        self.sample.clicked.connect(self.sample_requested)

    def _arrange(self, title: str, sample: QWidget, *above: QWidget, title_buttons: tuple[QWidget, ...] = ()) -> None:
        """Lay out, from top to bottom: title, sample, the widgets `above`, answer, button.

        `title_buttons` are placed at the right end of the title's line.
        """
        known = QWidget(self)
        line = QHBoxLayout(known)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.answer)
        line.addStretch(1)
        line.addWidget(self._chance)
        self._area = stacked(topped(known, self.bars, parent=self), note=self.note)
        head, foot = QHBoxLayout(), QHBoxLayout()
        heading = text_label(self, title, "heading")
        heading.setMinimumHeight(heading.fontMetrics().height() + _BUTTON)
        heading.setWordWrap(True)
        heading.setMinimumWidth(_WORD)
        head.addWidget(heading, 1)
        for button in title_buttons:
            head.addWidget(button)
        foot.addWidget(self.sample)
        foot.addWidget(self.truth, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(sample, 1)
        for widget in (*above, self._area):
            column.addWidget(widget)
        column.addLayout(foot)
        column.addStretch()  # takes the space that the sample leaves

    def _make_room(self, *, classes: bool) -> None:
        """Fix the height of the answer: with bars if there are classes, and at least three lines of a message."""
        self.bars.setVisible(classes)
        bars = self.bars.sizeHint().height() + 6 if classes else 0
        sentence = 3 * self.note.fontMetrics().lineSpacing() + 24
        self._area.setFixedHeight(max(self.answer.minimumHeight() + bars, sentence))

    def _show(self, answer: str, probabilities: tuple[float, ...], truth: str, *, wrong: bool = False) -> None:
        """Show the answer, or the reason why there is none; `wrong` is true if the answer differs from the truth.

        The answer of an untrained network is chance and is not marked as wrong, nor is one that is refused.
        """
        refused = self._refuses(probabilities)
        wrong = wrong and self._trained and not refused
        set_text(self.answer, self.tr("not sure") if refused else answer)
        self.answer.setToolTip(self._refusal_tip(probabilities, self.bars.labels))
        self._chance.setVisible(bool(answer) and not self._trained)
        sure = self._trained and not refused
        set_look(self.answer, "error" if wrong else "accent" if sure else "faint")
        self.bars.show_probabilities(probabilities, sure=self._trained, wrong=wrong, refused=refused)
        show_truth(self.truth, truth, wrong=wrong)
        self._area.setCurrentIndex(1 if self._show_note() else 0)
