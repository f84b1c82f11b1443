"""Reads tables: inspects a file when it is chosen, and loads it for training later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from playground.engine.data.formats.checksum import sha256_of
from playground.engine.data.formats.column_kinds import Values, codes
from playground.engine.data.formats.columns import columns, used_rows, values_of
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.table_file import found_table
from playground.engine.data.formats.workbook import Workbook
from playground.engine.data.histogram import histogram_of_cells
from playground.engine.data.in_memory import Data, DataError, InputTargetPairs
from playground.engine.data.sample_places import PartPlaces, SampleOrder, SamplePlaces
from playground.engine.data.scaling import Scaling
from playground.engine.data.sources.changed_examples import changed_split, moved
from playground.engine.data.sources.separate_test import FoundTest, found_test, known_test, table_bytes
from playground.engine.data.sources.split import Numbers, Split, split
from playground.engine.data.sources.table_cells import cells_of, changed_since, contents_of
from playground.engine.data.sources.vectors import Floats, fills_of, scale, vectors
from playground.spec.data.skipped import Skips
from playground.spec.data.source_choice import Inspected
from playground.spec.data.split import split_in_order
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.data.table_summary import FEWEST_ROWS, LARGEST, LONGEST_NAME, Column, TableFile
from playground.spec.datasets.table import Table
from playground.spec.files.storage import FileError
from playground.spec.messages import Message, joined, message, tr_noop

_MOST_REASONS = 3  # of columns that are left out, in a sentence
_SHOWN = 50  # rows that are kept as texts, to be looked at


@dataclass(frozen=True, slots=True, eq=False)
class InspectedTable(Inspected):
    """A table with its values, (rows, columns)."""

    values: Floats = field(kw_only=True)  # of the usable rows; NaN in columns that are left out
    missing: tuple[int, ...] = ()  # cells without a value in each column
    reasons: tuple[Message | None, ...] = ()  # why each column is left out
    first: tuple[tuple[str, ...], ...] = ()  # the cells of the first rows, as they were read
    numbers: tuple[int, ...] = ()  # the lines of the file in which they stand, from 1
    whole: int = 0  # rows with as many cells as most, of which `missing` counts
    sheets: tuple[str, ...] = ()  # of a spreadsheet
    left_out_bars: tuple[tuple[int, ...], ...] = ()  # of each column, see `histogram_of_cells`; empty of those in use


def inspect(path: str, _progress: object = None, choice: ReadingChoice | None = None) -> InspectedTable:
    """Inspect a table's file, or the bundled one; what `choice` leaves open is decided by what the file holds.

    Raises:
        DataError: it cannot be read, is not a table, or has too few rows or columns; the message says which.
    """
    location, skips, choice = Path(path), Skips(), choice or ReadingChoice()
    try:
        data = table_bytes(path)
        found, remarks = found_table(data, location.name, choice, skips)
        known = columns(found, skips, choice)
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    described, used = known.columns, known.used
    _ensure_enough(described, int(used.sum()), location)
    decimals = Counter(item.column.notation.decimal for item in described if item.column.kind == "number")
    decimal = choice.decimal or (decimals.most_common(1)[0][0] if decimals else ".")
    file = TableFile(
        path=path,
        sha256=sha256_of(data),
        reading=found.reading.with_(decimal=decimal, missing=known.missing),
        rows=int(used.sum()),
        columns=tuple(item.column for item in described),
        choice=choice,
        grouping=known.grouping,
    )
    tested: tuple[Message, ...] = ()
    if choice.test_file:
        test = found_test(choice.test_file, file)
        file, tested = file.with_(tested=test.record), test.remarks
    return InspectedTable(
        file,
        skips.listed,
        skips.counts,
        (*remarks, *known.remarks, *tested),
        values=np.stack([item.values[used] for item in described], axis=1),
        missing=tuple(item.missing for item in described),
        reasons=tuple(item.why for item in described),
        first=tuple(islice(found.by_row(), _SHOWN)),
        numbers=tuple(found.numbers[:_SHOWN]),
        whole=len(found.numbers),
        sheets=Workbook(data, location.name).sheets if found.reading.form == "sheet" else (),
        left_out_bars=tuple(
            () if item.column.usable else histogram_of_cells(item.column, found.column(index))
            for index, item in enumerate(described)
        ),
    )


def _ensure_enough(found: tuple[Values, ...], count: int, location: Path) -> None:
    if count < FEWEST_ROWS:
        words = tr_noop("“{file}” has {count:,} rows without missing values: at least {fewest} are needed.")
        raise DataError(message(words, file=location.name, count=count, fewest=FEWEST_ROWS))
    usable = sum(item.column.usable for item in found)
    if usable < 2:
        words = tr_noop("“{file}” has too few columns that can be used: at least two are needed.")
        told = [message(words, file=location.name)]
        reasons = [(item.column.name, item.why) for item in found if item.why is not None]
        told += [message("{name}: {why}.", name=name, why=why) for name, why in reasons[:_MOST_REASONS]]
        raise DataError(joined(told, " "))


def read(data: Table) -> Data:
    """The rows, split: inputs (N, F) float32; targets (N,) int64 classes, or (N, 1) float32, standardised.

    Raises:
        DataError: the file cannot be read, or has changed since it was chosen.
    """
    return _read(data)


def row_of(data: Table, number: int, part: str = "test") -> tuple[tuple[float, ...], float]:
    """The input values of one row of a part (the index of a category, NaN where one is missing), and its read target.

    Raises:
        DataError: like `read`.
    """
    rows = _divided(data)
    row = rows.values[getattr(rows.parts, part)[number]]
    inputs = tuple(float(row[data.source.column_index(item)]) for item in data.inputs)
    return inputs, float(row[data.source.column_index(data.target_column)])


def rows_at(data: Table, places: Numbers, part: str = "test") -> Floats:
    """The input values (N, C) of the rows at places (N,) in a part, each as in `row_of`.

    Raises:
        DataError: like `read`.
    """
    rows = _divided(data)
    chosen = rows.values[getattr(rows.parts, part)[places]]
    inputs: Floats = chosen[:, [data.source.column_index(item) for item in data.inputs]]
    return inputs


@lru_cache(maxsize=2)  # a run and its panel, and another table that is inspected meanwhile
def _read(data: Table) -> Data:
    divided = _divided(data)
    values, classes, parts = divided.values, divided.classes, divided.parts
    columns = values[:, [data.source.column_index(item) for item in data.inputs]]
    fills = fills_of(columns[parts.train], data.inputs)
    inputs = vectors(columns, data.inputs, fills)
    mean, deviation = scale(inputs[parts.train], data.inputs)
    target = values[:, data.source.column_index(data.target_column)]
    middle, width = _target_scale(target[parts.train], data.classifies)
    scaled = _single(((target - middle) / width)[:, None], (data.target_column,))
    targets = torch.from_numpy(classes if data.classifies else scaled)
    whole = torch.from_numpy(_single((inputs - mean) / deviation, data.inputs))
    train, validation, test = (InputTargetPairs(whole[part], targets[part]) for part in map(torch.from_numpy, parts))
    scaling = Scaling(tuple(mean.tolist()), tuple(deviation.tolist()), middle, width, fills)
    places = PartPlaces(*(_places(data, divided, part) for part in parts))
    order = SampleOrder(parts.train, parts.validation, divided.read_classes, divided.contents)
    remarks = moved(parts, data.change_list)
    return Data(train, validation, test, scaling=scaling, remarks=remarks, places=places, order=order)


def _places(data: Table, divided: _Divided, part: Numbers) -> SamplePlaces:
    """Where the rows of a part stand; those of a separate test file are the last ones."""
    of_test = data.tested is not None and part.size and part[0] >= divided.tested_from
    file = data.tested.path if data.tested is not None and of_test else data.source.path
    target = None if data.classifies else divided.values[part, data.source.column_index(data.target_column)]
    return SamplePlaces((file,), divided.lines[part].tolist(), target)


def _single(scaled: Floats, columns: Sequence[Column]) -> npt.NDArray[np.float32]:
    """Scaled values (N, F) of columns as numbers of 32 bits.

    Raises:
        DataError: one is so large that its square is not; the message names its column.
    """
    wrong = np.flatnonzero(~(np.abs(scaled) <= LARGEST).all(axis=0))
    if wrong.size:
        ends = np.cumsum([max(1, item.width) for item in columns])
        column = columns[int(np.searchsorted(ends, wrong[0], side="right"))]
        words = tr_noop(
            "“{name}” holds numbers too large to compute with, as it is scaled: scale it otherwise, or leave it out."
        )
        raise DataError(message(words, name=column.name))
    return scaled.astype(np.float32)


def _target_scale(target: Floats, classifies: bool) -> tuple[float, float]:
    """Mean and standard deviation of a target that is a number, over the training rows; 0 and 1 for classes."""
    return (0.0, 1.0) if classifies else (float(target.mean()), float(target.std()) or 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The rows of a file that are used: their values (rows, columns), and the group of each, if they have groups."""

    values: Floats
    groups: Numbers
    lines: Numbers  # (rows,), of each in the file, from 1


