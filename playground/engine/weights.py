"""Saves a trained network with its experiment as one safetensors file, and loads it after full verification.

The file is the usual safetensors: the header's length (8 bytes, little-endian), a JSON header, the tensors. The
header's `__metadata__` carries the experiment, the seed, the versions and the final figures, and a checksum over the
whole file. A training state, from which the run can be continued, is added on request: see `state_file`. Nothing in the
file is ever executed or unpickled.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from operator import index
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter
from torch import Tensor, nn

from playground.engine.build import BuildError, skeleton
from playground.engine.data.scaling import Scaling
from playground.engine.network_description import (
    RUN_KEY,
    SCALING_KEY,
    STATE_KEY,
    checked,
    figures_of,
    run_of,
    scaling_of,
)
from playground.engine.provenance import PROVENANCE_KEY, Derivation, provenance_in, provenance_text
from playground.engine.runtime.memory_layout import laid_out
from playground.engine.tensor_file import DTYPES, tensor_pieces, tensors_of
from playground.engine.training.snapshots import Figures
from playground.engine.training.state_file import PREFIX, state_entries, state_in
from playground.engine.training.training_state import TrainingState
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import experiment_bytes
from playground.spec.files.network_file import (
    FORMAT,
    METADATA,
    Refused,
    described,
    ensure_undamaged,
    is_bare,
    metadata_of,
    read_header,
)
from playground.spec.files.storage import read_bounded, write_atomically
from playground.spec.messages import message, tr_noop
from playground.version import __version__

_Kind = tuple[str, tuple[int, ...]]  # dtype as safetensors writes it, and shape
_PRECISION_KEY = "precision"  # of the parameters in the file, in its metadata; without it float32
_HALF = "float16"


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A network with its experiment and figures.

    `versions` are those of the programs that wrote it, by name. With a `state` its run can be continued. `run` is the
    id of the stored run that it comes from, if the file says so; that run need not be in any store of this machine.
    `scaling` is that of the inputs of a table; files of earlier versions lack it. `provenance` says how it was made
    from other networks, the first step first; none where it began at random, or the file is of an earlier version.
    """

    experiment: Experiment
    network: nn.Sequential
    figures: Figures
    versions: dict[str, str]
    state: TrainingState | None = None
    run: str | None = None
    scaling: Scaling | None = None
    provenance: tuple[Derivation, ...] = ()


def save(
    path: Path,
    experiment: Experiment,
    network: nn.Module,
    figures: Figures,
    scaling: Scaling | None = None,
    provenance: tuple[Derivation, ...] = (),
) -> None:
    """Write a network; an existing file stays intact until the new one is complete. Equal input gives equal bytes.

    Raises:
        FileError: it could not be written, or a weight is not finite, which `load` would reject.
    """
    save_weights(path, experiment, network.state_dict(), figures, scaling=scaling, provenance=provenance)


def save_weights(
    path: Path,
    experiment: Experiment,
    weights: Mapping[str, Tensor],
    figures: Figures,
    state: TrainingState | None = None,
    run: str | None = None,
    scaling: Scaling | None = None,
    provenance: tuple[Derivation, ...] = (),
) -> None:
    """Write a network given its `state_dict()`, with the state of its training if there is one; see `save`.

    `run`, `scaling` and `provenance` are those of `Trained`.

    Raises:
        FileError: it could not be written, or a weight is not finite.
    """
    _require_finite(weights)
    tensors, texts = state_entries(state, weights) if state else ({}, {})
    known = {**_metadata(experiment, figures), **_origin(run, scaling, provenance)}
    pieces = tensor_pieces({**weights, **tensors}, {**known, **texts})
    write_atomically(path, pieces)


