"""Reads labelled texts: inspects a table or a folder when it is chosen, and loads it as codes for training later."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from playground.engine.data.alphabet import points
from playground.engine.data.formats.alike_texts import on_alike
from playground.engine.data.formats.checksum import changed_since_chosen, sha256_of
from playground.engine.data.formats.class_folders import class_folders
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.notation import looks_like_number
from playground.engine.data.formats.numbers import MOSTLY, is_missing, present
from playground.engine.data.formats.table_file import found_table, known_table
from playground.engine.data.in_memory import Data, DataError, InputTargetPairs
from playground.engine.data.sample_places import PartPlaces, SampleOrder, SamplePlaces
from playground.engine.data.sources.changed_examples import changed_split, moved
from playground.engine.data.sources.split import Numbers, Split, split
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.labelled_summary import (
    FEWEST_TEXTS,
    FOLDER_COLUMNS,
    MOST_CHARACTERS,
    MOST_CLASSES,
    LabelledFiles,
    TextColumn,
)
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.source_choice import Inspected
from playground.spec.data.table_reading import ReadingChoice, TableReading
from playground.spec.data.text_summary import MOST_BYTES
from playground.spec.datasets.labelled import FIRST_CODE, PADDING, UNKNOWN, LabelledTexts
from playground.spec.files.file_kind import Use, ensure_usable
from playground.spec.files.storage import FileError, read_bounded, shown
from playground.spec.messages import Message, message, tr_noop

_MOST_MISSING = 0.3  # largest share of missing cells in a column, because each removes its row
_MOST_DIFFERENT = 0.5  # share of different labels
_LONGEST_LABEL = 100  # characters
_USUAL = 0.95  # share of the texts that are not longer than the proposed length


@dataclass(frozen=True, slots=True, eq=False)
class CodedTexts(InputTargetPairs):
    """Codes in their smallest dtype, (N, length), and classes."""

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        return self.inputs.index_select(0, chosen).to(torch.int64), self.targets.index_select(0, chosen)

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        return self.inputs[start:stop].to(torch.int64), self.targets[start:stop]


def encoded(texts: Sequence[str], alphabet: str, length: int) -> Tensor:
    """The codes of texts, (N, length) int16: each is cut, or filled up with `PADDING`."""
    known = points(alphabet)
    code_of = np.full(int(known.max(initial=0)) + 2, UNKNOWN, np.int16)  # the last one is that of all points beyond
    code_of[known] = np.arange(FIRST_CODE, FIRST_CODE + len(known))
    codes = np.full((len(texts), length), PADDING, np.int16)
    for row, text in enumerate(texts):
        if row % 1000 == 0:
            stop_if_cancelled()
        some = code_of.take(points(text[:length]), mode="clip")
        codes[row, : len(some)] = some
    return torch.from_numpy(codes)


def inspect(
    path: str, progress: Callable[[int], object] | None = None, choice: ReadingChoice | None = None
) -> Inspected:
    """Inspect a table, or a folder with a folder of texts for each class; what `choice` leaves open is decided here.

    Raises:
        DataError: it cannot be read, or has too few texts or no labels; the message says which.
        Cancelled: see `stop_if_cancelled`.
    """
    location, skips, remarks, choice = Path(path), Skips(), list[Message](), choice or ReadingChoice()
    try:
        if os.path.isdir(location):
            source = _inspected_folder(location, skips, choice, progress or int)
        else:
            source = _inspected_table(location, skips, choice, remarks)
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    _ensure_usable(source, location)
    for column in source.columns:
        remarks += on_alike(column.name, column.labels)
    return Inspected(source, skips.listed, skips.counts, tuple(remarks))


def _inspected_folder(
    location: Path, skips: Skips, choice: ReadingChoice, progress: Callable[[int], object]
) -> LabelledFiles:
    found = class_folders(location, skips, choice.encoding, progress)
    text, label = FOLDER_COLUMNS
    for name, count in Counter(found.labels).items():
        if count < 2:
            skips.add(SkippedKind.CLASS, shown(name), message("a class with fewer than two texts"))
    return LabelledFiles(
        path=str(location),
        sha256=found.sha256,
        is_folder=True,
        reading=TableReading(encoding=found.encoding),
        others=found.others,
        rows=len(found.texts),
        columns=(_text(text, found.texts), _label(label, found.labels)) if found.texts else (),
    )


def _inspected_table(location: Path, skips: Skips, choice: ReadingChoice, remarks: list[Message]) -> LabelledFiles:
    data = _bytes(location)
    found, said = found_table(data, location.name, choice, skips)
    remarks += said
    usable = {name: found.column(at) for at, name in enumerate(found.names)}
    for name, cells in tuple(usable.items()):
        why = _why_useless(cells)
        if why is not None:
            skips.add(SkippedKind.COLUMN, f"column “{name}”", why)
            del usable[name]
    kept = _complete(found, tuple(usable))
    for at in sorted(set(range(len(found.numbers))) - set(kept)):
        lacking = ", ".join(name for name, cells in usable.items() if is_missing(cells[at]))
        skips.add_row(found.numbers[at], message("no value for {columns}", columns=lacking))
    rows = {name: [cells[at] for at in kept] for name, cells in usable.items()}
    columns = tuple(_column(name, cells) for name, cells in rows.items()) if kept else ()
    return LabelledFiles(
        path=str(location), sha256=sha256_of(data), reading=found.reading, rows=len(kept), columns=columns
    )


def _bytes(path: Path) -> bytes:
    ensure_usable(path, Use.TABLE, Use.TEXT)
    return read_bounded(path, MOST_BYTES)


def _why_useless(cells: Sequence[str]) -> Message | None:
    """Why a column can be neither the text nor the label; None if it can be one of them."""
    if sum(map(is_missing, cells)) > _MOST_MISSING * len(cells):
        return message("too many of its cells are empty")
    if len(set(cells)) < 2:
        return message("all its values are the same")
    if _are_numbers(cells) and not _are_labels(cells):
        return message("it holds numbers, which are neither texts nor labels")
    return None


def text_places(columns: Sequence[Sequence[str]]) -> list[int]:
    """The numbers of the columns that can be texts; where some have several words in a cell on average, only of those.

    A column of labels is a text otherwise: of short texts it cannot be told from them.
    """
    found = [at for at, cells in enumerate(columns) if (known := present(cells)) and not _are_numbers(known)]
    clear = [at for at in found if _text("", present(columns[at])).clearly_text]
    return clear or found


def _are_numbers(cells: Sequence[str]) -> bool:
    return sum(map(looks_like_number, cells)) >= MOSTLY * len(cells)


def _are_labels(cells: Sequence[str]) -> bool:
    different = set(cells)
    few = 2 <= len(different) <= min(MOST_CLASSES, max(2, _MOST_DIFFERENT * len(cells)))
    return few and max(map(len, different)) <= _LONGEST_LABEL


def _complete(rows: Rows, names: Sequence[str]) -> list[int]:
    """The indices of the rows with a value in all columns of these names."""
    places = [at for at, name in enumerate(rows.names) if name in names]
    return [row for row, cells in enumerate(rows.by_row()) if not any(is_missing(cells[at]) for at in places)]


def _column(name: str, cells: Sequence[str]) -> TextColumn:
    column = TextColumn(name=name) if _are_numbers(cells) else _text(name, cells)
    return _label(name, cells, column) if _are_labels(cells) else column


def _text(name: str, cells: Sequence[str]) -> TextColumn:
    lengths = np.array([len(cell) for cell in cells])
    counted: Counter[str] = Counter()
    for cell in cells:
        counted.update(set(cell))
    recurring = [character for character, count in counted.most_common(MOST_CHARACTERS) if count > 1]
    return TextColumn(
        name=name,
        mean_length=float(lengths.mean()),
        mean_words=sum(len(cell.split()) for cell in cells) / len(cells),
        usual_length=max(1, int(np.quantile(lengths, _USUAL, method="higher"))),
        alphabet="".join(sorted(recurring)),
    )


def _label(name: str, cells: Sequence[str], column: TextColumn | None = None) -> TextColumn:
    counted = Counter(cells)
    labels = tuple(sorted(counted))
    return (column or TextColumn(name=name)).with_(labels=labels, counts=tuple(counted[item] for item in labels))


def _ensure_usable(source: LabelledFiles, location: Path) -> None:
    """Raises DataError where there is no text, no label, or too little of both."""
    file = shown(Path(location.name))
    if source.rows < FEWEST_TEXTS:
        words = tr_noop("“{file}” has {count:,} texts with a label: at least {fewest} are needed.")
        raise DataError(message(words, file=file, count=source.rows, fewest=FEWEST_TEXTS))
    if not source.texts:
        raise DataError(message("“{file}” has no column of texts.", file=file))
    if not source.labels_beside(source.text_column()):
        words = tr_noop("“{file}” has no labels: a column with a few values that recur, or a folder for each class.")
        raise DataError(message(words, file=file))


def read(data: LabelledTexts) -> Data:
    """The texts, split: codes (N, length), and class indices (N,) int64.

    Raises:
        DataError: a file cannot be read, or has changed since it was chosen.
        Cancelled: see `stop_if_cancelled`.
    """
    found = _classified(data)
    texts, numbers = found.texts, np.array(found.targets, np.int64)
    parts, changed = _divided(data, found)
    codes, classes = encoded(texts, data.alphabet, data.length), torch.from_numpy(changed)
    train, validation, test = (CodedTexts(codes[part], classes[part]) for part in map(torch.from_numpy, parts))
    places = PartPlaces(*(found.places(data.source, part.tolist()) for part in parts))
    order = SampleOrder(parts.train, parts.validation, numbers, _contents(texts))
    remarks = moved(parts, data.change_list)
    return Data(train, validation, test, remarks=remarks, places=places, order=order)


def _divided(data: LabelledTexts, found: _Classified) -> tuple[Split, Numbers]:
    """The split, and the class of each text, with changed examples."""
    numbers = np.array(found.targets, np.int64)
    parts = split(numbers, data.validation_count, data.test_count, data.split_seed)
    return changed_split(parts, numbers, data.change_list, _contents(found.texts))


def _contents(texts: Sequence[str]) -> Callable[[int], bytes]:
    return lambda number: texts[number].encode("utf-8", "surrogatepass")


def text_of(data: LabelledTexts, number: int, part: str = "test") -> tuple[str, str]:
    """One text of a part of the data, and its label; raises DataError like `read`."""
    found = _classified(data)
    parts, classes = _divided(data, found)
    chosen = getattr(parts, part)[number]
    return found.texts[chosen], data.class_names[classes[chosen]]


def rows_of(data: LabelledTexts) -> tuple[list[str], list[int]]:
    """The texts that have a class, and its index as the file says; raises DataError like `read`."""
    found = _classified(data)
    return found.texts, found.targets


class _Classified(NamedTuple):
    """The texts that have a class, the index of each, and its line, or file where each is one."""

    texts: list[str]
    targets: list[int]
    lines: list[int]
    files: list[str]

    def places(self, source: LabelledFiles, part: Sequence[int]) -> SamplePlaces:
        if self.files:
            return SamplePlaces([self.files[at] for at in part])
        return SamplePlaces((source.path,), [self.lines[at] for at in part])


def _classified(data: LabelledTexts) -> _Classified:
    source = data.source
    try:
        known = _known_rows(source)
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error
    texts, labels = (known.columns[column.name] for column in (data.read_column, data.asked_column))
    if len(texts) != source.rows:
        raise _changed(source)
    index = {name: number for number, name in enumerate(data.class_names)}
    kept = [at for at, label in enumerate(labels) if label in index]
    if len(kept) != data.used:
        raise _changed(source)
    return _Classified(
        [texts[at] for at in kept],
        [index[labels[at]] for at in kept],
        [known.lines[at] for at in kept] if known.lines else [],
        [known.files[at] for at in kept] if known.files else [],
    )


class _Known(NamedTuple):
    """The cells of each column, and the line of each row, or its file where each is one."""

    columns: dict[str, list[str]]
    lines: list[int]
    files: list[str]


def _known_rows(source: LabelledFiles) -> _Known:
    """The rows as they were when the file was chosen; raises FileError, Damaged, or DataError."""
    location = Path(source.path)
    if source.is_folder:
        others, usual = {item.name: item.encoding for item in source.others}, source.reading.encoding
        for checked in (False, True):  # when it was chosen, files were checked unless the user decided the encoding
            folder = class_folders(location, Skips(), usual, others=others, checked=checked)
            if folder.sha256 == source.sha256:
                break
        else:
            raise _changed(source)
        return _Known(dict(zip(FOLDER_COLUMNS, (folder.texts, folder.labels), strict=True)), [], list(folder.encodings))
    data = _bytes(location)
    if sha256_of(data) != source.sha256:
        raise _changed(source)
    found = known_table(data, location.name, source.reading, Skips())
    names = tuple(item.name for item in source.columns)
    if not set(names) <= set(found.names):
        raise _changed(source)
    kept, cells = _complete(found, names), {name: found.column(found.names.index(name)) for name in names}
    columns = {name: [column[row] for row in kept] for name, column in cells.items()}
    return _Known(columns, [found.numbers[row] for row in kept], [])


def _changed(source: LabelledFiles) -> DataError:
    return DataError(changed_since_chosen(source.path))
