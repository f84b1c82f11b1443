"""Training states inside network files: plain values in the header's metadata, tensors named after the network's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

import torch
from pydantic import TypeAdapter
from torch import Tensor

from playground.engine.network_description import STATE_KEY, checked
from playground.engine.training.progress import Progress
from playground.engine.training.training_state import PartsMemory, TrainingState
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import experiment_bytes, parse_experiment
from playground.spec.files.network_file import Refused
from playground.spec.files.storage import FileError
from playground.spec.messages import message

VERSION = 1  # a state of another version is ignored: its network is read all the same
KEY = "training_state"  # of the plain values in the metadata
PREFIX = "state."  # what the tensors' names begin with; no tensor of a network does
_WEIGHTS = "weights."  # of a state: the network's own, left out of the file where they are equal


class _Values(NamedTuple):
    """The plain values, stored as JSON."""

    progress: Progress
    parts: PartsMemory
    epoch_experiment: str | None  # an experiment file, where the present epoch has other data


_VALUES = TypeAdapter(_Values)


def state_entries(state: TrainingState, weights: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and metadata that a state adds to the file of a network with these weights."""
    other = state.epoch_data != state.experiment.data
    began = experiment_bytes(state.experiment.with_(data=state.epoch_data)).decode() if other else None
    values = _Values(state.progress, state.parts, began)
    tensors = {
        f"{PREFIX}{name}": tensor
        for name, tensor in state.tensors.items()
        if not (name.startswith(_WEIGHTS) and _equal(tensor, weights.get(name[len(_WEIGHTS) :])))
    }
    return tensors, {KEY: json.dumps(_plain(values)), STATE_KEY: str(VERSION)}


def state_in(
    metadata: Mapping[str, Any], tensors: Mapping[str, Tensor], experiment: Experiment
) -> TrainingState | None:
    """The training state in a network file; None if it has none, or one of another version.

    metadata: of the header. tensors: all tensors of the file. experiment: the file's.

    Raises:
        Refused: its values are damaged.
    """
    if metadata.get(STATE_KEY) != str(VERSION):
        return None
    values = checked(_VALUES, metadata.get(KEY), message("values of the training state"))
    try:
        began = parse_experiment(values.epoch_experiment.encode()) if values.epoch_experiment else experiment
    except FileError as error:
        raise Refused(error.message) from error
    found = {f"{_WEIGHTS}{name}": tensor for name, tensor in tensors.items() if not name.startswith(PREFIX)}
    found |= {name[len(PREFIX) :]: tensor for name, tensor in tensors.items() if name.startswith(PREFIX)}
    return TrainingState(experiment, began.data, values.progress, values.parts, found)


def _equal(tensor: Tensor, other: Tensor | None) -> bool:
    return other is not None and torch.equal(tensor, other.cpu())


def _plain(value: Any) -> Any:
    """Records as JSON objects, with the names of their fields."""
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: _plain(item) for name, item in zip(value._fields, value, strict=True)}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
