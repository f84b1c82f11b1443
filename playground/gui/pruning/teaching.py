"""Trains a pruned network from the whole one, epoch by epoch, in a background thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playground.engine.data.in_memory import Data
from playground.engine.pruning.distillation import TEMPERATURE
from playground.engine.pruning.measures import evaluated
from playground.engine.pruning.prune import Pruned, distill
from playground.engine.training.snapshots import Epoch, Figures
from playground.engine.weights import Trained, network_with
from playground.gui.pruning.inference import PruningAnswer
from playground.gui.session.network_source import NetworkSource
from playground.spec.cancelling import Cancelled, cancellable, stop_if_cancelled
from playground.spec.messages import Message, PlaygroundError, message


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """The network that has learned, and its score on the samples on which the whole one was measured."""

    made: Pruned
    score: float  # as the task defines it


@dataclass(frozen=True, slots=True)
class Untaught:
    """Why the network was not taught to its end."""

    problem: Message


class Teaching:
    """The lesson of one network: the window's thread makes and drops it, one other thread advances it."""

    def __init__(self, answer: PruningAnswer, data: Data) -> None:
        """`answer`: the whole network, and the pruned one of the chosen share."""
        self.answer = answer
        self.epochs = answer.source.experiment.recipe.epochs
        self._data = data
        self._dropped = False
        self._steps: Iterator[Epoch | Taught] | None = None

    def drop(self) -> None:
        """End the epoch that is being trained; its result is not wanted."""
        self._dropped = True

    def advance(self) -> Epoch | Taught | Untaught:
        """Train the next epoch; the result comes after the last one."""
        try:
            with cancellable(lambda: self._dropped):
                stop_if_cancelled()
                if self._steps is None:
                    self._steps = self._begun()
                return next(self._steps)
        except Cancelled:
            return Untaught(message("It was stopped: nothing was changed."))
        except PlaygroundError as error:
            return Untaught(error.message)

    def _begun(self) -> Iterator[Epoch | Taught]:
        source, made = self.answer.source, self.answer.made
        student = network_with(made.experiment, made.network.state_dict())
        for found in distill(made.experiment, student, self._data, _teacher(source), TEMPERATURE):
            if isinstance(found, Epoch):
                yield found
            else:
                yield Taught(found, evaluated(found.experiment, found.network, self.answer.question.part.samples).score)


def _teacher(source: NetworkSource) -> Trained:
    assert source.weights is not None
    network = network_with(source.experiment, source.weights)
    return Trained(source.experiment, network.eval(), Figures(step=source.version), {})
