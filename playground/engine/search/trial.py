"""One trial of a search: takes values, makes the experiment, trains it with each seed, and measures it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import isfinite
from statistics import fmean, median
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

import torch

from playground.engine.build import build
from playground.engine.data.in_memory import Data, LimitedSubset, load
from playground.engine.runs.run_recorder import RunRecorder
from playground.engine.runs.store import RunStore
from playground.engine.runtime.device import prepare_thread
from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.engine.runtime.random_streams import own_chance
from playground.engine.search import measures
from playground.engine.search.goals import GOALS, TrialFigures, curve_goal
from playground.engine.search.optuna_parts import FIRST, SURPLUS, suggested
from playground.engine.search.outcome import CURVE, surplus
from playground.engine.search.plan import Plan, digest
from playground.engine.search.rounds import ends_of_rounds, goes_on
from playground.engine.training.snapshots import Diverged, Epoch, Step
from playground.engine.training.trainer import Trainer
from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import LONGEST_NAME, Experiment
from playground.spec.messages import Message, PlaygroundError, message, plural, tr_noop
from playground.spec.search.refusal import refusal, slow

if TYPE_CHECKING:
    from optuna import Trial
    from optuna.trial import FrozenTrial

_MEASURED = 20  # forward passes of which the median counts, after as many that do not
_STEPS, _WARM = 200, 10  # training steps for a forecast, at most, and those before that do not count
_LONGEST = 1.0  # seconds that these take, about
_FORWARD = 1 / 3  # of a step's time
_MOST_POINTS = 50  # of a learning curve
_BETWEEN = 1.0  # seconds at least between two notes of how far a trial is
_PATIENCE, _POLL = 5.0, 0.05  # seconds to wait for the experiments of other workers at most, and between two looks
_EXPERIMENT = "experiment"  # attribute of a trial: the digest of its experiment
_log = logging.getLogger(__name__)


class TrialFailed(PlaygroundError):
    """A trial ended without figures."""


class Trials:
    """Trains trials of one plan, one after another, in this process. The data are read once."""

    def __init__(self, plan: Plan, store: RunStore | None, group: str, stopping: Callable[[], bool]) -> None:
        """`stopping` says whether to give up the present trial."""
        self.plan, self._store, self._group, self._stopping = plan, store, group, stopping
        self._data: Data | None = None
        self._sizes: dict[str, float | None] = {}  # of the present trial's network
        self._curve: list[tuple[int, float]] = []  # of the present trial's first seed; see `curve_goal`
        self._noted = 0.0  # when it was last stored
        self.interrupted = False  # whether the last trial was given up
        self.most: int | None = None  # trials of the study, on all machines

    def objective(self, trial: Trial) -> list[float]:
        """Train a trial, and return its values; attributes of the trial say the rest.

        Raises:
            optuna.TrialPruned: the network is refused, was tried before, or is hopeless.
            TrialFailed: it diverged, ran out of memory or failed otherwise, or was given up.
        """
        import optuna

        self.interrupted = False
        try:
            figures = self._figures(trial)
            values = [_finite(value) for value in figures.values(self.plan.goals)]
        except optuna.TrialPruned:
            raise
        except Exception as error:  # whatever it is, the search goes on
            known = as_out_of_memory(error)
            if known is None:
                _log.exception("a trial failed")
            words = tr_noop("An unexpected error occurred: {kind}: {error}.")
            reason = known.message if known else message(words, kind=type(error).__name__, error=str(error)[:200])
            trial.set_user_attr("reason", str(reason))
            raise TrialFailed(reason) from error
        trial.set_user_attr("figures", figures.record)
        return values

    def seconds_of_a_trial(self) -> float:
        """About how long a trial takes, from some steps of the experiment itself."""
        experiment = self.plan.experiment.with_(search=None)
        trainer = Trainer(experiment, self._usable_data())
        began, steps, stamps = perf_counter(), 0, []
        for snapshot in trainer:
            if isinstance(snapshot, Step):
                steps += 1
                stamps.append(perf_counter())
            if steps >= _STEPS or perf_counter() - began > _LONGEST or self._stopping():
                break
        trainer.close()
        gaps = [after - before for before, after in pairwise(stamps)]
        step = median(gaps[_WARM:] or gaps or [_LONGEST])
        data, recipe = experiment.data, experiment.recipe
        validation = step * _FORWARD * data.validation_count / recipe.batch_size
        return self.plan.seeds * recipe.epochs * (step * recipe.steps_per_epoch(data.train_count) + validation)

    def _figures(self, trial: Trial) -> TrialFigures:
        plan = self.plan
        if surplus(trial, self.most):
            trial.set_user_attr(SURPLUS, True)
            self._refuse(trial, message("There are enough trials without it."))
        domains = plan.space.domains(plan.experiment)
        values = {key: suggested(trial, key, domain) for key, domain in domains.items()}
        experiment = plan.space.apply(plan.experiment, values)
        name = message("{name}, trial {number}", name=experiment.name, number=trial.number)
        experiment = experiment.with_(name=str(name)[-LONGEST_NAME:])
        self._refuse(trial, refusal(experiment, plan.space.limits))
        trial.set_user_attr(_EXPERIMENT, digest(experiment))
        self._refuse(trial, _repeated(trial))
        latency = None
        if "latency" in plan.goals or plan.space.limits.milliseconds:
            latency = latency_of(experiment)
            self._refuse(trial, slow(latency, plan.space.limits))
        return self._trained(trial, experiment, latency)

    def _refuse(self, trial: Trial, reason: Message | None) -> None:
        if reason is None:
            return
        import optuna

        trial.set_user_attr("refused", str(reason))
        raise optuna.TrialPruned(str(reason))

    def _trained(self, trial: Trial, experiment: Experiment, latency: float | None) -> TrialFigures:
        """Train with each seed."""
        import optuna

        sums = totals(walk(experiment.stack, experiment.data.sample_shape))
        self._sizes = {"parameters": sums.parameters, "flops": sums.flops, "latency": latency}
        scores: list[float] = []
        losses: list[float] = []
        runs: list[str] = []
        measured: dict[str, list[float]] = {}
        epochs, seconds, self._curve, self._noted = 0, 0.0, [], perf_counter()
        for number in range(self.plan.seeds):
            seeded = experiment.with_(seed=(experiment.seed + number) % 2**32)
            trainer = Trainer(seeded, self._usable_data())
            store = self._store
            recorder = RunRecorder(store, trainer, self._usable_data(), group=self._group) if store else None
            try:
                self._train(trial, trainer, recorder)
            except optuna.TrialPruned:
                if recorder:
                    recorder.close()  # with the network as it is: someone may open it
                raise
            finally:
                figures = trainer.figures
                epochs, seconds = epochs + figures.epochs, seconds + figures.seconds
                if recorder:
                    recorder.abandon()  # does nothing where the run has ended
                    runs += [recorder.run_id] if recorder.run_id else []
                curve = thinned(self._curve)
                spent = {"epochs": epochs, "seconds": seconds, "run_ids": runs, "curve": curve}
                trial.set_user_attr("spent", spent)
            loss = figures.validation_loss if figures.validation_plain_loss is None else figures.validation_plain_loss
            scores.append(_finite(figures.validation_score))
            losses.append(_finite(loss))
            for goal, value in self._measured(trainer, seeded).items():
                measured.setdefault(goal, []).append(value)
            if self.plan.pruner == "wilcoxon":
                self._report(trial, scores[-1], losses[-1], number, last=number + 1 == self.plan.seeds)
        means = fmean(scores), fmean(losses)
        more = {goal: fmean(values) for goal, values in measured.items()}
        size = sums.parameters, sums.flops
        return TrialFigures(*means, *size, latency, epochs, seconds, tuple(scores), tuple(runs), more)

    def _measured(self, trainer: Trainer, experiment: Experiment) -> dict[str, float]:
        """The figures that only a goal asks for, of a network as it is now."""
        names = [goal for goal in self.plan.goals if GOALS[goal].measured_by]
        part = self._usable_data().validation
        return {
            goal: getattr(measures, GOALS[goal].measured_by)(trainer.network, experiment, part.to(trainer.device))
            for goal in names
        }

    def _train(self, trial: Trial, trainer: Trainer, recorder: RunRecorder | None) -> None:
        by_epoch = self.plan.pruner not in ("none", "wilcoxon", "rounds")
        rounds = ends_of_rounds(self.plan.experiment.recipe.epochs) if self.plan.pruner == "rounds" else ()
        while trainer.finished is None:
            with own_chance(trainer.device, trainer.step):
                snapshot = next(trainer)
            if recorder:
                recorder.take(snapshot)
            if isinstance(snapshot, Diverged):
                raise TrialFailed(snapshot.message)
            if self._stopping():
                self.interrupted = True
                trial.set_user_attr("interrupted", True)
                raise TrialFailed(message("It was stopped, and will be tried again."))
            if isinstance(snapshot, Epoch) and trainer.experiment.seed == self.plan.experiment.seed:
                self._note(trial, snapshot)
            if isinstance(snapshot, Epoch) and snapshot.epoch in rounds:
                self._compare(trial, trainer, snapshot)
            if by_epoch and isinstance(snapshot, Epoch) and snapshot.validation_loss is not None:
                plain = snapshot.validation_plain_loss
                loss = snapshot.validation_loss if plain is None else plain
                last = snapshot.epoch >= trainer.experiment.recipe.epochs
                self._report(trial, snapshot.validation_score or 0.0, loss, snapshot.epoch, last=last)

    def _note(self, trial: Trial, snapshot: Epoch) -> None:
        """Add an epoch to the learning curve, which others see grow."""
        value = snapshot.validation_score
        if curve_goal(self.plan.goals) == "loss":
            plain = snapshot.validation_plain_loss
            value = snapshot.validation_loss if plain is None else plain
        if value is not None and isfinite(value):
            self._curve.append((snapshot.epoch, value))
            if perf_counter() - self._noted > _BETWEEN:
                self._noted = perf_counter()
                trial.set_user_attr(CURVE, thinned(self._curve))

    def _compare(self, trial: Trial, trainer: Trainer, snapshot: Epoch) -> None:
        """End the trial at the end of a round, unless it is among the best; see `rounds`."""
        import optuna

        loss = snapshot.validation_loss if snapshot.validation_plain_loss is None else snapshot.validation_plain_loss
        known = {"score": snapshot.validation_score, "loss": loss, **self._sizes}
        known |= self._measured(trainer, trainer.experiment)
        goals = self.plan.goals
        values = [_finite(known[goal]) for goal in goals]
        costs = tuple(
            -value if GOALS[goal].greater_is_better else value for goal, value in zip(goals, values, strict=True)
        )
        if not goes_on(trial, snapshot.epoch, costs) and FIRST not in trial.user_attrs:
            words = tr_noop("Not among the best after {count:,} epochs."), tr_noop("Not among the best after 1 epoch.")
            reason = plural(*words, snapshot.epoch)
            trial.set_user_attr("reason", str(reason))
            raise optuna.TrialPruned(str(reason))

    def _report(self, trial: Trial, score: float, loss: float, step: int, *, last: bool) -> None:
        """Tell Optuna how it is going, and end the trial where it is hopeless, unless this is its last step anyway."""
        import optuna

        trial.report(score if self.plan.goals == ("score",) else loss, step)
        if last or FIRST in trial.user_attrs:  # the first is what others are compared with
            return
        if trial.should_prune():
            words = tr_noop("Ended early, after {count:,} epochs"), tr_noop("Ended early, after 1 epoch")
            if self.plan.pruner == "wilcoxon":
                words = tr_noop("Ended early, after {count:,} seeds"), tr_noop("Ended early, after 1 seed")
                step += 1
            reason = message("{what}.", what=plural(*words, step))
            trial.set_user_attr("reason", str(reason))
            raise optuna.TrialPruned(str(reason))

    def _usable_data(self) -> Data:
        """The data without the test set, which no search may see."""
        if self._data is None:
            data = load(self.plan.experiment.data)
            self._data = replace(data, test=LimitedSubset(data.test, 0))
        return self._data


def thinned(curve: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """At most 50 points of a curve, evenly spaced, the first and the last one among them."""
    if len(curve) <= _MOST_POINTS:
        return list(curve)
    step = (len(curve) - 1) / (_MOST_POINTS - 1)
    return [curve[round(number * step)] for number in range(_MOST_POINTS)]


def _finite(figure: float | None) -> float:
    """A figure that can be compared with those of other trials.

    Raises:
        TrialFailed: it is none.
    """
    if figure is None or not isfinite(figure):
        raise TrialFailed(message("It has no figures on validation data."))
    return figure


def latency_of(experiment: Experiment) -> float:
    """Milliseconds of one sample's forward pass on the CPU, on one thread: the median of several."""
    prepare_thread(1)
    network = build(experiment).eval()
    shape = experiment.data.sample_shape
    codes = hasattr(shape, "vocabulary")
    inputs = torch.zeros(1, *shape, dtype=torch.int64 if codes else torch.float32)
    times = []
    with torch.inference_mode():
        for _ in range(2 * _MEASURED):
            began = perf_counter()
            network(inputs)
            times.append(perf_counter() - began)
    return 1000.0 * median(times[_MEASURED:])


def _repeated(trial: Trial) -> Message | None:
    """Why a trial need not be trained: another with the same experiment was, or is, with the same seeds and data."""
    for other in _others(trial):
        digests = (item.user_attrs.get(_EXPERIMENT) for item in (trial, other))
        same: Any = other.params == trial.params or len(set(digests)) == 1
        if same and other.number < trial.number and "refused" not in other.user_attrs:
            return message("The same as trial {number}.", number=other.number)
    return None


def _others(trial: Trial) -> list[FrozenTrial]:
    """The trials that run or ended; waits until those of a lower number that run have told their experiments.

    Of two workers that begin in the same instant, both could train the same otherwise. One that was killed never tells.
    """
    from optuna.trial import TrialState

    states = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)
    ends = perf_counter() + _PATIENCE
    while True:
        others = trial.study.get_trials(deepcopy=False, states=states)
        before = [item for item in others if item.number < trial.number and item.state == TrialState.RUNNING]
        told = all(item.user_attrs.keys() & {_EXPERIMENT, "refused"} for item in before)
        if told or perf_counter() > ends:
            return others
        sleep(_POLL)
