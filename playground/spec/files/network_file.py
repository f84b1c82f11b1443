"""Reads the header of a trained network's file and the experiment in it; no tensor is read here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from playground.spec.experiment import Experiment
from playground.spec.files import checksum
from playground.spec.files.experiment_file import parse_experiment
from playground.spec.files.file_kind import NETWORK_SUFFIX, Use, is_torch, misuse
from playground.spec.files.storage import FileError, not_opened, open_file, read_bounded
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import bytes_text

FORMAT = "playground network"
METADATA = "__metadata__"
_MOST_HEADER = 16_000_000  # bytes; the largest experiment and the names of all its tensors take less


class Refused(FileError):
    """The reason why a file is not opened, without its name."""

    def named(self, path: Path) -> FileError:
        """The error with the name of the file."""
        return FileError(not_opened(path, self.message))


def read_described(path: Path) -> Experiment:
    """The experiment that the network in a file was trained as. Its tensors are not checked.

    Raises:
        FileError: it cannot be read, or is not a network of Playground.
    """
    try:
        return described(metadata_of(read_header(path)[0]))
    except Refused as refusal:
        raise refusal.named(path) from refusal


def read_header(path: Path) -> tuple[dict[str, Any], int]:
    """The header and the offset of its end in bytes; its length is checked first, and nothing after it is read.

    Raises:
        FileError: there is no such file.
        Refused: it does not begin with a valid header.
    """
    if not os.path.isfile(path):
        read_bounded(path, 0)  # raises the FileError that says why
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
                raise Refused(message("It is not a trained network, despite its name."))
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
        raise Refused(
            message("It is not a network, or was damaged: its header is not JSON ({why}).", why=error)
        ) from error
    if not isinstance(header, dict):
        raise Refused(message("It is not a network: its header has no names."))
    return header, 8 + length


def metadata_of(header: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a header.

    Raises:
        Refused: Playground did not write it.
    """
    if is_bare(header):
        raise Refused(
            message(
                "It holds weights, but no experiment to use them in. In the window, open the experiment first, then "
                "this file; “playground read” and “playground write” take the experiment with --experiment, and "
                "“playground weights” puts them into a stack."
            )
        )
    metadata: dict[str, Any] = header[METADATA]
    return metadata


def checksum_of(path: Path) -> str:
    """The checksum in a network's header: 64 hexadecimal digits. Whether it is that of the tensors is not checked.

    Raises:
        FileError: it cannot be read, or is not a network of Playground.
    """
    try:
        found = metadata_of(read_header(path)[0]).get(checksum.KEY)
        if not isinstance(found, str):
            raise Refused(message("Its metadata is not complete."))
        return found.removeprefix("sha256:")
    except Refused as refusal:
        raise refusal.named(path) from refusal


def ensure_undamaged(data: bytes, end: int) -> None:
    """Check the checksum in the bytes of a network of Playground, whose header ends at byte `end`.

    Raises:
        Refused: it does not match, or there is none.
    """
    try:
        checksum.verify(data, end)
    except FileError as error:
        raise Refused(error.message) from error


def is_bare(header: dict[str, Any]) -> bool:
    """Whether it has no experiment; exported programs save weights in this way."""
    metadata = header.get(METADATA)
    return not isinstance(metadata, dict) or metadata.get("format") != FORMAT


def holds_bare_weights(path: Path) -> bool:
    """Whether it has weights but no experiment, as files of PyTorch; False where it cannot be read as a network."""
    try:
        return is_torch(path) or (path.suffix.lower() == NETWORK_SUFFIX and is_bare(read_header(path)[0]))
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
