"""Says in words what value of a layer is under the mouse."""

from __future__ import annotations

import numpy as np

from playground.gui.stack.block_output import BlockOutput
from playground.gui.stack.output_layout import Place
from playground.gui.style.translation import translated
from playground.spec.display import Display
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import amount_text


def value_words(output: BlockOutput, place: Place) -> str:
    """The value at a place and where it is; everything is counted from 1."""
    values = output.sheets[place.sheet].values
    if output.colors is not None:
        channels = (amount_text(float(values[channel, place.row, place.column])) for channel in range(len(values)))
        where = message(tr_noop("row {row}, column {column}"), row=place.row + 1, column=place.column + 1)
        return f"{translated(where)}: {', '.join(channels)}"
    value = float(values[place.number, place.row, place.column])
    return f"{translated(_where(output, place))}: {amount_text(value)}"


def range_words(output: BlockOutput, number: int, *, fixed: bool) -> str:
    """The range of the colours of a sheet, and if it is fixed, by how much the numbers go beyond it."""
    scale, values = output.sheets[number].scale, output.sheets[number].values
    most = float(np.abs(values[np.isfinite(values)]).max(initial=0))
    low, high = amount_text(-scale.reach if scale.diverging else 0.0), amount_text(scale.reach)
    if not fixed:
        return translated(message(tr_noop("Fix the colours: {low} to {high}"), low=low, high=high))
    if most > scale.reach and amount_text(most) != high:
        words = tr_noop("Colours fixed: {low} to {high}; the largest number is {most}, and has the last colour")
        return translated(message(words, low=low, high=high, most=amount_text(most)))
    return translated(message(tr_noop("Colours fixed: {low} to {high}"), low=low, high=high))


def _where(output: BlockOutput, place: Place) -> Message:
    sheet, row, column = output.sheets[place.sheet], place.row + 1, place.column + 1
    match output.display:
        case Display.UNITS:
            return message(tr_noop("unit {unit:,} of {count:,}"), unit=column, count=sheet.values.size)
        case Display.SEQUENCE:
            return message(tr_noop("step {step:,}, unit {unit:,}"), step=column, unit=row)
        case Display.GATES:
            return message(tr_noop("{gate}, step {step:,}, unit {unit:,}"), gate=sheet.name, step=column, unit=row)
        case Display.ATTENTION:
            words = tr_noop("head {head} of {count}: step {step:,} looks at step {other:,}")
            return message(words, head=place.number + 1, count=len(sheet.values), step=row, other=column)
    words = tr_noop("map {number:,} of {count:,}, row {row}, column {column}")
    return message(words, number=place.number + 1, count=len(sheet.values), row=row, column=column)
