"""Networks with containers: built alike under a seed, trained, folded, saved and changed while they learn."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from playground.engine.build import build, skeleton
from playground.engine.evaluation.evaluate import for_inference, probabilities
from playground.engine.modules.containers import Parallel as ParallelModule
from playground.engine.modules.containers import Repeated
from playground.engine.training.snapshots import Figures
from playground.engine.training.train_step import TrainStep
from playground.engine.weights import load, save
from playground.spec.check.problems import check
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU, Softmax
from playground.spec.layers.containers import Parallel, Repeat, Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L1L2


def stack(*layers: Layer) -> Stack:
    return Stack(layers=layers)


def experiment(p: float = 0.2) -> Experiment:
    """All containers in one another, with everything in them that has to be treated specially."""
    conv = Conv2d(out_channels=4, padding=1, bias=False)
    body = stack(
        conv.with_(init="orthogonal"), BatchNorm(), ReLU(), conv, BatchNorm(), Dropout(p=p), Flatten(enabled=False)
    )
    layers = (
        Conv2d(out_channels=4, kernel_size=4, stride=4),
        Repeat(times=2, branches=(stack(Residual(branches=(body,), activation=ReLU())),)),
        Parallel(branches=(stack(), stack(conv, ReLU()), stack(Repeat(shared=True, times=3, branches=(stack(conv),))))),
        Residual(branches=(stack(Conv2d(out_channels=6, stride=2, padding=1), BatchNorm()),)),
        Flatten(),
        Linear(out_features=10),
    )
    recipe = Recipe(batch_size=20, regularizer=L1L2(l1=0.001, l2=0.01))
    return Experiment(data=MNIST(train_limit=100), stack=stack(*layers), recipe=recipe, seed=3)


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(20, 1, 28, 28, generator=generator), torch.arange(20) % 10


def test_the_same_seed_gives_the_same_network() -> None:
    assert check(experiment()) == ()
    first, second = (build(experiment()).state_dict() for _ in range(2))
    torch.rand(1)
    assert all(torch.equal(tensor, second[name]) for name, tensor in first.items())
    other = build(experiment().with_(seed=4)).state_dict()
    assert not torch.equal(first["1.0.0.body.0.weight"], other["1.0.0.body.0.weight"])


def test_copies_have_weights_of_their_own_filled_as_the_layer_says() -> None:
    state = build(experiment()).state_dict()
    one, two = state["1.0.0.body.0.weight"], state["1.1.0.body.0.weight"]
    assert not torch.equal(one, two)
    for weight in (one, two):
        rows = weight.flatten(1)
        torch.testing.assert_close(rows @ rows.T, torch.eye(4))


def test_residual_parallel_and_repeat_compute_what_they_say() -> None:
    network = build(experiment(p=0.0))
    x = torch.rand(5, 4, 7, 7, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        residual, parallel, projected = network[1][0][0], network[2], network[3]
        torch.testing.assert_close(residual.eval()(x), residual.body(x) + x)
        shared = parallel[2][0]
        assert isinstance(parallel, ParallelModule)
        assert isinstance(shared, Repeated)
        parts = [x, parallel[1](x), shared.body(shared.body(shared.body(x)))]
        torch.testing.assert_close(parallel(x), torch.cat(parts, 1))
        y = parallel(x)
        torch.testing.assert_close(projected.eval()(y), projected.body(y) + projected.shortcut(y))


def test_parallel_adds() -> None:
    one, two = nn.Linear(3, 4), nn.Linear(3, 4)
    x = torch.rand(2, 3)
    torch.testing.assert_close(ParallelModule(one, two, join="add")(x), one(x) + two(x))


def test_skeleton_has_the_same_tensors() -> None:
    real, bare = build(experiment()).state_dict(), skeleton(experiment()).state_dict()
    assert {name: tensor.shape for name, tensor in real.items()} == {name: t.shape for name, t in bare.items()}
    assert all(tensor.is_meta for tensor in bare.values())


def test_saved_and_read_again(tmp_path: Path, batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    network = build(experiment())
    network(batch[0])
    save(tmp_path / "nested.safetensors", experiment(), network, Figures())
    again = load(tmp_path / "nested.safetensors")
    assert again.experiment == experiment()
    assert (probabilities(network, batch[0]) == probabilities(again.network, batch[0])).all()


def test_folded_inside_it_answers_the_same(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    network = build(experiment())
    for _ in range(3):
        network(batch[0])  # so that BatchNorm has seen something
    network.eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with torch.inference_mode():
        light = for_inference(network)
        torch.testing.assert_close(light(batch[0]), network(batch[0]), rtol=1e-4, atol=1e-5)
    assert any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    assert not any(isinstance(module, nn.BatchNorm2d) for module in light.modules())
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_penalty_counts_every_filter_inside_once(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    network = build(experiment())
    weights = [m.weight.detach() for m in network.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    expected = sum(0.001 * weight.abs().sum() + 0.005 * weight.square().sum() for weight in weights)
    outcome = TrainStep(experiment(), network, 0).learn(*batch, 0.001)
    assert outcome.terms.penalty == pytest.approx(float(expected), rel=1e-5)


def test_chance_inside_is_drawn_from_the_runs_own_stream(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    losses = []
    for _ in range(2):
        learner = TrainStep(experiment(p=0.5), build(experiment(p=0.5)), 7)
        torch.rand(3)
        before = torch.get_rng_state()
        losses.append([learner.learn(*batch, 0.01).loss for _ in range(5)])
        assert torch.equal(torch.get_rng_state(), before)
    assert losses[0] == losses[1]


def test_dropout_inside_changes_while_it_learns(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    network = build(experiment())
    learner = TrainStep(experiment(), network, 0)
    for _ in range(4):
        learner.learn(*batch, 0.001)
    learner.adopt(experiment(), experiment(p=0.7))
    assert [module.p for module in network.modules() if isinstance(module, nn.Dropout)] == [0.7, 0.7]
    for _ in range(4):
        learner.learn(*batch, 0.001)
    assert learner.replayed


def test_a_softmax_is_the_end_only_where_nothing_is_done_to_it() -> None:
    ending = (Linear(out_features=10), Softmax())
    once = Repeat(times=1, branches=(stack(*ending),))
    shared = Repeat(times=2, shared=True, branches=(stack(*ending),))
    added = Residual(branches=(stack(*ending),))
    for last, is_end in ((once, True), (shared, True), (added, False)):
        made = Experiment(stack=stack(Flatten(), Linear(out_features=10), last), recipe=Recipe(loss=MSE()))
        network = build(made).eval()
        picture = torch.rand(1, 1, 28, 28)
        with torch.no_grad():
            outputs = network(picture)
        known = torch.from_numpy(probabilities(network, picture))
        assert torch.allclose(known, outputs) == is_end


def test_exported_program_builds_the_same_network() -> None:
    names: dict[str, object] = {"__name__": "exported"}
    exec(script(experiment()), names)
    made = names["build_model"]()  # type: ignore[operator]
    network = build(experiment())
    assert list(made.state_dict()) == list(network.state_dict())
    assert str(made).replace("Residual", "") == str(network).replace("Residual", "")
