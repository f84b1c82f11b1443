"""A spoiled picture as the network sees it, and what the network answers to it: classes, or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from playground.gui.explanation.pictures import picture_image
from playground.gui.explanation.scrolled import Scrolled
from playground.gui.explanation.square import Square
from playground.gui.robustness.inference import Floats, SpoiledAnswer
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.translation import translated
from playground.spec.messages import message
from playground.spec.number_text import BRIEF, fixed_text, percent_text

_MOST = 3  # classes that are listed
_UNBROKEN = "\N{NO-BREAK SPACE}"


class SpoiledView(QWidget):
    """The picture, with the most probable classes or the network's picture beside it."""

    put_requested = Signal(object)  # SpoiledAnswer: put its picture on the pad

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.answer: SpoiledAnswer | None = None
        self.picture = Square(self.tr("The changed picture, as the network sees it"), self)
        self.output = Square(self.tr("The picture that the network answers with"), self)
        self.words = text_label(self, "", "muted")
        self.words.setWordWrap(True)
        self.button = QPushButton(self.tr("Apply"), self)
        self.button.setToolTip(self.tr("Put the changed drawing on the pad; Undo brings the present one back"))
        self.heading = text_label(self, self.tr("Read as"), "heading")
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.heading)
        head.addStretch(1)
        foot.addWidget(self.button)
        foot.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.picture)
        row.addWidget(self.output)
        row.addWidget(Scrolled(head, self.words, foot, parent=self), 1)
        self.button.clicked.connect(self._put)
        self.explain("")

    def explain(self, words: str) -> None:
        """Show a sentence in place of a picture."""
        self.answer = None
        for square in (self.picture, self.output):
            square.clear()
        for part in (self.picture, self.output, self.heading, self.button):
            part.hide()
        set_text(self.words, words)

    def show_answer(self, answer: SpoiledAnswer, names: Sequence[str], *, takes: bool) -> None:
        """Show a picture and its answer; `takes`: whether the panel can show it."""
        self.answer = answer
        picture, output, shares = answer.picture, answer.output, answer.shares
        self.picture.show_picture(lambda: picture_image(picture), partial(_told, picture))
        self.picture.show()
        if output is not None:
            self.output.show_picture(lambda: picture_image(output), partial(_told, output))
        self.output.setVisible(output is not None)
        self.heading.setText(self.tr("Answer") if output is not None else self.tr("Read as"))
        self.heading.setVisible(bool(shares) or output is not None)
        self.button.setVisible(takes)
        set_text(self.words, self._words(answer, names))

    def _words(self, answer: SpoiledAnswer, names: Sequence[str]) -> str:
        """The most probable classes; of a picture that is the answer, what it is."""
        if answer.output is None:
            shares = answer.shares
            best = sorted(range(len(shares)), key=shares.__getitem__, reverse=True)[:_MOST]
            lines = [_line(names[number], percent_text(shares[number], BRIEF)) for number in best]
            return "\n".join(lines) or self.tr("This network does not give one class to a picture.")
        if not answer.classes:
            return self.tr("the picture on the right")
        found = list(zip(names, answer.classes, strict=True))[1:]  # the first is the background
        return "\n".join(_line(name, percent_text(share, 1)) for name, share in found)

    @Slot()
    def _put(self) -> None:
        if self.answer is not None:
            self.put_requested.emit(self.answer)


def _line(name: str, share: str) -> str:
    """A class with its share, which is not broken before its sign."""
    return f"{name} · {share.replace(' ', _UNBROKEN)}"


def _told(picture: Floats, row: int, column: int) -> str:
    values = ", ".join(fixed_text(float(value), 2) for value in picture[:, row, column])
    return translated(message("Row {row}, column {column}: {values}", row=row + 1, column=column + 1, values=values))
