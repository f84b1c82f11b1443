"""The tab Mistakes: the most wrong samples, the worst first."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from playground.gui.evaluation.captions import caption
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.evaluation.example_list import ExampleList
from playground.gui.evaluation.page import EvaluationPage
from playground.gui.session.background import Background
from playground.gui.style.dialogs import Ask
from playground.spec.files.csv_text import csv_text


class MistakesPage(EvaluationPage):
    """A gallery of samples with truth, answer and confidence."""

    def __init__(self, evaluator: Evaluator, saving: Background, ask: Ask, parent: QWidget) -> None:
        super().__init__(self.tr("Mistakes"), evaluator, saving, ask, parent)
        self.examples = ExampleList(self.tr("The most wrong samples"), evaluator, self)
        self.pages.addWidget(self.examples)
        self.setFocusProxy(self.examples)

    def show_result(self, result: Result) -> None:
        if not result.figures.worst:
            self.explain(self.tr("No mistake: all of these samples are answered right."))
            return
        self.pages.setCurrentWidget(self.examples)
        answers = result.evaluated.answers
        single = answers.classes is not None and answers.classes.true.shape[1] == 1
        if single and answers.classes is not None:
            count = int((answers.classes.true != answers.classes.predicted).sum())
            title = self.tr("{0} wrong: true → answer · confidence, the least probable truth first").format(
                f"{count:,}"
            )
        else:
            count = len(result.figures.worst)
            title = self.tr("The largest errors first")
        self.examples.show_examples(result, title, result.figures.worst, count)

    def table(self) -> str:
        assert self.result is not None
        errors, part = self.result.evaluated.answers.errors, self.result.part.part.value
        rows = ((part, index, caption(self.result, index), float(errors[index])) for index in self.result.figures.worst)
        return csv_text(("part", "sample", "true → answer", "error"), rows)
