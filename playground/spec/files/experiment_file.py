"""Experiment files: bytes ↔ plain record ↔ experiment, with one sentence for any mistake in a file.

The trained network is not in the file: a link names the stored run and the step that it belongs to, or the file beside
this one that holds it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection
from itertools import count
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from playground.spec.check.validation_messages import quoted, validation_message
from playground.spec.component import Component
from playground.spec.experiment import Experiment
from playground.spec.files import checksum
from playground.spec.files.file_kind import NETWORK_SUFFIX, Use, ensure_usable
from playground.spec.files.storage import FileError, not_opened, read_bounded, write_atomically
from playground.spec.messages import message

__all__ = [
    "MOST_BYTES",
    "RUN_ID",
    "ExperimentFile",
    "FileError",
    "FileLink",
    "Link",
    "RunLink",
    "experiment_bytes",
    "holds_another",
    "network_beside",
    "parse_experiment",
    "read_experiment",
    "read_experiment_file",
    "write_experiment",
]

MOST_BYTES = 4_000_000  # several times what an experiment of 2,000 layers takes
_MOST_NAMES = 1000  # in one object; far more than any component has fields
FORMAT = "playground experiment"
VERSION = 7  # raised when older programs could not read the record; `_UPGRADES` brings older records up to it
_FIRST = 4  # the version of a record without later fields, see `Component.later_fields`
RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")  # of a stored run: the time in UTC, and chance
_LINK = "network"
_SHA256 = re.compile("[0-9a-f]{64}")
_LONGEST_NAME = 255  # characters


class RunLink(NamedTuple):
    """The trained network of an experiment: that of a stored run after a step."""

    run_id: str
    step: int


class FileLink(NamedTuple):
    """The trained network of an experiment: a file in the same folder."""

    file: str  # its name
    sha256: str  # its checksum when the experiment was saved, see `network_file.checksum_of`


Link = RunLink | FileLink


class ExperimentFile(NamedTuple):
    """The contents of an experiment file; without a `link` it had no trained network when it was saved."""

    experiment: Experiment
    link: Link | None


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
        raise FileError(not_opened(path, error.message)) from error


def holds_another(path: Path, known: Collection[Experiment | None]) -> bool:
    """Whether the file holds anything but one of the experiments that this window read from it or wrote."""
    if not path.exists():
        return False
    try:
        return read_experiment(path) not in known
    except FileError:  # it holds something else now, or cannot be read
        return True


def network_beside(path: Path) -> Path:
    """The file for the network of an experiment's file: the one that it links to, if named after it, or a new one."""
    try:
        link = read_experiment_file(path).link
    except FileError:
        link = None
    known = link.file if isinstance(link, FileLink) else None
    stem = os.fsencode(path.stem).decode(errors="replace")  # an experiment cannot name what is no Unicode
    for number in count(1):
        beside = path.with_name(f"{stem}{f'-{number}' if number > 1 else ''}.network{NETWORK_SUFFIX}")
        if beside.name == known or not os.path.lexists(beside):
            return beside
    raise AssertionError("unreachable")


def write_experiment(experiment: Experiment, path: Path, link: Link | None = None) -> None:
    """Write an experiment file; an existing file stays intact until the new one is complete.

    Raises:
        FileError: it could not be written.
    """
    write_atomically(path, experiment_bytes(experiment, link))


def experiment_bytes(experiment: Experiment, link: Link | None = None) -> bytes:
    """The contents of an experiment's file: indented JSON, with a checksum over all of it."""
    record = {
        "format": FORMAT,
        "version": _version(experiment),
        checksum.KEY: checksum.UNSEALED,
        **({_LINK: _link_record(link)} if link else {}),
        "experiment": experiment.model_dump(mode="json"),
    }
    return checksum.add_checksum(json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2).encode() + b"\n")


def _version(item: object) -> int:
    """The oldest version whose programs can read the record of a component, or of a tuple of them."""
    if isinstance(item, tuple):
        return max(map(_version, item), default=_FIRST)
    if not isinstance(item, Component):
        return _FIRST
    stored = item.stored()
    own = (since for name, since in item.later_fields().items() if name in stored)
    return max((_FIRST, *own, *map(_version, stored.values())))


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


def _link_record(link: Link) -> dict[str, Any]:
    return {"run": link.run_id, "step": link.step} if isinstance(link, RunLink) else link._asdict()


def _link(document: dict[str, Any]) -> Link | None:
    match document.get(_LINK):
        case None:
            return None
        case {"run": str(run_id), "step": int(step), **rest} if RUN_ID.fullmatch(run_id) and step > 0 and not rest:
            if not isinstance(step, bool):
                return RunLink(run_id, step)
        case {"file": str(file), "sha256": str(digest), **rest} if _names_network(file) and not rest:
            if _SHA256.fullmatch(digest):
                return FileLink(file, digest)
    words = message("Its “{name}” should name a run and a step, or a file in its folder and its SHA-256.", name=_LINK)
    raise FileError(words)


def _names_network(file: str) -> bool:
    """Whether it is the name of a network's file, without a folder, on every platform."""
    plain = file == PurePosixPath(file).name == PureWindowsPath(file).name
    return plain and file.isprintable() and file.endswith(NETWORK_SUFFIX) and len(file) <= _LONGEST_NAME


def _unchanged(record: Any) -> Any:
    """Versions 3 and 4 added links, which are no part of the record; the next ones fields, which may be missing."""
    return record


def _split_seed(record: Any) -> Any:
    """Rename `division`, as version 1 called the seed of the split, to `split_seed`."""
    data = record.get("data") if isinstance(record, dict) else None
    if not isinstance(data, dict) or "division" not in data:
        return record
    return {**record, "data": {"split_seed" if name == "division" else name: value for name, value in data.items()}}


_UPGRADES: dict[int, Callable[[Any], Any]] = {  # by the version that each upgrades from
    1: _split_seed,
    2: _unchanged,
    3: _unchanged,
    4: _unchanged,
    5: _unchanged,
    6: _unchanged,
}


def _verify(data: bytes) -> None:
    try:
        checksum.verify(data)
    except FileError as error:
        advice = message("If you edited it, delete the line with “{key}” and open it again.", key=checksum.KEY)
        raise FileError(message("{why} {advice}", why=error.message, advice=advice)) from error
