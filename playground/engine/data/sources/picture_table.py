"""Finds the table that labels the pictures of a folder, and lists them class by class, before any is opened."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.numbers import is_missing
from playground.engine.data.formats.table_file import found_table, known_table
from playground.engine.data.in_memory import DataError
from playground.engine.data.sources.picture_listing import (
    ListedPicture,
    are_flat_parts,
    class_folders_in,
    entries_in,
    is_for_training,
    is_picture_name,
)
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.picture_folder_summary import (
    LONGEST_NAME,
    MOST_CLASSES,
    TRAIN,
    LabelTable,
    PictureLayout,
)
from playground.spec.data.picture_paths import inner_path
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.split import PART_NAMES
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.data.text_summary import MOST_BYTES
from playground.spec.files.file_kind import JSON_LINES_SUFFIXES, SHEET_SUFFIXES
from playground.spec.files.storage import FileError, read_bounded, shown
from playground.spec.messages import Message, message, tr_noop

_SUFFIXES = (".csv", ".tsv", *SHEET_SUFFIXES, ".parquet", *JSON_LINES_SUFFIXES)
_LABELS = ("label", "labels", "class", "classes", "category", "categories")  # names of columns, in small letters
_FEWEST_NAMED = 2  # pictures, from which a column is one of paths
_LONGEST_LABEL = 100  # characters


class FoundTable(NamedTuple):
    """A table that labels pictures, and remarks on how it is read."""

    layout: PictureLayout
    remarks: tuple[Message, ...]


def found_label_table(root: Path) -> FoundTable | None:
    """The one table that labels the pictures, in a folder with fewer than two folders of pictures; else None.

    Folders “train” and “test” without folders in them are no classes: of their tables, that of “train” is read.

    Raises:
        DataError: the folder cannot be read, it has several such tables, or the table has no column of classes.
    """
    files = [name for name, is_file in entries_in(root) if is_file and name.lower().endswith(_SUFFIXES)]
    folders = class_folders_in(root) if files else []
    if not files or (len(folders) > 1 and not are_flat_parts(root, folders)):
        return None
    found: list[FoundTable] = []
    problem: Message | None = None
    for name in files:
        try:
            found += _read_as_labels(root, name, ("", *folders))
        except (FileError, Damaged, DataError) as error:  # told where no other table takes its place
            problem = problem or error.message
    if not found and problem is not None:
        raise DataError(problem)
    if len(found) > 1 and len(folders) > 1:
        found = [table for table in found if is_for_training(table.layout.table.within)] or found
    if len(found) > 1 and len(own := [table for table in found if _is_for_training(table)]) == 1:
        others = ", ".join(f"“{shown(table.layout.table.file)}”" for table in found if table is not own[0])
        words = tr_noop(
            "{others} names pictures as well, and is not used: put all rows into one table, with a column “split” that "
            "says train or test."
        )
        if len(found) > 2:
            words = tr_noop(
                "{others} name pictures as well, and are not used: put all rows into one table, with a column “split” "
                "that says train, validation or test."
            )
        found = [FoundTable(own[0].layout, (*own[0].remarks, message(words, others=others)))]
    if len(found) > 1:
        names = ", ".join(f"“{shown(table.layout.table.file)}”" for table in found)
        words = tr_noop("“{folder}” has several tables that name its pictures: {tables}. Keep one of them there.")
        raise DataError(message(words, folder=shown(root), tables=names))
    return found[0] if found else None


def _is_for_training(found: FoundTable) -> bool:
    """Whether a table is the one to train with by its name: “train.csv”, “train_labels.csv”."""
    return PART_NAMES.get(re.split("[-_ .]", found.layout.table.file.casefold())[0]) == TRAIN


def listed_by_label(root: Path, table: LabelTable, skips: Skips) -> Iterator[tuple[str, Iterator[ListedPicture]]]:
    """The name of each class in the table, and its pictures in the order of the rows.

    Raises:
        DataError: the folder or the table cannot be read, or the table lacks a column.
    """
    by_label, beside = paths_by_label(root, table, skips), f"{table.within}/" if table.within else ""
    named = {f"{beside}{path}" for paths in by_label.values() for path in paths}
    for path, _ in entries_in(root, nested=True):
        if path in named or path == table.file:
            continue
        if is_picture_name(path):
            skips.add(SkippedKind.PICTURE, shown(path), message("no row of “{table}” labels it", table=table.file))
        else:
            skips.add(SkippedKind.FILE, shown(path), message("it is not a picture"))
    names = sorted(by_label, key=_by_number if all(map(str.isdecimal, by_label)) else str)
    for name in names[MOST_CLASSES:]:
        skips.add(SkippedKind.CLASS, name, message("only the first {count} classes are used", count=MOST_CLASSES))
    for name in names[:MOST_CLASSES]:
        yield name, (ListedPicture(f"{beside}{path}", part) for path, part in by_label[name].items())


def paths_by_label(root: Path, table: LabelTable, skips: Skips) -> dict[str, dict[str, int]]:
    """The pictures of each class, as paths in `table.within`, and the part of the data that each belongs to.

    Raises:
        DataError: the table cannot be read, or lacks a column.
    """
    file = shown(table.file)
    try:
        rows = known_table(read_bounded(root / table.file, MOST_BYTES), file, table.reading, skips)
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    for name in filter(None, (table.pictures, table.labels, table.parts)):
        if name not in rows.names:
            raise DataError(message("“{file}” has no column “{name}” any more.", file=file, name=name))
    paths, labels = (rows.column(rows.names.index(name)) for name in (table.pictures, table.labels))
    parts = rows.column(rows.names.index(table.parts)) if table.parts else ["train"] * len(paths)
    by_label: dict[str, dict[str, int]] = {}
    found = set[str]()
    for cell, label, part, number in zip(paths, labels, parts, rows.numbers, strict=True):
        stop_if_cancelled()
        path = inner_path(root / table.within, cell, table.ending)
        if path is None:
            skips.add_row(number, message("there is no file “{name}” in the folder", name=shown(cell)))
        elif is_missing(label):
            skips.add_row(number, message("no value for {name}", name=table.labels))
        elif part.casefold() not in PART_NAMES:
            skips.add_row(number, message("“{part}” names no part: train, validation or test", part=shown(part)))
        elif path in found:
            skips.add_row(number, message("a row above labels “{name}” already", name=shown(cell)))
        else:
            found.add(path)
            by_label.setdefault(label, {})[path] = PART_NAMES[part.casefold()]
    return by_label


def _read_as_labels(root: Path, file: str, folders: Sequence[str]) -> Iterator[FoundTable]:
    """The table, if it can be read and a column of it names pictures.

    Raises:
        FileError, Damaged: it cannot be read.
        DataError: it has no column of classes.
    """
    data = read_bounded(root / file, MOST_BYTES)
    rows, remarks = found_table(data, shown(file), ReadingChoice(), Skips())
    within, column, ending, count = _paths(root, folders, rows)
    if count >= _FEWEST_NAMED and rows.reading.header and inner_path(root / within, rows.names[column], ending):
        rows, remarks = found_table(data, shown(file), ReadingChoice(header=0), Skips())
    if count < _FEWEST_NAMED:
        return
    exist = [inner_path(root / within, cell, ending) is not None for cell in rows.column(column)]
    parts = _part_column(rows, exist)
    label = _label_column(rows, (column, parts), exist)
    if label is None:
        words = tr_noop("“{file}” names pictures, but no column of it holds 2 to {most} classes.")
        raise DataError(message(words, file=shown(file), most=MOST_CLASSES))
    names = {"picture": rows.names[column], "label": rows.names[label]}
    words = tr_noop("“{file}” says what the pictures show: “{picture}” names the file, “{label}” the class.")
    found = {"within": within, "pictures": names["picture"], "ending": ending, "labels": names["label"]}
    found["parts"] = "" if parts is None else rows.names[parts]
    table = LabelTable(file=file, reading=rows.reading, **found)
    told = [message(words, file=shown(file), **names)]
    if parts is not None:
        words = tr_noop("“{parts}” says which pictures are for training, validation and the test.")
        told.append(message(words, parts=rows.names[parts]))
    yield FoundTable(PictureLayout(table=table), (*told, *remarks))


def _paths(root: Path, folders: Sequence[str], rows: Rows) -> tuple[str, int, str, int]:
    """The folder and the column whose cells name the most pictures, the ending that they lack, and how many these are.

    Cells without endings are names only where none has one.
    """
    best = _most_named(root, {folder: {""} for folder in folders}, rows)
    if best[3] >= _FEWEST_NAMED:
        return best
    names = {folder: [name for name, is_file in entries_in(root / folder) if is_file] for folder in folders}
    endings = {
        folder: {Path(name).suffix for name in files if is_picture_name(name)} for folder, files in names.items()
    }
    return _most_named(root, endings, rows)


def _most_named(root: Path, endings: Mapping[str, Collection[str]], rows: Rows) -> tuple[str, int, str, int]:
    """The same among the endings that may be lacking in each folder."""
    best = ("", 0, "", 0)
    for column, name in enumerate(rows.names):
        every = set(rows.column(column)) if len(name) <= LONGEST_NAME else ()
        for folder, ending in ((folder, ending) for folder, some in endings.items() for ending in sorted(some)):
            stop_if_cancelled()
            cells = (cell for cell in every if cell and is_picture_name(cell + ending))
            count = sum(inner_path(root / folder, cell, ending) is not None for cell in cells)
            if count > best[3]:
                best = (folder, column, ending, count)
    return best


def _part_column(rows: Rows, exist: Sequence[bool]) -> int | None:
    """The first column that names the part of each file that exists, at least two parts, of which one is training."""
    for column in range(len(rows.names)):
        cells = {cell.casefold() for cell, there in zip(rows.column(column), exist, strict=True) if there}
        parts = {PART_NAMES.get(cell, -1) for cell in cells}
        if len(parts) > 1 and -1 not in parts and TRAIN in parts and len(rows.names[column]) <= LONGEST_NAME:
            return column
    return None


def _label_column(rows: Rows, others: Collection[int | None], exist: Sequence[bool]) -> int | None:
    """The column of classes: one called so, or else that with the fewest values in the rows of files that exist."""
    ranked = []
    for column, name in enumerate(rows.names):
        cells = rows.column(column)
        values = {cell for cell, there in zip(cells, exist, strict=True) if there and not is_missing(cell)}
        suits = 2 <= len(values) <= MOST_CLASSES and max(map(len, values)) <= _LONGEST_LABEL
        if column not in others and suits and len(name) <= LONGEST_NAME and not any(map(is_picture_name, values)):
            ranked.append((name.strip().lower() not in _LABELS, len(values), column))
    return min(ranked)[2] if ranked else None


def _by_number(name: str) -> tuple[int, str, str]:
    digits = name.lstrip("0")
    return len(digits), digits, name
