"""Marks of single layers: each figure is that of plain torch, for layers that are ill by construction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from playground.engine.data.in_memory import load
from playground.engine.doctor.finding import Finding
from playground.engine.doctor.layer_health import DEAD, SAMPLES, layer_findings, silent_units
from playground.engine.training.snapshots import Probed
from playground.engine.training.trainer import Trainer
from playground.spec.check.problems import check
from playground.spec.check.shapes import LayerShape, walk
from playground.spec.experiment import Experiment
from playground.spec.layers.activation import ReLU, Tanh
from playground.spec.layers.dense import Linear
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.schedules import Cosine
from tests.engine.doctor.watched_runs import experiment, hidden

BATCH = 64


def rows_of(run: Experiment) -> tuple[LayerShape, ...]:
    return tuple(row for row in walk(run.stack, run.data.sample_shape) if row.active)


class Watched:
    """A run whose weights are changed before its first step; keeps the batches of the steps that are looked at."""

    def __init__(self, run: Experiment, change: Any = None) -> None:
        self.run = run
        self.trainer = Trainer(run, load(run.data), probe_every=500)
        learner = self.trainer._parts.learner
        self.network = learner.network
        if change is not None:
            with torch.no_grad():
                change(self.network)
        self.probes: list[Probed] = []
        self.batches: list[Tensor] = []
        self.networks: list[dict[str, Tensor]] = []
        before: dict[str, Tensor] = {}
        learn = learner.learn

        def noting(inputs: Tensor, targets: Tensor, *rest: Any) -> Any:
            nonlocal before
            self.inputs, self.latest = inputs.clone(), targets.clone()
            before = {name: tensor.clone() for name, tensor in self.network.state_dict().items()}
            return learn(inputs, targets, *rest)

        learner.learn = noting  # type: ignore[method-assign]
        for item in self.trainer:
            if isinstance(item, Probed):
                self.probes.append(item)
                self.batches.append(self.inputs)
                self.targets = self.latest
                self.networks.append(before)

    @property
    def findings(self) -> tuple[Finding, ...]:
        found = layer_findings(rows_of(self.run), self.probes)
        assert all(item.fix is None or not check(item.fix.apply(self.run)) for item in found)
        assert all(len(item.layers) == 1 for item in found)
        return found


def silence(first: int) -> Any:
    """Gives so many units of the first layer a bias of −100."""

    def change(network: nn.Sequential) -> None:
        network[0].bias[:first] = -100.0  # type: ignore[index]

    return change


def told(findings: Sequence[Finding]) -> list[tuple[str, tuple[Any, ...]]]:
    return [(item.id, item.layers) for item in findings]


@pytest.fixture(scope="module")
def dead() -> Watched:
    return Watched(experiment(*hidden(40, 16), batch_size=BATCH, optimizer=SGD(lr=0.1), epochs=3), silence(12))


def test_units_that_are_never_active_are_those_of_plain_torch(dead: Watched) -> None:
    silent, samples, count = silent_units(dead.probes, 0)
    assert samples == sum(len(batch) for batch in dead.batches[-count:]) >= SAMPLES
    assert samples - len(dead.batches[-count]) < SAMPLES
    active = torch.zeros(40, dtype=torch.bool)
    for batch, weights in zip(dead.batches[-count:], dead.networks[-count:], strict=True):
        active |= (nn.functional.linear(batch, weights["0.weight"], weights["0.bias"]) > 0).any(0)
    assert silent == set((~active).nonzero().flatten().tolist()) >= set(range(12))
    (found,) = dead.findings
    assert (found.id, found.layers, found.figure) == ("dead_units", ((0,),), len(silent) / 40)
    first, last = dead.probes[-count].step, dead.probes[-1].step
    assert str(found.sentence) == (
        f"{len(silent)} of 40 units were never active over {samples} training samples: those of {count} steps, from "
        f"step {first} to {last}."
    )
    assert found.fix is not None


def test_a_unit_that_was_active_once_or_too_few_samples_make_no_mark(dead: Watched) -> None:
    probes = list(dead.probes)
    first = probes[-2].layers[0]
    probes[-2] = probes[-2]._replace(layers=(first._replace(dead_units=()), *probes[-2].layers[1:]))
    assert silent_units(probes, 0) == (frozenset(), 0, 0)
    assert layer_findings(rows_of(dead.run), probes) == ()
    assert silent_units([probe._replace(samples=8) for probe in dead.probes], 0) == (frozenset(), 0, 0)
    old = [probe._replace(samples=0, learning_rate=0.0) for probe in dead.probes]  # as in files of earlier versions
    assert layer_findings(rows_of(dead.run), old) == ()
    assert layer_findings(rows_of(dead.run), ()) == layer_findings((), dead.probes) == ()


def test_fewer_dead_units_than_the_bound_make_no_mark() -> None:
    few = Watched(experiment(*hidden(40), batch_size=BATCH, optimizer=SGD(lr=0.1)), silence(2))
    assert silent_units(few.probes, 0)[0] >= {0, 1}
    assert len(silent_units(few.probes, 0)[0]) < DEAD * 40
    assert few.findings == ()


def test_saturated_outputs_are_those_of_plain_torch() -> None:
    def change(network: nn.Sequential) -> None:
        network[0].weight.mul_(1000.0)  # type: ignore[operator]

    layers = hidden(16, activation=Tanh)
    run = Watched(experiment(*layers, batch_size=BATCH, optimizer=SGD(lr=1e-3)), change)
    (found,) = run.findings
    weights, batch = run.networks[-1], run.batches[-1]
    outputs = torch.tanh(nn.functional.linear(batch, weights["0.weight"], weights["0.bias"]))
    assert (found.id, found.layers) == ("saturation", ((0,),))
    assert found.figure == pytest.approx((outputs.abs() > 0.98).float().mean().item(), abs=1e-6)
    assert f"{100 * found.figure:.0f} % of the outputs" in str(found.sentence)
    assert found.fix is not None
    layer = run.probes[-1].layers[0]._replace(saturated=0.7)  # as of a small network that has learned its data well
    learned = [probe._replace(layers=(layer, *probe.layers[1:])) for probe in run.probes]
    assert told(layer_findings(rows_of(run.run), learned)) == [("saturation", ((0,),))]
    well = learned[0]._replace(layers=(layer._replace(saturated=0.1), *learned[0].layers[1:]))
    assert "saturation" not in [item.id for item in layer_findings(rows_of(run.run), [well, *learned[1:]])]


@pytest.mark.parametrize(
    ("factor", "id_", "place"), [(1e-5, "vanishing_gradients", 0), (1e5, "exploding_gradients", 0)]
)
def test_a_gradient_is_compared_with_the_next_layers(factor: float, id_: str, place: int) -> None:
    def change(network: nn.Sequential) -> None:
        network[1].weight.mul_(factor)  # type: ignore[operator]
        network[2].weight.mul_(min(1.0, 1.0 / factor))  # type: ignore[operator]

    layers = [Linear(out_features=8), Linear(out_features=8)]
    run = Watched(experiment(*layers, batch_size=BATCH, optimizer=SGD(lr=1e-8)), change)
    found = next(item for item in run.findings if item.id == id_)
    assert found.layers == ((place,),)
    network = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 8), nn.Linear(8, 2))
    network.load_state_dict(run.networks[-1])
    run.trainer._parts.learner.objective(network(run.batches[-1]), run.targets).backward()  # type: ignore[no-untyped-call]
    whole = [torch.cat([item.grad.flatten() for item in layer.parameters()]) for layer in network]  # type: ignore[union-attr]
    rms = [item.square().mean().sqrt().item() for item in whole]
    ratio = rms[place] / (max if factor < 1 else min)(rms[place + 1 :])
    assert found.figure == pytest.approx(ratio, rel=1e-4)


def test_small_updates_are_those_of_plain_torch() -> None:
    run = Watched(experiment(Linear(out_features=8), batch_size=BATCH, optimizer=SGD(lr=1e-5), epochs=2))
    assert told(run.findings) == [("small_updates", ((0,),)), ("small_updates", ((1,),))]
    network = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 2))
    network.load_state_dict(run.networks[-1])
    run.trainer._parts.learner.objective(network(run.batches[-1]), run.targets).backward()  # type: ignore[no-untyped-call]
    for number, layer in enumerate(network):
        moved, own = (
            torch.cat([item.flatten() for item in some])
            for some in ([1e-5 * item.grad for item in layer.parameters()], list(layer.parameters()))  # type: ignore[operator]
        )
        assert run.findings[number].figure == pytest.approx((moved.norm() / own.norm()).item(), rel=0.05)  # rounded


def test_large_updates_have_to_last() -> None:
    run = Watched(experiment(*hidden(8), batch_size=BATCH, optimizer=SGD(lr=1e-3)))
    probes = [
        probe._replace(layers=tuple(layer._replace(update=0.2 * (layer.weight or 0.0)) for layer in probe.layers))
        for probe in run.probes
    ]
    found = layer_findings(rows_of(run.run), probes)
    assert told(found) == [("large_updates", ((0,),)), ("large_updates", ((1,),))]
    assert found[0].figure == pytest.approx(0.2)
    assert str(found[0].sentence).endswith("changed the weights by 0.2 times their size, which is above 0.1.")
    assert layer_findings(rows_of(run.run), [*probes[:-1], run.probes[-1]]) == ()


def test_updates_that_a_schedule_makes_small_are_in_order() -> None:
    run = Watched(experiment(*hidden(8), batch_size=BATCH, optimizer=SGD(lr=1e-3), schedule=Cosine()))
    tiny = [
        probe._replace(
            learning_rate=1e-9 if probe.step > 4 else 1e-3,
            layers=tuple(layer._replace(update=1e-9) for layer in probe.layers),
        )
        for probe in run.probes
    ]
    assert told(layer_findings(rows_of(run.run), tiny)) == []
    steady = [probe._replace(learning_rate=1e-3) for probe in tiny]
    assert {item.id for item in layer_findings(rows_of(run.run), steady)} == {"small_updates"}


def test_a_network_that_learns_well_has_no_mark() -> None:
    assert Watched(experiment(*hidden(32, 32, activation=ReLU), batch_size=BATCH)).findings == ()
