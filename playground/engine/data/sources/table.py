"""Reads tables: inspects a file when it is chosen, and loads it for training later."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from playground.engine.data.formats.checksum import sha256_of
from playground.engine.data.formats.columns import Values, columns, complete, values_of
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.table_file import found_table, known_table
from playground.engine.data.in_memory import Data, DataError, InputTargetPairs
from playground.engine.data.scaling import Scaling
from playground.engine.data.sources.split import Numbers, Split, split
from playground.engine.data.sources.vectors import Floats, scale, vectors
from playground.spec.data.skipped import Skips
from playground.spec.data.source_choice import Inspected
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.data.table_summary import BUNDLED, FEWEST_ROWS, TableFile
from playground.spec.datasets.table import Table
from playground.spec.files.file_kind import Use, ensure_usable
from playground.spec.files.resources import resource
from playground.spec.files.storage import FileError, read_bounded
from playground.spec.messages import Message, message, tr_noop

MOST_BYTES = 100_000_000


@dataclass(frozen=True, slots=True, eq=False)
class InspectedTable(Inspected):
    """A table with its values, (rows, columns)."""

    values: Floats = field(kw_only=True)  # of the usable rows; NaN in columns that are left out
    missing: tuple[int, ...] = ()  # cells without a value in each column
    reasons: tuple[Message | None, ...] = ()  # why each column is left out


def inspect(path: str, _progress: object = None, choice: ReadingChoice | None = None) -> InspectedTable:
    """Inspect a table's file, or the bundled one; what `choice` leaves open is decided by what the file holds.

    Raises:
        DataError: it cannot be read, is not a table, or has too few rows or columns; the message says which.
    """
    location, skips, choice = Path(path), Skips(), choice or ReadingChoice()
    try:
        data = _bytes(path)
        found, remarks = found_table(data, location.name, choice, skips)
        described, whole, doubts = columns(found, skips, choice.decimal)
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    _ensure_enough(described, int(whole.sum()), location)
    decimals = Counter(item.column.notation.decimal for item in described if item.column.kind == "number")
    decimal = choice.decimal or (decimals.most_common(1)[0][0] if decimals else ".")
    file = TableFile(
        path=path,
        sha256=sha256_of(data),
        reading=found.reading.with_(decimal=decimal),
        rows=int(whole.sum()),
        columns=tuple(item.column for item in described),
    )
    return InspectedTable(
        file,
        skips.listed,
        skips.counts,
        (*remarks, *doubts),
        values=np.stack([item.values[whole] for item in described], axis=1),
        missing=tuple(item.missing for item in described),
        reasons=tuple(item.why for item in described),
    )


def _bytes(path: str) -> bytes:
    """The contents of a table's file; raises FileError."""
    if path == BUNDLED:
        return read_bounded(resource("iris", path), MOST_BYTES)
    ensure_usable(Path(path), Use.TABLE, Use.TEXT)
    return read_bounded(Path(path), MOST_BYTES)


def _ensure_enough(found: tuple[Values, ...], count: int, location: Path) -> None:
    if count < FEWEST_ROWS:
        words = tr_noop("“{file}” has {count:,} rows without missing values: at least {fewest} are needed.")
        raise DataError(message(words, file=location.name, count=count, fewest=FEWEST_ROWS))
    usable = sum(item.column.usable for item in found)
    if usable < 2:
        words = tr_noop("“{file}” has too few columns that can be used: at least two are needed.")
        raise DataError(message(words, file=location.name))


def read(data: Table) -> Data:
    """The rows, split: inputs (N, F) float32; targets (N,) int64 classes, or (N, 1) float32, standardised.

    Raises:
        DataError: the file cannot be read, or has changed since it was chosen.
    """
    return _read(data)


def row_of_test(data: Table, number: int) -> tuple[tuple[float, ...], float]:
    """The input values of one test row (the index of a category), and its target; raises DataError like `read`."""
    values, classes = _divided(data)
    row = values[_parts(data, classes).test[number]]
    inputs = tuple(float(row[data.source.column_index(item)]) for item in data.inputs)
    return inputs, float(row[data.source.column_index(data.target_column)])


@lru_cache(maxsize=2)  # a run and its panel, and another table that is inspected meanwhile
def _read(data: Table) -> Data:
    values, classes = _divided(data)
    parts = _parts(data, classes)
    counts = categories(data)
    inputs = vectors(values[:, [data.source.column_index(item) for item in data.inputs]], counts)
    mean, deviation = scale(inputs[parts.train], counts)
    target = values[:, data.source.column_index(data.target_column)]
    middle, width = _target_scale(target[parts.train], data.classifies)
    scaled = ((target - middle) / width)[:, None].astype(np.float32)
    targets = torch.from_numpy(classes if data.classifies else scaled)
    whole = torch.from_numpy(((inputs - mean) / deviation).astype(np.float32))
    train, validation, test = (InputTargetPairs(whole[part], targets[part]) for part in map(torch.from_numpy, parts))
    scaling = Scaling(tuple(mean.tolist()), tuple(deviation.tolist()), middle, width)
    return Data(train, validation, test, scaling=scaling)


def categories(data: Table) -> list[int]:
    """The number of categories of each input column; 0 for columns of numbers."""
    return [len(item.categories) if item.kind == "category" else 0 for item in data.inputs]


def _target_scale(target: Floats, classifies: bool) -> tuple[float, float]:
    """Mean and standard deviation of a target that is a number, over the training rows; 0 and 1 for classes."""
    return (0.0, 1.0) if classifies else (float(target.mean()), float(target.std()) or 1.0)


@lru_cache(maxsize=2)
def _values(file: TableFile) -> Floats:
    """The values of the complete rows, (rows, columns), as they were read when the file was chosen.

    Raises:
        DataError: it cannot be read, or has changed since it was chosen.
    """
    try:
        data = _bytes(file.path)
        if sha256_of(data) != file.sha256:
            raise _changed(file)
        found = known_table(data, file.name, file.reading, Skips())
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    if len(found.names) != len(file.columns):
        raise _changed(file)
    items = [Values(column, values_of(column, found.column(index))) for index, column in enumerate(file.columns)]
    whole = complete(items)
    if int(whole.sum()) != file.rows:
        raise _changed(file)
    return np.stack([item.values[whole] for item in items], axis=1)


def _changed(file: TableFile) -> DataError:
    return DataError(message("“{file}” has changed since it was chosen. Choose it again.", file=file.path))


def _divided(data: Table) -> tuple[Floats, Numbers]:
    """The usable rows, and the class of each; the classes are all 0 where the target is a number.

    Rows whose class no other row has are left out.
    """
    values = _values(data.source)
    if not data.classifies:
        return values, np.zeros(len(values), np.int64)
    column, target = data.target_column, values[:, data.source.column_index(data.target_column)]
    known = {name: number for number, name in enumerate(column.classes)}
    numbers = np.array([known.get(name, -1) for name in column.categories], np.int64)
    indices = target.astype(np.int64) if column.kind == "category" else np.searchsorted(np.unique(target), target)
    classes = numbers[indices]
    return values[classes >= 0], classes[classes >= 0]


def _parts(data: Table, classes: Numbers) -> Split:
    return split(classes, data.validation_count, data.test_count, data.split_seed)
