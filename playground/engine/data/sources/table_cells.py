"""The cells of a table's file, as they were when it was chosen, by which changed examples are known."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from playground.engine.data.formats.checksum import changed_since_chosen, sha256_of
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.table_file import known_table
from playground.engine.data.in_memory import DataError
from playground.engine.data.sources.separate_test import table_bytes
from playground.engine.data.sources.split import Numbers
from playground.spec.data.example_changes import row_contents
from playground.spec.data.skipped import Skips
from playground.spec.data.table_summary import TableFile
from playground.spec.files.storage import FileError


def cells_of(file: TableFile) -> Rows:
    """The cells of a file, with those of columns that are left out.

    Raises:
        DataError: it cannot be read, or has changed since it was chosen.
    """
    try:
        data = table_bytes(file.path)
        if sha256_of(data) != file.sha256:
            raise changed_since(file)
        return known_table(data, file.name, file.reading, Skips())
    except (FileError, Damaged) as error:
        raise DataError(error.message) from error


def changed_since(file: TableFile) -> DataError:
    """That a file is another one than was chosen."""
    return DataError(changed_since_chosen(file.path))


def contents_of(file: TableFile, lines: Numbers) -> Callable[[int], bytes]:
    """A function that returns all cells of one of some rows, by the number of its line; of further rows, nothing.

    So a row stays the same, whichever columns are inputs. It raises DataError, as `cells_of`.
    """

    def contents(number: int) -> bytes:
        if number >= len(lines):
            return b""
        found, index = _kept(file)
        return row_contents(found.row(index[int(lines[number])]))

    return contents


@lru_cache(maxsize=1)  # only where examples are changed or shown: texts take much memory
def _kept(file: TableFile) -> tuple[Rows, dict[int, int]]:
    """The cells, and the index of the row of each line."""
    found = cells_of(file)
    return found, {line: index for index, line in enumerate(found.numbers)}
