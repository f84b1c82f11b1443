"""The curves of a run: its snapshots as lines of a file that only grows.

Each line is the CRC-32 of its JSON in eight hexadecimal digits, a space, and the JSON: a list of entries
`[kind, value, …]` with the fields of one snapshot in their order; fields that came later have defaults. The first line
names the format. NaN and infinities are written as Python's json does. An entry `["resumed", step]` takes back all that
was reported after that step. A kill leaves half a line at most; it is left out.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from zlib import crc32

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from playground.engine.runs.run_record import RunError
from playground.engine.training.snapshots import Change, Diverged, Epoch, Evaluating, Finished, Probed, Snapshot, Step
from playground.spec.messages import Message, message, tr_noop

FORMAT = "playground curves"
VERSION = 3  # 1 knew no probes, 2 no histograms and no single units in them
MOST_BYTES = 2**31
_LONGEST_FORMAT = 5  # characters of a format in a template: a width of millions would fill the memory

_KINDS: dict[type, str] = {
    Step: "step",
    Probed: "probed",
    Epoch: "epoch",
    Change: "change",
    Diverged: "diverged",
    Finished: "finished",
}
_READERS: dict[str, Callable[[Any], Snapshot]] = {
    name: TypeAdapter(kind).validate_python for kind, name in _KINDS.items()
}


class Curves(NamedTuple):
    """The contents of the file of a run's curves."""

    snapshots: tuple[Snapshot, ...]
    size: int  # bytes of whole lines; what is beyond was cut off while it was written


def header_line() -> bytes:
    """The first line of the file."""
    return _line({"format": FORMAT, "version": VERSION})


def snapshot_line(snapshots: Iterable[Snapshot]) -> bytes:
    """A line with the snapshots in order. Progress within an evaluation is left out; the line may then be empty."""
    entries = [[_KINDS[type(item)], *item] for item in snapshots if not isinstance(item, Evaluating)]
    return _line(entries) if entries else b""


def resumed_line(step: int) -> bytes:
    """A line that records that the run was continued from a step."""
    return _line([["resumed", step]])


def parse_curves(data: bytes, flushed: int | None = None) -> Curves:
    """The snapshots in a file's bytes.

    Args:
        data: the bytes.
        flushed: the last step whose lines were certainly flushed to the disk. What follows it may be damaged by a power
            cut, and ends at the first damaged line. None: all were flushed.

    Raises:
        RunError: a line is damaged, or the file is of another format or of a newer version.
    """
    end = data.rfind(b"\n") + 1
    lines = data[:end].split(b"\n")[:-1]
    if not lines:
        raise RunError(message("Its curves have no beginning."))
    _require_known(_value(lines[0], 1))
    found: list[Snapshot] = []
    size = len(lines[0]) + 1
    for number, line in enumerate(lines[1:], 2):
        try:
            entries = _value(line, number)
        except RunError:
            if flushed is None or max(map(step_of, found), default=0) < flushed:
                raise
            return Curves(tuple(found), size)
        found = _extended(found, entries, number)
        size += len(line) + 1
    return Curves(tuple(found), end)


def _extended(found: list[Snapshot], entries: Any, number: int) -> list[Snapshot]:
    """The snapshots once those of a line were added, or dropped because the run was resumed."""
    try:
        for kind, *values in entries:
            if kind == "resumed":
                last = int(values[0])
                found = [item for item in found if step_of(item) <= last]
            else:
                fields = values if kind == "step" else list(map(_revived, values))
                found.append(_READERS[kind](fields))
    except (ValidationError, ValueError, LookupError, TypeError) as error:
        raise RunError(message("Line {number} of its curves holds no snapshots.", number=number)) from error
    return found


def step_of(snapshot: Snapshot) -> int:
    """The number of training steps before the snapshot."""
    return 0 if isinstance(snapshot, Evaluating) else snapshot.step


def _line(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()
    return b"%08x %s\n" % (crc32(text), text)


def _value(line: bytes, number: int) -> Any:
    text = line[9:]
    if line[:9] != b"%08x " % crc32(text):
        raise RunError(message("Line {number} of its curves is damaged.", number=number))
    try:
        return from_json(text)
    except ValueError as error:
        raise RunError(message("Line {number} of its curves is no JSON.", number=number)) from error


def _require_known(header: Any) -> None:
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise RunError(message("Its curves are none of a run of Playground."))
    if header.get("version") not in range(1, VERSION + 1):
        words = tr_noop("Its curves are of version {version}; this Playground knows versions up to {known}.")
        raise RunError(message(words, version=str(header.get("version"))[:20], known=VERSION))


def _plain(value: object) -> object:
    """A message as an object of JSON; of what else a sentence shows, its text."""
    if isinstance(value, Message):
        return {"template": value.template, "values": value.values, "singular": value.singular}
    return str(value)


def _revived(value: Any) -> Any:
    """A message from its object. Its templates are filled in later, so that they may only name its values.

    Raises:
        ValueError, LookupError, TypeError: they do not.
    """
    if not isinstance(value, dict):
        return value
    values = tuple((str(name), _revived(item)) for name, item in value["values"])
    found = Message(str(value["template"]), values, str(value["singular"]))
    for template in (found.template, found.singular):
        for _, name, form, _ in string.Formatter().parse(template):
            if name is not None and (name not in dict(values) or not _simple(form or "")):
                raise ValueError(template)
    str(found)
    return found


def _simple(form: str) -> bool:
    return len(form) <= _LONGEST_FORMAT and "{" not in form