@lru_cache(maxsize=2)
def _rows(file: TableFile) -> _Rows:
    """The rows as they were read when the file was chosen.

    Raises:
        DataError: it cannot be read, or has changed since it was chosen.
    """
    found = cells_of(file)
    if len(found.names) != len(file.columns):
        raise changed_since(file)
    items = [Values(column, values_of(column, found.column(index))) for index, column in enumerate(file.columns)]
    used = used_rows(items, file.reading.missing)
    lacking = [int(np.isnan(item.values[used]).sum()) for item in items if item.column.usable]
    if int(used.sum()) != file.rows or lacking != [column.missing for column in file.usable]:
        raise changed_since(file)
    groups = np.zeros(0, np.float64)
    if file.grouping is not None:
        if file.grouping.column not in found.names:
            raise changed_since(file)
        cells = found.column(found.names.index(file.grouping.column))
        groups = codes([cells[row][:LONGEST_NAME] for row in np.flatnonzero(used)], file.grouping.names)
        if np.isnan(groups).any():
            raise changed_since(file)
    lines = np.array(found.numbers, np.int64)[used]
    return _Rows(np.stack([item.values[used] for item in items], axis=1), groups.astype(np.int64), lines)


class _Divided(NamedTuple):
    """The rows that have a target: their values (rows, columns), their classes, 0 for numbers, and their parts."""

    values: Floats
    classes: Numbers
    parts: Split
    lines: Numbers  # of each in its file
    tested_from: int  # the first row of a separate test file
    read_classes: Numbers  # as the file says, before any are changed
    contents: Callable[[int], bytes]  # of a row: the texts of all its cells, whichever columns are inputs


