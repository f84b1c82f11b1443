"""Values of the columns of a table as people read them."""

from __future__ import annotations

from datetime import timedelta
from math import isnan

from playground.spec.data.dates import EPOCH
from playground.spec.data.table_summary import Column
from playground.spec.messages import Message, message
from playground.spec.number_text import amount_text


def value_text(column: Column, value: float) -> Message | str:
    """A value: a number, the name of the category of that index, or the date or time of those seconds."""
    if isnan(value):
        return message("missing")
    if column.kind == "category":
        return column.categories[int(value)]
    if column.kind != "date":
        return amount_text(value)
    at = EPOCH + timedelta(seconds=value)
    return f"{at:%H:%M}" if column.parts == ("hour",) else f"{at:%Y-%m-%d}"
