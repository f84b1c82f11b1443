"""Probes change no bit of training, and their figures are those of plain torch: every component, and every task."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.engine.data.dataset_cache import lacking
from playground.engine.data.in_memory import Data, InputTargetPairs, load
from playground.engine.probes.layer_modules import LayerModules, layer_modules
from playground.engine.probes.statistics import COUNTED, SATURATED
from playground.engine.training.snapshots import InputStatistics, LayerStatistics, LogHistogram, Probed
from playground.engine.training.train_step import StepResult
from playground.engine.training.trainer import Trainer
from playground.spec.component import Component
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.files.presets import Preset, presets
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import Nonlinearity, ReLU, Sigmoid, Tanh
from playground.spec.layers.containers import Parallel, Repeat, Residual
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.rows import Rows
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import Regularizer
from tests.contract.test_continuing import eventful
from tests.contract.test_replay import DATA, MEMBERS, ROWS, few, fits, told, with_component
from tests.engine.training.experiments import changed

EVERY = 3
LOOKED_AT = [1, 2, 3, 6, 9]  # of ten steps: before and while a step is recorded, and played back
CLOSE = 1e-4


@pytest.fixture(scope="module")
def digits() -> Data:
    """Five batches of 12, the last of which is smaller."""
    whole = load(DATA)
    test = InputTargetPairs(whole.test.inputs[:20], whole.test.targets[:20])
    return Data(whole.train, test, test)


@dataclass
class Plain:
    """The figures of each step in plain torch, from copies of the network of a run that plays nothing back."""

    experiment: Experiment
    trainer: Trainer
    learn: Any

    def __post_init__(self) -> None:
        self.found: dict[int, Probed] = {}

    def __call__(self, inputs: Tensor, targets: Tensor, rate: float, probe: None = None) -> StepResult:
        """In place of `TrainStep.learn`."""
        number = self.trainer.step + 1
        if number not in LOOKED_AT:
            result: StepResult = self.learn(inputs, targets, rate)
            return result
        learner = self.trainer._parts.learner
        before = deepcopy(learner.network)
        drawn = learner.stream.generator.get_state() if learner.stream else None
        own = [torch.zeros_like(item) for item in before.parameters()]
        learner._move_as_written.penalty.charge([item.as_strided((item.numel(),), (1,)) for item in own])
        result = self.learn(inputs, targets, rate)
        gradients = self.gradients(deepcopy(before), inputs, targets, drawn)
        pairs = zip(learner.network.parameters(), before.parameters(), strict=True)
        updates = [(after - was).detach() for after, was in pairs]
        outputs, layers = self.outputs(before, inputs)
        told = tuple(layer_figures(layer, layers, before, gradients, updates, outputs) for layer in layers)
        seen = inputs.double()
        statistics = InputStatistics(*map(float, (seen.mean(), seen.std(correction=0), seen.min(), seen.max())))
        self.found[number] = Probed(
            number,
            told,
            rms(gradients) * sqrt(numel(gradients)),
            rms(own) * sqrt(numel(own)),
            statistics if inputs.is_floating_point() else None,
            counted(targets, self.experiment.data.task.classes),
            len(inputs),
            rate,
        )
        return result

    def gradients(self, network: nn.Module, inputs: Tensor, targets: Tensor, drawn: Tensor | None) -> list[Tensor]:
        """By `backward`, of the loss alone."""
        with torch.random.fork_rng():
            if drawn is not None:
                torch.set_rng_state(drawn)
            loss = self.trainer._parts.learner.objective(network(inputs), targets)
        for module in network.modules():
            if hasattr(module, "extra_loss"):
                loss = loss + module.extra_loss
        loss.backward()  # type: ignore[no-untyped-call]
        return [torch.zeros_like(item) if item.grad is None else item.grad for item in network.parameters()]

    def outputs(
        self, network: nn.Sequential, inputs: Tensor
    ) -> tuple[dict[nn.Module, list[Tensor]], tuple[LayerModules, ...]]:
        """The outputs of all modules, in evaluation mode but for BatchNorm."""
        found: dict[nn.Module, list[Tensor]] = {}
        network.eval()
        for module in network.modules():
            module.train(isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d))
            module.register_forward_hook(lambda module, _, out: found.setdefault(module, []).append(out.clone()))
        with torch.no_grad():
            network(inputs)
        return found, layer_modules(self.experiment, network)


def numel(tensors: Sequence[Tensor]) -> int:
    return sum(item.numel() for item in tensors)


def rms(tensors: Sequence[Tensor]) -> float:
    return torch.cat([item.flatten() for item in tensors]).double().square().mean().sqrt().item()


def counted(targets: Tensor, classes: int | None) -> tuple[float, ...]:
    """How often each class occurs."""
    if classes is None or classes > 1000:
        return ()
    if not targets.is_floating_point():
        return tuple(float((targets == number).sum()) for number in range(classes))
    rows = targets.movedim(1, -1) if targets.dim() == 4 else targets
    return tuple(rows.reshape(-1, classes).sum(0).tolist())


def layer_figures(
    layer: LayerModules,
    layers: Sequence[LayerModules],
    network: nn.Module,
    gradients: list[Tensor],
    updates: list[Tensor],
    outputs: dict[nn.Module, list[Tensor]],
) -> LayerStatistics:
    """All there is to say about one layer."""
    within = [item for item in layers if item.path[: len(layer.path)] == layer.path and item.path != layer.path]
    inner = {
        parameter for item in within for copy in item.copies for module in copy for parameter in module.parameters()
    }
    own = {parameter for copy in layer.copies for module in copy for parameter in module.parameters()} - inner
    chosen = [number for number, parameter in enumerate(network.parameters()) if parameter in own]
    parameters = [item.detach() for item in network.parameters()]
    weights = [[some[number] for number in chosen] for some in (gradients, parameters, updates)]
    each = [torch.cat(outputs[copy[-1]]) for copy in layer.copies]
    whole = torch.cat([item.flatten() for item in each]).double()
    bent = layer.layer if isinstance(layer.layer, Nonlinearity) else getattr(layer.layer, "activation", None)
    bent = None if isinstance(bent, str) else bent  # within a Transformer block
    saturated = None
    if isinstance(bent, Sigmoid):
        saturated = ((whole < SATURATED) | (whole > 1 - SATURATED)).double().mean().item()
    elif isinstance(bent, Tanh):
        saturated = (whole.abs() > 1 - 2 * SATURATED).double().mean().item()
    units = [item.movedim(1, -1) if item.dim() == 4 else item for item in each]
    never = torch.cat([(item.flatten(0, -2) == 0).all(0) for item in units])
    counted = [*weights[0], *weights[1], *each]
    return LayerStatistics(
        layer.path,
        numel(weights[0]),
        *((rms(some) for some in weights) if chosen else (None, None, None)),
        whole.mean().item(),
        whole.std(correction=0).item(),
        never.double().mean().item() if bent else None,
        saturated,
        sum(int((~item.isfinite()).sum()) for item in counted),
        len(never) if bent else 0,
        tuple(never.nonzero().flatten().tolist()) if bent else (),
        plain_histogram(weights[0]) if chosen else None,
        plain_histogram(each),
    )


def plain_histogram(tensors: list[Tensor]) -> LogHistogram:
    """By numpy, in the bins of the declaration."""
    numbers = torch.cat([item.flatten() for item in tensors]).numpy()
    numbers = numbers[np.isfinite(numbers)]
    reach = float(np.abs(numbers).max(initial=0.0)) or 1.0
    edges = np.array(LogHistogram(reach, ()).edges, numbers.dtype)
    return LogHistogram(reach, tuple(np.histogram(numbers, edges)[0].tolist()))


def same_counts(found: LogHistogram | None, plain: LogHistogram | None) -> None:
    """Equal but for numbers that rounding moves over the end of a bin."""
    assert (found is None) == (plain is None)
    if found is not None and plain is not None and sum(plain.counts) <= COUNTED:
        assert sum(found.counts) == sum(plain.counts)
        assert found.reach == pytest.approx(plain.reach, rel=CLOSE, abs=1e-7)
        if plain.reach > 1e-4:
            moved = sum(abs(one - other) for one, other in zip(found.counts, plain.counts, strict=True)) / 2
            assert moved <= 2 + 0.02 * sum(plain.counts), (found, plain)


def same_figures(found: Probed, plain: Probed) -> None:
    """Equal but for rounding."""
    assert (found.step, found.samples, found.learning_rate) == (plain.step, plain.samples, plain.learning_rate)
    assert found.inputs == (plain.inputs and pytest.approx(plain.inputs, rel=CLOSE, abs=1e-5))
    assert found.class_counts == pytest.approx(plain.class_counts, rel=CLOSE)
    assert found.gradient_norm == pytest.approx(plain.gradient_norm, rel=CLOSE)
    assert found.penalty_norm == pytest.approx(plain.penalty_norm, rel=CLOSE)
    for one, other in zip(found.layers, plain.layers, strict=True):
        assert (one.path, one.parameters, one.dead) == (other.path, other.parameters, other.dead)
        assert one.not_finite == other.not_finite
        same_counts(one.gradients, other.gradients)
        same_counts(one.outputs, other.outputs)
        assert (one.units, one.dead_units) == (other.units, other.dead_units), one.path
        assert one.mean == pytest.approx(other.mean, abs=CLOSE * (abs(other.mean) + other.std)), one.path
        for name in ("gradient", "weight", "update", "std", "saturated"):
            value, expected = getattr(one, name), getattr(other, name)
            assert value == (expected if expected is None else pytest.approx(expected, rel=CLOSE, abs=1e-7)), name


def watched(experiment: Experiment, data: Data, monkeypatch: pytest.MonkeyPatch) -> list[Probed]:
    """Train with probes and without, to the same bits, and compare the probes with plain torch."""
    probed, bare = Trainer(experiment, data, probe_every=EVERY), Trainer(experiment, data, replay=False)
    learner = bare._parts.learner
    plain = Plain(experiment, bare, learner.learn)
    monkeypatch.setattr(learner, "learn", plain)
    found = list(probed)
    probes = [item for item in found if isinstance(item, Probed)]
    assert [told(item) for item in found if not isinstance(item, Probed)] == [told(item) for item in bare]
    assert [item.step for item in probes] == [step for step in LOOKED_AT if step <= probed.step]
    played, written = probed.state().tensors, bare.state().tensors
    assert played.keys() == written.keys()
    for name, tensor in played.items():
        assert tensor.numpy().tobytes() == written[name].numpy().tobytes(), name
    for item in probes:
        same_figures(item, plain.found[item.step])
    return probes


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{member.__bases__[0].__name__}-{member.id}")
def test_every_component(member: type[Component], digits: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    probes = watched(with_component(eventful(member())), digits, monkeypatch)
    if issubclass(member, Regularizer):
        assert any(probe.penalty_norm for probe in probes) == any(member().strengths)


@pytest.mark.parametrize(
    "member", [item for item in Layer.members() if fits(item(), ROWS)], ids=lambda member: member.id
)
def test_every_layer_on_sequences(member: type[Layer], digits: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    layers = (Rows(), eventful(member()), Flatten(), Linear(out_features=10))
    stack = Stack(layers=tuple(layer for layer in layers if isinstance(layer, Layer)))
    watched(Experiment(data=DATA, stack=stack, recipe=Recipe(batch_size=12, epochs=1)), digits, monkeypatch)


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
def test_every_preset(preset: Preset, monkeypatch: pytest.MonkeyPatch) -> None:
    if lacking(type(preset.experiment.data)):
        pytest.skip("its data are not on this machine")
    experiment = changed(preset.experiment, batch_size=4, epochs=2)
    watched(experiment, few(load(experiment.data), 19), monkeypatch)


NESTED = Repeat(
    times=3,
    branches=(
        Stack(
            layers=(
                Residual(branches=(Stack(layers=(Linear(out_features=8, activation=Tanh()), Dropout(p=0.5))),)),
                Linear(out_features=8, enabled=False),
                Parallel(
                    join="add",
                    branches=(Stack(layers=(Linear(out_features=8), BatchNorm(), ReLU())), Stack()),
                ),
            )
        ),
    ),
)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("clip_norm", [0.0, 0.01])
def test_containers_and_clipping(shared: bool, clip_norm: float, digits: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    layers = (Flatten(), Linear(out_features=8), NESTED.with_(shared=shared), Linear(out_features=10))
    recipe = Recipe(batch_size=12, epochs=2, clip_norm=clip_norm)
    probes = watched(Experiment(data=DATA, stack=Stack(layers=layers), recipe=recipe), digits, monkeypatch)
    paths: list[LayerPath] = [layer.path for layer in probes[0].layers]
    inside = [(2, 0, 0), (2, 0, 0, 0, 0), (2, 0, 0, 0, 1), (2, 0, 2), (2, 0, 2, 0, 0), (2, 0, 2, 0, 1), (2, 0, 2, 0, 2)]
    assert paths == [(0,), (1,), (2,), *inside, (3,)]
    learned = {layer.path: layer.parameters for layer in probes[0].layers}
    assert learned[2, 0, 0, 0, 0] == learned[2, 0, 2, 0, 0] == (1 if shared else 3) * 72
    assert sum(learned.values()) == 785 * 8 + 90 + (1 if shared else 3) * (2 * 72 + 16)
    assert min(probe.gradient_norm for probe in probes) > 0.01  # not the one after clipping
