"""Has a pruned network learn from the whole one, and puts it into the document in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from playground.engine.training.snapshots import Epoch
from playground.gui.pruning.teaching import Taught, Teaching, Untaught
from playground.gui.session.background import Background
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import percent_text

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data
    from playground.gui.pruning.inference import PruningAnswer


class PrunedLesson(QObject):
    """At most one lesson at a time, in a thread of its own; it trains while the window stays as it is."""

    told = Signal(object)  # Message: how far it is
    taught = Signal(object, object)  # PruningAnswer, Taught
    failed = Signal(object)  # Message: nothing was made

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._teaching: Teaching | None = None

    @property
    def background(self) -> Background:
        """The threads that end with the window."""
        return self._background

    @property
    def running(self) -> bool:
        """Whether a lesson goes on."""
        return self._teaching is not None

    def begin(self, answer: PruningAnswer, data: Data) -> None:
        """Train the pruned network of an answer, with its recipe."""
        self.drop()
        self._teaching = teaching = Teaching(answer, data)
        self.told.emit(message("The pruned network learns from the whole one: {n:,} epochs…", n=teaching.epochs))
        self._advance(teaching)

    def stop(self) -> None:
        """End the lesson without a result."""
        if self.running:
            self.drop()
            self.failed.emit(message("It was stopped: nothing was changed."))

    def drop(self) -> None:
        """End the lesson without a word."""
        if self._teaching is not None:
            self._teaching.drop()
            self._teaching = None

    def _advance(self, teaching: Teaching) -> None:
        job = self._background.do(teaching.advance)
        job.done.connect(lambda found: self._take(teaching, found))
        job.failed.connect(lambda problem: self._fail(teaching, problem))

    def _take(self, teaching: Teaching, found: Epoch | Taught | Untaught) -> None:
        if teaching is not self._teaching:
            return
        if isinstance(found, Untaught):
            self._fail(teaching, found.problem)
        elif isinstance(found, Epoch):
            self.told.emit(_progress(teaching, found))
            self._advance(teaching)
        else:
            self._teaching = None
            self.taught.emit(teaching.answer, found)

    def _fail(self, teaching: Teaching, problem: Message) -> None:
        if teaching is self._teaching:
            self._teaching = None
            self.failed.emit(problem)


def _progress(teaching: Teaching, epoch: Epoch) -> Message:
    """The progress of the lesson, with the score on held-out samples if there are any."""
    words = tr_noop("It learns from the whole network: epoch {n:,} of {count:,}, training {score} {value}.")
    value = epoch.train_score
    if epoch.validation_score is not None:
        words = tr_noop("It learns from the whole network: epoch {n:,} of {count:,}, validation {score} {value}.")
        value = epoch.validation_score
    score = message(teaching.answer.source.experiment.data.task.score.word)
    return message(words, n=epoch.epoch, count=teaching.epochs, score=score, value=percent_text(value))
