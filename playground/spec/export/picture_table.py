"""Code with which an exported program finds pictures that a table labels, as the engine does."""

from __future__ import annotations

from collections.abc import Iterator

from playground.spec.call import printed
from playground.spec.data.picture_folder_summary import LabelTable
from playground.spec.data.table_summary import MISSING
from playground.spec.export.table_cells import cell_functions, cell_lines, finds_names, named_lines


def functions(table: LabelTable) -> tuple[str, ...]:
    """The functions of this package that the code calls."""
    names = ("playground.spec.data.column_names.column_names",) if _finds_names(table) else ()
    return ("playground.spec.data.picture_paths.inner_path", *cell_functions(table.reading), *names)


def labelled_files(table: LabelTable) -> Iterator[str]:
    """`files(folder)`, in the engine's order."""
    yield from _labelled_rows(table)
    yield ""
    yield ""
    yield "def files(folder):"
    known = ", the number of its class, and its part" if table.parts else ", and the number of its class"
    yield f'    """The path of each file that may be a picture{known}."""'
    yield f"    path = folder / {printed(table.file)}"
    yield "    if not path.is_file():"
    yield '        sys.exit(f"There is no {path}: see --data.")'
    yield f"    above = folder / {printed(table.within)}" if table.within else "    above = folder"
    yield "    found = {}  # the label of each file; the first one counts"
    yield f"    for cell, label{', part' if table.parts else ''} in labelled_rows(path):"
    ending = f", {printed(table.ending)}" if table.ending else ""
    yield f"        inner = inner_path(above, cell{ending})"
    known = " and part.casefold() in PARTS" if table.parts else ""
    yield f"        if inner and label.lower() not in {printed(MISSING)}{known}:"
    yield f"            found.setdefault(inner, {'(label, PARTS[part.casefold()])' if table.parts else 'label'})"
    yield "    for number, name in enumerate(CLASSES):"
    if table.parts:
        yield "        rows = ((inner, part) for inner, (label, part) in found.items() if label == name)"
        yield "        yield from ((above / inner, number, part) for inner, part in rows)"
        return
    yield "        yield from ((above / inner, number) for inner, label in found.items() if label == name)"


def _labelled_rows(table: LabelTable) -> Iterator[str]:
    """`labelled_rows(path)`."""
    columns = [table.pictures, table.labels, *([table.parts] if table.parts else [])]
    yield "def labelled_rows(path):"
    known = ", its class and its part" if table.parts else " and its class"
    yield f'    """The cells of each row that name a picture{known}."""'
    yield from cell_lines(table.reading)
    yield from named_lines(table.reading, columns)
    yield f"    columns = {printed(columns)}"
    yield "    if absent := [name for name in columns if name not in names]:"
    yield "        sys.exit(f\"{path} has no column {', '.join(map(repr, absent))}.\")"
    yield "    places = [names.index(name) for name in columns]"
    yield "    return [[row[place] for place in places] for row in cells]"


def _finds_names(table: LabelTable) -> bool:
    return finds_names(table.reading, (table.pictures, table.labels, table.parts))
