"""The menu of an example in a gallery: its class, whether it is trained on, and the way back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from playground.engine.evaluation.data_part import Part
from playground.engine.evaluation.examples import Example, Origin
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.forms.field_editor import fixed_words
from playground.gui.session.run_state import RunState
from playground.spec.data.changed_examples import MOST, ChangedExample, ChangedExamples
from playground.spec.datasets.changeable import Changeable
from playground.spec.edits import Set
from playground.spec.messages import Message, message


class ExampleMenu(QMenu):
    """Changes examples of the document's data, each as one undo step; what cannot be done says why."""

    def __init__(self, evaluator: Evaluator, parent: QWidget) -> None:
        super().__init__(parent)
        self._evaluator, self._document = evaluator, evaluator.document
        self.setToolTipsVisible(True)
        self.classes = QMenu(self.tr("&It is"), self)

    def open_at(self, result: Result, example: Example, at: QPoint) -> None:
        """Show what can be done with an example of a result; `at` is a point of the screen."""
        self.clear()
        self.classes.clear()
        why = self._refusal(result, example)
        if why:
            self.addAction(why).setEnabled(False)
        else:
            self._fill(result, example)
        self.popup(at)  # with nothing chosen: an entry with a menu of its own would open that, and take no input then

    def leave_out(self, result: Result, example: Example) -> None:
        """Leave an example out of training, if that can be done."""
        if not self._refusal(result, example) and result.part.part is Part.TRAIN and example.origin is not None:
            self._change(example.origin, None)

    def _refusal(self, result: Result, example: Example) -> str:
        """Why an example cannot be changed; empty if it can."""
        data = self._document.experiment.data
        if not isinstance(data, Changeable):
            return self.tr("The examples of these data cannot be changed.")
        if result.part.part is Part.TEST:
            return self.tr("Test examples are never changed.")
        if example.origin is None:
            return self.tr("This example cannot be changed: it is none of the data’s own files.")
        if self._evaluator.run.state is RunState.TRAINING:
            return fixed_words()
        if len(data.changes.items) >= MOST and data.changes.of(example.origin.number) is None:
            return self.tr("{0} examples are changed: no more can be.").format(f"{MOST:,}")
        return ""

    def _fill(self, result: Result, example: Example) -> None:
        origin, data = example.origin, self._document.experiment.data
        assert origin is not None
        assert isinstance(data, Changeable)
        now = data.changes.of(origin.number)
        if origin.class_name:
            self.addMenu(self.classes)
            shown = origin.class_name if now is None or now.class_name is None else now.class_name
            for name, words in zip(data.class_names, result.names, strict=False):
                action = self.classes.addAction(words.replace("&", "&&"), partial(self._label, origin, name))
                action.setCheckable(True)
                action.setChecked(name == shown)
        leave = self.addAction(self.tr("&Leave out of training"), partial(self._change, origin, None))
        self._allow_leaving(leave, result)
        leave.setCheckable(True)
        leave.setChecked(now is not None and now.class_name is None)
        self.addAction(self.tr("&As it was"), partial(self._take_back, origin)).setEnabled(now is not None)

    def _allow_leaving(self, leave: QAction, result: Result) -> None:
        if result.part.part is not Part.TRAIN:
            leave.setEnabled(False)
            leave.setText(self.tr("Leave out of training: training examples only"))
            leave.setToolTip(self.tr("A score without the examples that the network gets wrong would flatter it."))

    def _label(self, origin: Origin, name: str) -> None:
        if name == origin.class_name:
            self._take_back(origin)
        else:
            self._change(origin, name)

    def _change(self, origin: Origin, name: str | None) -> None:
        change = ChangedExample(number=origin.number, digest=origin.digest, class_name=name)
        if name is None:
            words = message("Leave example {number:,} out of training", number=origin.number)
        else:
            words = message("Label example {number:,} “{name}”", number=origin.number, name=name)
        self._set(self._changes.with_one(change), words)

    def _take_back(self, origin: Origin) -> None:
        words = message("Take back the change of example {number:,}", number=origin.number)
        self._set(self._changes.without(origin.number), words)

    @property
    def _changes(self) -> ChangedExamples:
        data = self._document.experiment.data
        assert isinstance(data, Changeable)
        return data.changes

    def _set(self, changes: ChangedExamples, words: Message) -> None:
        if changes != self._changes:
            self._document.do(Set(("data", "changes"), changes, words))
