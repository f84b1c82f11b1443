"""The right answers that stand beside new data: in a column of a table, or in the names of its folders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.notation import looks_like_number
from playground.engine.data.in_memory import DataError
from playground.engine.data.sources.picture_table import found_label_table, paths_by_label
from playground.engine.inference.predictions.cell_notation import notation_for
from playground.engine.inference.predictions.prediction import Prediction, Truth
from playground.spec.data.dataset import Dataset
from playground.spec.data.label_folders import folder_name
from playground.spec.data.labelled_summary import FOLDER_COLUMNS
from playground.spec.data.picture_folder_summary import TRAIN
from playground.spec.data.skipped import Skips
from playground.spec.data.table_summary import Column
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.points import Plane
from playground.spec.datasets.table import Table

_CLASS_OF_POINT = "class"  # the column that holds it
_FOLDER = FOLDER_COLUMNS[1]  # the column in which folders stand beside the answers for their files


def true_answers(data: Table | LabelledTexts, rows: Rows, path: Path | None = None) -> list[Truth] | None:
    """The target in each row of a table, as the network learned to read it; None where no column has its name.

    path: the file of the table; None where it comes from no file.
    """
    target = data.target_column if isinstance(data, Table) else data.asked_column
    place = _place(rows, target.name)
    if place is None:
        return None
    learned = path is not None and bool(data.own_path) and path.resolve() == Path(data.own_path).resolve()
    cells, classes = rows.column(place), set(data.class_names)
    if isinstance(target, Column) and target.kind == "number":
        read = _number_reader(target, cells, classes)
        return [Truth(read(cell), learned, target.name) for cell in cells]
    return [Truth(cell if cell in classes else None, learned, target.name) for cell in cells]


def true_heights_or_classes(data: Plane, rows: Rows) -> list[Truth] | None:
    """The target of each point of a table, in a column “class” or “height”; None where there is none."""
    name = data.target_name or _CLASS_OF_POINT
    place = _place(rows, name)
    if place is None:
        return None
    cells = rows.column(place)
    read = _number_reader(Column(), cells, set(data.class_names) if data.task.classes else set())
    return [Truth(read(cell), named_by=name) for cell in cells]


def classes_by_folder(data: Dataset, folder: Path, files: Sequence[Path]) -> dict[Path, Truth]:
    """The class of each file in a folder by the name of the folder that it is in; empty where none names a class.

    The innermost folder counts whose name is that of a class, `folder` itself included.
    """
    names = {spelt: name for name in data.class_names for spelt in (folder_name(name), name)}
    whole = folder.resolve()
    found = dict[Path, Truth]()
    for file in files:
        inner = file.relative_to(folder).parts[:-1]
        named = next((names[part] for part in (*reversed(inner), whole.name) if part in names), None)
        found[file] = Truth(named, _is_learned_from(data, whole.joinpath(*inner)))
    return found if any(truth.value is not None for truth in found.values()) else {}


def classes_of_pictures(data: Dataset, folder: Path, files: Sequence[Path]) -> dict[Path, Truth]:
    """The class of each picture in a folder: as a table in it says that labels them, else by the names of folders."""
    try:
        found = found_label_table(folder)
        by_label = paths_by_label(folder, found.layout.table, Skips()) if found is not None else {}
    except DataError:
        found = None  # without labels, the pictures are answered all the same
    if found is None:
        return classes_by_folder(data, folder, files)
    table, classes = found.layout.table, set(data.class_names)
    inner = folder / table.within
    labels = {inner / path: label for label, paths in by_label.items() for path in paths}
    held_out = {inner / path for paths in by_label.values() for path, part in paths.items() if part != TRAIN}
    return {
        file: Truth(
            labels[file] if labels[file] in classes else None,
            file not in held_out and _is_learned_from(data, file.resolve().parent),
            table.labels,
            labels[file],
        )
        for file in files
        if file in labels
    }


def with_truth(item: Prediction, truth: Truth | None, file: Path) -> Prediction:
    """The prediction for a file with its right answer beside it, if there is one; and what a folder or a table says."""
    if truth is None:
        return item
    if truth.named_by:
        return replace(item, truth=truth, cells={**item.cells, truth.named_by: truth.written})
    return replace(item, truth=truth, cells={**item.cells, _FOLDER: file.resolve().parent.name})


def _is_learned_from(data: Dataset, folder: Path) -> bool:
    """Whether a folder is in the one that the network learned from, and not in the part of it for the test."""
    own = Path(data.own_path).resolve() if data.own_path else None
    if own is None or not folder.is_relative_to(own):
        return False
    layout = data.source.layout if isinstance(data, OwnPictures) else None
    return layout is None or folder.relative_to(own).parts[:1] not in ((layout.test,), (layout.validation,))


def _place(rows: Rows, name: str) -> int | None:
    """Where the column of that name stands in a row, whatever its case."""
    folded = [item.casefold() for item in rows.names]
    if name in rows.names:
        return rows.names.index(name)
    return folded.index(name.casefold()) if name.casefold() in folded else None


def _number_reader(column: Column, cells: Sequence[str], classes: set[str]) -> Callable[[str], str | float | None]:
    """The function from a cell to its number, or to the name of the class that it stands for; None for neither.

    classes: their names; none where a number is predicted.
    """
    notation = notation_for(column, list(filter(looks_like_number, cells)))

    def read(cell: str) -> str | float | None:
        value = notation.number(cell)
        if value is None or value == column.missing_value:
            return None
        if not classes:
            return value
        named = str(int(value)) if value.is_integer() else ""
        return named if named in classes else None

    return read
