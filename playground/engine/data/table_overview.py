"""Sums up an inspected table for the view in which a person decides how it is read and what is learned from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from playground.engine.data.association import Association, Floats, association, tamed
from playground.engine.data.formats.columns import values_of
from playground.engine.data.histogram import histogram
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.class_balance import balance as class_balance
from playground.spec.data.column_kinds import ColumnRole
from playground.spec.data.table_summary import Column
from playground.spec.datasets.table import Table
from playground.spec.messages import Message, joined, message, plural, tr_noop
from playground.spec.number_text import PROBABILITY, amount_text, fixed_text, percent_text

if TYPE_CHECKING:  # it imports torch
    from playground.engine.data.sources.table import InspectedTable


@dataclass(frozen=True, slots=True)
class ColumnOverview:
    """One column as it is shown above its cells."""

    column: Column
    role: ColumnRole
    missing: int  # cells without a value
    reason: Message | None  # why it is left out
    bars: tuple[int, ...]  # rows in each interval of numbers or dates, or of each category or text
    association: Association | None  # with the target; None for the target, and where it is left out


@dataclass(frozen=True, slots=True)
class TableOverview:
    """Facts of a table before it is learned from."""

    columns: tuple[ColumnOverview, ...]
    lacking: tuple[tuple[bool, ...], ...]  # of the first rows: which cells hold no value that can be used
    balance: Message | None  # the target's classes, or its mean and deviation
    giveaways: tuple[Message, ...]  # columns that give the target away; the value `name` is the column's
    filled: tuple[Message, ...]  # what becomes of missing cells


def overview(found: InspectedTable, data: Table) -> TableOverview:
    """The overview of a table that was inspected, and of the data set that is made of it."""
    columns, target = found.source.columns, data.target_column
    at = next((index for index, item in enumerate(columns) if item is target or item == target), None)
    wanted = np.full(len(found.values), np.nan) if at is None else found.values[:, at]
    shown = []
    for index, column in enumerate(columns):
        stop_if_cancelled()
        values, role = found.values[:, index], _role(column, target)
        near = None
        if role == "input":
            near = association(values, wanted, category=column.kind == "category", classes=data.classifies)
        bars = histogram(column, values) if column.usable else found.left_out_bars[index]
        shown.append(ColumnOverview(column, role, found.missing[index], found.reasons[index], bars, near))
    lacking = [_lacking(column, [row[index] for row in found.first]) for index, column in enumerate(columns)]
    return TableOverview(
        tuple(shown),
        tuple(zip(*lacking, strict=True)),
        balance(data, wanted),
        tuple(_giveaways(shown, target)),
        tuple(_filled(found, shown)),
    )


def _role(column: Column, target: Column) -> ColumnRole:
    if not column.usable:
        return "left out"
    return "target" if column.name == target.name else "input"


def _lacking(column: Column, cells: list[str]) -> list[bool]:
    return np.isnan(values_of(column, cells)).tolist() if column.usable else [False] * len(cells)


def balance(data: Table, values: Floats) -> Message | None:
    """How the target's values (N,) are spread, and how good the simplest answer is; None without any."""
    column = data.target_column
    there = tamed(values[~np.isnan(values)])
    if data.classifies:
        counts = dict(zip(column.categories, column.counts, strict=True))
        known = sorted(((counts[name], name) for name in column.classes), key=lambda item: -item[0])
        if not known:
            return None
        listed = class_balance([name for _, name in known], [count for count, _ in known])
        share = percent_text(known[0][0] / column.classified, PROBABILITY)
        words = tr_noop("{target}: {counts}. Always saying {name} is right for {share}.")
        return message(words, target=column.name, counts=listed, name=known[0][1], share=share)
    if not there.size:
        return None
    unit = float(np.nanmax(np.abs(values))) / (float(np.abs(there).max()) or 1.0) or 1.0
    mean, deviation = float(there.mean()) * unit, float(there.std()) * unit
    words = tr_noop("{target}: mean {mean}, standard deviation {deviation}. Always saying the mean has R² = 0.")
    return message(words, target=column.name, mean=amount_text(mean), deviation=amount_text(deviation))


def _giveaways(shown: list[ColumnOverview], target: Column) -> list[Message]:
    words = tr_noop("“{name}” alone gives “{target}” away ({strength}): is it known before “{target}” is?")
    return [
        message(words, name=item.column.name, target=target.name, strength=strength_text(item.association))
        for item in shown
        if item.association is not None and item.association.gives_away
    ]


def strength_text(near: Association) -> Message:
    """`|r| = 0.54`, with the name of the measure."""
    signs = {
        "r": tr_noop("|r| = {value}"),
        "rho": tr_noop("|ρ| = {value}"),
        "epsilon": tr_noop("ε = {value}"),
        "V": tr_noop("V = {value}"),
    }
    strength = message(signs[near.measure], value=fixed_text(near.strength, 2))
    if near.rounded:
        words = tr_noop("it looks like the target rounded or in bands, {strength}")
        return message(words, strength=strength)
    return message("by its missing cells, {strength}", strength=strength) if near.of_missing else strength


def _filled(found: InspectedTable, shown: list[ColumnOverview]) -> list[Message]:
    """The treatment of the rows that lack a value, for each column."""
    reading, told = found.source.reading, []
    for item in shown:
        if item.role == "left out" or not item.missing:
            continue
        if item.role == "target" or reading.missing == "row":
            words = tr_noop("{name}: {count:,} missing; these rows are left out")
        elif reading.missing == "own":
            words = tr_noop("{name}: {count:,} missing, which is an input of its own")
        elif item.column.kind == "category":
            words = tr_noop("{name}: {count:,} of {rows:,} missing, filled with the most frequent category")
        else:
            words = tr_noop("{name}: {count:,} of {rows:,} missing, filled with the median of the training rows")
        told.append(message(words, name=item.column.name, count=item.missing, rows=found.whole))
    return told


def network_inputs(data: Table) -> Message:
    """How many numbers the network gets, and from what."""
    inputs = data.inputs
    scaled = [item for item in inputs if item.kind == "number" and item.scaling != "none"]
    unscaled = [item for item in inputs if item.kind == "number" and item.scaling == "none"]
    widths = {
        kind: sum(item.width - item.own_missing for item in inputs if item.kind == kind)
        for kind in ("category", "date")
    }
    lacks = sum(item.own_missing for item in inputs)
    ways = {
        "standard": tr_noop("{count:,} scaled to mean 0 and deviation 1"),
        "min-max": tr_noop("{count:,} scaled to 0 to 1"),
        "robust": tr_noop("{count:,} scaled by median and quartiles"),
    }
    parts = [
        message(words, count=count)
        for way, words in ways.items()
        if (count := sum(item.scaling == way for item in scaled))
    ]
    rest = (
        (len(unscaled), tr_noop("{count:,} as they are")),
        (widths["category"], tr_noop("{count:,} for categories")),
        (widths["date"], tr_noop("{count:,} from dates")),
        (lacks, tr_noop("{count:,} for missing cells")),
    )
    parts += [message(words, count=count) for count, words in rest if count]
    whole = plural("{count:,} numbers", "1 number", data.sample_shape[0] if inputs else 0)
    return message("{whole}: {parts}.", whole=whole, parts=joined(parts, ", ")) if parts else message("No inputs.")
