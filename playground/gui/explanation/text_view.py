"""Contributions of the characters of a window to the answer, on the characters themselves."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.gui.explanation.heat_strip import HeatStrip
from playground.gui.explanation.scale_bar import ScaleBar
from playground.gui.explanation.scrolled import Scrolled
from playground.gui.explanation.text_inference import TextAnswer
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.translation import translated
from playground.spec.messages import Message, message
from playground.spec.number_text import PROBABILITY, amount_text, percent_text


class TextView(QWidget):
    """The characters at the left; at the right what the colours are of."""

    position_chosen = Signal(object, object)  # Example, and the position in it; None for the usual one

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.answer: TextAnswer | None = None
        self.strip = HeatStrip(self)
        self.strip.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.title = text_label(self, "", "heading")
        self.title.setWordWrap(True)
        self.scale = ScaleBar(self)
        self.pointed = text_label(self, "", "muted", smaller=1.0)
        self.figures = text_label(self, "", "muted", smaller=1.0)
        self.figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.help = text_label(self, "", "muted", smaller=1.0)
        for label in (self.pointed, self.figures, self.help):
            label.setWordWrap(True)
        self.pointed.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 8)
        row.setSpacing(16)
        row.addWidget(Scrolled(self.strip, parent=self), 5)
        row.addWidget(Scrolled(self.title, self.scale, self.pointed, self.figures, self.help, parent=self), 3)
        self.setFocusProxy(self.strip)
        self.strip.chosen.connect(self._choose)
        self.strip.pointed.connect(self._point)

    def show_answer(self, answer: TextAnswer) -> None:
        """Show an explanation."""
        self.answer = answer
        self.strip.show_words(answer.words, answer.values, answer.position)
        self.scale.show_scale(self.strip.scale)
        self.pointed.hide()
        set_text(self.title, translated(title_of(answer)))
        set_text(self.figures, "\n".join(translated(line) for line in figures(answer)))
        set_text(self.help, translated(answer.question.method.help))
        self.help.setToolTip(answer.question.method.source)

    @Slot(int)
    def _choose(self, position: int) -> None:
        answer = self.answer
        if answer is not None and answer.position is not None:
            last = answer.next and position == len(answer.words) - 1
            again = position == answer.position and not answer.usual
            self.position_chosen.emit(answer.question.example, None if last or again else position)

    @Slot(str)
    def _point(self, words: str) -> None:
        self.pointed.setText(words)
        self.pointed.show()


def title_of(answer: TextAnswer) -> Message:
    """The question, by the class that is explained and its position."""
    same = answer.name == answer.answer
    if answer.position is None:
        return message("Why {name}?", name=answer.name) if same else message("Why not {name}?", name=answer.name)
    values = {"name": answer.name, "word": answer.words[answer.position], "position": answer.position + 1}
    if answer.next:
        if same:
            return message("Why {name} after “{word}”, position {position:,}?", **values)
        return message("Why not {name} after “{word}”, position {position:,}?", **values)
    if same:
        return message("Why {name} for “{word}”, position {position:,}?", **values)
    return message("Why not {name} for “{word}”, position {position:,}?", **values)


def figures(answer: TextAnswer) -> Iterator[Message]:
    """The subject of the numbers."""
    found = answer.found
    share = percent_text(answer.probability, PROBABILITY)
    read = message("answer: {name}, {share}", name=answer.answer, share=share)
    output = amount_text(found.output)
    yield message("Output: {output} · {read} · after step {step:,}", output=output, read=read, step=answer.version)
    yield message("The blank is “{blank}”.", blank=answer.blank)
    if found.baseline is not None:
        total = amount_text(float(found.values.sum(dtype="float64")))
        baseline = amount_text(found.baseline)
        if found.completeness is None:
            yield message("Sum of the window: {total}; blanks alone give the same output", total=total)
        else:
            yield message(
                "Sum of the window: {total}, {share} of the difference from blanks alone, {baseline}",
                total=total,
                share=percent_text(found.completeness, 1),
                baseline=baseline,
            )
    if answer.position is not None:
        if answer.usual:
            yield message("Click a character to ask about its place.")
        else:
            yield message("This window is kept. Click its place again to follow the text.")
    if not answer.trained:
        yield message("The network has not been trained yet: its answer is chance.")
