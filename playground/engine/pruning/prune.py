"""Prunes a trained network as asked, and trains it further to heal."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from torch import Tensor, nn

from playground.engine.data.in_memory import Data
from playground.engine.pruning.distillation import lesson, without_losses
from playground.engine.pruning.groups import Cut, Kept, Prunable, PruningError, lowest, prunable_in_slices, without
from playground.engine.pruning.importance import Criterion, scoring, unit_scores, weight_names
from playground.engine.pruning.low_rank import Spectrum, low_rank, ranks, require, spectra
from playground.engine.pruning.sparsity import GradualPruning, fine_tuning, keeping_zeros, rewind, set_to_zero
from playground.engine.training.snapshots import Diverged, Epoch, Figures
from playground.engine.training.trainer import Trainer
from playground.engine.weights import Trained, network_with
from playground.spec.cancelling import finished, stop_if_cancelled
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.messages import message, tr_noop

_TRIED = 4  # samples on which each group of units is tried
_ATTEMPTS = 8


class By(StrEnum):
    """The unit of pruning."""

    GROUP = "group"  # whole units, filters and features: the network becomes smaller
    WEIGHT = "weight"  # single weights, which become zero: the network keeps its size
    RANK = "rank"  # layers become two of lower rank, see `low_rank`


class Plan(NamedTuple):
    """How a network is to be pruned."""

    by: By = By.GROUP
    criterion: Criterion = Criterion.MAGNITUDE
    keep: float = 0.5  # share of the FLOPs, or of the weights, that is left
    epochs: int = 0  # of further training
    everywhere: bool = True  # layers compete with one another, else each loses the same share
    temperature: float | None = None  # at which the whole network teaches the pruned one; None: labels alone


class Pruned(NamedTuple):
    """A pruned network, the experiment to train it further with, and the figures of its training."""

    experiment: Experiment
    network: nn.Sequential
    figures: Figures
    kept: tuple[Kept, ...]  # the layers that could not be made smaller


class Ranking(NamedTuple):
    """How much everything matters that can be pruned from a network."""

    weights: dict[str, Tensor]  # see `weight_scores`
    found: Prunable | None  # what can be cut out; None: single weights are set to zero
    units: dict[int, float]  # see `unit_scores`
    spectra: tuple[Spectrum, ...] = ()  # of layers that can be of lower rank
    kept: tuple[Kept, ...] = ()  # the layers that cannot be made smaller


def units_of(experiment: Experiment, network: nn.Sequential, data: Data) -> Prunable:
    """The units that can be cut out of a network, tried on a few training samples.

    Raises:
        PruningError: there are none; the message says why.
    """
    return finished(units_in_slices(experiment, network, data))


def units_in_slices(experiment: Experiment, network: nn.Sequential, data: Data) -> Generator[None, None, Prunable]:
    """`units_of` in slices."""
    found = yield from prunable_in_slices(experiment, network, data.train.cut(0, _TRIED)[0])
    if not found.groups:
        words = tr_noop("This network has no units that can be cut out. {why}")
        reasons = dict.fromkeys(str(item.why) for item in found.kept)
        raise PruningError(message(words, why=" ".join(reasons)))
    return found


def ranking(
    experiment: Experiment, network: nn.Sequential, data: Data, by: By, criterion: Criterion
) -> Generator[None, None, Ranking]:
    """Rank what can be pruned from a network on the CPU, in slices.

    Raises:
        PruningError: nothing can be pruned; the message says why.
    """
    if by is By.RANK:
        layers, kept = spectra(experiment, network)
        require(layers, kept)
        yield
        return Ranking({}, None, {}, layers, kept)
    found = (yield from units_in_slices(experiment, network, data)) if by is By.GROUP else None
    if found is None and not weight_names(experiment):
        raise PruningError(message("This network has no weights that are trained and can be set to zero."))
    yield
    scores = yield from scoring(experiment, network, data.train, criterion)
    if found is None:
        return Ranking(scores, None, {})
    return Ranking(scores, found, unit_scores(found, scores, criterion), kept=found.kept)


def cut(
    experiment: Experiment, network: nn.Sequential, ranked: Ranking, keep: float, *, everywhere: bool = True
) -> Cut:
    """A pruned copy of a network on the CPU; with zeros in it, its experiment keeps them.

    keep: share of the FLOPs, or of the weights, that is left.

    Raises:
        PruningError: no network is so small.
    """
    if ranked.spectra:
        chosen = ranks(experiment, ranked.spectra, keep, everywhere=everywhere)
        return low_rank(experiment, network, ranked.spectra, chosen)
    if ranked.found is not None:
        dropped = lowest(ranked.found, ranked.units, experiment, keep, everywhere=everywhere)
        return _cut(experiment, network, ranked.found, dropped)
    kept = keeping_zeros(experiment)
    edit = Set(("recipe", "regularizer"), kept.recipe.regularizer, message("Prune"))
    own = network_with(experiment, network.state_dict())
    parameters = {name: parameter.detach() for name, parameter in own.named_parameters()}
    weights = {name: parameters[name] for name in weight_names(experiment)}
    set_to_zero(weights, ranked.weights, keep, everywhere=everywhere)
    return Cut(kept, own, (edit,))


def prune(
    experiment: Experiment,
    network: nn.Sequential,
    data: Data,
    plan: Plan,
    early: Mapping[str, Tensor] | None = None,
) -> Iterator[Epoch | Pruned]:
    """Prune a network on the CPU and train it further; yield each epoch of that, and the result at the end.

    The given network is not changed. With epochs, weights are set to zero gradually, while units are cut out at once.

    early: weights of the same network at the beginning of its training, to which those that stay go back: a lottery
        ticket, see `rewind`. All others are then set to zero at once, before the epochs.

    Raises:
        PruningError: nothing can be pruned, the early weights are of another network, or the training diverged.
    """
    if early is not None and plan.by is not By.WEIGHT:
        raise PruningError(message("Only single weights go back to earlier values."))
    if plan.by is By.WEIGHT and plan.epochs and early is None:
        yield from _gradually(experiment, network, data, plan)
        return
    ranked = finished(ranking(experiment, network, data, plan.by, plan.criterion))
    made = cut(experiment, network, ranked, plan.keep, everywhere=plan.everywhere)
    if early is not None:
        rewind(made.network, early, weight_names(experiment))
    figures = Figures()
    if plan.epochs:
        own, samples = _lesson(fine_tuning(made.experiment, plan.epochs), data, network, plan)
        trainer = Trainer(own, samples, network=made.network)
        yield from _followed(trainer, iter(trainer))
        figures = _figures(trainer, plan)
    yield Pruned(made.experiment, made.network.cpu(), figures, ranked.kept)


def distill(
    experiment: Experiment, network: nn.Sequential, data: Data, teacher: Trained, temperature: float
) -> Iterator[Epoch | Pruned]:
    """Train a network, in place, to match a whole one; yield each epoch, and the result at the end.

    Raises:
        PruningError: see `lesson`, or the training diverged.
    """
    own, samples = lesson(experiment, data, teacher.network, teacher.experiment.recipe.loss, temperature)
    trainer = Trainer(own, samples, network=network)
    yield from _followed(trainer, iter(trainer))
    yield Pruned(experiment, trainer.network.cpu(), without_losses(trainer.figures), ())


def _cut(experiment: Experiment, network: nn.Sequential, found: Prunable, dropped: tuple[int, ...]) -> Cut:
    """The smaller network; where its shapes make a layer superfluous or divide badly, with a few more units."""
    for fewer in range(_ATTEMPTS):
        try:
            return without(experiment, network.state_dict(), found.flow, dropped[: len(dropped) - fewer])
        except PruningError:
            if fewer in (_ATTEMPTS - 1, len(dropped)):
                raise
    raise AssertionError("unreachable")


def _gradually(experiment: Experiment, network: nn.Sequential, data: Data, plan: Plan) -> Iterator[Epoch | Pruned]:
    """Set weights to zero while the network is trained further."""
    if not weight_names(experiment):
        raise PruningError(message("This network has no weights that are trained and can be set to zero."))
    found, own = keeping_zeros(experiment), network_with(experiment, network.state_dict())
    taught, samples = _lesson(fine_tuning(found, plan.epochs), data, network, plan)
    training = GradualPruning(taught, samples, own, plan.keep, plan.criterion, everywhere=plan.everywhere)
    yield from _followed(training.trainer, iter(training))
    yield Pruned(found, own.cpu(), _figures(training.trainer, plan), ())


def _lesson(experiment: Experiment, data: Data, network: nn.Sequential, plan: Plan) -> tuple[Experiment, Data]:
    """The training of a pruned network: by itself, or taught by the network as it was."""
    if plan.temperature is None:
        return experiment, data
    return lesson(experiment, data, network, experiment.recipe.loss, plan.temperature)


def _figures(trainer: Trainer, plan: Plan) -> Figures:
    return trainer.figures if plan.temperature is None else without_losses(trainer.figures)


def _followed(trainer: Trainer, snapshots: Iterator[object]) -> Iterator[Epoch]:
    """The epochs of a training.

    Raises:
        PruningError: it diverged.
        Cancelled: where `stop_if_cancelled` does.
    """
    for snapshot in snapshots:
        stop_if_cancelled()
        if isinstance(snapshot, Epoch):
            yield snapshot
    if isinstance(trainer.finished, Diverged):
        raise PruningError(trainer.finished.message)
