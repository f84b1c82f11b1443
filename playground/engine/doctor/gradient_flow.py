"""Diagnoses of what flows through the layers: dead units, saturation, gradients that vanish or explode by depth."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from playground.engine.doctor.finding import Diagnosis, Evidence
from playground.engine.doctor.record import Record
from playground.spec.check.problem import Fix
from playground.spec.check.recipe_fixes import clipping
from playground.spec.check.shapes import LayerShape, last_row
from playground.spec.edits import Edit, LayerPath, Replace
from playground.spec.layer import Layer
from playground.spec.layers.activation import LeakyReLU, Nonlinearity, ReLU
from playground.spec.layers.weighted import Initialised
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import percent_text, setting_text

_DEAD = 0.8  # share of a layer's units
_SATURATED = 0.6  # share of a layer's outputs
_BORN = 0.5  # the same, where it was as much from the beginning
LONG = 0.1  # share of the weights that a step changes: such steps drive units into ruin by themselves
_LATE = 16  # steps before which a layer may still recover
_LASTING = 2  # probes in which it must be so
_VANISHED = 1e-3  # gradient of the first layer with weights, relative to the last one's
_EXPLODED = 100.0
_DEEP = 4  # layers with weights
_OUTPUT = 30.0  # standard deviation of outputs that are too large to begin with


def _dead(record: Record) -> Evidence | None:
    """A layer most of whose units give 0 for every sample."""
    worst = _worst(record, "dead", _DEAD, _DEAD)
    if worst is None:
        return None
    row, share = worst
    words = tr_noop("{share} of the units of {layer} {number} are dead: they give 0 for every sample of a batch.")
    fix = _usual_start(record) or other_activation((row,), LeakyReLU())
    return Evidence(_of_layer(record, row, words, share), share, fix, (row.path,))


def _saturated(record: Record) -> Evidence | None:
    """A layer most of whose outputs lie at the ends of their range; the network's own output may."""
    worst = _worst(record, "saturated", _SATURATED, _BORN)
    if worst is None:
        return None
    row, share = worst
    words = tr_noop(
        "{share} of the outputs of {layer} {number} are saturated: at the ends of their range hardly any gradient "
        "passes."
    )
    fix = _usual_start(record) or other_activation((row,), ReLU())
    return Evidence(_of_layer(record, row, words, share), share, fix, (row.path,))


def _worst(record: Record, what: str, bound: float, born: float) -> tuple[LayerShape, float] | None:
    """The layer with the largest share that has lasted, and the share.

    That is at least `bound`, or `born` where it was as much from the beginning.
    """
    if record.step < _LATE or not record.learned_little or record.first_probe is None:
        return None
    last, found, beginning = last_row(record.rows), [], record.first_probe.layers
    for number, row in enumerate(record.rows):
        shares = [getattr(item, what) for item in record.lasting(number, _LASTING)]
        if not shares or None in shares or row == last:
            continue
        was_so = getattr(beginning[number], what) >= born
        driven = record.longest > LONG and not was_so  # a symptom of too high a rate
        if min(shares) >= (born if was_so else bound) and not driven:
            found.append((row, shares[-1]))
    return max(found, key=lambda item: item[1], default=None)


def killed(record: Record) -> tuple[LayerShape, float] | None:
    """A layer most of whose units died in the run, for good as it seems, and their share."""
    if record.step < _LATE or record.first_probe is None:
        return None
    for number, row in enumerate(record.rows[:-1]):
        shares = [item.dead or 0.0 for item in record.lasting(number, _LASTING)]
        if min(shares, default=0.0) >= _DEAD > (record.first_probe.layers[number].dead or 0.0):
            return row, shares[-1]
    return None


def _of_layer(record: Record, row: LayerShape, words: str, share: float) -> Message:
    number = 1 + record.rows.index(row)
    return message(words, share=percent_text(share, 0), layer=message(row.layer.label), number=number)


