"""Code with which an exported program splits a table's file into cells, as the engine does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from playground.spec.call import printed
from playground.spec.data.table_reading import ALIGNED, BLANKS, TableReading

_NOT_AS_WRITTEN = re.compile(r"^index$| \d+$|^.{200}", re.MULTILINE)  # of longer names, the beginning is kept
_LIBRARIES = {"sheet": ("python-calamine",), "parquet": ("pyarrow",)}  # that read a form of table
_TYPED_CELLS = "playground.spec.data.typed_cells"
_READERS = {"sheet": "sheet_rows", "parquet": "parquet_rows", "json lines": "json_rows"}


def libraries(reading: TableReading) -> tuple[str, ...]:
    """The packages that the code needs."""
    return _LIBRARIES.get(reading.form, ())


def cell_functions(reading: TableReading) -> tuple[str, ...]:
    """The functions of this package that the code calls."""
    reader = _READERS.get(reading.form)
    if reading.form == "text" and reading.separator == ALIGNED:
        return ("playground.spec.data.aligned_cells.aligned_lines", "playground.spec.data.aligned_cells.cell_starts")
    return (f"{_TYPED_CELLS}.{reader}", f"{_TYPED_CELLS}.cell_text") if reader else ()


def finds_names(reading: TableReading, names: Sequence[str]) -> bool:
    """Whether the names of columns may differ from the cells of one line."""
    return reading.header != 1 or reading.unnamed_first or _NOT_AS_WRITTEN.search("\n".join(names)) is not None


def cell_lines(reading: TableReading) -> Iterator[str]:
    """The lines that read the rows of cells, `rows`, that are not empty."""
    yield from _lines(reading) if reading.form == "text" else _typed_lines(reading)


def named_lines(reading: TableReading, columns: Sequence[str]) -> Iterator[str]:
    """The lines that make `names` and `cells` of `rows`: those of as many cells as most."""
    yield "    width = mode([len(row) for row in rows[:200]] or [0])"
    if finds_names(reading, columns):
        yield "    rows = [row for row in rows if len(row) == width]"
        yield f"    names, cells = column_names(rows[:{reading.header}], width), rows[{reading.header}:]"
    else:
        yield "    names, *cells = [row for row in rows if len(row) == width] or [[]]"


def _lines(reading: TableReading) -> Iterator[str]:
    """The lines that split a file into cells."""
    given = "file"
    yield f'    with open(path, encoding={printed(reading.encoding)}, errors="replace", newline="") as file:'
    if reading.before:
        given = f"list(file)[{reading.before}:]"
    blanks = reading.separator == BLANKS
    if reading.comment or blanks:
        line = r'line.replace("\t", " ").strip()' if blanks else "line"
        kept = f" if not line.lstrip().startswith({printed(reading.comment)})" if reading.comment else ""
        yield f"        kept = ({line} for line in {given}{kept})"
        given = "kept"
    if reading.separator == ALIGNED:
        given, separator = f"aligned_lines({given})", "\t"
    else:
        separator = reading.separator
    yield f"        lines = csv.reader({given}, delimiter={printed(separator)}, skipinitialspace=True)"
    yield "        rows = [[cell.strip() for cell in row] for row in lines if any(row)]"
    if reading.unnamed_first:
        yield '    rows = [["", *row] if number == 0 else row for number, row in enumerate(rows)]'
    if reading.ends_with_separator:
        yield "    rows = [row if row[-1] else row[:-1] for row in rows]"


def _typed_lines(reading: TableReading) -> Iterator[str]:
    """The lines that read cells that have types."""
    sheet = f", {printed(reading.sheet)}" if reading.form == "sheet" else ""
    yield "    try:"
    yield f"        rows = {_READERS[reading.form]}(path.read_bytes(){sheet})"
    yield "    except Exception as error:  # it is damaged, or the library that reads it is missing"
    yield '        sys.exit(f"{path} cannot be read: {error}.")'
    rest = f"rows[{reading.before}:]" if reading.before else "rows"
    yield f"    texts = [[cell_text(cell) for cell in row] for row in {rest}]"
    yield "    rows = [row for row in texts if any(row)]"