def _divided(data: Table) -> _Divided:
    """The rows that are used, but those without a target, or whose class no other row has; with changed examples."""
    found = _as_read(data)
    if not data.changes.items:
        return found
    parts, classes = changed_split(found.parts, found.classes, data.change_list, found.contents)
    return found._replace(parts=parts, classes=classes)  # the values stay those of the file


def _as_read(data: Table) -> _Divided:
    rows = _rows(data.source)
    kept, classes = _with_target(data, rows.values)
    values, lines = rows.values[kept], rows.lines[kept]
    if data.tested is None:
        parts = _parts(data, classes, rows.groups)
        return _Divided(values, classes, parts, lines, len(values), classes, contents_of(data.source, lines))
    train, held_out, _ = split(classes, data.validation_count, 0, data.split_seed)
    tested = _test_rows(data.source)
    used, test_classes = _with_target(data, tested.values)
    return _Divided(
        np.concatenate([values, tested.values[used]]),
        np.concatenate([classes, test_classes]),
        Split(train, held_out, np.arange(len(values), len(values) + len(test_classes))),
        np.concatenate([lines, tested.lines[used]]),
        len(values),
        np.concatenate([classes, test_classes]),
        contents_of(data.source, lines),
    )


@lru_cache(maxsize=2)
def _test_rows(file: TableFile) -> FoundTest:
    return known_test(file)


def _with_target(data: Table, values: Floats) -> tuple[npt.NDArray[np.bool_], Numbers]:
    """Which of some rows (N, C) have a target, of one of the classes, and the classes of these; 0 for numbers."""
    target = values[:, data.source.column_index(data.target_column)]
    if not data.classifies:
        there = ~np.isnan(target)
        return there, np.zeros(int(there.sum()), np.int64)
    column = data.target_column
    known = {name: number for number, name in enumerate(column.classes)}
    numbers = np.array([*(known.get(name, -1) for name in column.categories), -1], np.int64)
    there = np.where(np.isnan(target), 0, target)
    if column.kind == "number":
        amounts = np.array(column.categories, np.float64)
        target = np.where(np.isin(target, amounts), target, np.nan)  # other numbers are no classes
        there = np.searchsorted(amounts, there)
    classes = numbers[np.where(np.isnan(target), -1, there).astype(np.int64)]
    kept = classes >= 0
    return kept, classes[kept]


def _parts(data: Table, classes: Numbers, groups: Numbers) -> Split:
    """The split of rows of these classes (N,), and groups (N,) where the data are divided by groups."""
    validation, test = data.validation_count, data.test_count
    if data.split_by == "order":
        return Split(*(np.array(part, np.int64) for part in split_in_order(len(classes), validation, test)))
    if not data.parts:
        return split(classes * (data.split_by == "stratified"), validation, test, data.split_seed)
    part = np.array(data.parts, np.int64)[groups]
    train, held_out, tested = (np.flatnonzero(part == number) for number in range(3))
    if validation and not held_out.size:  # of rows that a column names for training
        chosen = split(classes[train], validation, 0, data.split_seed)
        train, held_out = train[chosen.train], train[chosen.validation]
    return Split(train, held_out, tested)
