"""Makes a network of an experiment and those tensors of another program that fit it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from playground.engine.build import BuildError, build
from playground.engine.foreign_weights.matching import fitted
from playground.engine.foreign_weights.reading import read_foreign
from playground.engine.foreign_weights.tensor_fit import FittedWeights
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained, load
from playground.spec.experiment import Experiment
from playground.spec.files.network_file import Refused
from playground.spec.messages import Message, message, tr_noop


class TakenWeights(NamedTuple):
    """A network with weights of a file, and what of the file it uses."""

    network: nn.Sequential
    fit: FittedWeights
    remarks: tuple[Message, ...]  # on where in the file the tensors are


def looked_at(path: Path, experiment: Experiment) -> tuple[FittedWeights, tuple[Message, ...]]:
    """The tensors of a file that fit the network of an experiment, and remarks on the file. Nothing is taken over.

    Raises:
        FileError: the file cannot be read, or a tensor that fits holds NaN.
        BuildError: the network cannot be built.
    """
    found = read_foreign(path)
    fit = fitted(experiment, found.tensors)
    _ensure_usable(path, fit, found.tensors)
    return fit, found.remarks


@torch.no_grad()
def taken(path: Path, experiment: Experiment) -> TakenWeights:
    """The network of an experiment with the tensors of a file that fit; other layers begin at random.

    Numbers become float32, as all weights here.

    Raises:
        FileError: the file cannot be read, or a tensor that fits holds NaN.
        BuildError: the network cannot be built, or nothing in the file fits.
        OutOfMemory: there is not enough memory for it.
    """
    found = read_foreign(path)
    fit = fitted(experiment, found.tensors)
    _ensure_usable(path, fit, found.tensors)
    if not fit.taken:
        words = tr_noop("None of the {count:,} tensors fits a layer of “{experiment}”.")
        raise BuildError(message(words, count=len(fit.rows), experiment=experiment.name))
    network = build(experiment)
    state = network.state_dict()
    for row in fit.rows:
        if row.target is not None:
            state[row.target].copy_(found.tensors[row.name])
    return TakenWeights(network, fit, found.remarks)


def opened(path: Path, otherwise: Experiment | None = None) -> Trained:
    """The network of a file; with `otherwise`, that of an experiment with the weights of the file, see `taken`.

    Raises:
        PlaygroundError: as `load` and `taken`.
    """
    if otherwise is None:
        return load(path)
    return Trained(otherwise, taken(path, otherwise).network, Figures(), {})


def _ensure_usable(path: Path, fit: FittedWeights, tensors: Mapping[str, Tensor]) -> None:
    """Raise FileError if a tensor that is used is not finite as float32, or is a negative variance."""
    for row in fit.rows:
        if row.target is None or not tensors[row.name].is_floating_point():
            continue
        values, name = tensors[row.name].to(torch.float32), row.name[:60]
        if not values.isfinite().all():
            words = tr_noop("The tensor “{name}” holds NaN, infinite numbers, or numbers too large for float32.")
            raise Refused(message(words, name=name)).named(path)
        if row.target.endswith("running_var") and (values < 0).any():
            raise Refused(message("The tensor “{name}” holds negative variances.", name=name)).named(path)
