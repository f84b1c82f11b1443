"""Executes the calls that components declare, and builds the network of an experiment."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from playground.engine.runtime.memory_layout import laid_out
from playground.engine.runtime.out_of_memory import NETWORK, shortage_explained
from playground.engine.runtime.random_streams import RandomStream
from playground.spec.call import Call, Copies
from playground.spec.check.shapes import LayerShape, walk
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message

# Only functions with these prefixes may be called, so that a declaration cannot make the engine run anything else.
_ALLOWED = (
    "torch.",
    "playground.engine.data.augment.",
    "playground.engine.losses.",
    "playground.engine.modules.",
    "playground.engine.probes.",
    "playground.engine.optimizers.",
    "playground.engine.data.sources.",
    "playground.engine.training.early_stopping.",
)


class BuildError(PlaygroundError):
    """An experiment cannot be built, or a call in it cannot be executed."""


def resolve(call: Call) -> Any:
    """The function or class that a call names.

    Raises:
        BuildError: the name is not allowed, or does not exist.
    """
    module, _, name = call.target.rpartition(".")
    if call.target.startswith(_ALLOWED):
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise BuildError(message("“{target}” does not exist in this installation.", target=call.target)) from error
    raise BuildError(
        message("“{target}” may not be called: only torch and the engine's own functions may.", target=call.target)
    )


def run(call: Call, *leading: Any, **further: Any) -> Any:
    """Execute a call, with `leading` in front of its own arguments and `further` after them.

    Raises:
        BuildError: see `resolve`.
    """
    return resolve(call)(*leading, *_values(call.args), **{**keywords(call), **further})


def applied(call: Call | None, tensor: Tensor) -> Tensor:
    """The tensor that a function makes of another one; that one where there is no function.

    Raises:
        BuildError: as `resolve`.
    """
    return tensor if call is None else run(call, tensor)


def keywords(call: Call) -> dict[str, Any]:
    """The call's keyword arguments, with nested calls executed."""
    return {name: _value(value) for name, value in call.kwargs}


def _values(arguments: tuple[Any, ...]) -> Iterator[Any]:
    for value in arguments:
        if isinstance(value, Copies):
            yield from (run(value.call) for _ in range(value.count))
        else:
            yield _value(value)


def _value(value: Any) -> Any:
    return run(value) if isinstance(value, Call) else value


def build(experiment: Experiment, device: torch.device | str = "cpu") -> nn.Sequential:
    """The network: one child for each call of each enabled layer, named `0`, `1`, … in order, in training mode.

    Weights are drawn on the CPU with the experiment's seed, so that they are the same on every device; the state of
    torch's global generator does not change.

    Raises:
        BuildError: a layer cannot take its input; `check` gives the problem with its fix.
        OutOfMemory: there is not enough memory for it.
    """
    with shortage_explained(NETWORK):
        with RandomStream(experiment.seed).drawn():
            network = _assemble(experiment)
        return laid_out(network).to(device)


def skeleton(experiment: Experiment) -> nn.Sequential:
    """The same network on torch's meta device, without memory, for its names, shapes and dtypes.

    Raises:
        BuildError: see `build`.
    """
    with torch.device("meta"), _WithoutInitialisation():
        return _assemble(experiment)


class _WithoutInitialisation(TorchFunctionMode):
    """Skips the initialisation of tensors, which have no memory on the meta device.

    On the meta device, torch's `normal_` runs in Python and imports torch's compiler: two seconds, and 160 MB.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.Tensor.normal_ or getattr(func, "__module__", "") == nn.init.__name__:
            return args[0] if args else kwargs["tensor"]
        return func(*args, **(kwargs or {}))


def enabled_rows(experiment: Experiment) -> tuple[LayerShape, ...]:
    """The rows of the enabled layers, in order; the layers in a container belong to its row.

    Raises:
        BuildError: one of them cannot take its input.
    """
    rows = walk(experiment.stack, experiment.data.sample_shape)
    for row in rows:
        if row.mismatch is not None:
            raise BuildError(row.mismatch.what)
    return tuple(row for row in rows if row.active and not row.nested)


def calls(experiment: Experiment) -> tuple[Call, ...]:
    """The call that makes each child of the network, in order."""
    return tuple(call for row in enabled_rows(experiment) for call in row.calls)


def _assemble(experiment: Experiment) -> nn.Sequential:
    return nn.Sequential(*(module for row in enabled_rows(experiment) for module in _modules(row)))


def _modules(row: LayerShape) -> Iterator[nn.Module]:
    """The modules of one layer; its tensors belong to the first, and get the layer's initialisation."""
    modules: list[nn.Module] = [run(call) for call in row.calls]
    assert row.measure is not None  # it fits, and so does every row before it
    for name, call in row.measure.initializers:
        tensor: Tensor = attrgetter(name)(modules[0])
        run(call, tensor)
    for parameter in row.tensors:
        if parameter.learned and parameter.frozen:
            attrgetter(parameter.name)(modules[0]).requires_grad_(False)
    yield from modules


def trained_parameters(network: nn.Module) -> list[nn.Parameter]:
    """The parameters that are trained, in order: those of frozen layers are not."""
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


def parts(module: nn.Module, call: Call) -> Iterator[tuple[nn.Module, Call]]:
    """A module with the call that made it, and recursively its children with the calls among the arguments."""
    yield module, call
    made: list[Call] = []
    for value in (*call.args, *(value for _, value in call.kwargs)):
        if isinstance(value, Copies):
            made += [value.call] * value.count
        elif isinstance(value, Call):
            made.append(value)
    for child, inner in zip(module.children(), made, strict=False):
        yield from parts(child, inner)
