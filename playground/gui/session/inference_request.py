"""The question of one client of the inference thread, the network that is asked, and the answer in progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum, auto
from time import perf_counter
from typing import TYPE_CHECKING, Any

from playground.gui.session.network_source import NetworkSource
from playground.spec.data.dataset import Dataset

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class BoundQuestion:
    """A question bound to the data that it was made for: no network of other data receives it."""

    content: Any  # immutable
    data: Dataset

    def suits(self, data: Dataset) -> bool:
        """Whether a network of that data can answer it; see `Dataset.signature`."""
        return data is self.data or data.signature == self.data.signature


class Priority(IntEnum):
    """Priority of questions; lower values are answered first."""

    INTERACTIVE = auto()  # the user draws, writes or moves a slider, and waits
    BACKGROUND = auto()


# Called in the thread with the network, its description, and the content of the question; returns an immutable value
# to show. It may raise a `PlaygroundError` with the reason why it cannot answer. If it takes longer than 5 ms, it is a
# generator that yields None after each slice of at most 5 ms, and an answer whenever it has one. It must not yield
# within `evaluating` or `torch.inference_mode`, which apply to the whole thread.
InferenceFunction = Callable[["nn.Sequential", NetworkSource, Any], object]


class InferenceRequest:
    """The state of a client's question."""

    def __init__(self, answer: InferenceFunction, priority: Priority, complete_every: float | None) -> None:
        self.priority, self._complete_every = priority, complete_every
        # Guarded by the thread's lock.
        self.source: NetworkSource | None = None
        self.question: BoundQuestion | None = None
        self.changed = False  # question or network, since they were picked
        self.turn = 0  # turn in which it was picked last

        # Used by the thread alone.
        self.picked: BoundQuestion | None = None  # the question being answered
        self._answer_with = answer
        self._picked_source: NetworkSource | None = None  # the network to ask
        self._slices: Iterator[object] | None = None  # of a long answer in progress
        self._completed = 0.0  # when the latest long answer was, by `perf_counter`
        self._network: nn.Sequential | None = None
        self._network_source: NetworkSource | None = None  # description of `_network`

    @property
    def due(self) -> bool:
        """Whether it has work to do."""
        return self.changed or self._slices is not None

    @property
    def suits(self) -> bool:
        """Whether there is a question and a network that can answer it."""
        source, question = self.source, self.question
        return source is not None and question is not None and question.suits(source.experiment.data)

    def pick(self) -> None:
        """Take the latest question and network; called with the lock held.

        A long answer in progress continues with the network that it began with, or it would never end during training.
        It is dropped for another question, unless it is time to complete one, or if the network can no longer answer.
        """
        if self._slices is not None and (self.question is self.picked or self._completes_first) and self.suits:
            return
        self.changed, self._slices = False, None
        self.picked = self.question if self.suits else None
        self._picked_source = self.source

    def advance(self) -> object:
        """Do a slice of the picked question; return an answer, or None if there is none yet."""
        if self._slices is None:
            source = self._picked_source
            if source is None or self._reusable(source) is None:
                self.drop(network=True)  # also without a question: the network can be large, and no question may follow
            if source is None or self.picked is None:
                return None
            answer = self._answer_with(self._network_of(source), source, self.picked.content)
            if not isinstance(answer, Iterator):
                return answer
            self._slices = answer
        try:
            return next(self._slices)
        except StopIteration:
            self._slices, self._completed = None, perf_counter()
            return None

    @property
    def _completes_first(self) -> bool:
        """Whether the answer in progress is completed before another question is."""
        return self._complete_every is not None and perf_counter() - self._completed >= self._complete_every

    def drop(self, network: bool = False) -> None:
        """Drop the answer in progress, and the network if `network` is set."""
        self._slices = None
        if network:
            self._network = self._network_source = None

    def _network_of(self, source: NetworkSource) -> nn.Sequential:
        """The network to ask; if the stack is the same, only the weights are replaced."""
        from playground.engine.build import build, skeleton

        if source is self._network_source and self._network is not None:
            return self._network
        if source.weights is None:
            network = build(source.experiment)
        else:
            network = self._reusable(source) or skeleton(source.experiment)
            network.load_state_dict(source.weights, assign=True)
        if source.intervention:
            from playground.engine.probes.interventions import break_network

            break_network(network, source.experiment, source.intervention)
        self._network, self._network_source = network, source
        return network

    def _reusable(self, source: NetworkSource) -> nn.Sequential | None:
        """The current network, if it has the layers of that one, and nothing in either is broken on purpose."""
        before = self._network_source
        if before is None or before.intervention or source.intervention:
            return None
        used, wanted = before.experiment, source.experiment
        return self._network if (used.stack, used.data) == (wanted.stack, wanted.data) else None
