"""Scores, schedule and masks of pruning, compared with independent computations; a mask holds through training."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.in_memory import Data, LimitedSubset, load
from playground.engine.pruning.groups import lowest, prunable, prunable_in_slices, sizes
from playground.engine.pruning.importance import Criterion, scoring, unit_scores, weight_names, weight_scores
from playground.engine.pruning.prune import By, Plan, Pruned, PruningError, prune, units_of
from playground.engine.pruning.sparsity import cubic, keeping_zeros, set_to_zero, sparsity
from playground.engine.training.trainer import Trainer
from playground.engine.weights import load as load_network
from playground.engine.weights import network_with, save
from playground.spec.check.recipe_fixes import weaker_decay
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.optimizers import SGD, Adam
from playground.spec.recipe.recipe import EMA, Recipe
from playground.spec.recipe.regularizers import L2, KeepZeros, MaxNorm, NoRegularizer

LAYERS = (
    Conv2d(out_channels=4, kernel_size=5, stride=3),
    BatchNorm(),
    Flatten(),
    Linear(out_features=12, activation=ReLU()),
    Linear(out_features=10),
)


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    recipe = Recipe(optimizer=Adam(lr=0.003), epochs=2, batch_size=16, device="cpu")
    return Experiment(data=MNIST(train_limit=160), stack=Stack(layers=LAYERS), recipe=recipe)


@pytest.fixture(scope="module")
def data(experiment: Experiment) -> Data:
    whole = load(experiment.data)
    return Data(whole.train, whole.validation, type(whole.train)(*whole.test.cut(0, 20)))


def result(experiment: Experiment, network: nn.Sequential, data: Data, plan: Plan) -> Pruned:
    *_, last = prune(experiment, network, data, plan)
    assert isinstance(last, Pruned)
    return last


def zeros(network: nn.Module, experiment: Experiment) -> dict[str, torch.Tensor]:
    tensors = network.state_dict()
    return {name: tensors[name] == 0 for name in weight_names(experiment)}


def test_the_cubic_schedule() -> None:
    assert [cubic(0.0, 0.8, share) for share in (0.0, 0.5, 1.0, 3.0)] == pytest.approx([0.0, 0.7, 0.8, 0.8])
    assert cubic(0.5, 0.9, 0.5) == pytest.approx(0.9 - 0.4 / 8)


def test_the_largest_weights_stay() -> None:
    weights = {"a": torch.tensor([[3.0, -1.0], [0.5, 4.0]]), "b": torch.tensor([0.1, -5.0, 0.2, 0.3])}
    scores = {name: tensor.abs() for name, tensor in weights.items()}
    together = {name: tensor.clone() for name, tensor in weights.items()}
    set_to_zero(together, scores, 3 / 8)
    assert together["a"].tolist() == [[3.0, 0.0], [0.0, 4.0]]
    assert together["b"].tolist() == [0.0, -5.0, 0.0, 0.0]
    set_to_zero(weights, scores, 0.5, everywhere=False)
    assert weights["a"].tolist() == [[3.0, 0.0], [0.0, 4.0]]
    assert weights["b"].tolist() == [0.0, -5.0, 0.0, pytest.approx(0.3)]


def test_magnitude_of_a_unit_is_the_norm_of_all_that_belongs_to_it(experiment: Experiment, data: Data) -> None:
    network = build(experiment)
    found = units_of(experiment, network, data)
    magnitude = unit_scores(
        found, weight_scores(experiment, network, data.train, Criterion.MAGNITUDE), Criterion.MAGNITUDE
    )
    filters, norm, first = network[0], network[1], network[3]
    assert isinstance(filters, nn.Conv2d)
    pixels = first.weight.detach().view(12, 4, -1)
    parts = [
        torch.cat(
            [
                filters.weight[i].flatten(),
                filters.bias[i : i + 1],
                norm.weight[i : i + 1],
                norm.bias[i : i + 1],
                pixels[:, i].flatten(),
            ]
        )
        for i in range(4)
    ]
    (group,) = (group for group in found.groups if len(group.units) == 4)
    assert [magnitude[unit] for unit in group.units] == pytest.approx([part.norm().item() for part in parts])


def test_taylor_is_gradient_times_weight(experiment: Experiment, data: Data) -> None:
    network = build(experiment)
    scores = weight_scores(experiment, network, data.train, Criterion.TAYLOR)
    network.eval()
    expected = torch.zeros_like(network[5].weight)
    for start in (0, 64, 128):
        inputs, targets = data.train.cut(start, start + 64)
        network.zero_grad()
        nn.functional.cross_entropy(network(inputs), targets).backward()
        expected += (network[5].weight.grad * network[5].weight).detach().abs()
    torch.testing.assert_close(scores["5.weight"], expected)


def test_a_slow_network_is_ranked_in_small_slices(data: Data) -> None:
    """Gradients of parts of a batch add up to those of the batch."""
    layers = (
        Conv2d(out_channels=24, padding=2),
        Conv2d(out_channels=24, padding=2),
        Flatten(),
        Linear(out_features=10),
    )
    experiment = Experiment(data=MNIST(train_limit=160), stack=Stack(layers=layers), recipe=Recipe(device="cpu"))
    network, part = build(experiment), LimitedSubset(data.train, 70)
    assert len(list(scoring(experiment, network, part, Criterion.TAYLOR))) > 10  # for two batches
    scores = weight_scores(experiment, network, part, Criterion.TAYLOR)["3.weight"]
    expected = torch.zeros_like(scores)
    for start, end in ((0, 64), (64, 70)):
        inputs, targets = data.train.cut(start, end)
        loss = nn.functional.cross_entropy(network(inputs), targets)
        (gradient,) = torch.autograd.grad(loss, [network[3].weight])
        expected += (gradient * network[3].weight).detach().abs()
    torch.testing.assert_close(scores, expected)
    slices = list(prunable_in_slices(experiment, network, data.train.cut(0, 4)[0]))
    assert len(slices) >= 2 * 4  # each group in several


def test_movement_is_what_training_does_to_the_size_of_weights(experiment: Experiment, data: Data) -> None:
    network = build(experiment)
    with torch.no_grad():
        network[5].weight[0, :3] = 0.0
    scores = weight_scores(experiment, network, data.train, Criterion.MOVEMENT)["5.weight"]
    network.eval()
    expected = torch.zeros_like(network[5].weight)
    for start in (0, 64, 128):
        inputs, targets = data.train.cut(start, start + 64)
        network.zero_grad()
        nn.functional.cross_entropy(network(inputs), targets).backward()
        expected -= (network[5].weight.grad * network[5].weight).detach()
    assert scores[0, :3].tolist() == [-float("inf")] * 3  # what is zero goes before what moves towards it
    torch.testing.assert_close(scores[1:], expected[1:])
    assert expected.min() < 0 < expected.max()


def test_movement_prunes_units_and_weights(experiment: Experiment, data: Data) -> None:
    for by in By:
        found = result(experiment, build(experiment), data, Plan(by, Criterion.MOVEMENT, 0.5, epochs=1))
        if by is By.WEIGHT:
            assert sparsity(found.network.state_dict(), weight_names(experiment)) == pytest.approx(0.5, abs=0.001)
        else:
            assert sizes(found.experiment).flops <= 0.5 * sizes(experiment).flops


def test_a_ticket_trains_from_the_beginning_with_its_mask(experiment: Experiment, data: Data) -> None:
    network, plan = build(experiment.with_(seed=7)), Plan(By.WEIGHT, keep=0.5, epochs=1)
    *_, found = prune(experiment, network, data, plan, build(experiment).state_dict())
    assert isinstance(found, Pruned)
    tensors = network.state_dict()
    magnitudes = torch.cat([tensors[name].abs().flatten() for name in weight_names(experiment)])
    gone = magnitudes < magnitudes.sort(descending=True).values[(len(magnitudes) + 1) // 2 - 1]
    assert torch.equal(torch.cat([mask.flatten() for mask in zeros(found.network, experiment).values()]), gone)


def test_early_weights_of_another_network_are_refused(experiment: Experiment, data: Data) -> None:
    other = build(experiment.with_(stack=Stack(layers=LAYERS[2:]))).state_dict()
    with pytest.raises(PruningError, match="another network"):
        list(prune(experiment, build(experiment), data, Plan(By.WEIGHT), other))


@pytest.mark.parametrize("everywhere", [True, False])
def test_units_go_until_the_share_of_flops_is_left(experiment: Experiment, data: Data, everywhere: bool) -> None:
    network = build(experiment)
    plan = Plan(keep=0.4, everywhere=everywhere)
    found = result(experiment, network, data, plan)
    share = sizes(found.experiment).flops / sizes(experiment).flops
    assert 0.2 < share <= 0.4
    assert [str(item.why) for item in found.kept] == ["Its outputs are the answers of the network."]
    conv, _, _, hidden, last = found.experiment.stack.layers
    assert isinstance(conv, Conv2d)
    assert isinstance(hidden, Linear)
    assert (conv.out_channels < 4, hidden.out_features < 12, last) == (True, True, LAYERS[-1])


def test_the_least_important_units_go_first(experiment: Experiment, data: Data) -> None:
    network = build(experiment)
    found = units_of(experiment, network, data)
    scores = {unit: float(unit) for group in found.groups for unit in group.units}
    dropped = lowest(found, scores, experiment, 0.01)
    for group in found.groups:
        gone = sum(unit in dropped for unit in group.units)
        assert {*group.units[:gone]} == {*group.units} & {*dropped}
        assert 0 < gone < len(group.units)


def test_a_smaller_network_is_saved_opened_and_trained_on(experiment: Experiment, data: Data, tmp_path: Path) -> None:
    found = result(experiment, build(experiment), data, Plan(keep=0.5, epochs=1))
    assert found.figures.epochs == 1
    save(tmp_path / "small.safetensors", found.experiment, found.network, found.figures)
    opened = load_network(tmp_path / "small.safetensors")
    assert opened.experiment == found.experiment
    assert opened.experiment.recipe == experiment.recipe
    list(Trainer(opened.experiment, data, network=opened.network))


def test_a_network_without_units_says_why(data: Data) -> None:
    plain = Experiment(data=MNIST(train_limit=160), stack=Stack(layers=(Flatten(), Linear(out_features=10))))
    with pytest.raises(PruningError, match="Its outputs are the answers"):
        result(plain, build(plain), data, Plan())


@pytest.mark.parametrize(
    "recipe", [{}, {"averaging": EMA(decay=0.5)}, {"optimizer": SGD(lr=0.05, momentum=0.9)}], ids=str
)
def test_zeros_hold_while_a_file_is_trained_further(
    experiment: Experiment, data: Data, tmp_path: Path, recipe: dict[str, object]
) -> None:
    chosen = experiment.with_(recipe=experiment.recipe.with_(**recipe))
    network = build(chosen)
    before = network[5].weight.detach().clone()
    found = result(chosen, network, data, Plan(By.WEIGHT, keep=0.25))
    assert torch.equal(network[5].weight, before)
    assert sparsity(found.network.state_dict(), weight_names(chosen)) == pytest.approx(0.75, abs=0.001)
    save(tmp_path / "sparse.safetensors", found.experiment, found.network, found.figures)
    opened = load_network(tmp_path / "sparse.safetensors")
    masks = zeros(opened.network, chosen)
    trainer = Trainer(opened.experiment, data, network=opened.network)
    list(trainer)
    after = trainer.network.state_dict()
    for name, mask in masks.items():
        assert mask.any()
        assert not after[name][mask].any(), name
        assert not torch.equal(after[name], found.network.state_dict()[name])


@pytest.mark.parametrize("criterion", Criterion)
def test_gradual_pruning_ends_at_the_share(experiment: Experiment, data: Data, criterion: Criterion) -> None:
    network = build(experiment)
    found = result(experiment, network, data, Plan(By.WEIGHT, criterion, keep=0.1, epochs=2))
    assert sparsity(found.network.state_dict(), weight_names(experiment)) == pytest.approx(0.9, abs=0.001)
    assert found.figures.epochs == 2
    assert found.experiment.recipe == keeping_zeros(experiment).recipe


def test_other_regularizers_go_on_beside_the_mask() -> None:
    assert KeepZeros.instead_of(L2(l2=0.3)) == KeepZeros(l2=0.3)
    assert KeepZeros.instead_of(MaxNorm(max_norm=2.0)).largest_norm == 2.0
    assert KeepZeros.instead_of(KeepZeros(l1=0.1)) == KeepZeros(l1=0.1)


def test_a_fix_of_the_doctor_keeps_the_zeros() -> None:
    experiment = preset("xor").experiment
    experiment = experiment.with_(recipe=experiment.recipe.with_(regularizer=KeepZeros(l2=10.0)))
    fix = weaker_decay(experiment.recipe.regularizer)
    assert str(fix.label) == "Switch the penalties of the regularizer off"
    assert fix.apply(experiment).recipe.regularizer == KeepZeros()
    assert weaker_decay(L2(l2=10.0)).apply(experiment).recipe.regularizer == NoRegularizer()


def test_a_unit_of_zeros_goes_without_a_trace(experiment: Experiment, data: Data) -> None:
    """The unit that magnitude drops is the one set to zero by hand, and the answers stay."""
    weights = {name: tensor.clone() for name, tensor in build(experiment).state_dict().items()}
    for name, dim in (("3.weight", 0), ("3.bias", 0), ("5.weight", 1)):
        weights[name].index_fill_(dim, torch.tensor([5]), 0.0)
    network = network_with(experiment, weights)
    flops = sizes(experiment).flops
    one = 2 * (weights["3.weight"].shape[1] + 10)
    found = result(experiment, network, data, Plan(keep=1.0 - one / flops + 1e-9))
    inputs = data.train.cut(0, 9)[0]
    torch.testing.assert_close(found.network.eval()(inputs), network.eval()(inputs), rtol=1e-6, atol=1e-6)
    assert found.experiment.stack.layers[3] == LAYERS[3].with_(out_features=11)
    assert prunable(found.experiment, found.network, inputs).groups
