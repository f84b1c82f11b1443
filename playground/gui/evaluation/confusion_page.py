"""The tab Confusion: which classes are taken for which, or predicted against true numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from playground.engine.evaluation.mistakes import examples_of
from playground.gui.evaluation.confusion_table import ConfusionTable
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.evaluation.example_list import ExampleList
from playground.gui.evaluation.page import EvaluationPage
from playground.gui.evaluation.pair_table import PairTable
from playground.gui.evaluation.regression_view import RegressionView
from playground.gui.session.background import Background
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.dialogs import Ask
from playground.gui.style.translation import translated
from playground.spec.files.csv_text import csv_text
from playground.spec.messages import message

_LEAST_EXAMPLES = 220  # pixels
MOST_CLASSES = 60  # of a matrix that can be read; of more, the commonest confusions are listed


class ConfusionPage(EvaluationPage):
    """A matrix with the examples of one cell; for numbers two plots."""

    def __init__(self, evaluator: Evaluator, saving: Background, ask: Ask, parent: QWidget) -> None:
        super().__init__(self.tr("Confusion"), evaluator, saving, ask, parent)
        self._cell: tuple[int, int] | None = None  # true class and answer
        self._names: tuple[str, ...] = ()
        self._showing = False
        self._balanced_for: tuple[str, ...] = ()  # the classes that the width of the matrix suits
        self.matrix, self.pairs = ConfusionTable(self), PairTable(self)
        self.examples = ExampleList(self.tr("Examples of the chosen cell"), evaluator, self)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        for widget in (self.matrix, self.pairs, self.examples):
            self.split.addWidget(widget)
        self.split.setStretchFactor(2, 1)
        self.split.setChildrenCollapsible(False)
        self.regression: RegressionView | None = None
        self.pages.addWidget(self.split)
        self.amounts = self._choice(self.tr("Numbers in the cells"), self.tr("counts"), self.tr("shares of a row"))
        self.order = self._choice(self.tr("Order of the classes"), self.tr("as declared"), self.tr("by similarity"))
        self.matrix.picked.connect(self._pick)
        self.pairs.picked.connect(self._pick)
        self.setFocusProxy(self.matrix)

    def _choice(self, name: str, *items: str) -> ComboBox:
        box = ComboBox(self)
        box.addItems(items)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.currentIndexChanged.connect(self._show_matrix)
        self.add_control(box)
        box.hide()  # until there is a matrix
        return box

    def show_result(self, result: Result) -> None:
        if self._names != result.names:
            self._names, self._cell = result.names, None
        tables, matrix = result.figures.classes, self._is_matrix(result)
        for box in (self.amounts, self.order):
            box.setVisible(tables is not None and matrix)
        if result.figures.residuals is not None:
            self._show_numbers(result)
        elif tables is None:
            self.explain(
                self.tr(
                    "There are no classes that could be confused. Mistakes shows the samples with the largest errors."
                )
                if result.evaluated.answers.classes is None
                else self.tr("There are too many classes for a table: Mistakes shows the most wrong samples.")
            )
        else:
            self.matrix.setVisible(matrix)
            self.pairs.setVisible(not matrix)
            self.pages.setCurrentWidget(self.split)
            self._show_matrix()
            self._show_cell()

    def table(self) -> str:
        assert self.result is not None
        tables, residuals = self.result.figures.classes, self.result.figures.residuals
        numbers = self.result.evaluated.answers.numbers
        if residuals is not None and numbers is not None:
            rows = zip(numbers.true.tolist(), numbers.predicted.tolist(), residuals.values.tolist(), strict=True)
            return csv_text(("true", "predicted", "error"), rows)
        if tables is None:
            return csv_text(("sample", "error"), enumerate(self.result.evaluated.answers.errors.tolist()))
        names = self.result.names
        figures = zip(*(np.asarray(item).tolist() for item in tables.per_class), strict=True)
        lines = zip(names, tables.confusion.tolist(), figures, strict=True)
        columns = ("true", *(f"answered {name}" for name in names), *tables.per_class._fields)
        return csv_text(columns, ([name, *row, *(None if v != v else v for v in more)] for name, row, more in lines))

    @staticmethod
    def _is_matrix(result: Result) -> bool:
        """Whether a matrix is shown; a text has more characters than a matrix that could be read."""
        return len(result.names) <= MOST_CLASSES

    def _show_numbers(self, result: Result) -> None:
        if self.regression is None:
            self.regression = RegressionView(self)
            self.pages.addWidget(self.regression)
        self.regression.show_result(result)
        self.pages.setCurrentWidget(self.regression)

    @Slot()
    def _show_matrix(self) -> None:
        result = self.result
        tables = result.figures.classes if result is not None else None
        if result is None or tables is None:
            return
        if not self._is_matrix(result):
            self.pairs.show_pairs(tables.pairs, result.names, tables.per_class.support, _counted(result))
            return
        self._showing = True
        segmented = len(result.part.dataset.task.output) == 3
        similar, shares = self.order.currentIndex() == 1, self.amounts.currentIndex() == 1
        self.matrix.cells.show(tables, result.names, _counted(result), similar=similar, shares=shares, iou=segmented)
        if self._balanced_for != result.names:
            self._balanced_for = result.names
            wanted = min(self.matrix.sizeHint().width(), self.split.width() - _LEAST_EXAMPLES)
            self.split.setSizes([wanted, wanted, self.split.width() - wanted])
        if self._cell is not None and max(self._cell) < len(result.names):
            self.matrix.pick(*self._cell)
        self._showing = False

    @Slot(int, int)
    def _pick(self, true: int, predicted: int) -> None:
        if not self._showing and (true, predicted) != self._cell:
            self._cell = true, predicted
            self._show_cell()

    def _show_cell(self) -> None:
        """Show the examples of the chosen cell; at first of the commonest confusion."""
        result = self.result
        if result is None or result.figures.classes is None or result.evaluated.answers.classes is None:
            return
        if self._cell is None or max(self._cell) >= len(result.names):
            pairs = result.figures.classes.pairs
            self._cell = (pairs[0].true, pairs[0].predicted) if pairs else (0, 0)
            self._show_matrix()
        true, predicted = self._cell
        count = int(result.figures.classes.confusion[true, predicted])
        indices = tuple(examples_of(result.evaluated.answers.classes, true, predicted))
        names, samples = (result.names[true], result.names[predicted]), result.part.dataset.samples
        of_class = int(result.figures.classes.confusion[true].sum())
        words = self.tr("{0} read as {1}: {2} of {3} {4}")
        title = words.format(*names, f"{count:,}", f"{of_class:,}", _counted(result))
        if result.part.places is not None:
            title = self.tr("{0} · {1} with the most certain of them").format(title, translated(message(samples)))
        self.examples.show_examples(result, title, indices, len(indices))


def _counted(result: Result) -> str:
    """The plural noun for what is counted."""
    return translated(message(result.part.dataset.places))
