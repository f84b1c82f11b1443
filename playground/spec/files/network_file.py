"""What a file of a trained network says of itself: its header and the experiment in it; no tensor is read here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import parse_experiment
from playground.spec.files.file_kind import NETWORK_SUFFIX, Use, misuse
from playground.spec.files.storage import FileError, open_file, read_bounded, shown
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import bytes_text

FORMAT = "playground network"
METADATA = "__metadata__"
_MOST_HEADER = 16_000_000  # bytes; the largest experiment with all its tensors' names takes less


class Refused(FileError):
    """Why a file is not opened, its name left out."""

    def named(self, path: Path) -> FileError:
        """The same with the name of the file."""
        return FileError(message("“{file}” was not opened. {why}", file=shown(path), why=self.message))


def read_described(path: Path) -> Experiment:
    """The experiment that the network in a file was trained as. Whether its tensors are whole is not looked at.

    Raises:
        FileError: it cannot be read, or is no network of Playground.
    """
    try:
        return described(metadata_of(read_header(path)[0]))
    except Refused as refusal:
        raise refusal.named(path) from refusal


def read_header(path: Path) -> tuple[dict[str, Any], int]:
    """The header, once its length is known to be sensible, and where it ends; nothing behind it is read.

    Raises:
        FileError: there is no such file.
        Refused: it is no header.
    """
    if not os.path.isfile(path):
        read_bounded(path, 0)  # which says what is wrong
    why = misuse(path, Use.NETWORK)
    if why is not None:
        raise Refused(why)
    try:
        with open_file(path) as file:
            start = file.read(8) or b""
            length = int.from_bytes(start, "little")
            if len(start) < 8:
                raise Refused(message("It is too short to be a network: {size}.", size=bytes_text(len(start))))
            if file.peek(1)[:1] not in (b"{", b""):
                raise Refused(message("It is no trained network, whatever its name says."))
            if length > _MOST_HEADER:
                template = tr_noop("Its header claims to take {size}, where at most {most} are expected.")
                raise Refused(message(template, size=bytes_text(length), most=bytes_text(_MOST_HEADER)))
            text = file.read(length) or b""
    except OSError as error:
        raise Refused(message("It cannot be read: {reason}.", reason=error.strerror or repr(error))) from error
    if len(text) < length:
        raise Refused(message("It ends within its header: it was cut off."))
    try:
        header = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise Refused(message("It is no network, or was damaged: its header is no JSON ({why}).", why=error)) from error
    if not isinstance(header, dict):
        raise Refused(message("It is no network: its header holds no names."))
    return header, 8 + length


def metadata_of(header: dict[str, Any]) -> dict[str, Any]:
    """What a header says besides its tensors.

    Raises:
        Refused: nothing that Playground writes.
    """
    if is_bare(header):
        raise Refused(
            message(
                "It holds weights, but no experiment to use them in. In the window, open the experiment first, then "
                "this file; “playground read” and “playground write” are told it with --experiment."
            )
        )
    metadata: dict[str, Any] = header[METADATA]
    return metadata


def is_bare(header: dict[str, Any]) -> bool:
    """Whether there is no experiment in it, as exported programs save weights."""
    metadata = header.get(METADATA)
    return not isinstance(metadata, dict) or metadata.get("format") != FORMAT


def holds_bare_weights(path: Path) -> bool:
    """Whether it is a file of weights without an experiment; False also where it cannot be read as a network."""
    try:
        return path.suffix.lower() == NETWORK_SUFFIX and is_bare(read_header(path)[0])
    except FileError:
        return False


def described(metadata: dict[str, Any]) -> Experiment:
    """The experiment in a header's metadata.

    Raises:
        Refused: there is none, or it cannot be used.
    """
    if not isinstance(metadata.get("experiment"), str):
        raise Refused(message("Its metadata is not complete."))
    try:
        return parse_experiment(metadata["experiment"].encode())
    except FileError as error:
        raise Refused(message("The experiment in it cannot be used: {why}", why=error.message)) from error
