"""Decides which tensors of another program belong to which layers of a stack: by name, by order, or by shape."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher

import torch
from torch import Tensor

from playground.engine.build import enabled_rows, skeleton
from playground.engine.foreign_weights.tensor_fit import FittedTensor, FittedWeights, shape_text
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop

_COUNTER = "num_batches_tracked"  # of batch normalization: no weight, and old files lack it


Group = tuple[str, tuple[str, ...]]  # a module, and the names of its own tensors, in order


def fitted(experiment: Experiment, tensors: Mapping[str, Tensor]) -> FittedWeights:
    """Match tensors to the network of an experiment, in that one of three ways which uses most of them.

    A module gets all of its tensors or none. Two modules correspond

    - by name: if their tensors have the same names and shapes;
    - by order: if they stand at the same place when modules of file and network are aligned as sequences of modules
      whose tensors have the same last names (`weight`, `bias`) and shapes;
    - by shape: if file and network have equally many modules like these, in whatever order.

    Where two ways use as many, the first of them counts.

    Raises:
        BuildError: the network cannot be built.
    """
    wanted = skeleton(experiment).state_dict()
    ways = {
        "name": _by_name(wanted, tensors),
        "order": _by_order(wanted, tensors),
        "shape": _by_shape(wanted, tensors),
    }
    how, pairs = max(ways.items(), key=lambda item: len(item[1]))
    layers, reached = _layers(experiment), set(pairs.values())
    weights = [name for name in wanted if not name.endswith(_COUNTER)]
    owners = dict.fromkeys(layers[_child(name)] for name in weights)
    lacking = {layers[_child(name)] for name in weights if name not in reached}
    rows = tuple(_row(name, tensor, pairs.get(name), wanted, layers) for name, tensor in tensors.items())
    return FittedWeights(rows, how, tuple(layer for layer in owners if layer in lacking), len(owners))


def _row(
    name: str,
    tensor: Tensor,
    target: str | None,
    wanted: Mapping[str, Tensor],
    layers: Mapping[str, Message],
) -> FittedTensor:
    dtype, shape = str(tensor.dtype).removeprefix("torch."), tuple(tensor.shape)
    if target is not None:
        return FittedTensor(name, dtype, shape, target, layers[_child(target)], None)
    return FittedTensor(name, dtype, shape, None, None, _why_not(name, tensor, wanted))


def _why_not(name: str, tensor: Tensor, wanted: Mapping[str, Tensor]) -> Message:
    same = wanted.get(name)
    if same is not None and same.shape != tensor.shape:
        words = tr_noop("“{name}” of the stack is {shape}")
        return message(words, name=name, shape=shape_text(tuple(same.shape)))
    if not any(_alike(tensor, other) for other in wanted.values()):
        if any(other.shape == tensor.shape for other in wanted.values()):
            return message("no layer has such a tensor of this dtype")
        return message("no layer has a tensor of this shape")
    return message("no layer at this place has these tensors")


def _alike(one: Tensor, other: Tensor) -> bool:
    """Whether the first can be copied into the second without losing its meaning: floats to floats, whole to whole."""
    return (
        one.shape == other.shape
        and one.dtype != torch.bool
        and not one.is_complex()
        and (one.is_floating_point() == other.is_floating_point())
    )


def _by_name(wanted: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> dict[str, str]:
    """The target of each name of the file, for modules of which all tensors are there."""
    pairs: dict[str, str] = {}
    for module, names in _groups(wanted):
        own = [_joined(module, name) for name in names if name != _COUNTER]
        if all(name in tensors and _alike(tensors[name], wanted[name]) for name in own):
            counter = _joined(module, _COUNTER)
            extra = [counter] if counter in wanted and counter in tensors else []
            pairs |= {name: name for name in (*own, *extra)}
    return pairs


def _by_order(wanted: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> dict[str, str]:
    """The same by an alignment of the modules."""
    ours, theirs = list(_groups(wanted)), list(_groups(tensors))
    keys = [_key(item, tensors) for item in theirs], [_key(item, wanted) for item in ours]
    matcher = SequenceMatcher(None, *keys, autojunk=False)
    pairs: dict[str, str] = {}
    for i, j, size in matcher.get_matching_blocks():
        for one, other in zip(theirs[i : i + size], ours[j : j + size], strict=True):
            pairs |= _paired(one, other)
    return pairs


def _by_shape(wanted: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> dict[str, str]:
    """The same for modules that are as many in both; of several alike, the first belongs to the first."""
    ours, theirs = (_alike_groups(item) for item in (wanted, tensors))
    pairs: dict[str, str] = {}
    for key, groups in theirs.items():
        if len(groups) == len(ours.get(key, ())):
            for one, other in zip(groups, ours[key], strict=True):
                pairs |= _paired(one, other)
    return pairs


def _alike_groups(tensors: Mapping[str, Tensor]) -> dict[tuple[object, ...], list[Group]]:
    found: dict[tuple[object, ...], list[Group]] = {}
    for group in _groups(tensors):
        found.setdefault(_key(group, tensors), []).append(group)
    return found


def _paired(one: Group, other: Group) -> dict[str, str]:
    """Names of a module of the file with those of one of the network."""
    return {_joined(one[0], name): _joined(other[0], name) for name in one[1] if name in other[1]}


def _child(name: str) -> str:
    """The child of the network that a tensor belongs to."""
    return name.split(".", 1)[0]


def _groups(tensors: Mapping[str, Tensor]) -> list[Group]:
    """Modules in order, with the last names of their own tensors."""
    found: dict[str, list[str]] = {}
    for name in tensors:
        module, _, own = name.rpartition(".")
        found.setdefault(module, []).append(own)
    return [(module, tuple(names)) for module, names in found.items()]


def _key(group: Group, tensors: Mapping[str, Tensor]) -> tuple[object, ...]:
    module, names = group
    own = ((name, tensors[_joined(module, name)]) for name in sorted(names) if name != _COUNTER)
    return tuple((name, tuple(tensor.shape), tensor.is_floating_point()) for name, tensor in own)


def _joined(module: str, name: str) -> str:
    return f"{module}.{name}" if module else name


def _layers(experiment: Experiment) -> dict[str, Message]:
    """The layer of each child of the network, with its place in the stack counted from 1."""
    found: dict[str, Message] = {}
    for row in enabled_rows(experiment):
        layer = message("{place} {layer}", place=row.path[0] + 1, layer=message(row.layer.label))
        for _ in row.calls:
            found[str(len(found))] = layer
    return found
