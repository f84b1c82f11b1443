"""What the losses of whole epochs show, and close to it what they do not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import nn

from playground.engine.data.in_memory import Data, load
from playground.engine.doctor.doctor import Doctor
from playground.engine.training.snapshots import Epoch, Snapshot
from playground.spec.data.patterns import Moons, Spirals
from playground.spec.datasets.points import Points
from playground.spec.layers.activation import Tanh
from playground.spec.recipe.recipe import EarlyStopping
from playground.spec.recipe.regularizers import L2
from tests.benchmarks.doctor_data import few, repeated
from tests.engine.doctor.watched_runs import MOONS, experiment, hidden, ids, of, watched


def test_a_network_that_learns_by_heart() -> None:
    plane = Points(count=400, pattern=Moons(), noise=1.2, validation_share=0.5)
    data = load(plane)
    data = Data(repeated(few(data, 40, 1, 1).train, 80), data.validation, data.test)
    run = experiment(*hidden(64, 64), data=plane)
    found, seen = watched(run, data)
    assert "overfitting" in ids(found)
    one = next(one for one in found if one.id == "overfitting")
    epoch = next(other for other in of(Epoch, seen) if other.step == one.step)
    entropy = nn.functional.cross_entropy(torch.zeros(1, 2), torch.tensor([0])).item()
    assert one.figure == pytest.approx((epoch.validation_loss - epoch.train_loss) / entropy, rel=0.05)
    stopping = run.with_(recipe=run.recipe.with_(stopping=EarlyStopping()))
    assert "overfitting" not in ids(watched(stopping, data)[0])


def test_a_line_is_too_little_for_spirals() -> None:
    plane = Points(count=5000, pattern=Spirals(), noise=0.1)
    found, seen = watched(experiment(data=plane))
    assert ids(found) == ["underfitting"]
    epoch = next(other for other in of(Epoch, seen) if other.step == found[0].step)
    assert found[0].figure == pytest.approx(epoch.train_loss / 0.6931, rel=0.01)
    assert "underfitting" not in ids(watched(experiment(*hidden(64, 64), data=plane))[0])


def test_few_samples_and_many_weights_are_named_when_the_losses_come_apart() -> None:
    plane = Points(count=160, pattern=Moons(), noise=1.2, validation_share=0.5)
    wide = experiment(*hidden(64, 64, activation=Tanh), data=plane, batch_size=10, epochs=3)
    found, seen = watched(wide)
    assert ids(found) == ["overfitting"]
    assert found[0].step <= of(Epoch, seen)[2].step
    assert "56 weights for each training sample, and 12.50 % of these" in str(found[0].sentence)
    held_back = wide.with_(recipe=wide.recipe.with_(regularizer=L2(l2=1e-3)))
    assert watched(held_back)[0] == []
    clear = plane.with_(noise=0.1)
    assert watched(wide.with_(data=clear))[0] == []


def epochs(losses: Sequence[tuple[float, float]], steps: int = 24) -> list[Snapshot]:
    """Epochs of so many steps, with losses for training and validation."""
    pairs = enumerate(losses, 1)
    return [Epoch(number, number * steps, 1.0, train, 0.9, held_out, 0.9) for number, (train, held_out) in pairs]


def test_a_rise_that_one_sample_explains_is_no_overfitting() -> None:
    """Of 60 validation samples, two have become worse, as in the preset XOR with another seed."""
    losses = [(0.3, 0.2), (0.012, 0.0176), (0.0077, 0.076), (0.0081, 0.0847)]
    for count, named in ((300, []), (3000, ["overfitting"])):
        plane = Points(count=count)
        doctor = Doctor(experiment(*hidden(8), data=plane), load(plane))
        assert ids(list(filter(None, map(doctor.take, epochs(losses))))) == named


def test_a_loss_that_rises_for_a_while_stays_on_no_plateau() -> None:
    falling = [0.6, 0.4, 0.24, 0.22, 0.21, 0.2, 0.2, 0.2]
    for tail, named in (([0.3, 0.26, 0.31], []), ([0.2, 0.2, 0.2], ["plateau"])):
        doctor = Doctor(experiment(*hidden(8)), load(MOONS))
        losses = [(loss, loss) for loss in (*falling[: 8 if named else 5], *tail)]
        assert ids(list(filter(None, map(doctor.take, epochs(losses, 100))))) == named
