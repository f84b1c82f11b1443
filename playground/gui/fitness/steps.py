"""Measures a network step by step in a background thread, so that it can be told what is measured, and dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playground.engine.data.in_memory import Data
from playground.engine.fitness.fitness import fitness_items
from playground.engine.fitness.item import Item
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained, network_with
from playground.gui.session.worker_mailbox import Weights
from playground.spec.cancelling import Cancelled, cancellable, stop_if_cancelled
from playground.spec.messages import Message, PlaygroundError


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Why nothing more can be measured."""

    problem: Message


class FitnessSteps:
    """The measuring of one network: the window's thread makes and drops it, one other thread advances it."""

    def __init__(self, weights: Weights, data: Data) -> None:
        self.weights = weights  # that are measured
        self._data = data
        self._dropped = False
        self._items: Iterator[Message | Item] | None = None

    def drop(self) -> None:
        """End the step that is being done; its result is not wanted."""
        self._dropped = True

    def advance(self) -> Message | Item | Unmeasured | None:
        """Do the next step: what is measured next, an item, or None at the end."""
        try:
            with cancellable(lambda: self._dropped):
                stop_if_cancelled()
                if self._items is None:
                    self._items = fitness_items(self._trained(), self._data)
                return next(self._items, None)
        except Cancelled:
            return None
        except PlaygroundError as error:
            return Unmeasured(error.message)

    def _trained(self) -> Trained:
        weights = self.weights
        network = network_with(weights.experiment, weights.tensors)
        return Trained(weights.experiment, network, Figures(step=weights.step), {}, scaling=weights.scaling)
