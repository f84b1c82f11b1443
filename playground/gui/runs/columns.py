"""The columns of the table of runs: heading, text, sort key and width of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import IntEnum
from math import isnan
from typing import NamedTuple

from playground.engine.runs.index import RunRow
from playground.gui.style.translation import translated
from playground.spec.component import Component
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import NO_FIGURE, flops_text, loss_text, percent_text, seconds_text

Key = float | str | None  # None sorts last


class Column(IntEnum):
    """The columns, from left to right."""

    CURVE = 0
    STAR = 1
    NAME = 2
    DIFFERENCES = 3
    SCORE = 4
    LOSS = 5
    TIME = 6
    DATE = 7
    DATA = 8
    EPOCHS = 9
    PARAMETERS = 10
    FLOPS = 11
    GROUP = 12
    NOTE = 13


class ColumnInfo(NamedTuple):
    """The contents of a column, and how it is sorted."""

    label: str
    help: str
    text: Callable[[RunRow], Message | str]
    key: Callable[[RunRow], Key]
    sample: str  # a wide text of the column, for its width
    numeric: bool = False


def data_label(row: RunRow) -> Message | str:
    """The label of a run's data set; its id if this program does not know it."""
    found: type[Component] | None = Dataset.member(row.data)
    return message(found.label) if found else row.data


def date_text(row: RunRow, now: datetime | None = None) -> str:
    """The time of a run that began today, `14:02`, or the date of an earlier one, `2026-01-03`, in local time."""
    if not row.created:
        return NO_FIGURE
    moment = datetime.fromisoformat(row.created).astimezone()
    today = (now or datetime.now(UTC)).astimezone().date()
    return f"{moment:%H:%M}" if moment.date() == today else f"{moment:%Y-%m-%d}"


def began(run_id: str) -> str:
    """When a damaged run began, as `RunRow.created` has it: its id says so, `20260101-120000-…`."""
    day, time = run_id[:8], run_id[9:15]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}"


def _count_text(count: int | None) -> str:
    return NO_FIGURE if count is None else f"{count:,}"


def _marked(row: RunRow, figure: str) -> Message | str:
    """A score or a loss, marked if it is of the validation data."""
    return message("val. {figure}", figure=figure) if validated_only(row) and figure != NO_FIGURE else figure


def validated_only(row: RunRow) -> bool:
    """Whether score and loss are of the validation data, and not of the test data as those of other runs."""
    return row.measured_on == "validation"


def _number(value: float | None) -> Key:
    return None if value is None or isnan(value) else value


COLUMNS = {
    Column.CURVE: ColumnInfo(
        tr_noop("Curve"),
        tr_noop("Show the curves of this run together with the present ones"),
        lambda _: "",
        lambda _: None,
        "",
    ),
    Column.STAR: ColumnInfo(
        tr_noop("Star"),
        tr_noop("All checkpoints of a starred run are kept"),
        lambda _: "",
        lambda row: not row.star,
        "",
    ),
    Column.NAME: ColumnInfo(
        tr_noop("Name"),
        tr_noop("The name of the run: at first that of its experiment"),
        lambda row: row.name or row.run_id,
        lambda row: (row.name or row.run_id).casefold(),
        "textbook, run",
    ),
    Column.DIFFERENCES: ColumnInfo(
        tr_noop("Differs by"),
        tr_noop("The settings that differ from those of the selected run"),
        lambda _: "",
        lambda _: None,
        "Epochs 3 + 12",
    ),
    Column.SCORE: ColumnInfo(
        tr_noop("Score"),
        tr_noop("Score on the test data; with “val.”, on the validation data of a run that was not tested"),
        lambda row: _marked(row, percent_text(row.score)),
        lambda row: _number(row.score),
        "val. 100.00 %",
        True,
    ),
    Column.LOSS: ColumnInfo(
        tr_noop("Loss"),
        tr_noop("Loss on the test data; with “val.”, on the validation data of a run that was not tested"),
        lambda row: _marked(row, loss_text(row.loss)),
        lambda row: _number(row.loss),
        "val. 8.31e-5",
        True,
    ),
    Column.TIME: ColumnInfo(
        tr_noop("Time"),
        tr_noop("Time of training, without pauses"),
        lambda row: seconds_text(row.seconds),
        lambda row: _number(row.seconds),
        "1:02:03",
        True,
    ),
    Column.DATE: ColumnInfo(
        tr_noop("Began"), tr_noop("When the run began"), date_text, lambda row: row.created or None, "2026-01-03", True
    ),
    Column.DATA: ColumnInfo(
        tr_noop("Data"),
        tr_noop("The data set"),
        data_label,
        lambda row: str(data_label(row)).casefold(),
        "Spoken digits",
    ),
    Column.EPOCHS: ColumnInfo(
        tr_noop("Epochs"),
        tr_noop("Completed epochs"),
        lambda row: _count_text(row.epochs),
        lambda row: row.epochs,
        "1,000",
        True,
    ),
    Column.PARAMETERS: ColumnInfo(
        tr_noop("Parameters"),
        tr_noop("Number of learned numbers"),
        lambda row: _count_text(row.parameters),
        lambda row: row.parameters,
        "101,770,000",
        True,
    ),
    Column.FLOPS: ColumnInfo(
        tr_noop("FLOPs"),
        tr_noop("Floating-point operations of one sample's forward pass"),
        lambda row: NO_FIGURE if row.flops is None else flops_text(row.flops),
        lambda row: row.flops,
        "100.0 MFLOP",
        True,
    ),
    Column.GROUP: ColumnInfo(
        tr_noop("Group"),
        tr_noop("Runs of one group are found together by the search"),
        lambda row: row.group,
        lambda row: row.group.casefold() or None,
        "first attempts",
    ),
    Column.NOTE: ColumnInfo(
        tr_noop("Note"),
        tr_noop("Your own words about the run"),
        lambda row: row.note,
        lambda row: row.note.casefold() or None,
        "a remark of some words",
    ),
}


def cell_text(row: RunRow, column: Column) -> str:
    """The text of a cell in the user's language; names of the person are not translated."""
    text = COLUMNS[column].text(row)
    return translated(text) if isinstance(text, Message) else text


EDITABLE = {Column.NAME: 120, Column.GROUP: 80, Column.NOTE: 1000}  # with the greatest number of characters
MEASURED = (Column.SCORE, Column.LOSS)  # on the test data, or else on the validation data
FIGURES = (
    Column.SCORE,
    Column.LOSS,
    Column.TIME,
    Column.EPOCHS,
    Column.PARAMETERS,
    Column.FLOPS,
    Column.DATE,
)
