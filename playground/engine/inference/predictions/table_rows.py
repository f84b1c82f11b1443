"""Predictions for the rows of a table, by the names of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import repeat
from pathlib import Path

import numpy as np

from playground.engine.data.csv_layout import layout_of
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.numbers import MOSTLY, is_missing, present
from playground.engine.data.formats.table_file import OnlyColumn, found_table
from playground.engine.data.formats.typed_number import TypedNumber
from playground.engine.data.sources.separate_test import MOST_BYTES
from playground.engine.data.sources.vectors import Floats
from playground.engine.evaluation.column_values import value_text
from playground.engine.inference.predictions.cell_notation import notation_for, order_for
from playground.engine.inference.predictions.prediction import Prediction, PredictionError, answered
from playground.engine.inference.predictions.truths import true_answers
from playground.engine.inference.table_answers import answers, scaling_of
from playground.engine.weights import Trained
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.dates import moment
from playground.spec.data.number_notation import NumberNotation
from playground.spec.data.skipped import Skips, total
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.data.table_summary import Column
from playground.spec.datasets.table import Table
from playground.spec.files.storage import read_bounded, shown
from playground.spec.messages import Message, joined, message, tr_noop

_CHUNK = 4096  # rows that are answered together
_FAR = 0.25  # of the range of a column: the distance from it at which a value is far outside
_MOST_NAMED = 8  # columns and categories that a sentence lists


def table_rows(
    path: Path,
    usual_sheet: str = "",
    sheet: str | None = None,
    choice: ReadingChoice | None = None,
    only: OnlyColumn | None = None,
) -> tuple[Rows, Skips]:
    """The rows of a file, and those that were left out because they have more or fewer cells than most.

    usual_sheet: of a spreadsheet, taken instead of its first one where it has one of that name.
    sheet: the one that is taken, whatever is usual.
    choice: how it is read; None leaves that to the file.
    only: what is needed of it, if that is one column.

    Raises:
        FileError: it cannot be read.
        PredictionError: it is not a table, or has no such sheet.
    """
    skips = Skips()
    try:
        choice = (choice or ReadingChoice()).with_(sheet=sheet)
        rows, _ = found_table(read_bounded(path, MOST_BYTES), path.name, choice, skips, usual_sheet, only)
    except Damaged as error:
        raise PredictionError(error.message) from error
    if sheet is not None and rows.reading.form != "sheet":
        raise PredictionError(
            message("“{file}” is no spreadsheet: it has no sheet “{sheet}”.", file=shown(path), sheet=sheet)
        )
    return rows, skips


def row_predictions(trained: Trained, path: Path, sheet: str | None = None) -> Iterator[Prediction]:
    """An answer for each row of a table, in its order; columns are found by their names, further ones are ignored.

    sheet: of a spreadsheet; None takes that of the name which the network learned from, or the first one.

    Raises:
        PlaygroundError: the file cannot be read, or lacks a column, or the network does not say how to scale rows.
    """
    data, source = trained.experiment.data, shown(path)
    assert isinstance(data, Table)
    scaling_of(trained.experiment, trained.scaling, trained=True)  # a network without one cannot answer at all
    found, skips, places = _rows_of(path, data, sheet)
    yield from answered_rows(trained, found, places, source, path)
    yield from left_out(skips, source)


def answered_rows(
    trained: Trained,
    found: Rows,
    places: Sequence[int],
    source: str,
    path: Path | None = None,
    *,
    apart: bool = False,
) -> Iterator[Prediction]:
    """An answer for each row; `places` says where each column of the network stands in a row.

    path: the file of the rows; None where they come from no file.
    apart: whether the rows have nothing to do with each other, as those of different clients: then no row decides how
        the cells of another are read.

    Raises:
        DataError: the network does not say how to scale rows.
    """
    data = trained.experiment.data
    assert isinstance(data, Table)
    scaling = scaling_of(trained.experiment, trained.scaling, trained=True)
    readers = [
        _reader_of_each(column) if apart else _reader(column, found.column(place))
        for column, place in zip(data.inputs, places, strict=True)
    ]
    fills = data.source.reading.missing != "row" and bool(scaling.fills)
    unread = [
        fills and not apart and _mostly_read(column, reader, found.column(place))
        for column, reader, place in zip(data.inputs, readers, places, strict=True)
    ]
    layout = layout_of(found)
    truths = iter(true_answers(data, found, path) or repeat(None))
    numbered = list(zip(found.numbers, found.by_row(), strict=True))
    for begin in range(0, len(numbered), _CHUNK):
        stop_if_cancelled()
        chunk = numbered[begin : begin + _CHUNK]
        lines = [cells for _, cells in chunk]
        values, problems, remarks = _values(data.inputs, places, readers, lines, fills=fills, unread=unread)
        sound = [number for number, problem in enumerate(problems) if problem is None]
        _remark_on_far_values(data.inputs, places, values, lines, remarks)
        shares = iter(answers(trained.network, trained.experiment, scaling, values[sound])) if sound else iter(())
        for (line, cells), problem, remark in zip(chunk, problems, remarks, strict=True):
            where, given, truth = f"row {line:,}", dict(zip(found.names, cells, strict=True)), next(truths)
            answer = next(shares) if problem is None else None
            if answer is not None and not np.isfinite(answer).all():
                problem = message("a number in it is too large to compute with")
            if problem is None and answer is not None:
                yield replace(answered(trained.experiment, answer, source, where, given, remark, layout), truth=truth)
            else:
                yield Prediction(source, where, cells=given, layout=layout, problem=problem, truth=truth)


def _rows_of(path: Path, data: Table, sheet: str | None) -> tuple[Rows, Skips, list[int]]:
    """The rows of a file, and where the columns of the network stand in them.

    It is read as it seems to be written, or else as the user decided for the table that the network learned from.

    Raises:
        PlaygroundError: it cannot be read, or lacks a column.
    """
    source, usual = shown(path), data.source.reading.sheet
    only = OnlyColumn(data.inputs[0].name) if len(data.inputs) == 1 else None
    try:
        found, skips = table_rows(path, usual, sheet, only=only)
        if only is not None and len(found.names) == 1 and not found.reading.header:
            return found, skips, [0]  # there is no name that could contradict
        return found, skips, _places(data.inputs, found.names, source)
    except PredictionError:
        decided = data.source.choice.with_(columns=(), groups="")
        if decided == ReadingChoice():
            raise
        found, skips = table_rows(path, usual, sheet, decided)
        return found, skips, _places(data.inputs, found.names, source)


def left_out(skips: Skips, source: str) -> Iterator[Prediction]:
    """Predictions without an answer for what a reader left out."""
    for item in skips.listed:
        yield Prediction(source, item.where, problem=item.why)
    further = total(skips.counts) - len(skips.listed)
    if further:
        yield Prediction(source, problem=message("{count:,} further rows cannot be read", count=further))


def _places(inputs: Sequence[Column], names: Sequence[str], source: str) -> list[int]:
    """Where the columns of the network stand in a row.

    Raises:
        PredictionError: some are missing; the message names them.
    """
    by_name = {name.casefold(): place for place, name in reversed(list(enumerate(names)))}
    exactly = {name: place for place, name in reversed(list(enumerate(names)))}
    places = [exactly.get(column.name, by_name.get(column.name.casefold())) for column in inputs]
    missing = [column.name for column, place in zip(inputs, places, strict=True) if place is None]
    if missing:
        words = tr_noop("“{file}” lacks columns that the network needs: {missing}. It has: {names}.")
        raise PredictionError(message(words, file=source, missing=_listed(missing), names=_listed(names)))
    return [place for place in places if place is not None]


def _reader(column: Column, cells: Sequence[str]) -> Callable[[str], float | None]:
    """The function from a cell of a column to its value; None where it has none."""
    if column.kind == "category":
        return {name: float(code) for code, name in enumerate(column.categories)}.get
    if column.kind == "date":
        order = order_for(column, cells)
        return lambda cell: moment(cell, order)
    return notation_for(column, cells).number


def _values(
    inputs: Sequence[Column],
    places: Sequence[int],
    readers: Sequence[Callable[[str], float | None]],
    cells: Sequence[Sequence[str]],
    *,
    fills: bool,
    unread: Sequence[bool],
) -> tuple[Floats, list[Message | None], list[Message | None]]:
    """The value in each input column, (N, C); for each row, the reason why it has none, and a remark on an unread cell.

    fills: whether the network takes rows that lack values, which are NaN then.
    unread: of each column, whether a cell that cannot be read counts as one that is missing.
    """
    values = np.full((len(cells), len(inputs)), np.nan)
    problems: list[Message | None] = [None] * len(cells)
    remarks: list[Message | None] = [None] * len(cells)
    for index, (column, place, reader, lenient) in enumerate(zip(inputs, places, readers, unread, strict=True)):
        for row, line in enumerate(cells):
            cell = line[place]
            value = reader(cell)
            if value is not None and (column.missing_value is None or value != column.missing_value):
                values[row, index] = value
            elif fills and (is_missing(cell) or value is not None):
                continue
            elif lenient:
                why = _problem(column, cell, value)
                _add(remarks, row, message("{why}: answered as if it was missing", why=why))
            elif problems[row] is None:
                problems[row] = _problem(column, cell, value)
    return values, problems, remarks


def _reader_of_each(column: Column) -> Callable[[str], float | None]:
    """As `_reader`, for cells of which each is read alone: a number as it is, a text as in the table learned from."""
    if column.kind == "category":
        return {name: float(code) for code, name in enumerate(column.categories)}.get
    if column.kind == "date":
        return lambda cell: moment(cell, column.order)
    return lambda cell: (NumberNotation() if isinstance(cell, TypedNumber) else column.notation).number(cell)


def _mostly_read(column: Column, reader: Callable[[str], float | None], cells: Sequence[str]) -> bool:
    """Whether so many cells of a column are numbers, or dates, that the others count as missing, as in training."""
    given = present(cells)
    return column.kind != "category" and sum(reader(cell) is not None for cell in given) >= MOSTLY * len(given)


def _add(remarks: list[Message | None], row: int, told: Message) -> None:
    before = remarks[row]
    remarks[row] = told if before is None else joined([before, told], "; ")


def _remark_on_far_values(
    inputs: Sequence[Column],
    places: Sequence[int],
    values: Floats,
    cells: Sequence[Sequence[str]],
    remarks: list[Message | None],
) -> None:
    """Add to the remarks of each row which of its values (N, C) lies far outside those that the network knows."""
    for column, place, found in zip(inputs, places, values.T, strict=True):
        room = _FAR * (column.high - column.low)
        if column.kind == "category" or not room > 0:
            continue
        with np.errstate(invalid="ignore"):  # missing values
            beyond = np.flatnonzero((found < column.low - room) | (found > column.high + room))
        low, high = (value_text(column, value) for value in (column.low, column.high))
        for row in beyond.tolist():
            words = tr_noop("“{cell}” in {column} lies far outside {low} to {high}, from which the network learned")
            cell = shown(cells[row][place])
            _add(remarks, row, message(words, cell=cell, column=column.name, low=low, high=high))


def _problem(column: Column, cell: str, value: float | None) -> Message:
    if is_missing(cell) or value is not None:
        return message("no value for {column}", column=column.name)
    if column.kind == "category":
        words = tr_noop("“{cell}” in {column} is not known to the network, which knows {known}")
        return message(words, cell=shown(cell), column=column.name, known=_listed(column.categories))
    words = tr_noop("“{cell}” in {column} is not a number")
    if column.kind == "date":
        words = tr_noop("“{cell}” in {column} is not a date")
    elif column.notation.affix:
        words = tr_noop("“{cell}” in {column} is not a number in {unit}")
    return message(words, cell=shown(cell), column=column.name, unit=column.notation.affix)


def _listed(names: Sequence[str]) -> Message:
    listed = [message("{name}", name=name) for name in names[:_MOST_NAMED]]
    if len(names) > _MOST_NAMED:
        listed.append(message("and {count:,} more", count=len(names) - _MOST_NAMED))
    return joined(listed, ", ")