def _vanishing(record: Record) -> Evidence | None:
    """The gradient of the first layer is far smaller than that of the last, in a deep stack."""
    if record.step <= 1 or record.first_probe not in record.probes:
        return None  # what comes later is a symptom of something else
    if any(
        (item.saturated or 0.0) >= _SATURATED or (item.dead or 0.0) >= _DEAD for item in record.probes[0].layers[:-1]
    ):
        return None  # that is named instead
    ends = _ends(record, len(record.probes))
    if ends is None or not ends[0] < _VANISHED * ends[1]:
        return None
    first, last = ends
    words = tr_noop("The gradients vanish by depth: in the first layer they are {share} times those of the last layer.")
    squashing = tuple(row for row in record.rows if getattr(nonlinearity_of(row.layer), "bounds", None))
    fix = other_activation(squashing, ReLU()) or _usual_start(record)
    return Evidence(message(words, share=setting_text(first / last, 2)), first / last, fix, _first(record))


def _exploding(record: Record) -> Evidence | None:
    """Outputs or gradients grow by depth from the beginning."""
    outputs = [item.std for item in record.probes[0].layers]
    ends, largest = _ends(record, 1), max(outputs, default=0.0)
    fix = _usual_start(record) or clipping(1.0)
    inputs = record.probes[0].inputs
    if largest > _OUTPUT * max(1.0, inputs.std if inputs else 1.0) and len(outputs) > 1:
        words = tr_noop(
            "The outputs explode by depth: their standard deviation reaches {size}, and gradients grow with them."
        )
        largest_one = (record.probes[0].layers[outputs.index(largest)].path,)
        return Evidence(message(words, size=setting_text(largest, 2)), largest, fix, largest_one)
    if ends is None or not ends[1] or not ends[0] > _EXPLODED * ends[1]:
        return None
    words = tr_noop("The gradients explode by depth: in the first layer they are {times} times those of the last.")
    return Evidence(message(words, times=setting_text(ends[0] / ends[1], 2)), ends[0] / ends[1], fix, _first(record))


def _first(record: Record) -> tuple[LayerPath, ...]:
    """The first layer with weights."""
    return tuple(row.path for row in record.rows if isinstance(row.layer, Initialised))[:1]


def _ends(record: Record, lasting: int) -> tuple[float, float] | None:
    """The gradients (RMS) of the first and the last layer with weights, from the probe in which they differ least."""
    numbers = [number for number, row in enumerate(record.rows) if isinstance(row.layer, Initialised)]
    if len(numbers) < _DEEP:
        return None
    pairs = [
        (first.gradient or 0.0, last.gradient or 0.0)
        for first, last in zip(record.lasting(numbers[0], lasting), record.lasting(numbers[-1], lasting), strict=True)
    ]
    pairs = [pair for pair in pairs if isfinite(sum(pair)) and pair[1]]
    return max(pairs, key=lambda pair: pair[0] / pair[1], default=None)


def nonlinearity_of(layer: Layer) -> Nonlinearity | None:
    """The layer itself where it is an activation, or the one that it has."""
    own = layer if isinstance(layer, Nonlinearity) else getattr(layer, "activation", None)
    return own if isinstance(own, Nonlinearity) else None


def _usual_start(record: Record) -> Fix | None:
    """Give all layers PyTorch's initialisation, where some have another."""
    words = message("Use PyTorch’s initialisation")
    edits = [
        Replace(row.path, row.layer.with_(init="default"), words)
        for row in record.rows
        if isinstance(row.layer, Initialised) and row.layer.init != "default"
    ]
    return Fix(words, tuple(edits)) if edits else None


def other_activation(rows: tuple[LayerShape, ...], better: Nonlinearity) -> Fix | None:
    """Give the layers another activation, where they have one."""
    words = message("Use {activation} instead", activation=message(better.label))
    edits = tuple(_exchanges(rows, better, words))
    return Fix(words, edits) if edits else None


def _exchanges(rows: tuple[LayerShape, ...], better: Nonlinearity, words: Message) -> Iterator[Edit]:
    for row in rows:
        if isinstance(row.layer, Nonlinearity):
            yield Replace(row.path, better, words)
        elif nonlinearity_of(row.layer) is not None:
            yield Replace(row.path, row.layer.with_(activation=better), words)


EXPLODING = Diagnosis("exploding_gradients", _exploding, after=("Probed",))
VANISHING = Diagnosis("vanishing_gradients", _vanishing, after=("Probed",))
DEAD = Diagnosis("dead_units", _dead, after=("Probed",))
SATURATED = Diagnosis("saturation", _saturated, after=("Probed",))
