"""What is broken in a network is what the intervention says, and the weights that it was trained to stay untouched."""

from __future__ import annotations

from copy import deepcopy

import pytest
import torch
from torch import Tensor, nn

from playground.engine.build import build, skeleton
from playground.engine.evaluation.evaluate import for_inference
from playground.engine.probes.interventions import Intervention, break_network, can_skip, disturbed, units_of
from playground.engine.probes.layer_modules import layer_modules
from playground.spec.check.shapes import walk
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.containers import Repeat
from playground.spec.layers.dense import Linear

PRESETS = ("textbook", "lenet-5", "residual-cnn", "rows-lstm", "vision-transformer")


def rows(experiment: Experiment):
    return [row for row in walk(experiment.stack, experiment.data.sample_shape) if row.active]


def broken(experiment: Experiment, weights: dict[str, Tensor], intervention: Intervention) -> nn.Sequential:
    network = skeleton(experiment)
    network.load_state_dict(weights, assign=True)
    break_network(network, experiment, intervention)
    return network.eval()


def recorded(network: nn.Sequential, experiment: Experiment, path: LayerPath, picture: Tensor) -> list[Tensor]:
    """The outputs of a layer, in the order in which it runs."""
    found: list[Tensor] = []
    layer = next(item for item in layer_modules(experiment, network) if item.path == path)
    handles = [module.register_forward_hook(lambda *given: found.append(given[2])) for module in layer.outputs]
    network(picture)
    for handle in handles:
        handle.remove()
    return found


@pytest.fixture(scope="module")
def picture() -> Tensor:
    return torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("name", PRESETS)
def test_silent_units_give_0_and_the_others_what_they_gave(name: str, picture: Tensor) -> None:
    experiment = preset(name).experiment
    network = build(experiment).eval()
    weights = deepcopy(network.state_dict())
    for row in rows(experiment):
        count = units_of(row)
        if count < 2:
            continue
        silent = broken(experiment, weights, Intervention().with_silenced(row.path, frozenset({0, count - 1})))
        before = recorded(network, experiment, row.path, picture)
        after = recorded(silent, experiment, row.path, picture)
        first = after[0].movedim(1 if after[0].dim() == 4 else -1, 0)
        assert not first[[0, count - 1]].any()
        expected = before[0].movedim(1 if before[0].dim() == 4 else -1, 0)
        torch.testing.assert_close(first[1:-1], expected[1:-1])
    assert all(torch.equal(tensor, weights[key]) for key, tensor in network.state_dict().items())


@pytest.mark.parametrize("name", PRESETS)
def test_a_skipped_layer_passes_on_its_input(name: str, picture: Tensor) -> None:
    experiment = preset(name).experiment
    network = build(experiment).eval()
    tops = [row for row in rows(experiment) if not row.nested]
    starts = [sum(len(row.calls) for row in tops[:number]) for number in range(len(tops) + 1)]
    chosen = [number for number, row in enumerate(tops) if can_skip(row)]
    assert chosen or name in ("lenet-5", "rows-lstm")  # in which every layer changes the shape
    for number in chosen:
        skipped = broken(experiment, network.state_dict(), Intervention().with_skipped(tops[number].path, True))
        expected = nn.Sequential(*network[: starts[number]], *network[starts[number + 1] :])(picture)
        torch.testing.assert_close(skipped(picture), expected)


def test_noise_moves_the_weights_of_its_layer_alone_and_copies_them_first() -> None:
    experiment = preset("lenet-5").experiment
    weights = build(experiment).state_dict()
    kept = deepcopy(weights)
    row = next(row for row in rows(experiment) if row.parameters)
    noisy = broken(experiment, weights, Intervention().with_noise(row.path, 0.5)).state_dict()
    moved = {key for key, tensor in noisy.items() if not torch.equal(tensor, weights[key])}
    assert moved == {"0.weight", "0.bias"}
    assert all(torch.equal(tensor, kept[key]) for key, tensor in weights.items())
    ratio = float((noisy["0.weight"] - weights["0.weight"]).std() / weights["0.weight"].std(correction=0))
    assert ratio == pytest.approx(0.5, rel=0.2)  # of 150 numbers


def test_noise_grows_along_a_line() -> None:
    tensor = torch.randn(500, generator=torch.Generator().manual_seed(4))
    small, large = disturbed(tensor, 0.1, 7), disturbed(tensor, 0.3, 7)
    torch.testing.assert_close(large - tensor, 3 * (small - tensor))
    assert float((small - tensor).std()) == pytest.approx(0.1 * float(tensor.std()), rel=0.1)
    assert not torch.equal(disturbed(tensor, 0.1, 8), small)
    assert disturbed(torch.ones(4), 0.5, 1).std() > 0  # equal values have no spread, but a magnitude
    assert torch.equal(disturbed(torch.zeros(4), 0.5, 1), torch.zeros(4))


def test_nothing_broken_is_nothing() -> None:
    assert not Intervention()
    assert not Intervention().with_noise((0,), 0.0).with_silenced((1,), frozenset()).with_skipped((2,), False)
    some = Intervention().with_noise((0,), 0.5).with_silenced((1,), frozenset({3})).with_skipped((2,), True)
    assert some
    assert not some.with_noise((0,), 0.0).with_silenced((1,), frozenset()).with_skipped((2,), False)


def test_a_network_optimised_for_inference_is_as_broken() -> None:
    experiment = preset("residual-cnn").experiment
    weights = build(experiment).state_dict()
    picture = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(5))
    for row in rows(experiment):
        intervention = Intervention()
        if units_of(row) > 1:
            intervention = intervention.with_silenced(row.path, frozenset({1}))
        elif can_skip(row):
            intervention = intervention.with_skipped(row.path, True)
        network = broken(experiment, weights, intervention)
        with torch.no_grad():
            torch.testing.assert_close(for_inference(network)(picture), network(picture), rtol=1e-3, atol=1e-4)


def test_every_time_of_a_repeated_layer_is_broken() -> None:
    digits = preset("textbook").experiment
    inner = Stack(layers=(Linear(out_features=8),))
    for shared in (True, False):
        stack = Stack(
            layers=(digits.stack.layers[0], Linear(out_features=8), Repeat(branches=(inner,), times=3, shared=shared))
        )
        experiment = digits.with_(stack=stack)
        network = broken(
            experiment, build(experiment).state_dict(), Intervention().with_silenced((2, 0, 0), frozenset({5}))
        )
        found = recorded(network, experiment, (2, 0, 0), torch.rand(1, 1, 28, 28))
        assert len(found) == 3
        assert not any(outputs[:, 5].any() for outputs in found)
