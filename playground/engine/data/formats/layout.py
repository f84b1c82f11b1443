"""Finds how a table's text is laid out: separator, comment lines, lines before the table, and its header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.dates import is_date
from playground.engine.data.formats.delimited import SAMPLED, Rows, lines, numbered_rows, rows, sample
from playground.engine.data.formats.header import header_rows
from playground.engine.data.formats.notation import is_quantity, looks_like_number
from playground.engine.data.formats.numbers import MOSTLY, present
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import ALIGNED, BLANKS, SEPARATORS, ReadingChoice, TableReading
from playground.spec.messages import Message, message, tr_noop

_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # the first line, by which Excel is told the separator
_BACKSLASHED = re.compile(r'\\"(?![ \t]*(?:[,;|\t\r\n]|$))')  # not at the end of a cell, as in “C:\data\”
_WEAK = {":": 0.9, BLANKS: 0.9, ALIGNED: 0.9}  # separators that also occur in texts, times and numbers
_LEAST_OF_WEAK = 0.8  # share of the rows that they must split into the same number of cells
_SURE, _TEXT, _SPLIT_WRONGLY = 1.0, 0.6, 0.2  # scores of columns: numbers or dates, texts, texts with separators
_FOREIGN = re.compile("[,;\t|]")  # in a cell: it may have been split at the wrong sign
_FEWEST_BELOW_TITLE = 3  # columns; of two, the first may lack a name
_MOST_COMMENTED = 0.1  # share of lines of values that may begin with a comment sign


def found_rows(text: str, choice: ReadingChoice, encoding: str, file: str, skips: Skips) -> tuple[Rows, list[Message]]:
    """The rows of a table as it is laid out, as far as `choice` leaves that open, and remarks on what was decided.

    Raises:
        Damaged: it is not a table.
    """
    remarks: list[Message] = []
    reading = _layout(text, choice, encoding, file)
    if reading.before > 1:
        remarks.append(message("The table begins below the first {count:,} lines.", count=reading.before))
    elif reading.before and not _DECLARED.fullmatch(next(lines(text))):
        remarks.append(message("The table begins below the first line."))
    if _BACKSLASHED.search(text):
        words = tr_noop(
            "The file has quotes behind a backslash, which end a cell here. A quote within a cell is written as two "
            "quotes: in R with qmethod = “double”."
        )
        remarks.append(message(words))
    if choice.header is None:
        count, remark = header_rows(_usual(sample(text, reading)))
        remarks += [remark] if remark else []
        reading = reading.with_(header=count)
    return rows(text, reading, file, skips), remarks


def _layout(text: str, choice: ReadingChoice, encoding: str, file: str) -> TableReading:
    """All of the reading but its header and decimal sign."""
    first = list(islice(lines(text), SAMPLED))
    declared = _DECLARED.fullmatch(first[0]) if first else None
    reading = TableReading(encoding=encoding, before=1 if declared else 0, header=choice.header or 0)
    separators: tuple[str, ...] = tuple(SEPARATORS)
    if choice.separator or declared:
        separators = (choice.separator or (declared[1] if declared else ""),)
    comment = ("#" if _are_comments(first) else "") if choice.comment is None else choice.comment
    separator = _separator(text, reading.with_(comment=comment), separators)
    if separator is None:
        words = tr_noop(
            "it is not a table: columns should be separated by a comma, a semicolon, a tab, “|”, a colon or blanks"
        )
        raise Damaged(file, message(words))
    reading = reading.with_(comment=comment, separator=separator)
    some = sample(text, reading)
    usual = _usual(some)
    reading = reading.with_(ends_with_separator=all(len(cells) > 1 and not cells[-1] for cells in usual))
    reading = reading.with_(unnamed_first=choice.header != 0 and _lacks_first_name(some, usual))
    return reading.with_(before=max(reading.before, _title(text, reading, len(usual[0]))))


def _lacks_first_name(some: Sequence[list[str]], usual: Sequence[list[str]]) -> bool:
    """Whether the first line is one name short: texts above rows that are named or numbered, each otherwise."""
    names, width = some[0], len(usual[0])
    if len(names) != width - 1 or len(usual) != len(some) - 1 or any(map(looks_like_number, names)):
        return False
    return len({cells[0] for cells in usual}) == len(usual) > 1


def _title(text: str, reading: TableReading, width: int) -> int:
    """The number of lines with a title and notes, to which a spreadsheet adds separators: one text alone in each."""
    last, rows_above = 0, numbered_rows(text, reading)
    for line, cells in islice(rows_above, SAMPLED):
        if width < _FEWEST_BELOW_TITLE or sum(map(bool, cells)) > 1:
            break
        if len(cells) > 1:
            last = line
    return last


def _usual(some: Sequence[list[str]]) -> list[list[str]]:
    """The rows of as many cells as most."""
    width = Counter(map(len, some)).most_common(1)[0][0]
    return [cells for cells in some if len(cells) == width]


def _are_comments(first: Sequence[str]) -> bool:
    """Whether there are lines with “#” that are comments, and not values or names that begin with it."""
    marked = [number for number, line in enumerate(first) if line.lstrip().startswith("#")]
    if not marked:
        return False
    signs = [Counter(re.findall("[,;\t|]", line)) for line in first if line.strip()]
    usual = Counter(map(frozenset, (count.items() for count in signs))).most_common(1)[0][0]
    same = [number for number in marked if frozenset(Counter(re.findall("[,;\t|]", first[number])).items()) == usual]
    if same == [0] == marked:
        return False  # names behind “#”
    return len(same) < len(marked) or len(same) <= _MOST_COMMENTED * len(first)


def _separator(text: str, reading: TableReading, separators: Sequence[str]) -> str | None:
    """The separator that splits most rows into as many cells, above one, that are numbers, dates or clean texts."""
    best, found = (0.0, 0.0, 1, 0.0), None
    for separator in separators:
        try:
            some = sample(text, reading.with_(separator=separator))
        except csv.Error:
            continue
        for width, count in Counter(map(len, some)).most_common(1):
            share = count / len(some)
            if width < 2 or (separator in _WEAK and share < _LEAST_OF_WEAK):
                continue
            if separator == ":" and len(some[0]) != width:
                continue  # times, below a line of names between other signs
            quality = _quality([cells for cells in some if len(cells) == width], separator) * _WEAK.get(separator, 1.0)
            score = (round(share, 1) * quality, quality, width, share)
            if score > best:
                best, found = score, separator
    return found


def _quality(some: Sequence[Sequence[str]], separator: str) -> float:
    """The mean score of the columns."""
    below = some[1:] or some
    scores = [_score(cells, separator) for column in zip(*below, strict=True) if (cells := present(column))]
    return sum(scores) / len(scores) if scores else _TEXT


def _score(cells: Sequence[str], separator: str) -> float:
    """That of a column. Texts between tabs hold commas, but texts between commas no tabs."""
    if max(sum(map(holds, cells)) for holds in (looks_like_number, is_date, is_quantity)) >= MOSTLY * len(cells):
        return _SURE
    foreign = 0 if separator == "\t" else sum(bool(_FOREIGN.search(cell)) for cell in cells)
    return _SPLIT_WRONGLY if foreign > 0.5 * len(cells) else _TEXT
