"""The words of the import view for roles and kinds of columns; other decisions are labelled where they are declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.spec.messages import tr_noop

Options = Sequence[tuple[Any, str]]

AUTOMATIC = tr_noop("Automatic")
ROLES: Options = (("input", tr_noop("Input")), ("target", tr_noop("Target")), ("left out", tr_noop("Left out")))
KINDS: Options = (("number", tr_noop("Number")), ("category", tr_noop("Category")), ("date", tr_noop("Date")))
TEXT = ("text", tr_noop("Text, to classify"))  # a kind by which the table becomes labelled texts
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
