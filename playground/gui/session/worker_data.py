"""The data of the shown experiment in the training thread: read once and kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from playground.gui.session.worker_mailbox import Augmented, SharedData, TestSample
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.data.dataset import Dataset, nothing_to_test_with
from playground.spec.datasets.changeable import same_samples
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, message

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data


class WorkerData:
    """At most one data set in memory. Only `wanted` and `to_augment` may be set from another thread."""

    def __init__(self, preparing: Callable[[Message], None]) -> None:
        """`preparing` is called, before data are read, with the reason why that takes a while, and then with remarks
        on how they were read.
        """
        self._preparing = preparing
        self.wanted: Dataset | None = None  # the latest requested data: reading others is cancelled (not other changes)
        self._loaded: dict[Dataset, Data] = {}
        self.to_augment: deque[tuple[Experiment, int]] = deque(maxlen=1)  # set from another thread, too

    def of(self, experiment: Experiment) -> Data:
        """The data of an experiment, read once and kept."""
        from playground.engine.data.in_memory import load

        if experiment.data not in self._loaded:
            if experiment.data.preparation:
                self._preparing(experiment.data.preparation)
            self._loaded = {}  # before the next is read, because two might not fit into memory
            with cancellable(lambda: self.wanted is None or not same_samples(self.wanted, experiment.data)):
                self._loaded = {experiment.data: load(experiment.data)}
            for remark in self._loaded[experiment.data].remarks:
                self._preparing(remark)
        return self._loaded[experiment.data]

    def needed(self, experiment: Experiment) -> Data:
        """As `of`, for a command whose caller waits for a report.

        Raises:
            PlaygroundError: reading was cancelled.
        """
        try:
            return self.of(experiment)
        except Cancelled as error:
            raise PlaygroundError(
                message("The run was not continued: it was stopped, or other data are shown.")
            ) from error

    def clear(self) -> None:
        """Release all data."""
        self._loaded = {}

    def test_sample(self, experiment: Experiment, index: int) -> TestSample:
        """One sample of the test set; `index` may exceed its length.

        Raises:
            PlaygroundError: the test set is empty.
        """
        part = self.of(experiment).test
        if not len(part):
            raise PlaygroundError(nothing_to_test_with())
        index %= len(part)
        inputs, targets = part.cut(index, index + 1)
        return TestSample(experiment.data, inputs[0].numpy(), targets[0].numpy())

    def shared(self, experiment: Experiment) -> SharedData:
        """The data themselves, which nobody modifies; or why they cannot be read."""
        try:
            return SharedData(experiment.data, self.of(experiment))
        except Cancelled:
            raise
        except PlaygroundError as error:
            return SharedData(experiment.data, None, error.message)

    def augmented(self) -> Augmented | None:
        """Training images after the augmentations that were requested last; None if that was answered already."""
        if not self.to_augment:
            return None
        experiment, draw = self.to_augment.pop()
        from playground.engine.data.augment.preview import sheet

        return Augmented(sheet(self.of(experiment), experiment.recipe.augmentations, draw))
