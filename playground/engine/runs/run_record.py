"""The record of a run: its name, times, settings and final figures."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError, field_serializer
from pydantic_core import from_json

from playground.engine.training.snapshots import Figures
from playground.spec.files import checksum
from playground.spec.files.storage import FileError
from playground.spec.messages import PlaygroundError, message, tr_noop

FORMAT = "playground run"
VERSION = 1  # raised when older programs could not read the record
MOST_BYTES = 1_000_000


class RunError(PlaygroundError):
    """A stored run is damaged, missing or in use elsewhere; the message says which run, and what is wrong."""


class RunRecord(BaseModel):
    """Everything about a run except its experiment, curves and checkpoints. It contains no file paths."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    run_id: str
    name: str
    created: AwareDatetime  # UTC, as is the next
    ended: AwareDatetime | None = None  # None: it goes on, or was interrupted
    seed: int
    data: str  # the data set's id
    fingerprint: str = ""  # of the data; empty where it is not known
    versions: dict[str, str] = {}  # of the programs that made it, by name
    device: str = ""
    threads: int = 1
    parent: str | None = None  # the run it was branched from
    parameters: int | None = None
    flops: int | None = None  # floating-point operations of one sample's forward pass
    figures: Figures = Figures()  # final ones, or those of the last epoch before a checkpoint
    best_step: int | None = None  # of the checkpoint with the lowest validation loss
    best_loss: float | None = None  # its validation loss
    pinned: tuple[int, ...] = ()  # steps of checkpoints that saved experiments refer to
    curves_size: int | None = None  # bytes of the curves of a run that ended
    note: str = ""
    star: bool = False
    group: str = ""

    def with_(self, **changes: Any) -> RunRecord:
        """The record with other values for some fields."""
        return self.model_copy(update=changes)

    @field_serializer("figures")
    def _named(self, figures: Figures) -> dict[str, Any]:
        return figures._asdict()

    @property
    def latest(self) -> datetime:
        """The time of its end, or of its start if it has not ended."""
        return self.ended or self.created


def record_bytes(record: RunRecord) -> bytes:
    """The file that holds a record: JSON that a person can read, with a checksum over all of it."""
    run = json.loads(record.model_dump_json())  # NaN and infinities are written as Python's json does
    document = {"format": FORMAT, "version": VERSION, checksum.KEY: checksum.UNSEALED, "run": run}
    return checksum.add_checksum(json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")


def parse_record(data: bytes) -> RunRecord:
    """The record in a file's bytes.

    Raises:
        RunError: it is damaged, no record, or of a newer version.
    """
    try:
        checksum.verify(data)
        document = from_json(data)
        if document["format"] != FORMAT:
            raise RunError(message("Its record is none of a run of Playground."))
        if document["version"] != VERSION:
            words = tr_noop("It is of version {version}; this Playground knows versions up to {known}.")
            raise RunError(message(words, version=str(document["version"])[:20], known=VERSION))
        return RunRecord.model_validate(document["run"])
    except FileError as error:
        raise RunError(message("Its record is damaged. {why}", why=error.message)) from error
    except ValidationError as error:
        first = error.errors()[0]
        location = ".".join(map(str, first["loc"]))[:60]
        raise RunError(
            message("Its record is wrong at “{location}”: {why}.", location=location, why=first["msg"])
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(message("Its record is damaged: it is no JSON of a run.")) from error
