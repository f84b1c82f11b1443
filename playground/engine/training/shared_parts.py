"""The parts of a run of several processes: each has all of them, computes its share, and knows what the others do."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import torch
from torch import Tensor, nn

from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.evaluate import Evaluation, Observer, evaluate
from playground.engine.runtime.ranks import LostRank, Ranks
from playground.engine.training.snapshots import Step
from playground.engine.training.stateful_parts import Parts
from playground.engine.training.training_state import PartsMemory
from playground.spec.experiment import Experiment


def parts_of(
    experiment: Experiment,
    device: torch.device,
    network: nn.Sequential | None,
    replay: bool,
    probe_every: int | None,
    ranks: Ranks | None,
) -> Parts:
    """The parts of a run, which is shared with other processes if `ranks` are given; see `Trainer`."""
    if ranks is None:
        return Parts(experiment, device, network, replay, probe_every)
    return SharedParts(experiment, device, network, probe_every, ranks)


class SharedParts(Parts):
    """Each process has the same weights, shuffles and augments in the same way, and learns from its share of a batch.

    The figures are those of one process within rounding, but for layers that draw random numbers: each process has a
    stream of its own for them, else all shares would get the same. Steps are not played back. `ranks` decide when to
    stop: all processes after the same step.
    """

    def __init__(
        self,
        experiment: Experiment,
        device: torch.device,
        network: nn.Sequential | None,
        probe_every: int | None,
        ranks: Ranks,
    ) -> None:
        """As `Parts`; only the first process takes probes. All take the first one's weights."""
        super().__init__(experiment, device, network, False, probe_every if ranks.first else None, ranks)
        self._ranks, self._seed = ranks, experiment.seed
        if device.type == "cuda":
            torch.cuda.manual_seed((experiment.seed + ranks.rank) % 2**32)
        ranks.take_from_first(self._places().values())

    def resume(self, memory: PartsMemory, tensors: dict[str, Tensor]) -> None:
        """As `Parts`; the state has the stream of the first process alone, the others begin new ones."""
        super().resume(memory, tensors)
        self._ranks.take_from_first(self._places().values())
        if self.learner.stream and not self._ranks.first:
            sources = [self._seed, self._ranks.rank, memory.learner.steps]
            self.learner.stream.generator.manual_seed(int(np.random.SeedSequence(sources).generate_state(1)[0]))

    def learn(self, inputs: Tensor, targets: Tensor, rate: float, number: int, epochs: float) -> Step:
        """As `Parts`.

        Raises:
            LostRank: another process has ended; all is then as it was before the step.
        """
        streams = self._random_states()
        buffers = [(buffer, buffer.clone()) for buffer in self.learner.network.buffers()]
        try:
            return super().learn(inputs, targets, rate, number, epochs)
        except LostRank:
            for buffer, before in buffers:
                buffer.copy_(before)
            self.batches.set_augmenting(streams["random.augmenting"])
            if self.learner.stream:
                self.learner.stream.generator.set_state(streams["random.layers"])
            raise

    def evaluate(self, part: Subset, watch: Observer | None) -> Generator[int, None, Evaluation]:
        """As `Parts`, each process a share; with an observer this one alone, which the others do not wait for."""
        ranks = None if watch or len(part) < self._ranks.world else self._ranks
        return evaluate(self.network, self.learner.objective, self.learner.scoring, part, self.chunk, watch, ranks)
