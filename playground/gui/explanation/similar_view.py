"""The training examples that are like the present one, the nearest first."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from playground.engine.evaluation.examples import Example
from playground.gui.evaluation.gallery import Gallery
from playground.gui.evaluation.page import TAKING
from playground.gui.explanation.similar_inference import Similar, SimilarAnswer
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.translation import translated
from playground.spec.messages import Message, joined, message, plural
from playground.spec.number_text import amount_text

_LINES = 2  # of the caption of a picture


class SimilarView(QWidget):
    """Pictures beside each other, or rows and texts below each other; a click puts one on the panel."""

    chosen = Signal(object, int)  # SimilarAnswer, and the number of the example in it

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.answer: SimilarAnswer | None = None
        self.title = text_label(self, "", "muted")
        self.title.setWordWrap(True)
        self.gallery = Gallery(self.tr("Similar training examples"), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.gallery, 1)
        self.setFocusProxy(self.gallery)
        self.gallery.chosen.connect(self._choose)

    def show_answer(self, answer: SimilarAnswer) -> None:
        """Show what was found."""
        self.answer = answer
        set_text(self.title, translated(joined(title_of(answer))))
        pictures = answer.found[0].example.picture is not None
        shown = [replace(one.example, text=self._line(one)) for one in answer.found]
        self.gallery.show_examples(shown, [self._caption(one, pictures=pictures) for one in answer.found])
        if self.gallery.viewMode() is QListView.ViewMode.IconMode:
            metrics = self.gallery.fontMetrics()
            width = metrics.horizontalAdvance(self.tr("distance {0}").format("0000.000")) + 36
            height = self.gallery.iconSize().height() + _LINES * metrics.lineSpacing() + 12
            self.gallery.setGridSize(QSize(width, height))

    def _caption(self, one: Similar, *, pictures: bool) -> str:
        label = translated(one.label) if isinstance(one.label, Message) else one.label
        far = self.tr("this one itself") if one.same else self.tr("distance {0}").format(amount_text(one.distance))
        if pictures:
            return "\n".join((" · ".join(filter(None, (label, self._numbered(one)))), far))
        return " · ".join(filter(None, (label, far)))

    def _numbered(self, one: Similar) -> str:
        return self.tr("sample {0}").format(f"{one.example.place:,}")

    def _line(self, one: Similar) -> str:
        words = translated(one.words) if isinstance(one.words, Message) else one.words
        return "   ".join(filter(None, (self._numbered(one), words)))

    @Slot(object)
    def _choose(self, example: Example) -> None:
        answer = self.answer
        if answer is not None and answer.question.part.dataset.panel in TAKING:
            number = [one.example.index for one in answer.found].index(example.index)
            self.chosen.emit(answer, number)


def title_of(answer: SimilarAnswer) -> list[Message]:
    """The compared samples, the network that compared them, and the effect of a click."""
    part = answer.question.part
    compared = part.limited(answer.count)
    features = plural("{count:,} numbers", "1 number", answer.features)
    words = [
        message(
            "Nearest by the last hidden layer ({numbers}) among {samples}", numbers=features, samples=compared.words
        ),
        message("after step {step:,}", step=answer.source.version),
    ]
    if not answer.source.trained:
        words[-1] = message("the network has not been trained yet")
    if part.dataset.panel in TAKING:
        words.append(message("click one to put it on the right"))
    return words
