"""How far predictions agree with the right answers that stand beside new data."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

from playground.engine.inference.predictions.prediction import Prediction
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message, message, plural, tr_noop
from playground.spec.number_text import amount_text


class Agreement:
    """Counts, over predictions that are added one by one, how many agree with the right answers beside the data.

    Predictions without an answer, refused ones, and those of data without right answers, do not count.
    """

    def __init__(self, data: Dataset) -> None:
        self.compared = 0
        self.right = 0  # of classes
        self.unknown = 0  # answers whose target is empty or cannot be read, or names no known class
        self.refused = 0  # that have a right answer
        self._data, self._absolute, self._squares = data, 0.0, 0.0
        self._named_by: str | None = None  # see `Truth.named_by`; None until there is one
        self._rows = False  # whether they are rows of a table, and not files
        self._seen = False  # whether the network learned from a file or a folder that holds some of them

    def add(self, item: Prediction) -> None:
        """Count a prediction."""
        if item.problem is not None or item.truth is None:
            return
        self._named_by = self._named_by or item.truth.named_by
        self._rows = self._rows or bool(item.truth.named_by and item.where)
        true = item.truth.value
        if true is None:
            self.unknown += 1
            return
        if item.refused:
            self.refused += 1
            return
        self.compared += 1
        if isinstance(true, str):
            self.right += true == item.answer
        else:
            assert item.value is not None
            error = item.value - true
            self._absolute += abs(error)
            self._squares += error * error
        self._seen = self._seen or item.truth.learned

    @property
    def rmse(self) -> float:
        """√ mean (predicted - true)², in the unit of the target; of at least one number."""
        return sqrt(self._squares / self.compared)

    @property
    def mae(self) -> float:
        """Mean |predicted - true|, in the unit of the target; of at least one number."""
        return self._absolute / self.compared

    def sentences(self) -> list[Message]:
        """The agreement in words; empty where there are no right answers."""
        told = [self._comparison()] if self.compared else []
        if self.refused:
            told.append(message("Not answered, because not sure: {count:,}.", count=self.refused))
        if self.unknown:
            told.append(self._uncounted())
        if self._seen and self._rows:
            told.append(message("The network learned from rows of this file: on new data it agrees less, as a rule."))
        elif self._seen:
            told.append(message("The network learned from files of this folder: on others it agrees less, as a rule."))
        return told

    def _comparison(self) -> Message:
        if self._data.task.classes is None:
            words = tr_noop(
                "Compared with “{target}” in {count:,} rows, in its unit: RMSE {rmse}, mean absolute error {mae}."
            )
            errors = {"rmse": amount_text(self.rmse), "mae": amount_text(self.mae)}
            return message(words, target=self._named_by, count=self.compared, **errors)
        words = tr_noop("{right:,} of {count:,} agree with the names of their folders.")
        if self._named_by:
            words = tr_noop("{right:,} of {count:,} agree with “{target}”.")
        return message(words, right=self.right, count=self.compared, target=self._named_by)

    def _uncounted(self) -> Message:
        words = tr_noop("{answers} not counted: no folder names a class of theirs that the network knows.")
        answers = plural("{count:,} answers are", "1 answer is", self.unknown)
        if self._named_by:
            if self._rows:
                answers = plural("{count:,} rows are", "1 row is", self.unknown)
            words = tr_noop("{answers} not counted: “{target}” is empty there, or no number.")
            if self._data.task.classes is not None:
                words = tr_noop(
                    "{answers} not counted: “{target}” is empty there, or names no class that the network knows."
                )
        return message(words, answers=answers, target=self._named_by)


def agreement(data: Dataset, predictions: Iterable[Prediction]) -> Agreement:
    """That of all of some predictions."""
    found = Agreement(data)
    for item in predictions:
        found.add(item)
    return found
