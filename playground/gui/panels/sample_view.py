"""What the panels for pictures and for tables have in common: a sample above, below it what the network says of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from playground.gui.panels.bars import Bars
from playground.gui.panels.inference_view import InferenceView, stacked, topped
from playground.gui.style.labels import Truth, set_text, show_truth, text_label
from playground.gui.style.theme import set_look

_MARGIN = 12
_BUTTON = 11  # pixels that a flat button is higher than its words: beside the titles of other panels stand some
_ANSWER_SIZE = 18.0  # points


class SampleView(InferenceView):
    """Nothing here changes its size with the sample: a sentence takes the place of the answer.

    `answer` is the likeliest class, or the number; `bars` has one for each class; `truth` is what the data set says.
    """

    sample_requested = Signal()  # one of those to test with

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answer = text_label(self, "", "faint", size=_ANSWER_SIZE)
        self.answer.setMinimumHeight(self.answer.fontMetrics().height())
        self._chance = text_label(self, self.tr("by chance"), "muted")
        self.bars = Bars(("",), self)
        self.truth = Truth(self)
        self.sample = QPushButton(self)
        self.sample.clicked.connect(self.sample_requested)

    def _arrange(self, title: str, sample: QWidget, *above: QWidget, beside: QWidget | None = None) -> None:
        """From top to bottom: title, the sample, what stands above the answer, the answer, and the button.

        beside: what stands at the other end of the title's line.
        """
        known = QWidget(self)
        line = QHBoxLayout(known)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.answer)
        line.addStretch(1)
        line.addWidget(self._chance)
        self._area = stacked(topped(known, self.bars, parent=self), said=self.said)
        head, foot = QHBoxLayout(), QHBoxLayout()
        heading = text_label(self, title, "heading")
        heading.setMinimumHeight(heading.fontMetrics().height() + _BUTTON)
        head.addWidget(heading)
        head.addStretch(1)
        if beside is not None:
            head.addWidget(beside)
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
        column.addStretch()  # takes what the sample leaves

    def _make_room(self, *, classes: bool) -> None:
        """Keep the height of an answer, with bars where there are classes, or of three lines of a sentence."""
        self.bars.setVisible(classes)
        bars = self.bars.sizeHint().height() + 6 if classes else 0
        sentence = 3 * self.said.fontMetrics().lineSpacing() + 24
        self._area.setFixedHeight(max(self.answer.minimumHeight() + bars, sentence))

    def _show(self, answer: str, probabilities: tuple[float, ...], truth: str, *, wrong: bool = False) -> None:
        """Show what is known, or else say why nothing is; `wrong`: the answer is another than the truth.

        What an untrained network says is chance, and no mistake.
        """
        wrong = wrong and self._trained
        set_text(self.answer, answer)
        self._chance.setVisible(bool(answer) and not self._trained)
        set_look(self.answer, "error" if wrong else "accent" if self._trained else "faint")
        self.bars.show_probabilities(probabilities, sure=self._trained, wrong=wrong)
        show_truth(self.truth, truth, wrong=wrong)
        self._area.setCurrentIndex(1 if self._say() else 0)
