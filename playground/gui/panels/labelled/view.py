"""The widget for labelled texts: a text to type, its predicted class, and the words that the answer depends on."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from playground.gui.panels.labelled.inference import Classified
from playground.gui.panels.sample_view import SampleView
from playground.gui.panels.writing.page import EffectPage
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.text_entry import BoundedTextEdit
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.labelled import LabelledTexts

LONGEST = 5_000  # characters that are asked about
_LINES = 4  # of the text, and of its words
_SPACE = 14  # pixels around the lines of a text field
_LEAST_EFFECT = 1.0  # of the logit, from which on the strongest word is shaded in full


class LabelledView(SampleView):
    """Asks about a text at every change, None if it is empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data: LabelledTexts | None = None
        self._answer: Classified | None = None
        self._label = ""  # of the text, where it is one of the test set
        self._asked = ""
        self.text = BoundedTextEdit(self)
        self.text.setAccessibleName(self.tr("Text to classify"))
        self.text.setPlaceholderText(self.tr("type or paste a text"))
        self.text.setTabChangesFocus(True)
        self.page = EffectPage(self.tr("Words that the answer depends on"), self)
        self.legend = text_label(self, "", "muted")
        self.legend.setWordWrap(True)
        self.sample.setText(self.tr("A text of the test set"))
        for field in (self.text, self.page):
            field.setFixedHeight(_LINES * field.fontMetrics().lineSpacing() + _SPACE)
        self._arrange(self.tr("Classify a text"), self.text)
        self._place_below_answer(self.page, self.legend)
        self.text.textChanged.connect(self._changed)

    def _place_below_answer(self, *widgets: QLabel | EffectPage) -> None:
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        at = column.indexOf(self._area) + 1
        for offset, widget in enumerate(widgets):
            column.insertWidget(at + offset, widget)

    @property
    def made_for(self) -> Dataset | None:
        return self._data

    # Input from outside

    def show_data(self, data: LabelledTexts) -> None:
        """Show the classes of this data set; a text of the user stays, one of another test set does not."""
        before, self._data = self._data, data
        if before is not None and before.source != data.source and self._label:
            self.text.clear()
        self.bars.set_labels(data.class_names)
        self._make_room(classes=True)
        if before is None or before.signature != data.signature:
            self._answer = None
            self.asked.emit(self._question() or None)
        self._refresh()

    def show_sample(self, text: str, label: str) -> None:
        """Show a text of the test set with its label."""
        self.text.setPlainText(text)
        self._label = label
        self._refresh()

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show an answer; it is outdated if the text has changed."""
        if isinstance(answer, Classified) and answer.question != self._question():
            return
        self._answer = answer if isinstance(answer, Classified) else None
        self._note_failure(answer)
        self._refresh()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(300, 420)

    # Implementation

    def _question(self) -> str:
        return self.text.toPlainText()[:LONGEST].strip()

    @Slot()
    def _changed(self) -> None:
        question = self._question()
        if question == self._asked:
            return  # the uncommitted text of an input method is shown, but is not part of the text
        self._asked, self._label, self._failure = question, "", ""
        self.touched.emit()
        if not question:
            self._answer = None
        self._refresh()
        self.asked.emit(question or None)

    def _forget(self) -> None:
        self._answer = None

    def _refresh(self) -> None:
        data, answer = self._data, self._answer
        if data is None:
            return
        if answer is not None and len(answer.probabilities) != len(data.class_names):
            answer = None  # from the network before the data changed
        shares = answer.probabilities if answer else ()
        predicted = data.class_names[shares.index(max(shares))] if shares else ""
        self._show_words(answer)
        set_text(self.legend, self._explanation(data.length))
        truth = self.tr("It is: {0}").format(self._label) if self._label else ""
        self._show(predicted, shares, truth, wrong=bool(shares) and bool(truth) and predicted != self._label)

    def _explanation(self, length: int) -> str:
        words = self.tr("shaded: words that speak for the answer; underlined: words that speak against it")
        if len(self._question()) <= length:
            return words
        return self.tr("{0}; read are the first {1:,} characters").format(words, length)

    def _show_words(self, answer: Classified | None) -> None:
        """Shade the words; those of an untrained network are not, as their effects are chance."""
        parts = answer.parts if answer else ()
        most = max((abs(effect) for _, effect in parts), default=0.0)
        scale = 1.0 / max(_LEAST_EFFECT, most) if self._trained else 0.0
        shown = tuple((text, effect * scale) for text, effect in parts)
        if shown != self.page.parts:
            self.page.show_parts(shown)
            self.page.verticalScrollBar().setValue(0)
        strongest = max(parts, key=lambda part: part[1], default=("", 0.0))
        spoken = self.tr("The answer depends most on “{0}”.").format(strongest[0]) if strongest[1] > 0 else ""
        self.page.setAccessibleDescription(spoken if self._trained else "")