def file_bytes(trained: Trained, *, half: bool = False) -> bytes:
    """A network as the bytes of its file, without a training state.

    half: parameters in float16, which `load` reads back as float32 numbers; buffers stay as they are.

    Raises:
        Refused: a number is not finite; float16 ends at 65,504.
    """
    tensors = dict(trained.network.state_dict())
    texts = _metadata(trained.experiment, trained.figures)
    texts |= _origin(trained.run, trained.scaling, trained.provenance)
    if half:
        tensors |= {name: parameter.detach().half() for name, parameter in trained.network.named_parameters()}
        texts[_PRECISION_KEY] = _HALF
    _require_finite(tensors)
    return b"".join(tensor_pieces(tensors, texts))


def load(path: Path, otherwise: Experiment | None = None) -> Trained:
    """Read a network, on the CPU; it predicts bit for bit what it predicted when it was saved.

    Parameters that were saved in float16, see `file_bytes`, become float32.

    Args:
        path: its file.
        otherwise: the experiment for a file without one; exported programs save weights in this way. Their training is
            then unknown: the figures are `Figures()`.

    Raises:
        FileError: it cannot be read, was damaged, is not a network of Playground, or its tensors are not those of
            the experiment; the message says which.
    """
    try:
        return _load(path, otherwise)
    except Refused as refusal:
        raise refusal.named(path) from refusal


def network_with(experiment: Experiment, weights: Mapping[str, Tensor]) -> nn.Sequential:
    """The network of an experiment with copies of the weights of another, given that one's `state_dict()`.

    Raises:
        BuildError: the network cannot be built.
        FileError: the weights are not those of such a network; the message names the first tensor that differs.
    """
    network = skeleton(experiment)
    _require_same(_kinds(network.state_dict()), _kinds(weights))
    network.load_state_dict({name: tensor.detach().cpu().clone() for name, tensor in weights.items()}, assign=True)
    return laid_out(network)


def _load(path: Path, otherwise: Experiment | None) -> Trained:
    header, start = read_header(path)
    entries, end = _entries(header)
    size = start + end
    found = path.stat().st_size
    if found != size:
        template = tr_noop("It should have {expected:,} bytes, but has {found:,}: it was cut off or damaged.")
        raise Refused(message(template, expected=size, found=found))
    data = read_bounded(path, size)
    if otherwise is not None and is_bare(header):
        return Trained(otherwise, _fitted(otherwise, entries, data), Figures(), {})
    metadata = _verified(header, data, start)
    experiment = described(metadata)
    resumable = STATE_KEY in metadata
    if resumable:
        entries = {name: kind for name, kind in entries.items() if not name.startswith(PREFIX)}
    try:
        network = _filled(skeleton(experiment), entries, data, half=metadata.get(_PRECISION_KEY) == _HALF)
    except BuildError as error:
        raise Refused(message("The experiment in it cannot be used: {why}", why=error.message)) from error
    state = state_in(metadata, tensors_of(data), experiment) if resumable else None
    versions, scaling = _versions(metadata), scaling_of(metadata, experiment)
    known = provenance_in(metadata)
    return Trained(experiment, network, figures_of(metadata), versions, state, run_of(metadata), scaling, known)


def _fitted(experiment: Experiment, entries: dict[str, _Kind], data: bytes) -> nn.Sequential:
    """The network of an experiment that is not in the file, with the weights of the file.

    Raises:
        Refused: the network cannot be built, or the weights are not those of such a network.
    """
    try:
        return _filled(skeleton(experiment), entries, data)
    except (BuildError, Refused) as error:
        words = tr_noop(
            "It holds weights without an experiment, and the network of “{experiment}” cannot use them. {why}"
        )
        raise Refused(message(words, experiment=experiment.name, why=error.message)) from error


def _filled(network: nn.Sequential, entries: dict[str, _Kind], data: bytes, *, half: bool = False) -> nn.Sequential:
    """The network of a skeleton with those tensors of a file that are listed as `entries`.

    half: the file holds the parameters in float16.

    Raises:
        Refused: they are not those of the network, or not finite.
    """
    expected = _kinds(network.state_dict())
    if half:
        expected |= {name: ("F16", tuple(parameter.shape)) for name, parameter in network.named_parameters()}
    _require_same(expected, entries)
    tensors = {name: tensor for name, tensor in tensors_of(data).items() if name in entries}
    _require_same(expected, _kinds(tensors))
    _require_finite(tensors)
    single = {name: tensor.float() if tensor.dtype is torch.float16 else tensor for name, tensor in tensors.items()}
    network.load_state_dict(single, assign=True)
    return laid_out(network)


