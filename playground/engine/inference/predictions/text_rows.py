"""Predictions of the classes of texts: the lines of a text file or all of it, or one column of a table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

from playground.engine.data.csv_layout import CsvLayout, layout_of
from playground.engine.data.formats.class_folders import SUFFIX
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.numbers import is_missing
from playground.engine.data.formats.table_file import OnlyColumn
from playground.engine.data.formats.text_files import opened
from playground.engine.data.formats.text_or_table import is_clearly_table
from playground.engine.data.sources.labelled import text_places
from playground.engine.inference.line_classes import line_probabilities
from playground.engine.inference.predictions.folder_files import files_in
from playground.engine.inference.predictions.prediction import (
    Prediction,
    PredictionError,
    Truth,
    answered,
)
from playground.engine.inference.predictions.table_rows import left_out, table_rows
from playground.engine.inference.predictions.text_lines import numbered_lines
from playground.engine.inference.predictions.truths import classes_by_folder, true_answers, with_truth
from playground.engine.weights import Trained
from playground.spec.cancelling import Cancelled, stop_if_cancelled
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.files.file_kind import is_table
from playground.spec.files.storage import shown
from playground.spec.messages import Message, PlaygroundError, joined, message, tr_noop

_CHUNK = 512  # texts that are classified together
_MOST_NAMED = 8  # columns that a sentence lists


class _Text(NamedTuple):
    """A text, where it stands, and what is shown beside its answer."""

    where: str
    text: str
    cells: Mapping[str, str]
    layout: CsvLayout | None = None
    problem: Message | None = None  # why there is no text
    truth: Truth | None = None


def text_predictions(trained: Trained, path: Path, sheet: str | None = None) -> Iterator[Prediction]:
    """The class of each text of a file: of each line that is not blank, or of each row of a table.

    Where the network learned from folders of files, each of which is one text, a text file is one text here too. Of a
    folder, each text file in it is answered. Of a table the column is read that the network learned from, by its name;
    if there is none of that name, the only column of texts. Others are ignored.

    sheet: of a spreadsheet; None takes that of the name which the network learned from, or the first one.

    Raises:
        PlaygroundError: the file cannot be read, is not a text, or has no column of texts.
    """
    if sheet is not None or not os.path.isdir(path):
        yield from _of_file(trained, path, sheet)
        return
    files = files_in(path, (SUFFIX,))
    if not files:
        raise PredictionError(message("There is no text file (.txt) in “{folder}”.", folder=shown(path)))
    truths = classes_by_folder(trained.experiment.data, path, files)
    for file in files:
        try:
            for item in _of_file(trained, file, None):
                yield with_truth(item, truths.get(file), file)
        except PlaygroundError as error:
            if isinstance(error, Cancelled):
                raise
            yield Prediction(shown(file), problem=error.message)


def _of_file(trained: Trained, path: Path, sheet: str | None) -> Iterator[Prediction]:
    """The class of each text of a file; raises like `text_predictions`."""
    data, source, skips = trained.experiment.data, shown(path), Skips()
    assert isinstance(data, LabelledTexts)
    if sheet is not None or is_table(path) or _is_table_of_texts(path, data):
        found, skips = _of_table(path, data, sheet)
    elif data.source.is_folder:
        found = [_whole(path)]
    else:
        found = [_Text(f"line {at:,}", line, {"text": line}) for at, line in numbered_lines(path)]
    for begin in range(0, len(found), _CHUNK):
        stop_if_cancelled()
        some = found[begin : begin + _CHUNK]
        shares = line_probabilities(trained.network, trained.experiment, [item.text for item in some])
        for item, share in zip(some, shares.tolist(), strict=True):
            if item.problem is None:
                answer = answered(trained.experiment, share, source, item.where, item.cells, layout=item.layout)
                yield replace(answer, truth=item.truth)
            else:
                yield Prediction(source, item.where, cells=item.cells, layout=item.layout, problem=item.problem)
    yield from left_out(skips, source)


def _is_table_of_texts(path: Path, data: LabelledTexts) -> bool:
    """Whether a file with the name of a text is a table, with a column of the texts that are asked about."""
    if data.source.is_folder or not is_clearly_table(path):
        return False
    try:
        _rows_of(path, data, None)
    except PlaygroundError:
        return False
    return True


def _whole(path: Path) -> _Text:
    """All of a text file, as it is read where a folder of them is learned from; raises PlaygroundError."""
    try:
        text = "".join(opened(path, path.name, None).pieces()).strip()
    except Damaged as error:
        raise PredictionError(error.message) from error
    return _Text("", text, {"text": text}, problem=None if text else message("it is empty"))


def _of_table(path: Path, data: LabelledTexts, sheet: str | None) -> tuple[list[_Text], Skips]:
    """The texts of a table, and the rows that cannot be read; raises like `text_predictions`."""
    rows, skips, place = _rows_of(path, data, sheet)
    layout = layout_of(rows)
    truths = iter(true_answers(data, rows, path) or repeat(None))
    lacking = message("no value for {column}", column=rows.names[place])
    return [
        _Text(
            f"row {number:,}",
            cells[place],
            dict(zip(rows.names, cells, strict=True)),
            layout,
            lacking if is_missing(cells[place]) else None,
            truth,
        )
        for number, cells, truth in zip(rows.numbers, rows.by_row(), truths, strict=False)
    ], skips


def _rows_of(path: Path, data: LabelledTexts, sheet: str | None) -> tuple[Rows, Skips, int]:
    """The rows of a table, those that cannot be read, and where their text stands.

    It is read as it seems to be written, or else like the table that the network learned from.

    Raises:
        PlaygroundError: it cannot be read, or has no such column.
    """
    known, name = data.source, data.read_column.name
    try:
        found, skips = table_rows(path, known.reading.sheet, sheet, only=OnlyColumn(name, texts=True))
        return found, skips, _place(found, name, shown(path))
    except PredictionError:
        if known.is_folder or known.reading.form != "text":
            raise
        reading = known.reading
        decided = ReadingChoice(separator=reading.separator, comment=reading.comment, header=reading.header)
        found, skips = table_rows(path, "", sheet, decided)
        return found, skips, _place(found, name, shown(path))


def _place(rows: Rows, name: str, source: str) -> int:
    """Where the texts stand in a row; raises PredictionError."""
    folded = [item.casefold() for item in rows.names]
    if name in rows.names:
        return rows.names.index(name)
    if name.casefold() in folded:
        return folded.index(name.casefold())
    texts = text_places([rows.column(at) for at in range(len(rows.names))])
    if len(texts) == 1:
        return texts[0]
    listed = joined([message("{name}", name=item) for item in rows.names[:_MOST_NAMED]], ", ")
    words = tr_noop("“{file}” has no column “{name}”, from which the network learned, and no column of texts: {names}.")
    if texts:
        words = tr_noop(
            "“{file}” has no column “{name}”, from which the network learned, and several columns of texts: {names}. "
            "Give the name “{name}” to one of them."
        )
        listed = joined([message("{name}", name=rows.names[at]) for at in texts[:_MOST_NAMED]], ", ")
    raise PredictionError(message(words, file=source, name=name, names=listed))
