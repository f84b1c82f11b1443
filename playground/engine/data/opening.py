"""Decides what a file of the user's own becomes when it is opened: as its name says, a table, or labelled texts."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from playground.engine.build import run
from playground.engine.data.formats.text_or_table import is_clearly_table
from playground.engine.data.in_memory import DataError
from playground.spec.data.dataset import Dataset
from playground.spec.data.labelled_summary import LabelledFiles
from playground.spec.data.source_choice import Inspected
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.data.text_summary import TextChoice
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText
from playground.spec.files.storage import shown
from playground.spec.messages import message, tr_noop


class Opening(NamedTuple):
    """The class of data set that a file becomes, and what was found in it."""

    kind: type[Dataset]
    found: Inspected


def inspected_as(
    kind: type[Dataset],
    path: Path,
    progress: Callable[[int], object],
    choice: ReadingChoice | TextChoice | None = None,
    *,
    exactly: bool = False,
) -> Opening:
    """Inspect a file that opens as `kind` by its name; `exactly`: as nothing else.

    A text becomes a table if it clearly is one, or if `choice` says how a table is read. A table becomes labelled texts
    if a table of it would have too few columns, because all others are texts, and if the texts have several words each.
    A remark says so.

    Raises:
        DataError: it cannot be read, or is of no use; the message says why.
    """
    assert kind.source_choice is not None
    if kind is OwnText and not exactly and (table := table_in_text(path, progress, choice)) is not None:
        return table
    decided = {} if choice is None else {"choice": choice}
    try:
        return Opening(kind, run(kind.source_choice.inspect, str(path.absolute()), progress, **decided))
    except DataError:
        if kind is not Table or exactly or isinstance(choice, TextChoice):
            raise
        found = _texts(path, progress, choice)
        if found is None:
            raise
        return found


def table_in_text(
    path: Path, progress: Callable[[int], object], choice: ReadingChoice | TextChoice | None
) -> Opening | None:
    """A file with the name of a text as a table, where it clearly is one or is to be read as one; else None.

    Raises:
        DataError: it is to be read as a table, and is none.
    """
    if isinstance(choice, ReadingChoice):
        return inspected_as(Table, path, progress, choice)
    if choice is not None or not os.path.isfile(path) or not is_clearly_table(path):
        return None
    try:
        kind, found = inspected_as(Table, path, progress)
    except DataError:
        return None
    words = tr_noop(
        "All lines of “{file}” have as many cells: it is read as a table. To read it as a text, choose it as “{text}”, "
        "or with “--units characters”."
    )
    remark = message(words, file=shown(Path(path.name)), text=message(OwnText.label))
    return Opening(kind, replace(found, remarks=(remark, *found.remarks)))


def _texts(path: Path, progress: Callable[[int], object], choice: ReadingChoice | None) -> Opening | None:
    """The same file as labelled texts, if it clearly holds them."""
    from playground.engine.data.sources.labelled import inspect

    try:
        found = inspect(str(path.absolute()), progress, choice)
    except DataError:
        return None
    source: LabelledFiles = found.source
    if not source.clearly_texts:
        return None
    text = source.text_column()
    words = tr_noop("“{file}” is read as labelled texts: the text is “{text}”, the label “{label}”.")
    remark = message(words, file=source.name, text=text.name, label=source.label_column(text).name)
    return Opening(LabelledTexts, replace(found, remarks=(remark, *found.remarks)))
