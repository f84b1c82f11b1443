"""A title with a gallery below it, whose examples the evaluator reads and puts on the panel of the data."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.engine.evaluation.data_part import Part
from playground.engine.evaluation.examples import Example
from playground.gui.evaluation.captions import caption
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.evaluation.example_menu import ExampleMenu
from playground.gui.evaluation.gallery import Gallery
from playground.gui.evaluation.page import TAKING
from playground.gui.style.elided_label import Elided
from playground.spec.data.changed_examples import ChangedExample, ChangedExamples
from playground.spec.datasets.changeable import Changeable

MOST = 60  # examples that are shown


class ExampleList(QWidget):
    """Shows the examples that a page chooses."""

    def __init__(self, name: str, evaluator: Evaluator, parent: QWidget) -> None:
        super().__init__(parent)
        self._evaluator = evaluator
        self._result: Result | None = None
        self._found: tuple[Example, ...] = ()
        self._marked: ChangedExamples | None = None  # the changes that are shown
        self.title = Elided(self)
        self.gallery = Gallery(name, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.gallery, 1)
        self.setFocusProxy(self.gallery)
        self.menu = ExampleMenu(evaluator, self)
        evaluator.examples_read.connect(self._take)
        evaluator.document.changed.connect(self._mark)
        self.gallery.chosen.connect(self._put)
        self.gallery.asked.connect(self._open_menu)
        self.gallery.left_out.connect(self._leave_out)

    def show_examples(self, result: Result, title: str, indices: tuple[int, ...], count: int) -> None:
        """Show the first of these samples, of which there are `count`."""
        if self._result is None or self._result.part.dataset != result.part.dataset:
            self._found = ()
            self.gallery.show_examples((), ())
        self._result = result
        more = self.tr("the first {0} of {1}").format(min(len(indices), MOST), f"{count:,}") if count > MOST else ""
        hints = [self.tr("click to put it on the right")] if result.part.dataset.panel in TAKING else []
        if isinstance(result.part.dataset, Changeable) and result.part.part is not Part.TEST:
            hints.insert(0, self.tr("right-click to relabel"))  # the end is cut off where there is little room
        self.title.setText(" · ".join(filter(None, (title, more, ", ".join(hints) if indices else ""))))
        self._evaluator.read_examples(self, result, indices[:MOST])

    @Slot(object, object, object)
    def _take(self, who: object, result: Result, found: tuple[Example, ...]) -> None:
        if who is self and result is self._result:
            self._found, self._marked = found, None
            self._mark()

    @Slot()
    def _mark(self) -> None:
        """Show the examples with a mark for those that are changed."""
        data, result = self._evaluator.document.experiment.data, self._result
        changes = data.changes if isinstance(data, Changeable) else ChangedExamples()
        if result is None or changes == self._marked:
            return
        self._marked, trained = changes, result.part.part is Part.TRAIN  # others that are left out count all the same
        known = {item.number: item for item in changes.items if trained or item.class_name is not None}
        changed = {e.index: known[e.origin.number] for e in self._found if e.origin and e.origin.number in known}
        captions = [self._caption(result, example, changed.get(example.index)) for example in self._found]
        faint = {index for index, item in changed.items() if item.class_name is None}
        self.gallery.show_examples(self._found, captions, faint)

    def _caption(self, result: Result, example: Example, changed: ChangedExample | None) -> str:
        words = caption(result, example.index)
        if changed is None:
            return words
        name = changed.class_name
        mark = self.tr("left out") if name is None else self.tr("yours: {0}").format(_named(result, name))
        return f"{words}{' · ' if example.picture is None else chr(10)}{mark}"

    @Slot(object, object)
    def _open_menu(self, example: Example, at: QPoint) -> None:
        if self._result is not None:
            self.menu.open_at(self._result, example, at)

    @Slot(object)
    def _leave_out(self, example: Example) -> None:
        if self._result is not None:
            self.menu.leave_out(self._result, example)

    @Slot(object)
    def _put(self, example: Example) -> None:
        result = self._result
        if result is not None and result.part.dataset.panel in TAKING:
            self._evaluator.put(result.part, example)


def _named(result: Result, name: str) -> str:
    """The name of a class as it is shown."""
    names = result.part.dataset.class_names
    return result.names[names.index(name)] if name in names else name
