"""The stateful parts of a run: network, optimizer, random streams and monitors, and how to save and resume them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from math import inf, isfinite
from time import perf_counter

import numpy as np
import torch
from torch import Tensor, nn

from playground.engine.build import build, run
from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.evaluate import Evaluation, Observer, chunk_size, evaluate
from playground.engine.probes.step_probe import StepProbe
from playground.engine.runtime.device import prepare_thread, threads
from playground.engine.runtime.ranks import Ranks
from playground.engine.training.batches import Batches
from playground.engine.training.early_stopping import EarlyStoppingMonitor
from playground.engine.training.reduce_on_plateau import PlateauMonitor
from playground.engine.training.snapshots import Probed, Step
from playground.engine.training.thread_throttle import ThreadThrottle
from playground.engine.training.train_step import TrainStep
from playground.engine.training.training_state import PartsMemory, StateError, copied, fill
from playground.engine.training.weight_averaging import WeightAverage
from playground.spec.check.memory import is_light
from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.messages import message
from playground.spec.recipe.recipe import EMA


class Parts:
    """The network on its device and all objects that train it."""

    def __init__(
        self,
        experiment: Experiment,
        device: torch.device,
        network: nn.Sequential | None,
        replay: bool,
        probe_every: int | None = None,
        ranks: Ranks | None = None,
    ) -> None:
        """As `Trainer`; with `ranks` as `SharedParts`."""
        recipe = experiment.recipe
        self.pace = ThreadThrottle(threads(experiment))
        prepare_thread(self.pace.threads)
        self.network = (network or build(experiment)).to(device)
        shuffling, augmenting, chance = np.random.SeedSequence(experiment.seed).generate_state(3).tolist()
        self.batches = Batches(experiment, device, shuffling, augmenting)
        self.average = (
            WeightAverage(self.network, recipe.averaging.decay) if isinstance(recipe.averaging, EMA) else None
        )
        trained = self.average.trained if self.average else self.network
        light = is_light(totals(walk(experiment.stack, experiment.data.sample_shape)), recipe.batch_size)
        self.learner = TrainStep(experiment, trained, chance, replay=replay and light, ranks=ranks)
        self.probe = StepProbe(experiment, trained, probe_every) if probe_every is not None else None
        watching = recipe.stopping.call()
        self.patience: EarlyStoppingMonitor = run(watching) if watching else EarlyStoppingMonitor(inf, False)
        self.plateau = PlateauMonitor(recipe.schedule)
        self.chunk = chunk_size(experiment)

    def learn(self, inputs: Tensor, targets: Tensor, rate: float, number: int, epochs: float) -> Step:
        """Make a training step; a batch whose loss is not finite changes nothing.

        number: of the step. epochs: how many are done with it.
        """
        inputs, targets = self.batches.augmented(inputs, targets)
        samples = len(inputs)
        probe = self.probe if self.probe and self.probe.is_due(number) else None
        began = perf_counter()
        outcome = self.learner.learn(inputs, targets, rate, probe)
        self.pace.note(perf_counter() - began - (probe.seconds if probe else 0.0), samples)
        if outcome.finite and self.average:
            self.average.note()
        score = self.learner.scoring.score(outcome.sums, samples)
        return Step(number, epochs, outcome.loss, outcome.terms, score, rate, samples, outcome.sums, outcome.weight)

    def probed(self, step: Step) -> Iterator[Probed]:
        """Yield the findings of the probe in the last step, which is given, if it looked at that step."""
        found = self.probe.take() if self.probe else None
        if found:
            yield found._replace(samples=step.samples, learning_rate=step.learning_rate)

    def evaluate(self, part: Subset, watch: Observer | None) -> Generator[int, None, Evaluation]:
        """As `evaluate`, in chunks that suit the network."""
        return evaluate(self.network, self.learner.objective, self.learner.scoring, part, self.chunk, watch)

    def restore(self) -> int | None:
        """Go back to weights that were good, as `TrainStep`; after which step, None where an average is still good."""
        restored = self.learner.restore()
        return restored if self.average is None or self.average.mend() else None

    def memory(self) -> PartsMemory:
        """The state apart from `tensors`."""
        return PartsMemory(
            learner=self.learner.memory(),
            plateau=self.plateau.state(),
            best_loss=self.patience.best_loss,
            waited=self.patience.waited,
            averaging=self.average is not None and self.average.begun,
            declared_threads=self.pace.declared,
            threads=self.pace.threads,
        )

    def tensors(self) -> dict[str, Tensor]:
        """Copies of all tensors of the state, by name."""
        return copied({**self._places(), **self._random_states()})

    def resume(self, memory: PartsMemory, tensors: dict[str, Tensor]) -> None:
        """Restore the state that `memory` and `tensors` returned.

        Raises:
            StateError: the tensors are not those of this experiment.
        """
        self.pace.resume(memory.declared_threads, memory.threads)
        self.plateau.resume(memory.plateau)
        self.patience.best_loss, self.patience.waited = memory.best_loss, memory.waited
        if self.patience.restore_best and isfinite(memory.best_loss):
            self.patience.best_weights = {name: each.clone() for name, each in self.network.state_dict().items()}
        if self.average:
            self.average.begun = memory.averaging
        self.learner.prepare(memory.learner)
        random = self._random_states()
        fill({**self._places(), **random}, tensors)
        try:
            self.batches.resume({name: random[f"random.{name}"] for name in self.batches.random_states()})
            if self.learner.stream:
                self.learner.stream.generator.set_state(random["random.layers"])
        except RuntimeError as error:
            raise StateError(
                message("The training state does not fit: no stream of random numbers is such.")
            ) from error

    def _places(self) -> dict[str, Tensor]:
        """The tensors of the state themselves, not copies."""
        targets = self.learner.tensors() | _named("best", self.patience.best_weights)
        return targets | (_named("average", self.average.network.state_dict()) if self.average else {})

    def _random_states(self) -> dict[str, Tensor]:
        """The states of the random streams, as copies, in bytes."""
        stream = self.learner.stream
        layers = {"layers": stream.generator.get_state()} if stream else {}
        return _named("random", {**self.batches.random_states(), **layers})


def _named(what: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors, their names prefixed with the owner."""
    return {f"{what}.{name}": tensor for name, tensor in tensors.items()}
