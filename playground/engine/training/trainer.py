"""A run: an ordinary iterator that trains a network and yields what happens; window, terminal and tests drive it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from copy import deepcopy
from math import isfinite
from time import perf_counter
from typing import Literal

from torch import nn

from playground.engine.data.in_memory import Data, load
from playground.engine.data.scaling import Scaling
from playground.engine.evaluation.evaluate import Evaluation, Observer
from playground.engine.evaluation.verdict import VerdictBuilder
from playground.engine.provenance import Derivation
from playground.engine.runtime.device import choose, prepare_thread
from playground.engine.runtime.out_of_memory import TRAINING, shortage_explained
from playground.engine.runtime.ranks import Ranks
from playground.engine.training import divergence
from playground.engine.training.live_experiment import required_changes
from playground.engine.training.progress import Progress
from playground.engine.training.shared_parts import parts_of
from playground.engine.training.snapshots import Change, Diverged, Epoch, Evaluating, Figures, Finished, Snapshot
from playground.engine.training.training_state import StateError, TrainingState, require_same_run
from playground.spec.experiment import Experiment
from playground.spec.messages import message


class Trainer(Iterator[Snapshot]):
    """Trains an experiment; every `next` does a few milliseconds of work and says what was done.

    Not calling `next` is a pause. All methods are called by whoever drives, from the same thread. The last
    snapshot is a `Finished` or a `Diverged`. On the CPU the same experiment gives the same bits, however it is
    driven: random numbers come from streams of its own, and the number of threads from the declaration. Only where
    another program takes a core away, and several threads would all but stand still, is that number reduced for a
    while; see `ThreadThrottle`.
    """

    def __init__(
        self,
        experiment: Experiment,
        data: Data,
        *,
        network: nn.Sequential | None = None,
        replay: bool = True,
        state: TrainingState | None = None,
        probe_every: int | None = None,
        ranks: Ranks | None = None,
    ) -> None:
        """`network` is trained further, in place, where one is given; else a new one is built.

        Where weights are averaged, `network` is the average: all who read it read what is tested and saved.

        Without `replay` every step runs as it is written, to the same bits. So do steps that compute so long that
        nothing would be gained; to record one takes as much memory again.

        With `state` the run goes on from there, to the bits of one that was never interrupted, on the CPU. Live fields
        that differ from those of the state are changed as by `change`.

        With `probe_every`, a `Probed` follows some steps, see `StepProbe`; it changes no bit of the run.

        With `ranks`, other processes train the same, see `SharedParts`: it is stopped in all after the same step.

        Raises:
            BuildError: the network cannot be built, or has nothing to learn.
            DeviceError: the device asked for is not there.
            RankError: the processes do not train the same; `next` raises `LostRank` where one has ended.
            OutOfMemory: there is not enough memory for it.
            StateError: the state is not one of this experiment.
        """
        if state:
            require_same_run(state, experiment)
        self._experiment = state.experiment if state else experiment
        self.device = choose(experiment) if ranks is None else ranks.device(experiment)
        with shortage_explained(TRAINING):
            self._parts = parts_of(self._experiment, self.device, network, replay, probe_every, ranks)
            self._data = data.to(self.device)
        self.network = self._parts.network
        self.provenance: tuple[Derivation, ...] = ()  # of the network before the training, see `Trained`
        self._restored_epoch: int | None = None  # whose weights the network was given back
        self._before_restoring: TrainingState | None = None  # what it goes on from, if it does
        self._progress = Progress()
        self._weights_step: int | None = None  # after which step the weights were as they are, where it is not `step`
        self._stopping = self._untested = False  # whether to end the training, and the test
        self._training = True
        self._last: Finished | Diverged | None = None
        self._entered = 0.0  # when the present `next` began
        self._epoch_data, self._learned_from = experiment.data, self._data.train  # of the present epoch
        self._run = self._whole_run()
        if state:
            self._resume(state, experiment)
            self.change(experiment)

    def _resume(self, state: TrainingState, experiment: Experiment) -> None:
        """Go on from a state; `experiment` is the one whose data are loaded."""
        self._parts.resume(state.parts, state.tensors)
        self._progress, self._epoch_data = deepcopy(state.progress), state.epoch_data
        if self._epoch_data != experiment.data:
            self._learned_from = load(self._epoch_data).to(self.device).train

    def state(self) -> TrainingState:
        """A copy of everything that decides how the run continues, between two snapshots; also of a run that is over.

        The weights are those of the last step, also where early stopping has given back others since. In the middle
        of a validation or of the test it is begun anew.

        Raises:
            StateError: the run diverged.
        """
        if isinstance(self._last, Diverged):
            raise StateError(message("A run that diverged cannot be continued: change its recipe, and start it anew."))
        return self._before_restoring or self._present_state()

    def _present_state(self) -> TrainingState:
        progress = deepcopy(self._progress)
        progress.figures = progress.figures._replace(test_loss=None, test_score=None, test_plain_loss=None)
        tensors = self._parts.tensors()
        return TrainingState(self._experiment, self._epoch_data, progress, self._parts.memory(), tensors)

    def __next__(self) -> Snapshot:
        prepare_thread(self._parts.pace.threads)
        self._entered = perf_counter()
        try:
            return next(self._run)
        finally:
            if self._training:
                self._progress.seconds = self._now()

    @property
    def experiment(self) -> Experiment:
        """The experiment that is being trained, live changes included."""
        return self._experiment

    @property
    def scaling(self) -> Scaling | None:
        """The scaling of the data."""
        return self._data.scaling

    @property
    def replayed(self) -> bool:
        """Whether steps are played back, see `replay`."""
        return self._parts.learner.replayed

    @property
    def step(self) -> int:
        """Batches learned from."""
        return self._progress.step

    @property
    def epochs(self) -> int:
        """Epochs completed."""
        return self._progress.figures.epochs

    @property
    def figures(self) -> Figures:
        """The figures of the network as it is now, also in the middle of an epoch."""
        return self._progress.figures._replace(
            step=self.step,
            seconds=self._progress.figures.seconds if self._last else self._progress.seconds,
            epochs_begun=self._progress.epochs_begun,
            weights_step=self.step if self._weights_step is None else self._weights_step,
            best_epoch=self._restored_epoch,
        )

    @property
    def exhausted(self) -> bool:
        """Whether no further batch is trained on, so that only the test may follow."""
        epochs = max(self._experiment.recipe.epochs, self._progress.epochs_begun)
        return self.epochs >= epochs or self._parts.patience.exhausted

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
        changes = required_changes(self._experiment, experiment)
        if self._training:
            self._parts.learner.adopt(self._experiment, experiment)
            if experiment.data != self._experiment.data:
                self._data = load(experiment.data).to(self.device)
            self._experiment = experiment
            self._progress.changes += [Change(self.step, c.field, c.label, c.old, c.new) for c in changes]

    def _whole_run(self) -> Generator[Snapshot, None, None]:
        """The whole run; a shortage of memory is caught around it, which costs nothing in each step."""
        with shortage_explained(TRAINING):
            yield from self._epochs_and_test()

    def _epochs_and_test(self) -> Generator[Snapshot, None, None]:
        """The epochs, until the last one, early stopping, `stop` or divergence; then the test."""
        while not (self._stopping or self.exhausted):
            yield from self._one_epoch()
            if self._last:
                return
        yield from self._announce()
        self._training, self._progress.seconds = False, self._now()  # the time of the test is not counted
        self._restore_best()
        seconds, found = self._progress.seconds, None
        judge = VerdictBuilder(self._experiment, self._data)
        if len(self._data.test):
            found = yield from self._evaluate("test", judge.watch)
        if found:
            if not isfinite(found.loss):
                yield self._diverge(found.loss, self.step, divergence.TEST_LOSS)
                return
            self._progress.figures = self._progress.figures._replace(
                test_loss=found.loss, test_score=found.score, test_plain_loss=found.plain_loss
            )
        self._progress.figures = self._progress.figures._replace(seconds=seconds)
        self._last = self._ending(found, judge, seconds)
        yield self._last

    def _restore_best(self) -> None:
        """Go back to the best weights, and to the figures of their epoch, where early stopping asks for it."""
        if self._parts.patience.best_weights:
            self._before_restoring = self._present_state()
            self._parts.patience.restore(self.network)
            self._restored_epoch, self._weights_step = self._progress.best.epochs, self._progress.best.step
            self._progress.figures = self._progress.best._replace(epochs=self.epochs)

    def _one_epoch(self) -> Generator[Snapshot, None, None]:
        """Learn from every image once and validate; unless stopped or diverged on the way."""
        progress = self._progress
        if not progress.batches:
            progress.begin_epoch(self._now())
            self._epoch_data, self._learned_from = self._experiment.data, self._data.train
        part, done = self._learned_from, progress.batches
        batches = self._experiment.recipe.steps_per_epoch(len(part))
        for number, (inputs, targets) in enumerate(self._parts.batches.epoch(part, done), done + 1):
            yield from self._announce()
            if self._stopping:
                return
            rate = self._rate()
            step = self._parts.learn(inputs, targets, rate, self.step + 1, self.epochs + number / batches)
            loss = step.loss + sum(step.terms)
            if not isfinite(loss):
                yield self._diverge(loss, self.step + 1)
                return
            progress.add(step)
            yield step
            yield from self._parts.probed(step)
        if not self._parts.learner.verify():
            yield self._diverge(float("nan"), self.step, divergence.WEIGHTS)
            return
        train = progress.totals.evaluation(self._parts.learner.scoring)
        validation = None
        if len(self._data.validation):
            validation = yield from self._evaluate("validation")
            if validation is None:
                return
            if not isfinite(validation.loss):
                yield self._diverge(validation.loss, self.step, divergence.VALIDATION_LOSS)
                return
        yield self._complete(train, validation)

    def _rate(self) -> float:
        """The learning rate of the next step."""
        rate = self._progress.rate(self._experiment.recipe, len(self._data.train)) * self._parts.plateau.factor
        self._progress.learning_rate = rate
        return rate

    def _evaluate(
        self, what: Literal["validation", "test"], watch: Observer | None = None
    ) -> Generator[Snapshot, None, Evaluation | None]:
        """The figures of a part of the data; None where the run is stopped in the middle of it."""
        part = self._data.validation if what == "validation" else self._data.test
        chunks = self._parts.evaluate(part, watch)
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
        """Yield the changes since the last step."""
        while self._progress.changes:
            yield self._progress.changes.pop(0)

    def _complete(self, train: Evaluation, validation: Evaluation | None) -> Epoch:
        """Record a completed epoch."""
        epoch = self._progress.complete(train, validation, self._now())
        self._parts.batches.begin()
        self._parts.plateau.note((validation or train).loss)
        if validation and self._parts.patience.note(validation.loss, self.network):
            self._progress.best = self._progress.figures
        return epoch

    def _diverge(self, loss: float, step: int, words: str = divergence.TRAINING_LOSS) -> Diverged:
        """End the run with weights of shortly before that were good; `words` say what was found to be no number."""
        self._training = False
        rate = self._progress.learning_rate
        restored = self._parts.restore()
        self._weights_step = self._weights_step if restored is None else restored
        self._progress.figures = self._progress.figures._replace(seconds=self._now())
        found = divergence.described(words, loss, step, rate)
        advised = divergence.explained(found, self._experiment, rate, self._parts.learner.evidence())
        kept = self.step if self._weights_step is None else self._weights_step
        self._last = Diverged(step, rate, advised.words, self.epochs, kept, advised.field, advised.value)
        return self._last

    def _ending(self, found: Evaluation | None, judge: VerdictBuilder, seconds: float) -> Finished:
        """The end of a run; `found` is None where there was nothing to test with, or no time."""
        loss, score = (found.loss, found.score) if found else (None, None)
        return Finished(
            epochs=self.epochs,
            step=self.step,
            seconds=seconds,
            test_loss=loss,
            test_score=score,
            parameters=sum(parameter.numel() for parameter in self.network.parameters()),
            best_epoch=self._restored_epoch,
            stopped_early=self._parts.patience.exhausted,
            epochs_begun=self._progress.epochs_begun,
            weights_step=self.step if self._weights_step is None else self._weights_step,
            test_plain_loss=found.plain_loss if found else None,
            **judge.judge(found, self.step, self._stopping)._asdict(),
        )

    def _now(self) -> float:
        """Seconds of work so far without pauses; call it within a `next`."""
        return self._progress.seconds + perf_counter() - self._entered
