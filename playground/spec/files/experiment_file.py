"""Experiment files: bytes ↔ plain record ↔ experiment, with one sentence for any mistake in a file.

The trained network is not in the file: a link names the stored run and the step that it belongs to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from playground.spec.check.validation_messages import quoted, validation_message
from playground.spec.experiment import Experiment
from playground.spec.files import checksum
from playground.spec.files.file_kind import Use, ensure_usable
from playground.spec.files.storage import FileError, read_bounded, shown, write_atomically
from playground.spec.messages import message

__all__ = [
    "MOST_BYTES",
    "RUN_ID",
    "ExperimentFile",
    "FileError",
    "RunLink",
    "experiment_bytes",
    "holds_another",
    "parse_experiment",
    "read_experiment",
    "read_experiment_file",
    "write_experiment",
]

MOST_BYTES = 4_000_000  # several times what an experiment of 2,000 layers takes
_MOST_NAMES = 1000  # in one object; far more than any component has fields
FORMAT = "playground experiment"
VERSION = 3  # raised when older programs could not read the record; `_UPGRADES` brings older records up to it
RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")  # of a stored run: the time in UTC, and chance
_LINK = "network"


class RunLink(NamedTuple):
    """The trained network of an experiment: that of a stored run after a step."""

    run_id: str
    step: int


class ExperimentFile(NamedTuple):
    """The contents of an experiment file; without a `link` it had no trained network when it was saved."""

    experiment: Experiment
    link: RunLink | None


def read_experiment(path: Path) -> Experiment:
    """Read an experiment file; see `read_experiment_file`."""
    return read_experiment_file(path).experiment


def read_experiment_file(path: Path) -> ExperimentFile:
    """Read an experiment file with the link to its network.

    Raises:
        FileError: it cannot be read, or does not contain an experiment; the message says what is wrong and where.
    """
    ensure_usable(path, Use.EXPERIMENT)
    data = read_bounded(path, MOST_BYTES)
    try:
        return _parse(data)
    except FileError as error:
        raise FileError(message("“{file}” was not opened. {why}", file=shown(path), why=error.message)) from error


def holds_another(path: Path, known: Collection[Experiment | None]) -> bool:
    """Whether the file holds anything but one of the experiments that this window read from it or wrote."""
    if not path.exists():
        return False
    try:
        return read_experiment(path) not in known
    except FileError:  # it holds something else now, or cannot be read
        return True


def write_experiment(experiment: Experiment, path: Path, link: RunLink | None = None) -> None:
    """Write an experiment file; an existing file stays intact until the new one is complete.

    Raises:
        FileError: it could not be written.
    """
    write_atomically(path, experiment_bytes(experiment, link))


def experiment_bytes(experiment: Experiment, link: RunLink | None = None) -> bytes:
    """The contents of an experiment's file: indented JSON, with a checksum over all of it."""
    record = {
        "format": FORMAT,
        "version": VERSION,
        checksum.KEY: checksum.UNSEALED,
        **({_LINK: {"run": link.run_id, "step": link.step}} if link else {}),
        "experiment": experiment.model_dump(mode="json"),
    }
    return checksum.add_checksum(json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2).encode() + b"\n")


def parse_experiment(data: bytes) -> Experiment:
    """The experiment in a file's bytes. The checksum is optional, so that files can be written by hand.

    Raises:
        FileError: it is damaged, not JSON, of a newer version, or does not describe an experiment.
    """
    return _parse(data).experiment


def _parse(data: bytes) -> ExperimentFile:
    document = _document(data)
    record = _record(document, data)
    try:
        return ExperimentFile(Experiment.model_validate(record), _link(document))
    except ValidationError as error:
        raise FileError(validation_message(error, Experiment, record)) from error


def _document(data: bytes) -> dict[str, Any]:
    """The JSON object in the bytes; nesting is bounded, and a name may occur only once in an object."""
    if not data.strip():
        raise FileError(message("It is empty."))
    try:
        document = from_json(data, allow_inf_nan=False)
        json.loads(data, object_pairs_hook=_distinct)
    except ValueError as error:
        if str(error).startswith("EOF"):
            raise FileError(
                message("It ends too early: part of it is missing ({reason}).", reason=str(error))
            ) from error
        if "recursion" in str(error):
            raise FileError(
                message("It is nested too deeply to be an experiment ({reason}).", reason=str(error))
            ) from error
        raise FileError(message("It is not valid JSON: {reason}.", reason=str(error))) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileError(
            message("It is not an experiment of Playground: its “format” is not “{format}”.", format=FORMAT)
        )
    return document


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    """Raise ValueError where a name occurs twice in one object, or the object has more than `_MOST_NAMES` names."""
    if len(pairs) > _MOST_NAMES:
        raise ValueError(f"there are {len(pairs):,} names in one object")
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise ValueError(f"{quoted(name)} occurs twice in one object")
        seen.add(name)


def _record(document: dict[str, Any], data: bytes) -> Any:
    """The experiment's record in the current version, from an intact document of this or an earlier version."""
    if checksum.KEY in document:
        _verify(data)
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FileError(
            message("Its “version” should be a whole number from 1, but is {version}.", version=quoted(version))
        )
    if version > VERSION:
        raise FileError(
            message(
                "It is of version {version}, written by a newer Playground; this one knows versions up to {known}. "
                "Please update Playground.",
                version=quoted(version),
                known=VERSION,
            )
        )
    unknown = document.keys() - {"format", "version", checksum.KEY, "experiment", _LINK}
    if unknown:
        raise FileError(
            message("“{name}” is unknown; only “experiment” is expected here.", name=quoted(min(unknown))[1:-1])
        )
    if "experiment" not in document:
        raise FileError(message("It has no “experiment”."))
    record = document["experiment"]
    for older in range(version, VERSION):
        record = _UPGRADES[older](record)
    return record


def _link(document: dict[str, Any]) -> RunLink | None:
    match document.get(_LINK):
        case None:
            return None
        case {"run": str(run_id), "step": int(step), **rest} if RUN_ID.fullmatch(run_id) and step > 0 and not rest:
            if not isinstance(step, bool):
                return RunLink(run_id, step)
    raise FileError(message("Its “{name}” should name a run and a step.", name=_LINK))


def _unchanged(record: Any) -> Any:
    """Version 3 added the link, which is not part of the experiment's record."""
    return record


def _split_seed(record: Any) -> Any:
    """Rename `division`, as version 1 called the seed of the split, to `split_seed`."""
    data = record.get("data") if isinstance(record, dict) else None
    if not isinstance(data, dict) or "division" not in data:
        return record
    return {**record, "data": {"split_seed" if name == "division" else name: value for name, value in data.items()}}


_UPGRADES: dict[int, Callable[[Any], Any]] = {1: _split_seed, 2: _unchanged}  # by the version that each upgrades from


def _verify(data: bytes) -> None:
    try:
        checksum.verify(data)
    except FileError as error:
        advice = message("If you edited it, delete the line with “{key}” and open it again.", key=checksum.KEY)
        raise FileError(message("{why} {advice}", why=error.message, advice=advice)) from error
