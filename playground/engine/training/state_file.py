"""Training states as safetensors files with the plain values in the header and a checksum over all bytes."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from torch import Tensor

from playground.engine.network_description import checked
from playground.engine.tensor_file import tensor_bytes, tensors_of
from playground.engine.training.progress import Progress
from playground.engine.training.training_state import PartsMemory, TrainingState
from playground.spec.files import checksum
from playground.spec.files.experiment_file import experiment_bytes, parse_experiment
from playground.spec.files.network_file import METADATA, Refused
from playground.spec.files.storage import FileError, read_bounded, write_atomically
from playground.spec.messages import message

FORMAT = "playground training state"
VERSION = 1
KEY = "state"  # of the plain values in the header, and what the tensors' names begin with
_MOST = 2**36  # bytes: more than the memory of any machine that trained it


class _Values(NamedTuple):
    """The plain values, stored as JSON."""

    version: int
    progress: Progress
    parts: PartsMemory
    epoch_experiment: str | None  # an experiment file, where the present epoch has other data


_VALUES = TypeAdapter(_Values)


def save_state(path: Path, state: TrainingState) -> None:
    """Write a state; a file that was there stays whole until the new one is.

    Raises:
        FileError: it could not be written.
    """
    write_atomically(path, state_bytes(state))


def load_state(path: Path) -> TrainingState:
    """Read a state from its own file, or from a network file that contains one.

    Raises:
        FileError: it cannot be read, was damaged, or holds no state.
    """
    data = read_bounded(path, _MOST)
    try:
        return parse_state(data)
    except Refused as refusal:
        raise refusal.named(path) from refusal


def state_bytes(state: TrainingState) -> bytes:
    """The file that holds a state; the same state gives the same bytes."""
    texts = {"format": FORMAT, "experiment": experiment_bytes(state.experiment).decode()}
    tensors, values = state_entries(state)
    return tensor_bytes(tensors, {**texts, **values})


def state_entries(state: TrainingState) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and header texts that a state adds to a file that contains its experiment."""
    other = state.epoch_data != state.experiment.data
    began = experiment_bytes(state.experiment.with_(data=state.epoch_data)).decode() if other else None
    values = _Values(VERSION, state.progress, state.parts, began)
    tensors = {f"{KEY}.{name}": tensor for name, tensor in state.tensors.items()}
    return tensors, {KEY: json.dumps(_plain(values))}


def parse_state(data: bytes) -> TrainingState:
    """The state in a file's bytes.

    Raises:
        Refused: they were damaged, or hold no state of a version known here.
    """
    try:
        checksum.verify(data)
        texts = _texts(data)
        values = checked(_VALUES, texts.get(KEY), message("values of the training state"))
        if values.version != VERSION:
            raise Refused(message("Its training state is of another version of Playground."))
        experiment = parse_experiment(texts["experiment"].encode())
        began = parse_experiment(values.epoch_experiment.encode()) if values.epoch_experiment else experiment
    except FileError as error:
        raise error if isinstance(error, Refused) else Refused(error.message) from error
    tensors = {name[len(KEY) + 1 :]: item for name, item in tensors_of(data).items() if name.startswith(f"{KEY}.")}
    return TrainingState(experiment, began.data, values.progress, values.parts, tensors)


def _texts(data: bytes) -> dict[str, str]:
    """The texts in a header."""
    try:
        texts = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])[METADATA]
        if not all(isinstance(text, str) for text in texts.values()) or "experiment" not in texts:
            raise ValueError(texts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(message("It holds no training state.")) from error
    if KEY not in texts:
        raise Refused(message("It holds no training state: it was saved without."))
    return dict(texts)


def _plain(value: Any) -> Any:
    """Records as JSON objects, with the names of their fields."""
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: _plain(item) for name, item in zip(value._fields, value, strict=True)}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
