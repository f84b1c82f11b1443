"""The tab Robustness: how the score falls while pictures are turned, shifted, blurred, and the answer on the way."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from playground.engine.evaluation.class_labels import class_labels
from playground.engine.evaluation.data_part import Part
from playground.gui.evaluation.exported_page import ExportedPage
from playground.gui.robustness.inference import CurveAnswer, SpoiledAnswer
from playground.gui.robustness.plot import RobustnessPlot
from playground.gui.robustness.spoiled_view import SpoiledView
from playground.gui.robustness.watch import RobustnessWatch
from playground.gui.session.background import Background
from playground.gui.style.dialogs import Ask
from playground.gui.style.labels import plain_tip, set_text, text_label
from playground.gui.style.slider import Slider
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.corruptions import Corruption
from playground.spec.files.csv_text import csv_text
from playground.spec.messages import Message, message
from playground.spec.number_text import percent_text, setting_text

_SLIDER = 200  # pixels

Put = Callable[[npt.NDArray[np.float32]], None]  # puts a picture (H, W) in [0, 1] on the panel


class RobustnessPage(ExportedPage):
    """The corruptions on the left, the curve over its slider in the middle, the spoiled picture on the right."""

    def __init__(
        self,
        watch: RobustnessWatch,
        put: Callable[[], Put | None],
        saving: Background,
        ask: Ask,
        parent: QWidget,
    ) -> None:
        """`put` gives the function that puts a picture on the visible panel, or None where that takes none."""
        super().__init__(self.tr("Robustness"), saving, ask, parent)
        self._watch, self._put = watch, put
        self._offered: tuple[Corruption, ...] = ()
        self._values: tuple[float, ...] = ()  # of the slider
        self.answer: CurveAnswer | None = None
        self.previous: CurveAnswer | None = None
        self.corruptions = QListWidget(self)
        self.corruptions.setAccessibleName(self.tr("What is done to the pictures"))
        set_look(self.corruptions, "rows")
        self.slider = Slider(self)
        self.slider.setAccessibleName(self.tr("How much is done to the picture"))
        self.value_text = text_label(self, "", "muted")
        self.plot = RobustnessPlot(self.tr("Score along the slider"))
        self.spoiled = SpoiledView(self)
        self._arrange()
        self.setFocusProxy(self.corruptions)
        self.corruptions.currentRowChanged.connect(self._choose)
        self.slider.valueChanged.connect(self._move)
        self.spoiled.put_requested.connect(self._apply)
        watch.curve_found.connect(self._show_curve)
        watch.previous_found.connect(self._show_previous)
        watch.refused.connect(self._refuse)
        watch.spoiled.connect(self._show_spoiled)
        watch.not_spoiled.connect(self._explain_spoiled)
        self._refuse(message("Nothing is evaluated yet."))

    @property
    def corruption(self) -> Corruption:
        """The chosen one."""
        return self._watch.corruption

    @property
    def value(self) -> float:
        """Where the slider is."""
        return self._values[self.slider.value()] if self._values else self.corruption.neutral

    def table(self) -> str:
        assert self.answer is not None
        rows: list[tuple[object, ...]] = []
        for run, answer in (("present", self.answer), ("previous", self._comparable_previous())):
            if answer is None:
                continue
            question, curve = answer.question, answer.curve
            what = (question.corruption.id, question.corruption.unit, run, answer.step, question.part.part.value)
            for value, score, error in zip(curve.values, curve.scores, curve.errors, strict=True):
                deviation = None if isnan(error) else float(error)
                rows.append((*what, curve.samples, float(value), float(score), deviation))
        key = self.answer.question.part.dataset.task.score.key
        head = ("corruption", "unit", "run", "step", "part", "samples", "value", key, "standard error")
        return csv_text(head, rows)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        self._watch.watch(self, visible=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._watch.watch(self, visible=False)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            QTimer.singleShot(0, self, self._draw)  # the plot has the colours only after the page has

    # the curve

    @Slot(object)
    def _show_curve(self, answer: CurveAnswer) -> None:
        self.answer = answer
        self._offer()
        self.header.export.setEnabled(answer.curve.complete)
        self.pages.setCurrentWidget(self.content)
        self._show_controls(True)
        question, curve = answer.question, answer.curve
        score = question.part.dataset.task.score
        unchanged = float(curve.scores[curve.values.tolist().index(question.corruption.neutral)])
        words = message(
            "{samples} · step {step:,} · {score} {value} as they are",
            samples=question.part.words,
            step=answer.step,
            score=message(score.word),
            value=percent_text(unchanged),
        )
        text = translated(words)
        self.subject.setText(self.tr("broken on purpose · {0}").format(text) if answer.broken else text)
        self.subject.explain(self._remark(answer))
        self._draw()

    def _remark(self, answer: CurveAnswer) -> str:
        """A remark on the samples and their targets."""
        said, part = [], answer.question.part
        if part.part is Part.TEST:
            said.append(self.tr("There is no validation part: what is chosen by these test samples is no longer new."))
        if len(part.dataset.task.output) == 3:
            words = self.tr("Targets are turned, shifted, scaled and slanted with their pictures; else they stay.")
            said.append(words)
        return " ".join(said)

    @Slot(object)
    def _show_previous(self, answer: CurveAnswer | None) -> None:
        self.previous = answer
        self._draw()

    def _comparable_previous(self) -> CurveAnswer | None:
        """The curve of the run before, if it is of the same corruption, samples and values."""
        now, before = self.answer, self.previous
        if now is None or before is None or before.question.corruption is not now.question.corruption:
            return None
        same = before.question.part.words == now.question.part.words
        return before if same and before.question.part.dataset == now.question.part.dataset else None

    @Slot()
    def _draw(self) -> None:
        answer, before = self.answer, self._comparable_previous()
        if answer is None:
            return
        question, curve = answer.question, answer.curve
        corruption, width = question.corruption, question.part.dataset.sample_shape[-1]
        unit = f" ({translated(corruption.unit)})" if corruption.unit else ""
        score = translated(question.part.dataset.task.score.value)
        name = self.tr("{0} by {1}").format(score, translated(corruption.label).lower() + unit)
        mean = percent_text(float(curve.scores.mean()), 1)
        if not curve.complete:
            title = self.tr("{0}: {1} of {2} values…").format(name, len(curve.values), curve.whole)
        elif before is None:
            title = self.tr("{0}: {1} on average").format(name, mean)
        else:
            earlier = percent_text(float(before.curve.scores.mean()), 1)
            title = self.tr("{0}: {1} on average, previous run {2}").format(name, mean, earlier)
        curves = [(self.tr("this run"), curve)]
        if before is not None:
            curves.append((self.tr("previous run"), before.curve))
        self.plot.show_curves(title, curves, corruption.values(width))

    @Slot(object)
    def _refuse(self, reason: Message) -> None:
        self.answer = None
        self.subject.setText("")
        self.header.export.setEnabled(False)
        self._show_controls(False)
        self.explain(translated(reason))

    def _show_controls(self, shown: bool) -> None:
        for control in (self.slider, self.value_text):
            control.setVisible(shown)

    # what is chosen

    def _offer(self) -> None:
        """Offer the corruptions that suit the data."""
        offered = self._watch.corruptions
        if offered != self._offered:
            self._offered = offered
            self.corruptions.blockSignals(True)
            self.corruptions.clear()
            for corruption in offered:
                item = QListWidgetItem(translated(corruption.label), self.corruptions)
                item.setToolTip(plain_tip(translated(corruption.help)))
            self.corruptions.setCurrentRow(offered.index(self.corruption))
            self.corruptions.blockSignals(False)
        values = self.corruption.slider_values(self._watch.data.sample_shape[-1])
        if values != self._values:
            self._values = values
            self.slider.blockSignals(True)
            self.slider.setRange(0, len(values) - 1)
            self.slider.setPageStep(max(1, len(values) // 12))
            self.slider.blockSignals(False)
            self._rest()

    @Slot(int)
    def _choose(self, row: int) -> None:
        if not 0 <= row < len(self._offered) or self._offered[row] not in self._watch.corruptions:
            return  # the list is still that of other data
        self.answer = None
        self._values = ()
        self.header.export.setEnabled(False)
        self._watch.choose_corruption(self._offered[row])
        self._offer()

    def _rest(self) -> None:
        """Put the slider where the picture stays as it is."""
        self.slider.setValue(self._values.index(self.corruption.neutral))
        self._move()

    @Slot()
    def _move(self) -> None:
        unit = translated(self.corruption.unit) if self.corruption.unit else ""
        set_text(self.value_text, f"{setting_text(self.value)} {unit}".strip())
        self.plot.mark(self.value)
        self._watch.spoil(self.value)

    # the picture

    @Slot(object)
    def _show_spoiled(self, answer: SpoiledAnswer | None) -> None:
        if answer is None:
            self.spoiled.explain(self.tr("Draw or show something: then it is changed here."))
            return
        names = [translated(name) if isinstance(name, Message) else name for name in class_labels(self._watch.data)]
        changed = answer.question.value != answer.question.corruption.neutral
        takes = changed and len(answer.picture) == 1 and self._put() is not None
        self.spoiled.show_answer(answer, names, takes=takes)

    @Slot(object)
    def _explain_spoiled(self, reason: Message) -> None:
        self.spoiled.explain(translated(reason))

    @Slot(object)
    def _apply(self, answer: SpoiledAnswer) -> None:
        """Put the picture on the panel; the slider goes back, or it would be spoiled twice."""
        put = self._put()
        if put is not None:
            put(answer.picture[0])
            self._rest()

    # setup

    def _arrange(self) -> None:
        self.content = QWidget(self)
        middle = QVBoxLayout()
        middle.setSpacing(2)
        middle.addWidget(self.plot.title)
        middle.addWidget(self.plot.widget, 1)
        row = QHBoxLayout(self.content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.corruptions, 2)
        row.addLayout(middle, 6)
        row.addWidget(self.spoiled, 4)
        self.pages.addWidget(self.content)
        self.slider.setFixedWidth(_SLIDER)
        self.value_text.setFixedWidth(self.fontMetrics().horizontalAdvance("−0.125 px 0"))
        for control in (self.slider, self.value_text):
            self.add_control(control)
