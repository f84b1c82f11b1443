"""The tab Why: what counted for the answer about the current picture, and what would change the answer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from playground.engine.evaluation.class_labels import class_labels
from playground.gui.explanation.change_view import ChangeView
from playground.gui.explanation.explainer import Explainer
from playground.gui.explanation.header import WhyHeader
from playground.gui.explanation.inference import ChangeAnswer, WhyAnswer
from playground.gui.explanation.kinds import Explained
from playground.gui.explanation.row_inference import RowAnswer
from playground.gui.explanation.row_view import RowView
from playground.gui.explanation.similar_inference import SimilarAnswer
from playground.gui.explanation.similar_view import SimilarView
from playground.gui.explanation.text_inference import TextAnswer
from playground.gui.explanation.text_view import TextView
from playground.gui.explanation.why_view import WhyView
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.attribution_methods import SIMILAR, AttributionMethod
from playground.spec.data.dataset import Dataset
from playground.spec.edits import LayerPath
from playground.spec.messages import Message


class WhyPage(QWidget):
    """Shows what the explainer finds while it is visible."""

    def __init__(self, explainer: Explainer, parent: QWidget) -> None:
        super().__init__(parent)
        self.explainer = explainer
        self.answer: WhyAnswer | None = None
        self._named: tuple[Dataset, tuple[str, ...]] | None = None
        self.header = WhyHeader(self)
        self.note = QLabel(self.tr("one moment…"), self)
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(12)
        set_look(self.note, "muted")
        self.why, self.change = WhyView(self), ChangeView(self)
        both = QWidget(self)
        row = QHBoxLayout(both)
        row.setContentsMargins(12, 4, 8, 8)
        row.setSpacing(16)
        row.addWidget(self.why, 4)
        row.addWidget(self.change, 3)
        self._both = both
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.note)
        self.pages.addWidget(both)
        self.similar = SimilarView(self)
        self.rows = RowView(self)
        self.texts = TextView(self)
        for view in (self.similar, self.rows, self.texts):
            self.pages.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self.setAccessibleName(self.tr("Why"))
        self.setMinimumHeight(120)
        self.setFocusProxy(self.header.methods)
        self._connect()

    def _connect(self) -> None:
        explainer, header = self.explainer, self.header
        header.method_chosen.connect(self.choose)
        header.target_chosen.connect(self._ask_about)
        header.layer_chosen.connect(self._choose_layer)
        self.change.wanted.connect(explainer.want)
        self.change.put_requested.connect(explainer.put)
        explainer.asked.connect(self._show_choices)
        explainer.explained.connect(self._show)
        explainer.searched.connect(self._show_change)
        explainer.refused.connect(self._refuse)
        explainer.change_refused.connect(self._refuse_change)
        explainer.similar.found.connect(self._show_similar)
        explainer.similar.refused.connect(self._refuse)
        self.texts.position_chosen.connect(explainer.explain_position)
        self.similar.chosen.connect(explainer.similar.put)

    def choose(self, method: AttributionMethod) -> None:
        """Explain with a method."""
        self.explainer.choose(method)
        self.header.show_method(self.explainer.kind, self.explainer.method)

    def choose_change(self) -> None:
        """Search what would make it the second most probable class, unless a class was chosen."""
        if self.explainer.wanted is None and self.answer is not None:
            shares = self.answer.probabilities
            self.explainer.want(sorted(range(len(shares)), key=shares.__getitem__)[-2])
        self.change.classes.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        data = self.explainer.data
        if self._named is None or self._named[0] is not data:
            labels = class_labels(data)
            self._named = data, tuple(translated(name) if isinstance(name, Message) else name for name in labels)
        return self._named[1]

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        self.explainer.watch(visible=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        super().hideEvent(event)
        self.explainer.watch(visible=False)

    @Slot(object)
    def _ask_about(self, target: int | None) -> None:
        self.explainer.ask_about(target)

    @Slot(object)
    def _choose_layer(self, path: LayerPath) -> None:
        self.explainer.choose_layer(path)

    @Slot()
    def _show_choices(self) -> None:
        """Show what is chosen: a change of the data may have changed it."""
        explainer = self.explainer
        names = self.names if explainer.method.targeted else ()
        self.header.show_layers(explainer.layers, explainer.layer)
        self.header.show_classes(names, explainer.target)
        self.header.show_method(explainer.kind, explainer.method)
        self.change.show_classes(names, explainer.wanted)
        known = self.change.answer
        if known is not None and known.question.example is not explainer.example:
            self.change.outdate()

    @Slot(object)
    def _show(self, answer: Explained) -> None:
        if isinstance(answer, RowAnswer):
            self._show_row(answer)
        elif isinstance(answer, TextAnswer):
            self.texts.show_answer(answer)
            self.pages.setCurrentWidget(self.texts)
        else:
            self._show_picture(answer)

    def _show_row(self, answer: RowAnswer) -> None:
        if len(answer.probabilities) == len(self.names):
            self.rows.show_answer(answer, self.names)
            self.pages.setCurrentWidget(self.rows)

    def _show_picture(self, answer: WhyAnswer) -> None:
        if len(answer.probabilities) != len(self.names):
            return  # of the network before the data changed
        self.answer = answer
        self.why.show_answer(answer, self.names)
        self.pages.setCurrentWidget(self._both)

    @Slot(object)
    def _show_similar(self, answer: SimilarAnswer) -> None:
        if self.explainer.method is SIMILAR:
            self.similar.show_answer(answer)
            self.pages.setCurrentWidget(self.similar)

    @Slot(object)
    def _show_change(self, answer: ChangeAnswer) -> None:
        self.change.show_answer(answer, self.names, takes=self.explainer.can_put)

    @Slot(object)
    def _refuse(self, reason: Message) -> None:
        self.answer = None
        self.change.clear()
        self.header.show_method(self.explainer.kind, self.explainer.method)
        self.note.setText(translated(reason))
        self.pages.setCurrentWidget(self.note)

    @Slot(object)
    def _refuse_change(self, reason: Message) -> None:
        self.change.clear(translated(reason))