def _metadata(experiment: Experiment, figures: Figures) -> dict[str, str]:
    versions = {"playground": __version__, "torch": torch.__version__, "python": platform.python_version()}
    return {
        "format": FORMAT,
        "experiment": experiment_bytes(experiment).decode(),
        "seed": str(experiment.seed),
        "versions": json.dumps(versions),
        "figures": json.dumps(figures._asdict(), allow_nan=False),
    }


def _origin(run: str | None, scaling: Scaling | None, provenance: tuple[Derivation, ...]) -> dict[str, str]:
    """The entries of the metadata that not every network has."""
    known = {RUN_KEY: run} if run else {}
    if scaling:
        known[SCALING_KEY] = json.dumps(scaling._asdict(), allow_nan=False)
    if provenance:
        known[PROVENANCE_KEY] = provenance_text(provenance)
    return known


def _entries(header: dict[str, Any]) -> tuple[dict[str, _Kind], int]:
    """Dtype and shape of each tensor by name, and the total size of the tensors in bytes.

    Raises:
        Refused: the header is not valid safetensors, for example where a shape has a negative length.
    """
    entries, size = {}, 0
    for name, entry in header.items():
        if name == METADATA:
            continue
        try:
            (begin, end), shape = entry["data_offsets"], entry["shape"]
            if not all(0 <= index(length) < 2**63 for length in (begin, end, *shape)):
                raise ValueError(entry)
            entries[name] = (str(entry["dtype"]), tuple(shape))
            size = max(size, begin, end)
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(
                message("The entry of the tensor “{name}” in its header is damaged.", name=name[:60])
            ) from error
    return entries, size


def _verified(header: dict[str, Any], data: bytes, end: int) -> dict[str, str]:
    """The metadata of a file whose checksum is right; the header ends at byte `end`."""
    metadata = metadata_of(header)
    ensure_undamaged(data, end)
    if not all(isinstance(metadata.get(key), str) for key in ("experiment", "figures", "versions")):
        raise Refused(message("Its metadata is not complete."))
    return metadata


def _kind(tensor: Tensor) -> _Kind:
    return DTYPES.get(tensor.dtype, str(tensor.dtype)), tuple(tensor.shape)


def _kinds(tensors: Mapping[str, Tensor]) -> dict[str, _Kind]:
    return {name: _kind(tensor) for name, tensor in tensors.items()}


def _require_same(expected: dict[str, _Kind], found: dict[str, _Kind]) -> None:
    """Raise Refused, naming the first tensor that differs, unless the tensors are those of the experiment."""
    for name, kind in expected.items():
        if name not in found:
            raise Refused(message("The tensor “{name}” ({kind}) is missing.", name=name, kind=_kind_text(kind)))
        if found[name] != kind:
            raise Refused(
                message(
                    "The tensor “{name}” should be {expected}, but is {found}.",
                    name=name,
                    expected=_kind_text(kind),
                    found=_kind_text(found[name]),
                )
            )
    for name in sorted(found.keys() - expected.keys()):
        template = tr_noop("The network of the experiment has no tensor “{name}” ({kind}).")
        raise Refused(message(template, name=name[:60], kind=_kind_text(found[name])))


def _kind_text(kind: _Kind) -> str:
    dtype, shape = kind
    return f"{dtype[:20]} [{', '.join(map(str, shape[:8]))}]"


def _require_finite(tensors: Mapping[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise Refused(message("The tensor “{name}” holds NaN or infinite numbers.", name=name))


def _versions(metadata: dict[str, str]) -> dict[str, str]:
    return checked(TypeAdapter(dict[str, str]), metadata["versions"], message("versions"))
