"""Reads the experiment in a file and, for a trained network, its figures, without reading any weights.

It does not need torch, so that the window can show a network while torch is still being imported.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import FiniteFloat, TypeAdapter, ValidationError

from playground.engine.data.scaling import Scaling
from playground.engine.training.snapshots import Figures
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import Link, read_experiment_file
from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.files.network_file import Refused, described, metadata_of, read_header
from playground.spec.messages import Message, message

STATE_KEY = "training_state_version"  # of the version of the training state, where the file has one
RUN_KEY = "run"  # of the id of the stored run that a network comes from
SCALING_KEY = "scaling"  # of the `Scaling` of the data that it learned from
_LONGEST_ID = 60  # characters

_T = TypeVar("_T")


class Description(NamedTuple):
    """An experiment, and what a file says of its trained network."""

    experiment: Experiment
    figures: Figures | None  # of the network in the file; None where it is not there
    link: Link | None = None  # to the network in the run store, or in a file beside it


def read_description(path: Path) -> Description:
    """The description in an experiment file, or in the header of a trained network. No tensor is read.

    Raises:
        FileError: it cannot be read, or is neither; the message names the file and says what is wrong.
    """
    if path.suffix.lower() != NETWORK_SUFFIX:
        file = read_experiment_file(path)
        return Description(file.experiment, None, file.link)
    try:
        metadata = metadata_of(read_header(path)[0])
        return Description(described(metadata), figures_of(metadata))
    except Refused as refusal:
        raise refusal.named(path) from refusal


def figures_of(metadata: dict[str, Any]) -> Figures:
    """The figures in a network's metadata.

    Raises:
        Refused: they are damaged, or some are unknown.
    """
    adapter = TypeAdapter(dict[str, int | FiniteFloat | None])
    record = checked(adapter, metadata.get("figures"), message("figures"))
    unknown = record.keys() - set(Figures._fields)
    if unknown:
        raise Refused(message("The figure “{name}” in its metadata is unknown.", name=min(unknown)[:60]))
    return checked(TypeAdapter(Figures), metadata["figures"], message("figures"))


def run_of(metadata: dict[str, Any]) -> str | None:
    """The id of the stored run in a network's metadata; None where there is none, as in files of earlier versions."""
    run = metadata.get(RUN_KEY)
    return run if isinstance(run, str) and len(run) <= _LONGEST_ID else None


def scaling_of(metadata: dict[str, Any], experiment: Experiment) -> Scaling | None:
    """The scaling in a network's metadata; None where there is none, as in files of earlier versions.

    Raises:
        Refused: it is damaged, or not one of that experiment's inputs.
    """
    if SCALING_KEY not in metadata:
        return None
    what = message("means and deviations of the columns")
    scaling = checked(TypeAdapter(Scaling), metadata[SCALING_KEY], what)
    data = experiment.data
    if not (isinstance(data, Table) and scaling.suits(data.sample_shape[0], data.inputs)):
        raise Refused(message("The {what} in its metadata are damaged.", what=what))
    return scaling


def checked(adapter: TypeAdapter[_T], text: Any, what: Message) -> _T:
    """The value of a JSON text in a network's metadata.

    Raises:
        Refused: it is not valid JSON of this type; `what` names the damaged part in the message.
    """
    if not isinstance(text, str):
        raise Refused(message("Its metadata is not complete."))
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError as error:
        raise Refused(message("The {what} in its metadata are damaged.", what=what)) from error
