"""A run: an ordinary iterator that trains a network and yields what happens; window, terminal and tests drive it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from math import isfinite
from time import perf_counter
from typing import Literal

import numpy as np
import torch
from torch import nn

from playground.engine.augment import augmenter
from playground.engine.average import Average
from playground.engine.build import build
from playground.engine.data import Digits, pixels
from playground.engine.device import choose, threads, use_threads
from playground.engine.evaluate import Score, chunk_size, evaluate
from playground.engine.pace import Pace
from playground.engine.patience import Patience
from playground.engine.plateau import Watch
from playground.engine.snapshots import Change, Diverged, Epoch, Evaluating, Figures, Finished, Snapshot, Step
from playground.engine.step import Learner
from playground.engine.verdict import verdict
from playground.spec.experiment import Experiment
from playground.spec.live import live_changes, obstacle
from playground.spec.recipe import EMA
from playground.spec.shapes import totals, walk
from playground.spec.words import PlaygroundError, say

_LIGHT = 2_000_000_000  # FLOPs of a batch's forward pass; all kernels together take 50 ms or more then


class ChangeError(PlaygroundError):
    """A run cannot go on with what it was given; it must start anew with that."""


class Trainer(Iterator[Snapshot]):
    """Trains an experiment; every `next` does a few milliseconds of work and says what was done.

    Not calling `next` is a pause. All methods are called by whoever drives, from the same thread. The last
    snapshot is a `Finished` or a `Diverged`. On the CPU the same experiment gives the same bits, however it is
    driven: chance comes from streams of its own, and the number of threads from the declaration. (Only where another
    program takes a core away, and several threads would all but stand still, is it reduced for a while; see `Pace`.)
    """

    def __init__(
        self, experiment: Experiment, digits: Digits, *, network: nn.Sequential | None = None, replay: bool = True
    ) -> None:
        """`network` is trained further, in place, where one is given; else a new one is built.

        Where weights are averaged, `network` is the average: all who read it read what is tested and saved.

        Without `replay` every step runs as it is written, to the same bits. So do steps that compute so long that
        nothing would be gained; to record one takes as much memory again.

        Raises:
            BuildError: the network cannot be built, or has nothing to learn.
            DeviceError: the device asked for is not there.
        """
        self._experiment = experiment
        self.device = choose(experiment)
        self._pace = Pace(threads(experiment))
        use_threads(self._pace.threads)
        self.network = (network or build(experiment)).to(self.device)
        self._digits = digits.to(self.device)
        shuffling, augmenting, chance = np.random.SeedSequence(experiment.seed).generate_state(3).tolist()
        self._shuffling = torch.Generator().manual_seed(shuffling)
        self._augmenting = torch.Generator(self.device).manual_seed(augmenting)
        self._augment = augmenter(experiment.recipe.augmentations) if experiment.recipe.augmentations else None
        averaging = experiment.recipe.averaging
        self._average = Average(self.network, averaging.decay) if isinstance(averaging, EMA) else None
        trained = self._average.trained if self._average else self.network
        self._learner = Learner(experiment, trained, chance, replay=replay and _is_light(experiment))
        self._patience = Patience(experiment.recipe.stopping)
        self._watch = Watch(experiment.recipe.schedule)
        self._chunk = chunk_size(experiment)
        self.step = 0  # batches learned from
        self.figures = Figures()
        self._changes: list[Change] = []
        self._stopping = False
        self._training = True
        self._last: Finished | Diverged | None = None
        self._seconds = 0.0  # spent in `next` so far
        self._entered = 0.0  # when the present `next` began
        self._run = self._whole_run()

    def __next__(self) -> Snapshot:
        use_threads(self._pace.threads)
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
        return self.figures.epochs

    @property
    def finished(self) -> Finished | Diverged | None:
        """How the run ended; None while it has not."""
        return self._last

    def close(self) -> None:
        """Drop the run where it is. Its network can still be used; there are no more snapshots."""
        self._run.close()

    def stop(self) -> None:
        """End the run after the present step: what was learned is tested, and `Finished` comes as usual."""
        self._stopping = True

    def change(self, experiment: Experiment) -> None:
        """Go on with changed live fields from the next batch; a `Change` for each is yielded before it.

        A new number of epochs stretches or shortens the schedule from there on; fewer than were begun end the run
        with the present epoch. Once the last epoch is over, nothing changes any more.

        Raises:
            ChangeError: something differs that is not live. Nothing was changed.
        """
        changes = live_changes(self._experiment, experiment)
        if changes is None:
            field = obstacle(self._experiment, experiment)
            raise ChangeError(say("A run cannot go on with another “{field}”: start it anew.", field=field))
        if self._training:
            self._learner.adopt(self._experiment, experiment)
            self._experiment = experiment
            self._changes += [Change(self.step, item.field, item.label, item.old, item.new) for item in changes]

    def _whole_run(self) -> Generator[Snapshot, None, None]:
        """Epochs until the last, the end of patience, `stop` or divergence; then the test."""
        while self.epochs < self._experiment.recipe.epochs and not (self._stopping or self._patience.exhausted):
            yield from self._one_epoch()
            if self._last:
                return
        yield from self._announce()
        self._training = False
        self._patience.restore(self.network)
        seconds = self._now()
        score = yield from self._evaluate("test")
        if not isfinite(score.loss):
            yield self._diverge(score.loss)
            return
        self.figures = self.figures._replace(seconds=seconds, test_loss=score.loss, test_accuracy=score.accuracy)
        self._last = self._ending(score, seconds)
        yield self._last

    def _one_epoch(self) -> Generator[Snapshot, None, None]:
        """Learn from every image once and validate; unless stopped or diverged on the way."""
        began = self._now()
        loss, right, seen = 0.0, 0, 0
        for index in torch.split(self._order(), self._experiment.recipe.batch_size):
            yield from self._announce()
            if self._stopping:
                return
            step, correct = self._learn(index)
            if not isfinite(step.loss + step.penalty):
                yield self._diverge(step.loss + step.penalty)
                return
            loss, right, seen = loss + step.loss * step.samples, right + correct, seen + step.samples
            yield step
        if not self._learner.verify():
            yield self._diverge(float("nan"))
            return
        train = Score(loss / seen, right / seen)
        validation = None
        if len(self._digits.validation_labels):
            validation = yield from self._evaluate("validation")
            if not isfinite(validation.loss):
                yield self._diverge(validation.loss)
                return
        yield self._complete(train, validation, began)

    def _order(self) -> torch.Tensor:
        """The indices of all training images, shuffled anew."""
        return torch.randperm(len(self._digits.train_labels), generator=self._shuffling).to(self.device)

    def _learn(self, index: torch.Tensor) -> tuple[Step, int]:
        """Learn from one batch; also return how many of it were right before."""
        images = pixels(self._digits.train_images.index_select(0, index))
        labels = self._digits.train_labels.index_select(0, index)
        if self._augment:
            images, labels = self._augment(images, labels, self._augmenting)
        rate = self._rate()
        samples = len(index)
        began = perf_counter()
        outcome = self._learner.learn(images, labels, rate)
        self._pace.note(perf_counter() - began, samples)
        if outcome.finite:
            self.step += 1
            if self._average:
                self._average.note()
        right = outcome.correct
        return Step(self.step, self.epochs, outcome.loss, outcome.penalty, right / samples, rate, samples), right

    def _rate(self) -> float:
        """The learning rate of the next step."""
        recipe = self._experiment.recipe
        per_epoch = recipe.steps_per_epoch(len(self._digits.train_labels))
        steps = max(recipe.epochs, self.epochs + 1) * per_epoch
        return recipe.optimizer.lr * recipe.schedule.factor(self.step, steps, per_epoch) * self._watch.factor

    def _evaluate(self, what: Literal["validation", "test"]) -> Generator[Snapshot, None, Score]:
        images, labels = getattr(self._digits, f"{what}_images"), getattr(self._digits, f"{what}_labels")
        chunks = evaluate(self.network, self._learner.objective, images, labels, self._chunk)
        while True:
            try:
                done = next(chunks)
            except StopIteration as end:
                score: Score = end.value
                return score
            yield Evaluating(what, done, len(labels))

    def _announce(self) -> Iterator[Snapshot]:
        """What was changed since the last step."""
        while self._changes:
            yield self._changes.pop(0)

    def _complete(self, train: Score, validation: Score | None, began: float) -> Epoch:
        """Take note of a completed epoch."""
        epoch, now = self.epochs + 1, self._now()
        scores = (*train, *(validation or (None, None)))
        self.figures = Figures(epoch, self.step, now, *scores)
        self._watch.note((validation or train).loss)
        if validation:
            self._patience.note(epoch, validation.loss, self.network)
        return Epoch(epoch, self.step, now - began, *scores)

    def _diverge(self, loss: float) -> Diverged:
        """End the run with the last weights that were good."""
        self._training = False
        rate = self._rate()
        self._learner.restore()
        if self._average:
            self._average.mend()
        self.figures = self.figures._replace(step=self.step, seconds=self._now())
        message = say(
            "The loss became {loss} at step {step}, with a learning rate of {rate:.3g}. "
            "The last good weights were kept. Try a smaller rate, or clip the gradients.",
            loss="NaN" if loss != loss else "infinite",
            step=self.step + 1,
            rate=rate,
        )
        self._last = Diverged(self.step + 1, rate, message)
        return self._last

    def _ending(self, score: Score, seconds: float) -> Finished:
        return Finished(
            epochs=self.epochs,
            step=self.step,
            seconds=seconds,
            test_loss=score.loss,
            test_accuracy=score.accuracy,
            parameters=sum(parameter.numel() for parameter in self.network.parameters()),
            best_epoch=self._patience.restored_epoch,
            stopped_early=self._patience.exhausted,
            verdict=verdict(score.accuracy, len(self._digits.test_labels)),
        )

    def _now(self) -> float:
        """Seconds of work so far, pauses left out; within a `next`."""
        return self._seconds + perf_counter() - self._entered


def _is_light(experiment: Experiment) -> bool:
    """Whether a step is short enough for what lies between its kernels to matter."""
    flops = totals(walk(experiment.stack, experiment.data.sample_shape)).flops
    return flops * experiment.recipe.batch_size <= _LIGHT
