"""A frozen layer keeps its values bit for bit, and the others are trained as in plain torch, for every such layer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from playground.engine.build import build, trained_parameters
from playground.engine.data.in_memory import Data, load
from playground.engine.evaluation.objective import Objective
from playground.engine.training.snapshots import Step
from playground.engine.training.trainer import Trainer
from playground.spec.check.problems import check
from playground.spec.check.shapes import walk
from playground.spec.component import fields_of
from playground.spec.container import Container, unfrozen
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.text import TangPoems
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.layer import Layer, Stack, Trainable
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.optimizers import SGD, AdamW, Muon
from playground.spec.recipe.recipe import EMA, Recipe
from playground.spec.recipe.regularizers import Regularizer
from tests.contract.test_continuing import OFTEN, ONCE, continues
from tests.contract.test_exported_training import strong
from tests.contract.test_replay import few, filled, same, sound, with_component

TRAINABLE = Trainable.members()
every_trainable_layer = pytest.mark.parametrize("member", TRAINABLE, ids=lambda member: member.id)


@pytest.fixture(scope="module")
def datasets() -> dict[type[Dataset], Data]:
    """Five batches of 12, the last of which is smaller."""
    return {kind: few(load(kind())) for kind in (MNIST,)} | {TangPoems: few(load(TangPoems(context=16)))}


def learning(member: type[Layer], **values: object) -> Layer:
    """The layer with weights, if it can have any."""
    return member(**({"affine": True} if "affine" in member.model_fields else {}), **values)


def experiment_with(layer: Layer, recipe: Recipe | None = None) -> Experiment:
    """A small experiment with the layer, behind layers that are trained if it reads numbers, and before one."""
    if isinstance(layer, Container):
        layer = filled(layer)
    if layer.reads_tokens:
        data = TangPoems(context=16)
        layers: tuple[Layer, ...] = (layer, Linear(out_features=data.task.output[-1]))
        found = sound(Experiment(data=data, stack=Stack(layers=layers), recipe=Recipe(batch_size=12, epochs=3)))
    else:
        found = sound(with_component(layer))
    assert found is not None
    return found.with_(recipe=recipe or found.recipe.with_(epochs=3, batch_size=12))


def in_frozen_layers(experiment: Experiment) -> set[str]:
    """The names of all tensors of frozen layers in the network."""
    names, at = set(), 0
    for row in walk(experiment.stack, experiment.data.sample_shape):
        if row.nested:
            continue
        names |= {f"{at}.{tensor.name}" for tensor in row.tensors if tensor.frozen}
        at += len(row.calls)
    return names


def values(network: nn.Module) -> dict[str, bytes]:
    return {name: tensor.detach().numpy().tobytes() for name, tensor in network.state_dict().items()}


def keeps(experiment: Experiment, data: Data) -> Trainer:
    """Train; exactly the frozen tensors keep their values."""
    frozen = in_frozen_layers(experiment)
    assert frozen
    trainer = Trainer(experiment, data)
    before = values(trainer.network)
    list(trainer)
    after = values(trainer.network)
    assert {name for name in after if after[name] == before[name]} >= frozen
    learned = {name for name, parameter in trainer.network.named_parameters() if name not in frozen}
    assert any(after[name] != before[name] for name in learned)
    return trainer


def test_exactly_layers_with_weights_can_be_frozen() -> None:
    for member in Layer.members():
        experiment = experiment_with(learning(member))
        rows = walk(experiment.stack, experiment.data.sample_shape)
        learned = any(row.parameters for row in rows if type(row.layer) is member)
        assert issubclass(member, Trainable) == learned, member
        assert any(field.name == "frozen" for field in fields_of(member)) == issubclass(member, Trainable)


@every_trainable_layer
def test_a_frozen_layer_keeps_its_values(member: type[Trainable], datasets: dict[type[Dataset], Data]) -> None:
    experiment = experiment_with(learning(member, frozen=True))
    keeps(experiment, datasets[type(experiment.data)])


def plain(experiment: Experiment, batches: Iterator[tuple[Tensor, Tensor]]) -> nn.Module:
    """Train in plain torch, from the same weights: frozen parameters without gradient, BatchNorm in evaluation mode."""
    network = build(experiment.with_(stack=thawed(experiment.stack)))
    frozen = in_frozen_layers(experiment)
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name not in frozen)
    for name, module in network.named_modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and f"{name}.running_mean" in frozen:
            module.eval()
    optimizer = torch.optim.SGD([item for item in network.parameters() if item.requires_grad], lr=0.05)
    objective = Objective(experiment.recipe.loss, experiment.data.task, torch.device("cpu"))
    for inputs, targets in batches:
        loss = objective(network(inputs), targets)
        loss = loss + sum(getattr(module, "extra_loss", None) or 0 for module in network.modules())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network


def thawed(stack: Stack) -> Stack:
    return Stack(
        layers=tuple(layer.with_(frozen=False) if isinstance(layer, Trainable) else layer for layer in stack.layers)
    )


@every_trainable_layer
def test_the_others_are_trained_as_in_plain_torch(member: type[Trainable], datasets: dict[type[Dataset], Data]) -> None:
    experiment = experiment_with(learning(member, frozen=True), Recipe(optimizer=SGD(lr=0.05), batch_size=57, epochs=4))
    data = datasets[type(experiment.data)]
    trainer = Trainer(experiment, data)
    with torch.random.fork_rng():
        steps = [item for item in trainer if isinstance(item, Step)]
        if any(layer.is_stochastic for layer in experiment.stack.layers):
            pytest.skip("draws random numbers from a stream of its own")
        network = plain(experiment, iter([(data.train.inputs, data.train.targets)] * len(steps)))
    for (name, found), expected in zip(
        trainer.network.state_dict().items(), network.state_dict().values(), strict=True
    ):
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-5, msg=name)


@every_trainable_layer
def test_it_is_played_back_and_continued_to_the_same_bits(
    member: type[Trainable], datasets: dict[type[Dataset], Data]
) -> None:
    experiment = experiment_with(learning(member, frozen=True))
    same(experiment, datasets[type(experiment.data)])
    continues(experiment, datasets[type(experiment.data)], ONCE, OFTEN)


RECIPES = {
    **{item.id: Recipe(regularizer=strong(item)) for item in Regularizer.members()},
    "weight decay": Recipe(optimizer=AdamW(weight_decay=0.5)),
    "groups": Recipe(optimizer=Muon(weight_decay=0.5)),
    "averaging": Recipe(averaging=EMA(decay=0.7)),
    "clipping": Recipe(clip_norm=0.05),
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_no_recipe_changes_it(recipe: Recipe, datasets: dict[type[Dataset], Data]) -> None:
    experiment = experiment_with(Linear(out_features=16, frozen=True), recipe.with_(batch_size=12, epochs=3))
    keeps(experiment, datasets[MNIST])
    same(experiment, datasets[MNIST])
    continues(experiment, datasets[MNIST], ONCE, OFTEN)


@pytest.mark.parametrize("container", Container.members(), ids=lambda member: member.id)
def test_a_frozen_layer_in_a_container(container: type[Container], datasets: dict[type[Dataset], Data]) -> None:
    """It keeps its values alone, in every copy; the rest of the container is trained."""
    whole = filled(container())
    convolution, norm = whole.branches[0].layers
    inner = Stack(layers=(convolution, norm.with_(frozen=True)))
    experiment = with_component(whole.with_(branches=(inner, *whole.branches[1:])))
    trainer = keeps(experiment, datasets[MNIST])
    assert 0 < len(in_frozen_layers(experiment)) < len(trainer.network.state_dict())


def test_with_everything_frozen_the_fix_trains_the_last_layer() -> None:
    few = (Flatten(), Linear(out_features=8, frozen=True), Linear(out_features=10, frozen=True))
    experiment = Experiment(stack=Stack(layers=few))
    (problem,) = check(experiment)
    assert "nothing is left to train" in str(problem.what)
    assert problem.fix is not None
    mended = problem.fix.apply(experiment)
    assert check(mended) == ()
    assert [layer.frozen for layer in mended.stack.layers if isinstance(layer, Trainable)] == [True, False]
    assert len(trained_parameters(build(mended))) == 2  # weight and bias


def test_a_last_layer_that_is_replaced_is_trained() -> None:
    experiment = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=7, frozen=True))))
    (problem, *_) = check(experiment)
    assert problem.fix is not None
    assert problem.fix.apply(experiment).stack.layers[-1] == Linear(out_features=10)


def test_a_frozen_batch_norm_does_not_mind_a_single_sample() -> None:
    for frozen in (False, True):
        layers = (Flatten(), BatchNorm(frozen=frozen), Linear(out_features=10))
        experiment = Experiment(data=MNIST(train_limit=33), stack=Stack(layers=layers), recipe=Recipe(batch_size=32))
        assert bool(check(experiment)) != frozen


def test_the_optimizer_of_a_program_gets_what_is_trained() -> None:
    layers = (Flatten(), Linear(out_features=8, frozen=True), Linear(out_features=10))
    assert "torch.optim.Adam(trained, " in script(Experiment(stack=Stack(layers=layers)))
    whole = script(Experiment(stack=Stack(layers=tuple(map(unfrozen, layers)))))
    assert "torch.optim.Adam(model.parameters(), " in whole
    assert "requires_grad" not in whole
