"""The tab Trust: whether the network's confidence means what it says, and what a threshold of it would achieve."""

from __future__ import annotations

from math import isnan

import numpy as np
from PySide6.QtCore import QEvent, QTimer, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from playground.engine.evaluation.calibration import BINS, DEFINITION
from playground.engine.evaluation.confidence import confidence_words
from playground.engine.evaluation.figures import ClassTables
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.evaluation.page import EvaluationPage
from playground.gui.evaluation.plots import EvaluationPlot
from playground.gui.session.background import Background
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.dialogs import Ask
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import mixed
from playground.gui.style.translation import translated
from playground.spec.files.csv_text import csv_text
from playground.spec.messages import message
from playground.spec.number_text import NO_FIGURE, fixed_text, percent_text

_WIDER = 60  # pixels of an axis whose numbers have three decimals


class TrustPage(EvaluationPage):
    """Reliability, ROC and precision–recall of one class, and accuracy against the share answered."""

    def __init__(self, evaluator: Evaluator, saving: Background, ask: Ask, parent: QWidget) -> None:
        super().__init__(self.tr("Trust"), evaluator, saving, ask, parent)
        self.class_choice = ComboBox(self)
        self.class_choice.setAccessibleName(self.tr("Class of the ROC and precision–recall curves"))
        self.class_choice.setToolTip(self.class_choice.accessibleName())
        self.class_choice.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToContents)
        self.class_choice.currentIndexChanged.connect(self._show_class)
        self.class_choice.hide()  # until the classes are known
        self.add_control(self.class_choice)
        share, accuracy = self.tr("share answered"), self.tr("accuracy")
        self.reliability = EvaluationPlot(self.tr("Reliability"), self.tr("confidence"), accuracy, unit=True)
        self.roc = EvaluationPlot(self.tr("ROC"), self.tr("false positives"), self.tr("recall"), unit=True)
        self.ranking = EvaluationPlot(self.tr("Precision–recall"), self.tr("recall"), self.tr("precision"), unit=True)
        self.threshold = EvaluationPlot(self.tr("Accuracy by share answered"), share, accuracy)
        self.threshold.widget.getAxis("left").setWidth(_WIDER)
        self.plots = QWidget(self)
        grid = QGridLayout(self.plots)
        grid.setContentsMargins(0, 0, 0, 0)
        for column, plot in enumerate((self.reliability, self.threshold, self.roc, self.ranking)):
            grid.addWidget(plot.title, 0, column)
            grid.addWidget(plot.widget, 1, column)
            grid.setColumnStretch(column, 1)
        self.pages.addWidget(self.plots)
        self.setFocusProxy(self.header.parts)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            QTimer.singleShot(0, self, self._repaint)  # the plots have the colours only after the page has

    @Slot()
    def _repaint(self) -> None:
        if self.result is not None:
            self.show_result(self.result)

    def show_result(self, result: Result) -> None:
        tables = result.figures.classes
        self.class_choice.setVisible(tables is not None and bool(tables.ranking))
        if tables is None:
            self.explain(
                self.tr("Numbers are predicted here, without a confidence that could be compared with the truth.")
            )
            return
        shown = [self.class_choice.itemText(number) for number in range(self.class_choice.count())]
        if tables.ranking and shown != list(result.names):
            self.class_choice.blockSignals(True)
            self.class_choice.clear()
            self.class_choice.addItems(list(result.names))
            self.class_choice.blockSignals(False)
        self.pages.setCurrentWidget(self.plots)
        counted = translated(message(result.part.dataset.places))
        self.threshold.widget.setToolTip(plain_tip(self.tr("share of {0} answered").format(counted)))
        meaning = translated(confidence_words(result.evaluated.experiment))
        definition = translated(message(DEFINITION, bins=BINS))
        self.reliability.widget.setToolTip(plain_tip(f"{meaning}\n{definition}"))
        self._show_reliability(tables)
        self._show_threshold(tables)
        self._show_class()

    def table(self) -> str:
        assert self.result is not None
        tables = self.result.figures.classes
        if tables is None:
            return csv_text(("figure", "x", "y"), ())
        known, curve = tables.calibration, tables.thresholds
        rows: list[tuple[object, ...]] = [("expected calibration error", None, known.ece, None)]
        rows += [
            ("reliability", *row) for row in zip(*_lists(known.confidence, known.accuracy, known.counts), strict=True)
        ]
        rows += [("threshold", *row) for row in zip(*_lists(curve.share, curve.accuracy, curve.threshold), strict=True)]
        for name, found in zip(self.result.names, tables.ranking, strict=False):
            rows.append((f"ROC area of {name}", None, found.roc_area, None))
            rows.append((f"average precision of {name}", None, found.average_precision, None))
        clean = ([None if isinstance(v, float) and isnan(v) else v for v in row] for row in rows)
        return csv_text(("figure", "x", "y", "count or threshold"), clean)

    def _show_reliability(self, tables: ClassTables) -> None:
        known, theme = tables.calibration, self.reliability.theme
        title = self.tr("Calibration error {0}").format(percent_text(known.ece))
        self.reliability.clear(title)
        full = known.counts > 0
        left, width = known.edges[:-1][full], np.diff(known.edges)[full] * 0.92
        self.reliability.bars(
            left, width, known.accuracy[full], mixed(theme.color("panel"), theme.color("accent"), 0.6)
        )
        self.reliability.points(known.confidence[full], known.accuracy[full], theme.color("text"))
        self.reliability.line([0, 1], [0, 1], theme.color("muted"), dashed=True)

    def _show_threshold(self, tables: ClassTables) -> None:
        curve, theme = tables.thresholds, self.threshold.theme
        self.threshold.clear(self.tr("Accuracy by share answered"))
        self.threshold.line(curve.share, curve.accuracy, theme.color("accent"))
        low = max(0.0, float(curve.accuracy.min()) - 0.02)
        self.threshold.widget.setXRange(0, 1, padding=0.02)
        self.threshold.widget.setYRange(low, 1, padding=0.03)

    @Slot()
    def _show_class(self) -> None:
        tables = self.result.figures.classes if self.result is not None else None
        number = max(0, self.class_choice.currentIndex())
        for plot in (self.roc, self.ranking):
            plot.title.setVisible(tables is not None and bool(tables.ranking))
            plot.widget.setVisible(tables is not None and bool(tables.ranking))
        if self.result is None or tables is None or number >= len(tables.ranking):
            return
        found, name = tables.ranking[number], self.result.names[number]
        theme = self.roc.theme
        areas = [
            NO_FIGURE if isnan(area) else fixed_text(area, 4) for area in (found.roc_area, found.average_precision)
        ]
        self.roc.clear(self.tr("ROC area {1} · {0}").format(name, areas[0]))
        self.roc.line([0, 1], [0, 1], theme.color("muted"), dashed=True)
        self.roc.line(found.false_positives, found.recall, theme.color("accent"))
        self.ranking.clear(self.tr("Precision–recall: {0}").format(areas[1]))
        self.ranking.line(found.recall, found.precision, theme.color("accent"))


def _lists(*columns: np.ndarray) -> tuple[list[float], ...]:
    return tuple(column.tolist() for column in columns)
