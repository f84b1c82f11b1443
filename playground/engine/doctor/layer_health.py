"""Says of each single layer whether it is in order, from the latest steps that were looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from playground.engine.doctor.finding import Finding
from playground.engine.doctor.gradient_flow import other_activation
from playground.engine.training.snapshots import LayerStatistics, Probed
from playground.spec.check.problem import Fix
from playground.spec.check.shapes import LayerShape, last_row
from playground.spec.layers.activation import LeakyReLU, ReLU
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import percent_text, setting_text

# "As much as 40% of your network can be dead" where the learning rate is too high (Stanford CS231n, course notes,
# Neural Networks Part 1, ReLU). A mark is to come before; the bound is our own.
DEAD = 0.2
SAMPLES = 256  # of the training data, at least, for which a unit has to be 0; our own
# Units at the ends of their range pass on hardly any gradient (Glorot and Bengio, 2010, section 3). The bounds are our
# own: in small networks that have learned their data well, up to 0.85 of the outputs are there.
SATURATED = 0.95
BORN = 0.5  # the same, where it was as much at the first step
# Times by which a gradient is smaller, as in `gradient_flow`, or larger than those of its neighbours. In the presets
# that learn well it is at most 34.
NEIGHBOURS = 1000.0
AFTER = 3  # layers with weights that are the neighbours: the next ones, from which the gradient comes
# The ratio should be about 1e-3 (Stanford CS231n, course notes, Neural Networks Part 3); it is two powers of ten away.
SMALL, LARGE = 1e-5, 1e-1
_EARLY = 16  # steps before which a layer may still recover
_LASTING = 3  # steps that were looked at in which it must be so
_DECAYED = 0.1  # of the highest learning rate: below it, updates are meant to be small

LABELS = {
    "dead_units": tr_noop("dead units"),
    "saturation": tr_noop("saturated"),
    "vanishing_gradients": tr_noop("vanishing gradient"),
    "exploding_gradients": tr_noop("exploding gradient"),
    "small_updates": tr_noop("small updates"),
    "large_updates": tr_noop("large updates"),
}


class _Fault(NamedTuple):
    """The parts of a `Finding` about one layer."""

    id: str
    sentence: Message
    figure: float
    fix: Fix | None = None


def layer_findings(rows: Sequence[LayerShape], probes: Sequence[Probed]) -> tuple[Finding, ...]:
    """Faults of single layers after the last probe, at most one of each.

    Args:
        rows: the active layers of the run's stack, in the order of `walk`.
        probes: of the run so far, the latest last. Where their layers are others than `rows`, nothing is found.

    Empty where all are well, or too little is known.
    """
    paths = [row.path for row in rows]
    if not probes or probes[-1].step < _EARLY or [layer.path for layer in probes[-1].layers] != paths:
        return ()
    found = (_first(rows, probes, number) for number in range(len(rows)))
    return tuple(finding for finding in found if finding is not None)


def _first(rows: Sequence[LayerShape], probes: Sequence[Probed], number: int) -> Finding | None:
    """The first fault of a layer: causes come before what follows from them."""
    own_output = rows[number] == last_row(tuple(rows))
    evidence = (
        _dead(rows[number], probes, number)
        or (None if own_output else _saturated(rows[number], probes, number))
        or _gradient(probes, number)
        or _updates(probes, number)
    )
    if evidence is None:
        return None
    id_, sentence, figure, fix = evidence
    return Finding(id_, sentence, figure, fix, probes[-1].step, (rows[number].path,))


def silent_units(probes: Sequence[Probed], number: int) -> tuple[frozenset[int], int, int]:
    """The units of a layer that were 0 for every sample of the latest probes' batches.

    Returns them with the number of samples and that of probes: as many as hold `SAMPLES`; 0 and 0 if there are fewer.
    """
    silent: frozenset[int] | None = None
    samples = 0
    for count, probe in enumerate(reversed(probes), 1):
        dead = frozenset(probe.layers[number].dead_units)
        silent = dead if silent is None else silent & dead
        samples += probe.samples
        if not silent or not probe.samples:
            break
        if samples >= SAMPLES:
            return silent, samples, count
    return frozenset(), 0, 0


def _dead(row: LayerShape, probes: Sequence[Probed], number: int) -> _Fault | None:
    units = probes[-1].layers[number].units
    if not units or len(probes[-1].layers[number].dead_units) < DEAD * units:
        return None
    silent, samples, count = silent_units(probes, number)
    if len(silent) < DEAD * units:
        return None
    several = tr_noop(
        "{dead:,} of {units:,} units were never active over {samples:,} training samples: those of {count} steps, "
        "from step {first:,} to {last:,}."
    )
    one = tr_noop(
        "{dead:,} of {units:,} units were never active over the {samples:,} training samples of step {last:,}."
    )
    steps = {"count": count, "first": probes[-count].step, "last": probes[-1].step}
    words = several if count > 1 else one
    sentence = message(words, dead=len(silent), units=units, samples=samples, **steps)
    return _Fault("dead_units", sentence, len(silent) / units, other_activation((row,), LeakyReLU()))


def _saturated(row: LayerShape, probes: Sequence[Probed], number: int) -> _Fault | None:
    shares = [layer.saturated or 0.0 for layer in _latest(probes, number)]
    born = probes[0].step == 1 and (probes[0].layers[number].saturated or 0.0) >= BORN
    if min(shares, default=0.0) < (BORN if born else SATURATED):
        return None
    words = tr_noop(
        "{share} of the outputs are saturated for the {samples:,} training samples of step {step:,}: they lie within a "
        "hundredth of the ends of their range, where hardly any gradient passes."
    )
    values = {"share": percent_text(shares[-1], 0), "samples": probes[-1].samples, "step": probes[-1].step}
    return _Fault("saturation", message(words, **values), shares[-1], other_activation((row,), ReLU()))


def _gradient(probes: Sequence[Probed], number: int) -> _Fault | None:
    """Whether the gradient differs by a factor of `NEIGHBOURS` from those of all of the next layers."""
    shares, times, count = [], [], 0
    for probe in probes[-_LASTING:]:
        own = probe.layers[number].gradient
        after = [layer.gradient for layer in probe.layers[number + 1 :] if layer.gradient is not None][:AFTER]
        if own is None or not after or not max(after) > 0:
            return None
        shares.append(own / max(after))
        times.append(own / min(after) if min(after) else 0.0)
        count = len(after)
    if len(shares) < _LASTING:
        return None
    values = {"count": count, "step": probes[-1].step}
    if max(shares) < 1 / NEIGHBOURS:
        words = tr_noop(
            "The gradient vanishes here: its RMS is {ratio} times the largest of the next {count} layers with weights, "
            "at step {step:,}."
        )
        if count == 1:
            words = tr_noop(
                "The gradient vanishes here: its RMS is {ratio} times that of the next layer with weights, at step "
                "{step:,}."
            )
        sentence = message(words, ratio=setting_text(shares[-1], 2), **values)
        return _Fault("vanishing_gradients", sentence, shares[-1])
    if min(times) > NEIGHBOURS:
        words = tr_noop(
            "The gradient explodes here: its RMS is {ratio} times the smallest of the next {count} layers with "
            "weights, at step {step:,}."
        )
        if count == 1:
            words = tr_noop(
                "The gradient explodes here: its RMS is {ratio} times that of the next layer with weights, at step "
                "{step:,}."
            )
        return _Fault("exploding_gradients", message(words, ratio=setting_text(times[-1], 2), **values), times[-1])
    return None


def _updates(probes: Sequence[Probed], number: int) -> _Fault | None:
    """Whether steps change the weights by too small or too large a share; a rate that decayed is meant to be small."""
    found = [layer.update_ratio for layer in _latest(probes, number) if layer.weight]
    ratios = [ratio for ratio in found if ratio is not None]
    if len(ratios) < _LASTING:
        return None
    values = {"ratio": setting_text(ratios[-1], 2), "step": probes[-1].step}
    decayed = probes[-1].learning_rate < _DECAYED * max(probe.learning_rate for probe in probes)
    if max(ratios) < SMALL and not decayed:
        words = tr_noop("Step {step:,} changed the weights by {ratio} times their size, which is below 1e-5.")
        return _Fault("small_updates", message(words, **values), ratios[-1])
    if min(ratios) > LARGE:
        words = tr_noop("Step {step:,} changed the weights by {ratio} times their size, which is above 0.1.")
        return _Fault("large_updates", message(words, **values), ratios[-1])
    return None


def _latest(probes: Sequence[Probed], number: int) -> list[LayerStatistics]:
    """The statistics of a layer in the latest probes; empty where there are too few."""
    return [probe.layers[number] for probe in probes[-_LASTING:]] if len(probes) >= _LASTING else []
