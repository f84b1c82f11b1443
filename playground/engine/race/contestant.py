"""One contestant of a race: its trainer, its account of what it used, its stored run and its score."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import ceil, isfinite
from time import perf_counter, thread_time
from typing import NamedTuple

from playground.engine.data.in_memory import Data, LimitedSubset
from playground.engine.evaluation.evaluate import Evaluation, chunk_size, evaluate
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.engine.race.budget import Budget, BudgetKind, Used, training_flops
from playground.engine.runs.run_recorder import RunRecorder
from playground.engine.runtime.device import prepare_thread, threads
from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.engine.runtime.random_streams import own_chance
from playground.engine.training.snapshots import Diverged, Epoch, Finished, Snapshot, Step
from playground.engine.training.trainer import Trainer
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop
from playground.spec.recipe.recipe import MOST_EPOCHS

_ESTIMATED_FROM = 0.05  # share of a budget of seconds that is used before it is estimated for how many epochs it is
_log = logging.getLogger(__name__)


class Result(NamedTuple):
    """A line of the table at the end of a race."""

    name: str
    score: float | None  # None: not scored, see `out`
    loss: float | None
    scored_on: str  # "validation", or "test" where nothing is held out for validation; empty if not scored
    steps: int
    epochs: float  # done
    flops: int  # of training, see `training_flops`
    seconds: float  # of own computing time
    parameters: int | None  # None: the network could not be built
    run_id: str | None  # of the stored run
    out: Message | None  # why it is out of the race
    early: Message | None  # why it used less than its budget, though it is not out


class Contestant:
    """Trains until its budget is used up; the caller decides when it is its turn.

    Own computing time is that of the steps alone, without validation, storing, and waiting for the others: on the CPU
    the time that this thread computed (`time.thread_time`), which does not pass while other programs have the core; on
    a GPU, which computes outside the thread, the time that passed.
    """

    def __init__(self, experiment: Experiment, budget: Budget) -> None:
        self.experiment, self.used = experiment, Used()
        self.epochs = 0.0  # done
        self.out: Message | None = None
        self._budget = budget
        self._data: Data | None = None
        self._trainer: Trainer | None = None
        self._recorder: RunRecorder | None = None
        self._between = True  # two snapshots, so that the state of the training is whole
        self._flops = training_flops(experiment)  # of a sample
        self._estimated = budget.kind is not BudgetKind.SECONDS  # whether the number of epochs suits the budget
        self._warm: tuple[float, float] | None = None  # epochs done and share used when the first turn was over
        self._score: Evaluation | None = None
        self._scored_on = ""

    @property
    def racing(self) -> bool:
        """Whether it may have another turn."""
        return self.out is None and (self._trainer is None or self._trainer.finished is None)

    @property
    def share(self) -> float:
        """The part of its budget that it has used."""
        return self._budget.share(self.used)

    def begin(self, data_for: Callable[[Experiment], Data], recording: Callable[[Trainer], RunRecorder | None]) -> None:
        """Build the network and prepare its recording; a failure puts it out of the race."""
        with self._failing():
            data = data_for(self.experiment)
            # Nothing may be chosen by its score on test data, if others are held out.
            self._data = replace(data, test=LimitedSubset(data.test, 0)) if len(data.validation) else data
            experiment = _with_epochs(self.experiment, self._expected_epochs(len(data.train)))
            self._trainer = Trainer(experiment, self._data)
            self._recorder = recording(self._trainer)

    def advance(self) -> Snapshot | None:
        """Do some milliseconds of work; None if it failed."""
        with self._failing():
            if self._trainer:
                return self._advance(self._trainer)
        return None

    def end_turn(self) -> None:
        """Estimate once, with a budget of seconds, for how many epochs they suffice."""
        if self._estimated or self._trainer is None or not self.racing:
            return
        if self._warm is None:
            self._warm = (self.epochs, self.share)
        elif self.share >= _ESTIMATED_FROM:
            self._estimated = True
            self._lengthen(self._trainer)

    def finish(self) -> Iterator[None]:
        """End the training where it is, and score the network on validation data; yield between pieces of work."""
        with self._failing():
            if self.out:
                return
            if self._trainer is None or not self._trainer.step:
                self.out = message("It was stopped before its first step.")
                return
            self._trainer.stop()
            while self._trainer.finished is None:
                self._advance(self._trainer)
                yield
            yield from self._find_score(self._trainer)

    def close(self) -> None:
        """Store the run as it is; it can be continued."""
        if self._recorder:
            self._recorder.close() if self._between else self._recorder.abandon()
        if self._trainer:
            self._trainer.close()

    @property
    def result(self) -> Result:
        """Its line of the table, as far as it is known."""
        score, trainer = self._score, self._trainer
        return Result(
            name=self.experiment.name,
            score=score.score if score else None,
            loss=score.loss if score else None,
            scored_on=self._scored_on,
            steps=self.used.steps,
            epochs=self.epochs,
            flops=self.used.flops,
            seconds=self.used.seconds,
            parameters=sum(item.numel() for item in trainer.network.parameters()) if trainer else None,
            run_id=self._recorder.run_id if self._recorder else None,
            out=self.out,
            early=self._why_early(),
        )

    def _advance(self, trainer: Trainer) -> Snapshot:
        clock = thread_time if trainer.device.type == "cpu" else perf_counter
        self._between, began = False, clock()
        with own_chance(trainer.device, trainer.step):
            snapshot = next(trainer)
        spent, self._between = clock() - began, True
        if isinstance(snapshot, Step):
            self._count(snapshot, spent)
        if self.share >= 1 and self._may_stop(snapshot):
            trainer.stop()
        elif isinstance(snapshot, Epoch) and self._budget.kind is BudgetKind.SECONDS and trainer.exhausted:
            self._lengthen(trainer)
        if isinstance(snapshot, Diverged):
            self.out = snapshot.message
        if self._recorder:
            self._recorder.take(snapshot)
        return snapshot

    def _count(self, step: Step, seconds: float) -> None:
        steps, flops, before = self.used
        self.used = Used(steps + 1, flops + step.samples * self._flops, before + seconds)
        self.epochs = step.epochs

    def _may_stop(self, snapshot: Snapshot) -> bool:
        """Whether the training may end here: a last step that completes an epoch is followed by its validation."""
        return isinstance(snapshot, Epoch) or (isinstance(snapshot, Step) and not snapshot.epochs.is_integer())

    def _expected_epochs(self, samples: int) -> float | None:
        """The epochs, of so many samples, that use up the budget; None where that is not known in advance."""
        recipe, (kind, amount) = self.experiment.recipe, self._budget
        if kind is BudgetKind.FLOPS:
            return amount / (self._flops * samples)
        return amount / recipe.steps_per_epoch(samples) if kind is BudgetKind.STEPS else None

    def _lengthen(self, trainer: Trainer) -> None:
        """Change the number of epochs of the run, and with it the schedule, to what the rest of the time suffices for.

        The pace is that since the first turn, whose first steps are slower.
        """
        epochs, share = self._warm or (0.0, 0.0)
        pace = (self.epochs - epochs) / (self.share - share) if self.share > share else 0.0
        expected = max(self.epochs + pace * (1 - self.share), trainer.epochs + 1)
        if trainer.epochs < MOST_EPOCHS:
            trainer.change(_with_epochs(trainer.experiment, expected))

    def _find_score(self, trainer: Trainer) -> Iterator[None]:
        """Loss and score of the final network."""
        end, figures, data = trainer.finished, trainer.figures, self._data
        if not isinstance(end, Finished) or data is None:
            return
        if not len(data.validation):
            if end.test_loss is not None and end.test_score is not None:
                self._score, self._scored_on = Evaluation(end.test_loss, end.test_score), "test"
            return
        loss, score = figures.validation_loss, figures.validation_score
        measured = end.best_epoch is not None or end.epochs_begun == end.epochs  # as the network is now
        if measured and loss is not None and score is not None:
            found = Evaluation(loss, score)
        else:
            found = yield from self._validate(trainer, data)
        if isfinite(found.loss):
            self._score, self._scored_on = found, "validation"
        else:
            self.out = message("Its loss on validation data is not a number.")

    def _validate(self, trainer: Trainer, data: Data) -> Generator[None, None, Evaluation]:
        experiment = trainer.experiment
        recipe, task = experiment.recipe, experiment.data.task
        prepare_thread(threads(experiment))
        objective = Objective(recipe.loss, task, trainer.device)
        scoring = Scoring(task, recipe.loss.output_activation)
        chunks = evaluate(trainer.network, objective, scoring, data.validation, chunk_size(experiment))
        while True:
            try:
                next(chunks)
            except StopIteration as end:
                found: Evaluation = end.value
                return found
            yield

    def _why_early(self) -> Message | None:
        end = self._trainer.finished if self._trainer else None
        if self.out or not isinstance(end, Finished) or self.share >= 1:
            return None
        if end.stopped_early:
            return message("Early stopping ended it.")
        if end.epochs >= MOST_EPOCHS:
            return message("It has trained for {count:,} epochs, the most there can be.", count=end.epochs)
        return message("It was stopped.")

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Put the contestant out of the race where something fails; the others go on."""
        try:
            yield
        except Exception as error:  # whatever it is
            known = as_out_of_memory(error)
            if known is None:
                _log.exception("a contestant of a race failed")
            words = tr_noop("An unexpected error occurred: {kind}: {error}.")
            self.out = known.message if known else message(words, kind=type(error).__name__, error=str(error)[:200])
            if self._recorder:
                self._recorder.abandon()


def _with_epochs(experiment: Experiment, epochs: float | None) -> Experiment:
    """The experiment with so many epochs, the last one whole."""
    if epochs is None:
        return experiment
    return experiment.with_(recipe=experiment.recipe.with_(epochs=max(1, min(ceil(epochs), MOST_EPOCHS))))
