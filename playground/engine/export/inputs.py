"""The inputs with which an exported network is verified: test samples, or made-up ones where the data are not here."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from playground.engine.data.dataset_cache import lacking
from playground.engine.data.in_memory import Data, DataError, load
from playground.engine.data.spread_subset import indices
from playground.engine.evaluation.data_part import Part, part_of
from playground.spec.experiment import Experiment
from playground.spec.files.storage import FileError
from playground.spec.layer import Tokens
from playground.spec.messages import Message, message, tr_noop

MOST = 200  # samples


class CheckedInputs(NamedTuple):
    """The questions for both networks."""

    inputs: Tensor  # (N, …), as the network takes them
    words: Message  # what they are, as a noun phrase
    places: npt.NDArray[np.int64] | None = None  # (N,), of the samples in the test part; None where they are made up


def checked_inputs(experiment: Experiment, data: Data | None) -> CheckedInputs:
    """Some test samples of the data; random inputs where there are none."""
    if data is not None:
        try:
            part = part_of(data, experiment.data, Part.TEST, MOST)
        except DataError:
            pass  # there are no test samples
        else:
            samples = part.samples
            return CheckedInputs(samples.cut(0, len(samples))[0], part.words, indices(samples))
    words = tr_noop("{count} random inputs, because its test {samples} are not here")
    told = message(words, count=MOST, samples=message(experiment.data.samples))
    return CheckedInputs(random_inputs(experiment, MOST), told)


def data_here(experiment: Experiment) -> Data | None:
    """The data of an experiment; None where they cannot be read, are not chosen or would have to be downloaded."""
    if not experiment.data.known or lacking(type(experiment.data)):
        return None
    try:
        return load(experiment.data)
    except (DataError, FileError):
        return None


def random_inputs(experiment: Experiment, count: int, length: int | None = None) -> Tensor:
    """Inputs (count, …) of a network: codes, or numbers in [0, 1); the same ones every time.

    length: of a sequence, its number of steps; None for that of the data.
    """
    shape, drawn = experiment.data.sample_shape, torch.Generator().manual_seed(0)
    sizes = (count, *shape) if length is None else (count, length, *shape[1:])
    if isinstance(shape, Tokens):
        return torch.randint(shape.vocabulary, sizes, generator=drawn)
    return torch.rand(sizes, generator=drawn)
