"""A title with a gallery below it, whose examples the evaluator reads and puts on the panel of the data."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.engine.evaluation.examples import Example
from playground.gui.evaluation.captions import caption
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.evaluation.gallery import Gallery
from playground.gui.evaluation.page import TAKING
from playground.gui.style.elided_label import Elided

MOST = 60  # examples that are shown


class ExampleList(QWidget):
    """Shows the examples that a page chooses."""

    def __init__(self, name: str, evaluator: Evaluator, parent: QWidget) -> None:
        super().__init__(parent)
        self._evaluator = evaluator
        self._result: Result | None = None
        self.title = Elided(self)
        self.gallery = Gallery(name, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.gallery, 1)
        self.setFocusProxy(self.gallery)
        evaluator.examples_read.connect(self._take)
        self.gallery.chosen.connect(self._put)

    def show_examples(self, result: Result, title: str, indices: tuple[int, ...], count: int) -> None:
        """Show the first of these samples, of which there are `count`."""
        if self._result is None or self._result.part.dataset != result.part.dataset:
            self.gallery.show_examples((), ())
        self._result = result
        more = self.tr("the first {0} of {1}").format(min(len(indices), MOST), f"{count:,}") if count > MOST else ""
        hint = self.tr("click one to put it on the right") if result.part.dataset.panel in TAKING else ""
        self.title.setText(" · ".join(filter(None, (title, more, hint if indices else ""))))
        self._evaluator.read_examples(self, result, indices[:MOST])

    @Slot(object, object, object)
    def _take(self, who: object, result: Result, found: tuple[Example, ...]) -> None:
        if who is self and result is self._result:
            self.gallery.show_examples(found, [caption(result, example.index) for example in found])

    @Slot(object)
    def _put(self, example: Example) -> None:
        result = self._result
        if result is not None and result.part.dataset.panel in TAKING:
            self._evaluator.put(result.part, example)
