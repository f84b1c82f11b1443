"""The state of the document's data: the facts known so far, and the work under way to obtain it."""

from __future__ import annotations

from dataclasses import dataclass

from playground.spec.data.dataset import Dataset
from playground.spec.data.skipped import Counts, Skipped
from playground.spec.data.source_choice import SourceChoice
from playground.spec.messages import Message


@dataclass(frozen=True, slots=True)
class State:
    """The state of the document's data."""

    data: Dataset
    lacking: int = 0  # bytes still to be downloaded
    done: int = 0  # of `total` bytes, while a fetch is running
    total: int = 0
    busy: bool = False
    looking: int | None = None  # pictures seen so far, while a folder or a table is inspected
    training: bool = False  # whether a current run needs the data unchanged
    failure: Message | None = None
    choice: SourceChoice | None = None  # for this data, or instead of a source that could not be inspected
    skipped: tuple[Skipped, ...] = ()  # from the source chosen last
    skips: Counts = ()  # number of skipped items of each kind, listed or not
    remarks: tuple[Message, ...] = ()  # which of several plausible readings was taken


def lacking(data: type[Dataset]) -> int:
    """Number of bytes that are still to be downloaded."""
    if not data.remotes:
        return 0
    from playground.engine.data.dataset_cache import left

    return left(data)
