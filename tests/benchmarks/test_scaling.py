"""The figures of steps are judged by the fastest peer, counted in FLOPs, and their knee is found."""

from __future__ import annotations

import pytest

from playground.spec.files.presets import preset
from tests.benchmarks.contest import Times
from tests.benchmarks.eager import OURS, beside_best
from tests.benchmarks.every_preset import variants
from tests.benchmarks.scaling import ADAM, Line, Size, explanation, fitted, training_flops, wide

SIZES = (32, 64, 128, 256)


def test_flops_of_a_step() -> None:
    experiment = preset("textbook").experiment
    first, second = 2 * 784 * 128, 2 * 128 * 10
    assert training_flops(experiment) == 32 * (2 * first + 3 * second)
    assert training_flops(wide(experiment, 256)) == 2 * training_flops(experiment)


def test_the_knee_is_where_fixed_and_growing_costs_are_equal() -> None:
    line = fitted(SIZES, [200e-6 + 5e-6 * size for size in SIZES])
    assert line.fixed == pytest.approx(200e-6)
    assert line.each == pytest.approx(5e-6)
    assert line.knee == pytest.approx(40)


def test_a_series_that_only_grows_has_its_knee_at_nothing() -> None:
    assert fitted(SIZES, [1e-6 * size**1.2 for size in SIZES]).knee == 0


def test_knee_in_words() -> None:
    experiment = preset("textbook").experiment
    sizes = [
        Size("batch", number, experiment.with_(recipe=experiment.recipe.with_(batch_size=number))) for number in SIZES
    ]
    times = [{OURS: Times((200e-6 + 5e-6 * number,)), ADAM: Times((50e-6,))} for number in SIZES]
    said = explanation(sizes, times, Line(200e-6, 5e-6))
    for part in ("200 µs at any batch", "5.00 µs for each", "below 40", "off by 0%", "14% at 32"):
        assert part in said


def test_the_fastest_peer_counts() -> None:
    times = {OURS: Times((1e-3, 1.2e-3, 1e-3)), "slow": Times((3e-3,) * 3), "fast": Times((2e-3, 2e-3, 1e-3))}
    figure = beside_best("a step", times, 1.0, "a note")
    assert (figure.peer, figure.unit, figure.verdict) == ("fast", "µs", "reached")
    assert figure.ratio == pytest.approx(0.5)
    assert figure.note == "a note; ratio of the best 1.00, of the rounds 0.50–1.00"


def test_peers_try_both_layouts_where_there_are_convolutions() -> None:
    dense = dict(variants(preset("textbook").experiment))
    convolving = dict(variants(preset("lenet-5").experiment))
    assert set(dense) < set(convolving)
    assert len(convolving) == 2 * len(dense)
