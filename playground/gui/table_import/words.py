"""The words of the import view for values of `TableReading` and `ColumnChoice`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.spec.data.table_reading import BLANKS
from playground.spec.data.text_encoding import ENCODINGS
from playground.spec.messages import tr_noop

Options = Sequence[tuple[Any, str]]

AUTOMATIC = tr_noop("Automatic")
SEPARATORS: Options = (
    (",", tr_noop("comma")),
    (";", tr_noop("semicolon")),
    ("\t", tr_noop("tab")),
    ("|", tr_noop("vertical bar")),
    (":", tr_noop("colon")),
    (BLANKS, tr_noop("blanks")),
)
DECIMALS: Options = ((".", tr_noop("point")), (",", tr_noop("comma")))
ENCODED: Options = tuple(ENCODINGS.items())
HEADERS: Options = ((1, tr_noop("names")), (2, tr_noop("names and units")), (0, tr_noop("values")))
MISSING: Options = (
    ("row", tr_noop("leave row out")),
    ("usual", tr_noop("median")),
    ("own", tr_noop("own input")),
)
MISSING_HELP = tr_noop(
    "Of rows that lack a value: they are left out; or the median of the training rows takes its place, of categories "
    "the most frequent one; or the lack is an input of its own, of categories one more category."
)
ROLES: Options = (("input", tr_noop("Input")), ("target", tr_noop("Target")), ("left out", tr_noop("Left out")))
KINDS: Options = (("number", tr_noop("Number")), ("category", tr_noop("Category")), ("date", tr_noop("Date")))
TEXT = ("text", tr_noop("Text, to classify"))  # a kind by which the table becomes labelled texts
ORDERS: Options = (
    ("ymd", tr_noop("Year first")),
    ("dmy", tr_noop("Day first")),
    ("mdy", tr_noop("Month first")),
)
SCALINGS: Options = (
    ("standard", tr_noop("Mean 0 and deviation 1")),
    ("min-max", tr_noop("0 to 1")),
    ("robust", tr_noop("Median and quartiles")),
    ("none", tr_noop("Not scaled")),
)
SHOWN = {  # the role and kind of a column, above its cells
    "input": tr_noop("input"),
    "target": tr_noop("target"),
    "left out": tr_noop("left out"),
    "number": tr_noop("number"),
    "category": tr_noop("category"),
    "date": tr_noop("date"),
    "text": tr_noop("text"),
    "identifier": tr_noop("identifier"),
}
