"""The drawing with an attribution on it, and a legend that says what the numbers are of."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.gui.explanation.inference import WhyAnswer
from playground.gui.explanation.outline import outline
from playground.gui.explanation.pictures import attribution_image, attribution_scale, picture_image
from playground.gui.explanation.scale_bar import ScaleBar
from playground.gui.explanation.scrolled import Scrolled
from playground.gui.explanation.square import Square
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import translated
from playground.spec.messages import Message, message
from playground.spec.number_text import BRIEF, amount_text, percent_text


class WhyView(QWidget):
    """Orange speaks for the class, blue against it; a white or black line is the outline of the ink."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.seen = Square(self.tr("The picture that the network sees"), self)  # of colour pictures
        self.map = Square(self.tr("What counted for the answer"), self)
        self.title = text_label(self, "", "heading")
        self.title.setWordWrap(True)
        self.help = text_label(self, "", "muted", smaller=1.0)
        self.help.setWordWrap(True)
        self.scale = ScaleBar(self)
        self.figures = text_label(self, "", "muted", smaller=1.0)
        self.figures.setWordWrap(True)
        self.figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.seen, 1)
        row.addWidget(self.map, 1)  # no wider than high: in a low pane, the words get the rest
        row.addWidget(Scrolled(self.title, self.scale, self.figures, self.help, parent=self), 1)
        self.seen.hide()

    def show_answer(self, answer: WhyAnswer, names: tuple[str, ...]) -> None:
        """Show an explanation; `names` are those of the classes."""
        values, picture, method = answer.values, answer.picture, answer.question.method
        scale = attribution_scale(values, signed=method.signed)
        colours = len(picture) > 1
        self.seen.setVisible(colours)
        self.seen.show_picture(lambda: picture_image(picture), lambda _row, _column: "")
        self.map.show_picture(
            lambda: attribution_image(values, scale, theme_of(self)),
            lambda row, column: self._told(answer, row, column),
            () if colours else outline(picture[0]),
        )
        self.scale.show_scale(scale)
        name = names[answer.target]
        same = answer.target == answer.answer
        set_text(self.title, (self.tr("Why {0}?") if same else self.tr("Why not {0}?")).format(name))
        set_text(self.help, translated(method.help))
        self.help.setToolTip(method.source)
        set_text(self.figures, "\n".join(translated(line) for line in figures(answer, names)))

    def _told(self, answer: WhyAnswer, row: int, column: int) -> str:
        words = message(
            "Row {row}, column {column}: {value}",
            row=row + 1,
            column=column + 1,
            value=amount_text(float(answer.values[row, column])),
        )
        return translated(words)


def figures(answer: WhyAnswer, names: tuple[str, ...]) -> Iterator[Message]:
    """The lines of the legend."""
    found, name = answer.found, names[answer.target]
    value, share = amount_text(found.output), percent_text(answer.probabilities[answer.answer], BRIEF)
    read = message("read as {name}, {share}", name=names[answer.answer], share=share)
    if answer.before_softmax:
        yield message("Output of {name} before softmax: {value} · {read}", name=name, value=value, read=read)
    else:
        yield message("Output of {name}: {value} · {read}", name=name, value=value, read=read)
    if not answer.trained:
        yield message("The network has not been trained yet: its answer is chance.")
    if found.baseline is not None:
        yield message("Baseline: black, 0 in every pixel · its output: {value}", value=amount_text(found.baseline))
        total = amount_text(float(found.values.sum(dtype="float64")))
        if found.completeness is None:
            yield message("Sum of all pixels: {total}; the outputs are equal", total=total)
        else:
            yield message(
                "Sum of all pixels: {total}, {share} of the difference {difference}",
                total=total,
                share=percent_text(found.completeness, 1),
                difference=amount_text(found.output - found.baseline),
            )
    if answer.found.values.ndim == 3 and len(answer.picture) > 1:
        yield message("The values of the colours are added up.")
