"""Records what every layer makes of one input, for the blocks of the stack; the network stays as it was."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from playground.engine.build import resolve
from playground.engine.modules.modes import in_evaluation_mode
from playground.engine.probes.layer_modules import LayerModules
from playground.spec.call import call
from playground.spec.edits import LayerPath

_T = TypeVar("_T")
Slices = Generator[None, None, _T]  # work that pauses when it yields; its result is what it returns
SLICE = 0.004  # seconds of work between two pauses, at most a layer more

Numbers = npt.NDArray[np.float32] | npt.NDArray[np.int64]


class LayerOutput(NamedTuple):
    """The output of one layer for an input; all arrays are read-only, and without the batch.

    A layer that runs several times, as in a Repeat, is shown as it was the last time.
    """

    path: LayerPath  # () for the input itself
    output: Numbers  # after its activation: (C, H, W), (steps, units), (units,), or codes (steps,)
    inside: tuple[tuple[str, Numbers], ...] = ()  # as the layer declares, by name; see `spec.display.Inside`


def layer_outputs(
    network: nn.Sequential, layers: Sequence[LayerModules], inputs: Tensor
) -> dict[LayerPath, LayerOutput]:
    """The outputs of the layers for one input (1, …), and the input itself at path ().

    Runs in evaluation mode: layers that draw random numbers pass on their mean, and BatchNorm normalises by its
    running statistics. No tensor of the network, no mode, no gradient and no random stream changes.
    """
    return _completed(layer_outputs_in_slices(network, layers, inputs))


def layer_outputs_in_slices(
    network: nn.Sequential, layers: Sequence[LayerModules], inputs: Tensor
) -> Slices[dict[LayerPath, LayerOutput]]:
    """The same; yields about every `SLICE` seconds, while nothing of the network is changed."""
    outputs = yield from recorded_in_slices(network, layers, inputs)
    yield
    found: dict[LayerPath, LayerOutput] = {(): LayerOutput((), frozen(inputs[0]))}
    for layer in layers:
        found[layer.path] = layer_output(network, layer, outputs[layer.path])
        if layer.layer.inside is not None:
            yield
    return found


def layer_output(network: nn.Sequential, layer: LayerModules, seen: Recorded) -> LayerOutput:
    """The recorded output of one layer for one input, and the values that the layer declares as its inside."""
    insides: dict[str, Tensor] = {}
    if layer.layer.inside is not None:
        with evaluating_all(network):
            insides = resolve(call(layer.layer.inside.target))(seen.module, seen.inputs)
    named = tuple((name, frozen(item)) for name, item in insides.items())
    return output_of(layer.path, seen)._replace(inside=named)


def output_of(path: LayerPath, seen: Recorded) -> LayerOutput:
    """The recorded output of a layer for one input, without its inside."""
    return LayerOutput(path, _read_only(seen.outputs[0]))


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
    return _completed(recorded_in_slices(network, layers, inputs, all_inputs=all_inputs))


def recorded_in_slices(
    network: nn.Sequential, layers: Sequence[LayerModules], inputs: Tensor, *, all_inputs: bool = False
) -> Slices[dict[LayerPath, Recorded]]:
    """The same; yields about every `SLICE` seconds, with no hook on the network and its modes as they were."""
    recording = _Recording(layers, inputs, all_inputs)
    x, began = inputs.clone(), perf_counter()
    for part in network:
        if perf_counter() - began > SLICE:
            yield
            began = perf_counter()
        with evaluating_all(part), recording.hooks(part):
            x = part(x)
    return recording.found


@contextmanager
def recorded_once(
    network: nn.Sequential, layers: Sequence[LayerModules], inputs: Tensor
) -> Iterator[dict[LayerPath, Recorded]]:
    """Record what `recorded` does while somebody else runs the network; the input itself is at path ().

    After the block the dictionary is empty unless the network ran once, on these inputs (N, …), in evaluation mode.
    """
    recording, runs = _Recording(layers, inputs, False), list[bool]()
    recording.found[()] = Recorded(network, inputs, inputs.clone())

    def note(module: nn.Module, arguments: tuple[Tensor, ...]) -> None:
        given = arguments[0]
        runs.append(not module.training and given.device == inputs.device and torch.equal(given, inputs))

    noting = network.register_forward_pre_hook(note)
    try:
        with recording.hooks(network):
            yield recording.found
    finally:
        noting.remove()
    if runs != [True]:
        recording.found.clear()


class _Recording:
    """Keeps copies of what layers get and make while parts of their network run."""

    def __init__(self, layers: Sequence[LayerModules], inputs: Tensor, all_inputs: bool) -> None:
        self.found: dict[LayerPath, Recorded] = {}
        self._inputs = inputs  # of the network
        self._given: dict[LayerPath, tuple[nn.Module, Tensor]] = {}
        self._ends: dict[nn.Module, list[LayerPath]] = {}  # by the last module of a layer
        self._begins: dict[nn.Module, list[LayerPath]] = {}
        for layer in layers:
            for modules in layer.copies:
                self._ends.setdefault(modules[-1], []).append(layer.path)
                if all_inputs or layer.layer.inside is not None:
                    self._begins.setdefault(modules[0], []).append(layer.path)

    @contextmanager
    def hooks(self, part: nn.Module) -> Iterator[None]:
        """Record while one part of the network runs."""
        with ExitStack() as stack:
            for module in part.modules():
                for path in self._ends.get(module, ()):
                    stack.callback(module.register_forward_hook(self._after(path)).remove)
                for path in self._begins.get(module, ()):
                    stack.callback(module.register_forward_pre_hook(self._before(path)).remove)
            yield

    def _after(self, path: LayerPath) -> Any:
        def keep(module: nn.Module, _: Any, outputs: Tensor) -> None:
            kept = outputs.clone(memory_format=torch.contiguous_format)  # torch changes the order faster than NumPy
            self.found[path] = Recorded(*self._given.get(path, (module, self._inputs)), kept)

        return keep

    def _before(self, path: LayerPath) -> Any:
        def keep(module: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            self._given[path] = module, arguments[0].clone()

        return keep


def _completed(slices: Slices[_T]) -> _T:
    """The result of work in slices, without a pause."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            result: _T = end.value
            return result


@contextmanager
def evaluating_all(network: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients; restores the mode of every single module afterwards."""
    with in_evaluation_mode(network), torch.inference_mode():
        yield


def frozen(tensor: Tensor) -> Numbers:
    """A read-only copy in memory of its own, in the usual order of its dimensions."""
    numbers = tensor.detach().to("cpu", torch.float32 if tensor.is_floating_point() else torch.int64)
    copied: Numbers = np.array(numbers.numpy(), order="C", copy=True)
    copied.flags.writeable = False
    return copied


def _read_only(tensor: Tensor) -> Numbers:
    """A recorded copy as read-only numbers, without copying it again where its form allows that."""
    if tensor.dtype not in (torch.float32, torch.int64) or not tensor.is_cpu or not tensor.is_contiguous():
        return frozen(tensor)
    numbers: Numbers = tensor.detach().numpy().view()
    numbers.flags.writeable = False
    return numbers
