"""Prunes a trained network as asked, and trains it further to heal."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

import torch
from torch import nn

from playground.engine.data.in_memory import Data
from playground.engine.pruning.groups import Cut, Kept, Prunable, PruningError, lowest, prunable, without
from playground.engine.pruning.importance import Criterion, unit_scores, weight_names, weight_scores
from playground.engine.pruning.sparsity import GradualPruning, fine_tuning, keeping_zeros, set_to_zero
from playground.engine.training.snapshots import Diverged, Epoch, Figures
from playground.engine.training.trainer import Trainer
from playground.engine.weights import network_with
from playground.spec.experiment import Experiment
from playground.spec.messages import message, tr_noop

_TRIED = 4  # samples on which each group of units is tried
_ATTEMPTS = 8


class By(StrEnum):
    """What is pruned."""

    GROUP = "group"  # whole units, filters and features: the network becomes smaller
    WEIGHT = "weight"  # single weights, which become zero: the network keeps its size


class Plan(NamedTuple):
    """How a network is to be pruned."""

    by: By = By.GROUP
    criterion: Criterion = Criterion.MAGNITUDE
    keep: float = 0.5  # share of the FLOPs, or of the weights, that is left
    epochs: int = 0  # of further training
    everywhere: bool = True  # layers compete with one another, else each loses the same share


class Pruned(NamedTuple):
    """A pruned network, the experiment to train it further with, and the figures of its training."""

    experiment: Experiment
    network: nn.Sequential
    figures: Figures
    kept: tuple[Kept, ...]  # the layers that could not be made smaller


def units_of(experiment: Experiment, network: nn.Sequential, data: Data) -> Prunable:
    """The units that can be cut out of a network, tried on a few training samples.

    Raises:
        PruningError: there are none; the message says why.
    """
    found = prunable(experiment, network, data.train.cut(0, _TRIED)[0])
    if not found.groups:
        words = tr_noop("This network has no units that can be cut out. {why}")
        reasons = dict.fromkeys(str(item.why) for item in found.kept)
        raise PruningError(message(words, why=" ".join(reasons)))
    return found


def prune(experiment: Experiment, network: nn.Sequential, data: Data, plan: Plan) -> Iterator[Epoch | Pruned]:
    """Prune a network on the CPU and train it further; yield each epoch of that, and the result at the end.

    The given network is not changed. With epochs, weights are set to zero gradually, while units are cut out at once.

    Raises:
        PruningError: nothing can be pruned, or the training diverged.
    """
    if plan.by is By.GROUP:
        yield from _by_group(experiment, network, data, plan)
    else:
        yield from _by_weight(experiment, network, data, plan)


def _by_group(experiment: Experiment, network: nn.Sequential, data: Data, plan: Plan) -> Iterator[Epoch | Pruned]:
    found = units_of(experiment, network, data)
    scores = unit_scores(found, weight_scores(experiment, network, data.train, plan.criterion), plan.criterion)
    dropped = lowest(found, scores, experiment, plan.keep, everywhere=plan.everywhere)
    cut = _cut(experiment, network, found, dropped)
    figures = Figures()
    if plan.epochs:
        trainer = Trainer(fine_tuning(cut.experiment, plan.epochs), data, network=cut.network)
        yield from _followed(trainer, iter(trainer))
        figures = trainer.figures
    yield Pruned(cut.experiment, cut.network.cpu(), figures, found.kept)


def _cut(experiment: Experiment, network: nn.Sequential, found: Prunable, dropped: tuple[int, ...]) -> Cut:
    """The smaller network; where its shapes make a layer superfluous or divide badly, with a few more units."""
    for fewer in range(_ATTEMPTS):
        try:
            return without(experiment, network.state_dict(), found.flow, dropped[: len(dropped) - fewer])
        except PruningError:
            if fewer in (_ATTEMPTS - 1, len(dropped)):
                raise
    raise AssertionError("unreachable")


def _by_weight(experiment: Experiment, network: nn.Sequential, data: Data, plan: Plan) -> Iterator[Epoch | Pruned]:
    names = weight_names(experiment)
    if not names:
        raise PruningError(message("This network has no weights that are trained and can be set to zero."))
    found, own = keeping_zeros(experiment), network_with(experiment, network.state_dict())
    figures = Figures()
    if plan.epochs:
        training = GradualPruning(
            fine_tuning(found, plan.epochs), data, own, plan.keep, plan.criterion, everywhere=plan.everywhere
        )
        yield from _followed(training.trainer, iter(training))
        figures = training.trainer.figures
    else:
        scores = weight_scores(experiment, own, data.train, plan.criterion)
        parameters = {name: parameter.detach() for name, parameter in own.named_parameters()}
        with torch.no_grad():
            set_to_zero({name: parameters[name] for name in names}, scores, plan.keep, everywhere=plan.everywhere)
    yield Pruned(found, own.cpu(), figures, ())


def _followed(trainer: Trainer, snapshots: Iterator[object]) -> Iterator[Epoch]:
    """The epochs of a training.

    Raises:
        PruningError: it diverged.
    """
    for snapshot in snapshots:
        if isinstance(snapshot, Epoch):
            yield snapshot
    if isinstance(trainer.finished, Diverged):
        raise PruningError(trainer.finished.message)
