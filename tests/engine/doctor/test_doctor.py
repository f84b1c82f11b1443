"""Small runs with one fault each, and runs close to them without it; figures beside independent computations."""

from __future__ import annotations

from statistics import fmean, median

import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.doctor.doctor import Doctor
from playground.engine.training.snapshots import Epoch, LayerStatistics, Probed, Snapshot, Step, Terms
from playground.engine.training.trainer import Trainer
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import LeakyReLU, Sigmoid, Tanh
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MAE, MSE
from playground.spec.recipe.optimizers import SGD, Adam
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L2
from tests.benchmarks.doctor_data import few, scaled, shuffled
from tests.engine.doctor.watched_runs import MOONS, experiment, hidden, ids, of, watched


def test_a_healthy_run_gets_no_finding() -> None:
    assert watched(experiment(*hidden(16)))[0] == []


def test_a_rate_that_is_too_low() -> None:
    found, seen = watched(experiment(*hidden(32), optimizer=Adam(lr=1e-6)))
    assert ids(found) == ["learning_rate_too_low"]
    probe = [one for one in of(Probed, seen) if one.step <= found[0].step][-1]
    assert found[0].figure == pytest.approx(median(one.update / one.weight for one in probe.layers if one.weight))
    losses = [step.loss for step in of(Step, seen) if step.step <= found[0].step]
    latest, share = fmean(losses[len(losses) // 16 * 16 - 16 : len(losses) // 16 * 16]), 100 * found[0].figure
    assert latest > losses[0]  # it did not fall
    assert f"{share:.2g} %".replace("e-0", "e-") in str(found[0].sentence)
    assert f"{latest:.4f}, and without learning {losses[0]:.4f}" in str(found[0].sentence)
    assert watched(experiment(*hidden(32), optimizer=Adam(lr=1e-3)))[0] == []


def test_targets_by_chance_teach_nothing() -> None:
    data = Heights(count=3000)
    run = experiment(*hidden(32), data=data, optimizer=Adam(lr=3e-3), loss=MSE())
    found, seen = watched(run, shuffled(load(data), 1))
    assert ids(found) == ["chance_level"]
    epoch = next(one for one in of(Epoch, seen) if one.step == found[0].step)
    variance = load(data).train.cut(0, 3000)[1].var().item()
    assert found[0].figure == epoch.train_loss == pytest.approx(variance, rel=0.2)
    assert "chance_level" not in ids(watched(run)[0])


@pytest.mark.parametrize(("update", "rate"), [(1e-3, 0.1), (0.02, 0.001)])
def test_where_nothing_is_learned_short_steps_become_longer_and_long_ones_shorter(update: float, rate: float) -> None:
    run = experiment(*hidden(16), optimizer=Adam(lr=0.01))
    doctor = Doctor(run, load(MOONS))
    layers = tuple(LayerStatistics((i,), 9, 1.0, 1.0, update, 0.0, 1.0, 0.0, None, 0) for i in range(2))
    seen: list[Snapshot] = []
    for epoch in (1, 2, 3):
        steps = range(epoch * 100 - 99, epoch * 100 + 1)
        seen += [Step(number, number / 100, 0.7, Terms(), 0.5, 0.01, 16) for number in steps]
        seen += [Probed(epoch * 100, layers, 1.0, 0.0, None, ()), Epoch(epoch, epoch * 100, 1.0, 0.7, 0.5, 0.7, 0.5)]
    (found,) = filter(None, map(doctor.take, seen))
    assert (found.id, found.figure) == ("chance_level", 0.7)
    assert found.fix is not None
    assert found.fix.apply(run).recipe.optimizer.lr == rate


def test_a_plane_that_learns_nothing_of_hills_gets_a_hidden_layer() -> None:
    run = experiment(data=Heights(count=5000), optimizer=Adam(lr=0.01), loss=MSE(), batch_size=10)
    found, seen = watched(run)
    assert ids(found) == ["chance_level"]
    assert found[0].fix is not None
    better, more = watched(found[0].fix.apply(run))
    assert better == []
    assert of(Epoch, more)[-1].validation_loss < 0.7 * of(Epoch, seen)[-1].validation_loss


def test_dead_units() -> None:
    """Weights of a negative constant, and inputs that are positive."""
    positive = scaled(load(MOONS), 1.0, 8.0)
    run = experiment(*hidden(32, init="constant", init_value=-1.0, bias=False))
    found, _ = watched(run, positive)
    assert ids(found) == ["dead_units"]
    outputs = build(run)[:2](positive.train.cut(0, 100)[0])
    assert found[0].figure == (outputs == 0).all(0).float().mean().item() == 1.0
    assert found[0].fix is not None
    assert found[0].fix.apply(run).stack.layers[0].values()["init"] == "default"
    assert "dead_units" not in ids(watched(run)[0])


def test_units_that_died_from_the_usual_start_get_another_activation() -> None:
    """Inputs that are far below 0 in a network whose weights PyTorch has set, biased to give 0."""
    run = experiment(*hidden(32))
    doctor = Doctor(run, load(MOONS))
    layer = LayerStatistics((0,), 96, 0.0, 0.4, 0.0, 0.0, 0.0, 0.9, None, 0)
    last = LayerStatistics((1,), 66, 0.1, 0.1, 1e-3, 0.0, 0.1, None, None, 0)
    for number in range(1, 17):
        doctor.take(Step(number, number / 50, 0.7, Terms(), 0.5, 0.01, 16))
    probes = [Probed(step, (layer, last), 1.0, 0.0, None, ()) for step in (8, 16)]
    (found,) = filter(None, map(doctor.take, probes))
    assert (found.id, found.figure, found.layers) == ("dead_units", 0.9, ((0,),))
    assert found.fix is not None
    assert found.fix.apply(run).stack.layers[0].values()["activation"] == LeakyReLU()


def test_saturated_units() -> None:
    run = experiment(*hidden(64, 64, activation=Tanh, init="constant", init_value=4.0), optimizer=SGD(lr=1e-3))
    found, seen = watched(run)
    assert found[0].id == "saturation"
    probe = next(one for one in of(Probed, seen) if one.step == found[0].step)
    assert found[0].figure == max(layer.saturated for layer in probe.layers[:-1])
    assert found[0].fix is not None
    assert found[0].fix.apply(run).stack.layers[0].values()["init"] == "default"
    assert "saturation" not in ids(watched(experiment(*hidden(64, 64, activation=Tanh)))[0])


def test_gradients_that_vanish_by_depth() -> None:
    run = experiment(*hidden(*[16] * 9, activation=Sigmoid), optimizer=SGD(lr=0.1))
    found, seen = watched(run)
    assert (found[0].id, found[0].layers) == ("vanishing_gradients", ((0,),))
    first, last = (gradients(run)[i] for i in (0, -1))
    probes = [one for one in of(Probed, seen) if one.step <= found[0].step]
    assert found[0].figure == max(one.layers[0].gradient / one.layers[-1].gradient for one in probes)
    assert found[0].figure == pytest.approx(first / last, rel=2)
    assert "vanishing_gradients" not in ids(watched(experiment(*hidden(*[16] * 9), optimizer=SGD(lr=0.1)))[0])


def test_steps_that_are_short_as_gradients_vanish_are_no_fault_of_the_rate() -> None:
    run = experiment(*hidden(*[24] * 8, activation=Sigmoid), data=Points(count=1500), optimizer=SGD(lr=0.1))
    assert ids(watched(run)[0]) == ["vanishing_gradients"]


def test_outputs_that_explode_by_depth() -> None:
    run = experiment(*hidden(*[64] * 4, init="normal"), batch_size=800)
    found, _ = watched(run)
    assert found[0].id == "exploding_gradients"
    data = load(MOONS)
    inputs, network = data.train.cut(0, 800)[0], Trainer(run, data).network
    deviations = []
    with torch.no_grad():
        for module in network:
            inputs = module(inputs)
            if isinstance(module, nn.ReLU):
                deviations.append(inputs.std(correction=0).item())
    assert found[0].figure == pytest.approx(max(deviations), rel=1e-4)
    assert "exploding_gradients" not in ids(watched(experiment(*hidden(*[64] * 4)))[0])


def gradients(run: Experiment) -> list[float]:
    """RMS of the gradient of each Linear of a new network."""
    data = load(run.data)
    network, (inputs, targets) = Trainer(run, data).network, data.train.cut(0, 800)
    nn.functional.cross_entropy(network(inputs), targets).backward()
    dense = [module for module in network if isinstance(module, nn.Linear)]
    grads = [torch.cat([p.grad.flatten() for p in module.parameters() if p.grad is not None]) for module in dense]
    return [grad.square().mean().sqrt().item() for grad in grads]


def test_a_dominating_penalty() -> None:
    run = experiment(*hidden(16), regularizer=L2(l2=5.0))
    found, seen = watched(run)
    assert found[0].id == "dominating_penalty"
    probes = [one for one in of(Probed, seen) if one.step <= found[0].step][-2:]
    assert found[0].figure == min(one.penalty_norm / one.gradient_norm for one in probes)
    assert found[0].fix is not None
    assert watched(found[0].fix.apply(run))[0] == []
    assert watched(experiment(*hidden(16), regularizer=L2(l2=1e-3)))[0] == []


def test_a_loss_for_numbers_that_teaches_hardly_anything_of_classes() -> None:
    """The absolute error of ten classes is least for an answer of 0 to each, with which it begins to learn."""
    digits = MNIST(train_limit=2000, validation_share=0.05)
    data = few(load(digits), 2000, 100, 100)
    layers = (Flatten(), *hidden(32), Linear(out_features=10))
    run = Experiment(data=digits, stack=Stack(layers=layers), recipe=Recipe(loss=MAE(), batch_size=16, epochs=2))
    found, seen = watched(run, data)
    assert ids(found) == ["unsuitable_loss"]
    epoch = next(one for one in of(Epoch, seen) if one.step == found[0].step)
    assert found[0].figure == epoch.train_loss >= 0.9 * 0.1
    assert found[0].fix is not None
    assert watched(found[0].fix.apply(run), data)[0] == []
    assert watched(run.with_(recipe=run.recipe.with_(loss=MSE())), data)[0] == []  # it works: nothing is said


def test_layers_that_are_saturated_by_half_from_the_beginning() -> None:
    """As much as that is not usual; a network that has learned may come to it, which is no fault."""
    run = experiment(*hidden(32, activation=Sigmoid), optimizer=SGD(lr=1e-3))
    for first, named in ((0.55, ["saturation"]), (0.1, [])):
        doctor = Doctor(run, load(MOONS))
        seen: list[Snapshot] = [Step(number, number / 50, 0.7, Terms(), 0.5, 1e-3, 16) for number in range(1, 17)]
        for step, share in ((1, first), (8, 0.55), (16, 0.55)):
            layer = LayerStatistics((0,), 96, 0.01, 0.4, 1e-3, 0.5, 0.4, 0.0, share, 0)
            last = LayerStatistics((1,), 66, 0.1, 0.1, 1e-3, 0.0, 0.1, None, None, 0)
            seen.append(Probed(step, (layer, last), 1.0, 0.0, None, ()))
        assert ids(list(filter(None, map(doctor.take, seen)))) == named
