"""The data of the experiment that is shown, as the thread that trains keeps them: read once, and looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playground.gui.session.worker_mailbox import Augmented, TestSample
from playground.spec.cancelling import cancellable
from playground.spec.data.dataset import Dataset, nothing_to_test_with
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data


class WorkerData:
    """At most one data set in memory. `wanted` may be set from another thread; all else is for the one that trains."""

    def __init__(self, preparing: Callable[[Message], None]) -> None:
        """`preparing` is told why data take a while, before they are read."""
        self._preparing = preparing
        self.wanted: Dataset | None = None  # the data that were asked for last: others are not read to their end
        self._loaded: dict[Dataset, Data] = {}

    def of(self, experiment: Experiment) -> Data:
        """The data of an experiment, read once and kept."""
        from playground.engine.data.in_memory import load

        if experiment.data not in self._loaded:
            if experiment.data.preparation:
                self._preparing(experiment.data.preparation)
            self._loaded = {}  # before the next is read: two might not fit into the memory
            with cancellable(lambda: self.wanted != experiment.data):
                self._loaded = {experiment.data: load(experiment.data)}
        return self._loaded[experiment.data]

    def clear(self) -> None:
        """Let go of all data."""
        self._loaded = {}

    def test_sample(self, experiment: Experiment, index: int) -> TestSample:
        """One sample of the test set; `index` may be beyond its end.

        Raises:
            PlaygroundError: there is none.
        """
        part = self.of(experiment).test
        if not len(part):
            raise PlaygroundError(nothing_to_test_with())
        index %= len(part)
        inputs, targets = part.cut(index, index + 1)
        return TestSample(experiment.data, inputs[0].numpy(), targets[0].numpy())

    def augmented(self, experiment: Experiment, draw: int) -> Augmented:
        """Training images as the experiment's augmentations leave them."""
        from playground.engine.data.augment.preview import sheet

        return Augmented(sheet(self.of(experiment), experiment.recipe.augmentations, draw))
