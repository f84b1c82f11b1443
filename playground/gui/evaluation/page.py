"""The base of the tabs of an evaluation: which data, of how many samples, and what is shown."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from playground.engine.evaluation.confidence import confidence_words
from playground.engine.evaluation.data_part import Part
from playground.engine.evaluation.residuals import undefined_score
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.evaluation.exported_page import ExportedPage, ExportHeader
from playground.gui.session.background import Background
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.dialogs import Ask
from playground.gui.style.translation import translated
from playground.spec.messages import Message, joined, message
from playground.spec.number_text import loss_text, percent_text

# The panels that take an example, by `Dataset.panel`.
TAKING = frozenset({"digits", "picture", "segmentation", "distillation", "reconstruction", "table", "labelled"})


class EvaluationHeader(ExportHeader):
    """The choice of the data, and export."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.parts = ComboBox(self)
        self.parts.setAccessibleName(self.tr("Data that are evaluated"))
        for part, words in (
            (Part.VALIDATION, self.tr("Validation")),
            (Part.TRAIN, self.tr("Training sample")),
            (Part.TEST, self.tr("Test")),
        ):
            self.parts.addItem(words, part)
        self.add_choice(self.parts)


class EvaluationPage(ExportedPage):
    """A tab that shows one result of the evaluator."""

    header: EvaluationHeader

    def __init__(self, name: str, evaluator: Evaluator, saving: Background, ask: Ask, parent: QWidget) -> None:
        super().__init__(name, saving, ask, parent)
        self._evaluator = evaluator
        self.result: Result | None = None
        self.header.parts.activated.connect(self._choose_part)
        evaluator.evaluated.connect(self._take)
        evaluator.refused.connect(self._refuse)
        evaluator.part_changed.connect(self._show_part)
        self._show_part()
        self._refuse(message("Nothing is evaluated yet."))

    # for subclasses

    def make_header(self) -> EvaluationHeader:
        return EvaluationHeader(self)

    @abstractmethod
    def show_result(self, result: Result) -> None:
        """Show figures."""

    # reactions

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        known = self._evaluator.result
        if known is not None and known is not self.result:
            self._take(known)
        self._evaluator.watch(self, visible=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._evaluator.watch(self, visible=False)

    @Slot(object)
    def _take(self, result: Result) -> None:
        if not self.isVisible():
            return
        self.result = result
        evaluated, score = result.evaluated, result.part.dataset.task.score
        found = evaluated.answers.evaluation
        words = message(
            "{samples} · step {step:,} · {score} {value} · loss {loss}",
            samples=self._samples(result),
            step=evaluated.step,
            score=message(score.word),
            value=percent_text(found.score),
            loss=loss_text(found.loss),
        )
        undefined = _undefined(result)
        words = words if undefined is None else joined((words, undefined))
        self.subject.setText(self._with_breaks(translated(words)) if evaluated.broken else translated(words))
        self.subject.explain(self._remark(result))
        self.header.export.setEnabled(True)
        self.show_result(result)

    @staticmethod
    def _samples(result: Result) -> Message:
        """Of what the figures are: samples, what is counted in them, and what must be known of them."""
        part = result.part
        return joined([words for words in (part.words, part.places, part.remark) if words is not None])

    def _with_breaks(self, words: str) -> str:
        """Say that the figures are those of a network that was broken on purpose."""
        return self.tr("broken on purpose · {0}").format(words)

    def _remark(self, result: Result) -> str:
        """A remark on the samples."""
        confidence = _confidence(result)
        remarks = [translated(confidence)] if confidence is not None else []
        if result.part.part is Part.TRAIN:
            said = self.tr("The network was trained with these samples: on others it is worse.")
            against = result.part.against
            compared = self.tr("Compared with: {0}").format(translated(against)) if against else ""
            remarks.insert(0, f"{said} {compared}".rstrip())
        return "\n".join(remarks)

    @Slot(object)
    def _refuse(self, reason: Message) -> None:
        self.result = None
        self.subject.setText("")
        self.header.export.setEnabled(False)
        self.explain(translated(reason))

    @Slot()
    def _show_part(self) -> None:
        parts = self.header.parts
        parts.setCurrentIndex(parts.findData(self._evaluator.part))
        item = parts.model().index(parts.findData(Part.TEST), 0)
        enabled = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        parts.model().setData(item, enabled if self._evaluator.can_test else Qt.ItemFlag.NoItemFlags, _FLAGS)
        why = "" if self._evaluator.can_test else self.tr("Test data are looked at once training is over.")
        parts.model().setData(item, why, Qt.ItemDataRole.ToolTipRole)

    @Slot(int)
    def _choose_part(self, index: int) -> None:
        part: Part = Part(self.header.parts.itemData(index))
        if part is not self._evaluator.part:
            self._evaluator.choose(part)


def _undefined(result: Result) -> Message | None:
    """Why there is no score."""
    return undefined_score(result.evaluated.answers)


def _confidence(result: Result) -> Message | None:
    """The meaning of the confidence of an answer."""
    return confidence_words(result.evaluated.experiment) if result.evaluated.answers.classes is not None else None


_FLAGS = Qt.ItemDataRole.UserRole - 1  # the role under which `QComboBox` keeps whether an item can be chosen
