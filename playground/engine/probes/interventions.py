"""Breaks a copy of a network on purpose: silences units, skips layers, and disturbs weights."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from playground.engine.probes.layer_modules import LayerModules, layer_modules
from playground.spec.check.shapes import LayerShape
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment


@dataclass(frozen=True)
class Intervention:
    """Interventions in a network; without any, it is as it was trained."""

    silenced: Mapping[LayerPath, frozenset[int]] = field(default_factory=dict)  # units whose outputs are 0
    skipped: frozenset[LayerPath] = frozenset()  # layers that pass on their input
    noise: Mapping[LayerPath, float] = field(default_factory=dict)  # see `disturbed`

    def __bool__(self) -> bool:
        """Whether anything is broken."""
        return bool(self.skipped) or any(self.silenced.values()) or any(self.noise.values())

    def with_silenced(self, path: LayerPath, units: frozenset[int]) -> Intervention:
        """The same with these units of a layer silent, and no others of it."""
        return Intervention(_replaced(self.silenced, path, units), self.skipped, self.noise)

    def with_skipped(self, path: LayerPath, skipped: bool) -> Intervention:
        """The same with a layer skipped, or not."""
        chosen = self.skipped | {path} if skipped else self.skipped - {path}
        return Intervention(self.silenced, chosen, self.noise)

    def with_noise(self, path: LayerPath, share: float) -> Intervention:
        """The same with other noise on the weights of a layer."""
        return Intervention(self.silenced, self.skipped, _replaced(self.noise, path, share))


def can_skip(row: LayerShape) -> bool:
    """Whether a layer gives what it gets in shape, so that the network works without it."""
    return row.active and row.mismatch is None and row.input == row.output


def units_of(row: LayerShape) -> int:
    """The number of units that can be silenced: channels of images, else the last dimension of the output."""
    if not row.active or row.mismatch is not None or not row.output:
        return 0
    return row.output[0] if len(row.output) == 3 else row.output[-1]


def break_network(network: nn.Sequential, experiment: Experiment, intervention: Intervention) -> None:
    """Apply an intervention to a network that nobody else uses; its tensors may be shared, and stay as they are.

    Hooks stay on its modules: drop the network to undo the intervention.
    """
    for layer in layer_modules(experiment, network):
        if share := intervention.noise.get(layer.path):
            _disturb(layer, share)
        if layer.path in intervention.skipped:
            for modules in layer.copies:
                for module in modules:
                    module.register_forward_hook(_pass_on)
        if units := intervention.silenced.get(layer.path):
            for module in layer.outputs:
                module.register_forward_hook(_Silence(units))


def disturbed(tensor: Tensor, share: float, seed: int) -> Tensor:
    """A tensor plus Gaussian noise, whose standard deviation is a share of that of the tensor's values.

    A tensor of one value, or of equal ones, has no spread: there the share is of its magnitude. The noise of a seed is
    always the same but for its size, so that a slider moves the weights along a line.
    """
    values = tensor.detach().to(torch.float32)
    spread = float(values.std(correction=0)) or float(values.abs().max())
    drawn = torch.randn(tensor.shape, generator=torch.Generator().manual_seed(seed))
    return (values + share * spread * drawn.to(values.device)).to(tensor.dtype)


def _disturb(layer: LayerModules, share: float) -> None:
    for copy, modules in enumerate(layer.copies):
        for number, module in enumerate(modules):
            for name, parameter in list(module.named_parameters()):
                owner, _, own = name.rpartition(".")
                seed = zlib.crc32(f"{layer.path} {copy} {number} {name}".encode())
                noisy = nn.Parameter(disturbed(parameter, share, seed), requires_grad=parameter.requires_grad)
                setattr(module.get_submodule(owner), own, noisy)


def _pass_on(_module: nn.Module, inputs: tuple[Tensor, ...], _outputs: Tensor) -> Tensor:
    return inputs[0]


class _Silence:
    """A forward hook that sets units of outputs (N, C, H, W) or (N, …, F) to 0."""

    def __init__(self, units: frozenset[int]) -> None:
        self._units = sorted(units)

    def __call__(self, _module: nn.Module, _inputs: Any, outputs: Tensor) -> Tensor:
        axis = 1 if outputs.dim() == 4 else -1
        audible = torch.ones(outputs.shape[axis], dtype=torch.bool, device=outputs.device)
        audible[self._units] = False
        shape = (-1, 1, 1) if axis == 1 else (-1,)
        return torch.where(audible.reshape(shape), outputs, torch.zeros((), dtype=outputs.dtype))


def _replaced(values: Mapping[LayerPath, Any], path: LayerPath, value: Any) -> dict[LayerPath, Any]:
    """The mapping with another value, without those that are empty or 0."""
    return {key: item for key, item in {**values, path: value}.items() if item}
