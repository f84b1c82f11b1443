"""Records what every layer makes of one input, for the blocks of the stack; the network stays as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from playground.engine.build import resolve
from playground.engine.probes.layer_modules import LayerModules
from playground.spec.call import call
from playground.spec.edits import LayerPath

Numbers = npt.NDArray[np.float32] | npt.NDArray[np.int64]


class LayerOutput(NamedTuple):
    """What one layer makes of an input; all arrays are read-only, and without the batch.

    A layer that runs several times, as in a Repeat, is shown as it was the last time.
    """

    path: LayerPath  # () for the input itself
    output: Numbers  # after its activation: (C, H, W), (steps, units), (units,), or codes (steps,)
    inside: tuple[tuple[str, Numbers], ...] = ()  # as the layer declares, by name; see `spec.display.Inside`


def layer_outputs(
    network: nn.Sequential, layers: Sequence[LayerModules], inputs: Tensor
) -> dict[LayerPath, LayerOutput]:
    """What each of the layers makes of one input (1, …), and the input itself at path ().

    Runs in evaluation mode: layers that draw random numbers pass on their mean, and BatchNorm normalises by its
    running statistics. No tensor of the network, no mode, no gradient and no random stream changes.
    """
    outputs = recorded(network, layers, inputs)
    found: dict[LayerPath, LayerOutput] = {(): LayerOutput((), frozen(inputs[0]))}
    for layer in layers:
        found[layer.path] = layer_output(network, layer, outputs[layer.path])
    return found


def layer_output(network: nn.Sequential, layer: LayerModules, seen: Recorded) -> LayerOutput:
    """What was recorded of one layer for one input, and what the layer declares as its inside."""
    insides: dict[str, Tensor] = {}
    if layer.layer.inside is not None:
        with evaluating_all(network):
            insides = resolve(call(layer.layer.inside.target))(seen.module, seen.inputs)
    named = tuple((name, frozen(item)) for name, item in insides.items())
    return LayerOutput(layer.path, frozen(seen.outputs[0]), named)


class Recorded(NamedTuple):
    """The last run of a layer: its first module with its input (N, …), and its output (N, …), after the last one."""

    module: nn.Module
    inputs: Tensor
    outputs: Tensor


def recorded(
    network: nn.Sequential, layers: Sequence[LayerModules], inputs: Tensor, *, all_inputs: bool = False
) -> dict[LayerPath, Recorded]:
    """Run the network on a batch (N, …) as `layer_outputs` does, and keep copies: modules may write over their input.

    Unless `all_inputs` is set, inputs are kept only of layers that declare an `inside`.
    """
    given: dict[LayerPath, tuple[nn.Module, Tensor]] = {}
    found: dict[LayerPath, Recorded] = {}

    def hook(path: LayerPath) -> Any:
        def keep(module: nn.Module, _: Any, outputs: Tensor) -> None:
            found[path] = Recorded(*given.get(path, (module, inputs)), outputs.clone())

        return keep

    def hook_before(path: LayerPath) -> Any:
        def keep(module: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            given[path] = module, arguments[0].clone()

        return keep

    with ExitStack() as stack:
        for layer in layers:
            for modules in layer.copies:
                stack.callback(modules[-1].register_forward_hook(hook(layer.path)).remove)
                if all_inputs or layer.layer.inside is not None:
                    stack.callback(modules[0].register_forward_pre_hook(hook_before(layer.path)).remove)
        stack.enter_context(evaluating_all(network))
        network(inputs.clone())
    return found


@contextmanager
def evaluating_all(network: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients; restores the mode of every single module afterwards."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        for module, training in modes:
            module.training = training


def frozen(tensor: Tensor) -> Numbers:
    """A read-only copy in memory of its own, in the usual order of its dimensions."""
    numbers = tensor.detach().to("cpu", torch.float32 if tensor.is_floating_point() else torch.int64)
    copied: Numbers = np.array(numbers.numpy(), order="C", copy=True)
    copied.flags.writeable = False
    return copied
