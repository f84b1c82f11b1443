"""Says in words what value of a layer is under the mouse."""

from __future__ import annotations

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
