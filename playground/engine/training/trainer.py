"""A run: an ordinary iterator that trains a network and yields what happens; window, terminal and tests drive it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from math import inf, isfinite
from time import perf_counter
from typing import Literal

import numpy as np
from torch import Tensor, nn

from playground.engine.build import build, run
from playground.engine.data.in_memory import Data, load
from playground.engine.evaluation.evaluate import Evaluation, Observer, chunk_size, evaluate
from playground.engine.evaluation.verdict import VerdictBuilder
from playground.engine.runtime.device import choose, prepare_thread, threads
from playground.engine.runtime.out_of_memory import TRAINING, shortage_explained
from playground.engine.training import divergence
from playground.engine.training.batches import Batches
from playground.engine.training.early_stopping import EarlyStoppingMonitor
from playground.engine.training.epoch_totals import EpochTotals
from playground.engine.training.reduce_on_plateau import PlateauMonitor
from playground.engine.training.snapshots import (
    Change,
    Diverged,
    Epoch,
    Evaluating,
    Figures,
    Finished,
    Snapshot,
    Step,
    Terms,
)
from playground.engine.training.thread_throttle import ThreadThrottle
from playground.engine.training.train_step import StepResult, TrainStep
from playground.engine.training.weight_averaging import WeightAverage
from playground.spec.check.memory import is_light
from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.live_changes import live_changes, obstacle
from playground.spec.messages import PlaygroundError, message
from playground.spec.recipe.recipe import EMA


class ChangeError(PlaygroundError):
    """A run cannot go on with what it was given; it must start anew with that."""


class Trainer(Iterator[Snapshot]):
    """Trains an experiment; every `next` does a few milliseconds of work and says what was done.

    Not calling `next` is a pause. All methods are called by whoever drives, from the same thread. The last
    snapshot is a `Finished` or a `Diverged`. On the CPU the same experiment gives the same bits, however it is
    driven: random numbers come from streams of its own, and the number of threads from the declaration. Only where
    another program takes a core away, and several threads would all but stand still, is that number reduced for a
    while; see `ThreadThrottle`.
    """

    def __init__(
        self, experiment: Experiment, data: Data, *, network: nn.Sequential | None = None, replay: bool = True
    ) -> None:
        """`network` is trained further, in place, where one is given; else a new one is built.

        Where weights are averaged, `network` is the average: all who read it read what is tested and saved.

        Without `replay` every step runs as it is written, to the same bits. So do steps that compute so long that
        nothing would be gained; to record one takes as much memory again.

        Raises:
            BuildError: the network cannot be built, or has nothing to learn.
            DeviceError: the device asked for is not there.
            OutOfMemory: there is not enough memory for it.
        """
        self._experiment = experiment
        self.device = choose(experiment)
        self._pace = ThreadThrottle(threads(experiment))
        prepare_thread(self._pace.threads)
        with shortage_explained(TRAINING):
            self._set_up(data, network, replay)
        watching = experiment.recipe.stopping.call()
        self._patience: EarlyStoppingMonitor = run(watching) if watching else EarlyStoppingMonitor(inf, False)
        self._restored_epoch: int | None = None  # whose weights the network was given back
        self._watch = PlateauMonitor(experiment.recipe.schedule)
        self._chunk = chunk_size(experiment)
        self.step = self._began_at = 0  # batches learned from, now and when the last epoch ended
        self._latest_rate = 0.0  # of the last batch that was looked at
        self._weights_step: int | None = None  # after which step the weights were as they are, where it is not `step`
        self._figures = self._best = Figures()  # of the last completed epoch, and of that with the best weights
        self._changes: list[Change] = []
        self._stopping = self._untested = False  # whether to end the training, and the test
        self._training = True
        self._last: Finished | Diverged | None = None
        self._seconds = 0.0  # spent in `next` so far
        self._entered = 0.0  # when the present `next` began
        self._run = self._whole_run()

    def _set_up(self, data: Data, network: nn.Sequential | None, replay: bool) -> None:
        """Make what takes memory: the network on its device, the data beside it, and what trains it."""
        experiment = self._experiment
        self.network = (network or build(experiment)).to(self.device)
        self._data = data.to(self.device)
        shuffling, augmenting, chance = np.random.SeedSequence(experiment.seed).generate_state(3).tolist()
        self._batches = Batches(experiment, self.device, shuffling, augmenting)
        averaging = experiment.recipe.averaging
        self._average = WeightAverage(self.network, averaging.decay) if isinstance(averaging, EMA) else None
        trained = self._average.trained if self._average else self.network
        light = is_light(totals(walk(experiment.stack, experiment.data.sample_shape)), experiment.recipe.batch_size)
        self._learner = TrainStep(experiment, trained, chance, replay=replay and light)

    def __next__(self) -> Snapshot:
        prepare_thread(self._pace.threads)
        self._entered = perf_counter()
        try:
            return next(self._run)
        finally:
            self._seconds += perf_counter() - self._entered

    @property
    def experiment(self) -> Experiment:
        """What is being trained, live changes included."""
        return self._experiment

    @property
    def replayed(self) -> bool:
        """Whether steps are played back, see `replay`."""
        return self._learner.replayed

    @property
    def epochs(self) -> int:
        """Epochs completed."""
        return self._figures.epochs

    @property
    def figures(self) -> Figures:
        """What is known about the network as it is now, also in the middle of an epoch."""
        return self._figures._replace(
            step=self.step,
            seconds=self._figures.seconds if self._last else self._seconds,
            epochs_begun=self._epochs_begun,
            weights_step=self.step if self._weights_step is None else self._weights_step,
            best_epoch=self._restored_epoch,
        )

    @property
    def _epochs_begun(self) -> int:
        """Epochs completed, and one more where steps were made since."""
        return self.epochs + (self.step > self._began_at)

    @property
    def finished(self) -> Finished | Diverged | None:
        """How the run ended; None while it has not."""
        return self._last

    def close(self) -> None:
        """Drop the run where it is. Its network can still be used; there are no more snapshots."""
        self._run.close()

    def stop(self) -> None:
        """End the run after the present step, or in the middle of a validation, whose epoch then does not count.

        What was learned is tested, and `Finished` comes as usual. A stop in the middle of the test ends that as well:
        the network stays untested.
        """
        self._stopping, self._untested = True, not self._training

    def change(self, experiment: Experiment) -> None:
        """Go on with changed live fields from the next batch; a `Change` for each is yielded before it.

        Other points to train on count from the next epoch. A new number of epochs stretches or shortens the schedule
        from there on; fewer than were begun end the run with the present epoch. Once the last epoch is over, nothing
        changes any more.

        Raises:
            ChangeError: something differs that is not live. Nothing was changed.
        """
        changes = live_changes(self._experiment, experiment)
        if changes is None:
            field = obstacle(self._experiment, experiment)
            raise ChangeError(message("A run cannot go on with another “{field}”: start it anew.", field=field))
        if self._training:
            self._learner.adopt(self._experiment, experiment)
            if experiment.data != self._experiment.data:
                self._data = load(experiment.data).to(self.device)
            self._experiment = experiment
            self._changes += [Change(self.step, item.field, item.label, item.old, item.new) for item in changes]

    def _whole_run(self) -> Generator[Snapshot, None, None]:
        """All that happens; a shortage of memory is explained around the whole, which costs nothing in each step."""
        with shortage_explained(TRAINING):
            yield from self._epochs_and_test()

    def _epochs_and_test(self) -> Generator[Snapshot, None, None]:
        """Epochs until the last, the end of patience, `stop` or divergence; then the test."""
        while self.epochs < self._experiment.recipe.epochs and not (self._stopping or self._patience.exhausted):
            yield from self._one_epoch()
            if self._last:
                return
        yield from self._announce()
        self._training = False
        self._restore_best()
        seconds, found = self._now(), None
        judge = VerdictBuilder(self._experiment, self._data)
        if len(self._data.test):
            found = yield from self._evaluate("test", judge.watch)
        if found:
            if not isfinite(found.loss):
                yield self._diverge(found.loss, self.step, divergence.TEST_LOSS)
                return
            self._figures = self._figures._replace(
                test_loss=found.loss, test_score=found.score, test_plain_loss=found.plain_loss
            )
        self._figures = self._figures._replace(seconds=seconds)
        self._last = self._ending(found, judge, seconds)
        yield self._last

    def _restore_best(self) -> None:
        """Go back to the best weights, and to the figures of their epoch, where early stopping asks for it."""
        if self._patience.restore(self.network):
            self._restored_epoch, self._weights_step = self._best.epochs, self._best.step
            self._figures = self._best._replace(epochs=self.epochs)

    def _one_epoch(self) -> Generator[Snapshot, None, None]:
        """Learn from every image once and validate; unless stopped or diverged on the way."""
        began = self._now()
        sums = EpochTotals()
        batches = self._experiment.recipe.steps_per_epoch(len(self._data.train))
        for number, (inputs, targets) in enumerate(self._batches.epoch(self._data.train), 1):
            yield from self._announce()
            if self._stopping:
                return
            step, outcome = self._learn(inputs, targets, self.epochs + number / batches)
            if not outcome.finite:
                yield self._diverge(step.loss + sum(step.terms), self.step + 1)
                return
            sums.add(step)
            yield step
        if not self._learner.verify():
            yield self._diverge(float("nan"), self.step, divergence.WEIGHTS)
            return
        train = sums.evaluation(self._learner.scoring)
        validation = None
        if len(self._data.validation):
            validation = yield from self._evaluate("validation")
            if validation is None:
                return
            if not isfinite(validation.loss):
                yield self._diverge(validation.loss, self.step, divergence.VALIDATION_LOSS)
                return
        yield self._complete(train, validation, sums.terms, began)

    def _learn(self, inputs: Tensor, targets: Tensor, epochs: float) -> tuple[Step, StepResult]:
        """Learn from one batch, with which so many epochs are done."""
        inputs, targets = self._batches.augmented(inputs, targets)
        rate = self._latest_rate = self._rate()
        samples = len(inputs)
        began = perf_counter()
        outcome = self._learner.learn(inputs, targets, rate)
        self._pace.note(perf_counter() - began, samples)
        if outcome.finite:
            self.step += 1
            if self._average:
                self._average.note()
        score = self._learner.scoring.score(outcome.sums, samples)
        step = Step(self.step, epochs, outcome.loss, outcome.terms, score, rate, samples, outcome.sums, outcome.weight)
        return step, outcome

    def _rate(self) -> float:
        """The learning rate of the next step."""
        recipe = self._experiment.recipe
        per_epoch = recipe.steps_per_epoch(len(self._data.train))
        steps = max(recipe.epochs, self.epochs + 1) * per_epoch
        step = self.epochs * per_epoch + self.step - self._began_at  # as if all epochs had been as long as this one,
        step = min(step, steps - 1)  # which may have become shorter, with points taken out
        return recipe.optimizer.lr * recipe.schedule.factor(step, steps, per_epoch) * self._watch.factor

    def _evaluate(
        self, what: Literal["validation", "test"], watch: Observer | None = None
    ) -> Generator[Snapshot, None, Evaluation | None]:
        """The figures of a part of the data; None where the run is stopped in the middle of it."""
        part = self._data.validation if what == "validation" else self._data.test
        chunks = evaluate(self.network, self._learner.objective, self._learner.scoring, part, self._chunk, watch)
        while True:
            try:
                done = next(chunks)
            except StopIteration as end:
                found: Evaluation = end.value
                return found
            yield Evaluating(what, done, len(part))
            given_up = self._stopping if what == "validation" else self._untested
            if given_up and done < len(part):
                return None

    def _announce(self) -> Iterator[Snapshot]:
        """What was changed since the last step."""
        while self._changes:
            yield self._changes.pop(0)

    def _complete(self, train: Evaluation, validation: Evaluation | None, terms: Terms, began: float) -> Epoch:
        """Take note of a completed epoch."""
        epoch, now = self.epochs + 1, self._now()
        loss, score, plain = validation or (None, None, None)
        self._began_at = self.step
        self._figures = Figures(
            epoch, self.step, now, train.loss, train.score, loss, score, validation_plain_loss=plain
        )
        self._watch.note((validation or train).loss)
        if validation and self._patience.note(validation.loss, self.network):
            self._best = self._figures
        return Epoch(epoch, self.step, now - began, train.loss, train.score, loss, score, terms, plain)

    def _diverge(self, loss: float, step: int, words: str = divergence.TRAINING_LOSS) -> Diverged:
        """End the run with weights of shortly before that were good; `words` say what was found to be no number."""
        self._training = False
        rate = self._latest_rate
        restored = self._learner.restore()
        if self._average is None or self._average.mend():
            self._weights_step = restored
        self._figures = self._figures._replace(seconds=self._now())
        found = divergence.described(words, loss, step, rate)
        sentence = divergence.explained(found, self._experiment, rate, self._learner.evidence())
        kept = self.step if self._weights_step is None else self._weights_step
        self._last = Diverged(step, rate, sentence, self.epochs, kept)
        return self._last

    def _ending(self, found: Evaluation | None, judge: VerdictBuilder, seconds: float) -> Finished:
        """What a run ends in; `found` is None where there was nothing to test with, or no time."""
        loss, score = (found.loss, found.score) if found else (None, None)
        return Finished(
            epochs=self.epochs,
            step=self.step,
            seconds=seconds,
            test_loss=loss,
            test_score=score,
            parameters=sum(parameter.numel() for parameter in self.network.parameters()),
            best_epoch=self._restored_epoch,
            stopped_early=self._patience.exhausted,
            epochs_begun=self._epochs_begun,
            weights_step=self.step if self._weights_step is None else self._weights_step,
            test_plain_loss=found.plain_loss if found else None,
            **judge.judge(found, self.step, self._stopping)._asdict(),
        )

    def _now(self) -> float:
        """Seconds of work so far, pauses left out; within a `next`."""
        return self._seconds + perf_counter() - self._entered
