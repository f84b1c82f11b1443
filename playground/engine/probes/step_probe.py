"""Looks at one training step in many: gradients and activations before it, and by how much it changed the weights."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, isfinite, sqrt
from time import perf_counter

import torch
from torch import Tensor, nn

from playground.engine.build import trained_parameters
from playground.engine.probes.activations import output_statistics
from playground.engine.probes.layer_modules import LayerModules, layer_modules
from playground.engine.probes.statistics import (
    class_counts,
    count_not_finite,
    input_statistics,
    lengths,
    log_histogram,
    thinned,
)
from playground.engine.training.penalty import Penalty
from playground.engine.training.snapshots import LayerStatistics, Probed
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment

EVERY = 500  # steps between two probes; a probe takes as long as one to three steps, of the smallest networks 15


class StepProbe:
    """Takes a `Probed` of every `every`-th step, and of steps 1, 2, 4, 8, … before the first of these.

    The bits of the step stay the same: tensors are only read, and the pass that shows the activations draws no random
    numbers. The numbers of the steps decide which are looked at, so that a continued run looks at the same ones.
    """

    def __init__(self, experiment: Experiment, network: nn.Sequential, every: int) -> None:
        """`network` is the one that is trained: where weights are averaged, not the average.

        Raises:
            ValueError: `every` is below 1.
        """
        if every < 1:
            raise ValueError(f"a probe is taken every 1 or more steps, not {every}")
        self._every, self._network, self._classes = every, network, experiment.data.task.classes
        self._layers = layer_modules(experiment, network)
        self._learned = [parameter.detach() for parameter in trained_parameters(network)]
        self._owned = _owned(self._layers, network)
        self._found: Probed | None = None
        self.seconds = 0.0  # that the last probe took

    def is_due(self, step: int) -> bool:
        """Whether to look at the step of that number, from 1."""
        return step % self._every == 0 or (step < self._every and step & (step - 1) == 0)

    @torch.no_grad()
    def before(self, step: int, inputs: Tensor, targets: Tensor, gradients: list[Tensor], penalty: Penalty) -> None:
        """Look at what the step starts from.

        Args:
            step: its number.
            inputs: of its batch, (N, …), augmented.
            targets: of its batch.
            gradients: of the loss, one for each trained parameter, before the penalty's are added and all are clipped.
            penalty: adds the penalty's gradients.
        """
        began = perf_counter()
        self._outputs = output_statistics(self._network, self._layers, inputs)
        self._slopes, self._sizes = lengths(gradients), lengths(self._learned)
        self._spread = {
            path: log_histogram(thinned([gradients[i] for i in owned])) if owned else None
            for path, owned in self._owned.items()
        }
        pairs = zip([*gradients, *self._learned], [*self._slopes, *self._sizes], strict=True)
        self._not_finite = [0 if isfinite(length) else count_not_finite((tensor,)) for tensor, length in pairs]
        self._found = Probed(
            step,
            (),
            hypot(*self._slopes),
            penalty.norms(gradients)[1] if penalty.charges else 0.0,
            input_statistics(inputs),
            class_counts(targets, self._classes),
        )
        self._weights = [weight.clone() for weight in self._learned]
        self.seconds = perf_counter() - began

    @torch.no_grad()
    def after(self) -> None:
        """Look at the weights after the step, of which `before` was told."""
        assert self._found is not None
        began = perf_counter()
        moved = lengths(list(torch._foreach_sub(self._learned, self._weights)))
        self._found = self._found._replace(layers=tuple(self._layer(item.path, moved) for item in self._layers))
        self.seconds += perf_counter() - began

    def _layer(self, path: LayerPath, moved: list[float]) -> LayerStatistics:
        """The statistics of one layer; `moved` holds the norm of each parameter's update."""
        owned, found = self._owned[path], self._outputs[path]
        numbers = sum(self._learned[i].numel() for i in owned)
        norms = [hypot(*(some[i] for i in owned)) for some in (self._slopes, self._sizes, moved)]
        gradient, weight, update = (norm / sqrt(numbers) if owned else None for norm in norms)
        bad = sum(self._not_finite[i] + self._not_finite[len(self._learned) + i] for i in owned)
        return LayerStatistics(
            path,
            numbers,
            gradient,
            weight,
            update,
            found.mean,
            found.std,
            found.dead,
            found.saturated,
            bad + found.not_finite,
            found.units,
            found.dead_units,
            self._spread[path],
            found.outputs,
        )

    def take(self) -> Probed | None:
        """Return the findings since the last call."""
        found, self._found = self._found, None
        return found


def _owned(layers: Sequence[LayerModules], network: nn.Module) -> dict[LayerPath, list[int]]:
    """The numbers, in the network, of each layer's trained parameters; a container has those of no layer in it."""
    owner: dict[int, LayerPath] = {}
    for layer in reversed(layers):  # layers come behind the container that they are in
        for modules in layer.copies:
            for module in modules:
                for parameter in module.parameters():
                    owner.setdefault(id(parameter), layer.path)
    owned: dict[LayerPath, list[int]] = {layer.path: [] for layer in layers}
    for number, parameter in enumerate(trained_parameters(network)):
        owned[owner[id(parameter)]].append(number)
    return owned
