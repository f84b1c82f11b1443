"""A step that is played back gives the bits of the step as it is written: for every component, and for all together."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from playground.engine.build import run
from playground.engine.data.in_memory import Data, InputTargetPairs, load
from playground.engine.training.kernel_trace import bits
from playground.engine.training.replay import Replayed
from playground.engine.training.snapshots import Epoch, Finished, Snapshot
from playground.engine.training.trainer import Trainer
from playground.spec.check.problems import check
from playground.spec.check.shapes import output_of, totals, walk
from playground.spec.component import Component, fields_of
from playground.spec.container import Container
from playground.spec.datasets.downloads import FashionMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import Preset, presets
from playground.spec.layer import Layer, Shape, ShapeMismatch, Stack, Tokens
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.recurrent import GRU, RNN
from playground.spec.layers.regularization import RandomZeros
from playground.spec.layers.reshaping import Reshape
from playground.spec.layers.rows import Rows
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.augmentations import Augmentation
from playground.spec.recipe.losses import Loss
from playground.spec.recipe.optimizers import Optimizer
from playground.spec.recipe.recipe import Averaging, Recipe
from playground.spec.recipe.regularizers import Regularizer
from playground.spec.recipe.schedules import Schedule

DATA = MNIST(train_limit=57)
ROWS = (28, 28)  # the shape of an image read row by row
FAMILIES: tuple[type[Component], ...] = (Layer, Optimizer, Loss, Regularizer, Schedule, Augmentation, Averaging)
READERS = [member for member in Layer.members() if member.reads_tokens]
MEMBERS = [member for family in FAMILIES for member in family.members() if member not in READERS]


@pytest.fixture(scope="module")
def digits() -> Data:
    """Few digits, in batches of 12 the last of which is smaller."""
    whole = load(DATA)
    test = InputTargetPairs(whole.test.inputs[:20], whole.test.targets[:20])
    return Data(whole.train, test, test)


def few(data: Data, train: int = 57) -> Data:
    """As many samples of other data, or so many to train on."""
    counted = ((data.train, train), (data.validation, 20), (data.test, 20))
    return Data(*(InputTargetPairs(*part.cut(0, count)) for part, count in counted))


def sound(experiment: Experiment) -> Experiment | None:
    """The experiment with everything mended that has a fix, if that is enough."""
    for _ in range(8):
        problems = check(experiment)
        if not problems:
            return experiment
        if problems[0].fix is None:
            return None
        experiment = problems[0].fix.apply(experiment)
    return None


def with_component(component: Component) -> Experiment:
    """A small experiment that has it."""
    layers: tuple[Layer, ...] = (Conv2d(out_channels=3, kernel_size=5, stride=3), Flatten(), Linear(out_features=10))
    recipe = Recipe(batch_size=12, epochs=2)
    if isinstance(component, Container) and not any(branch.layers for branch in component.branches):
        component = filled(component, RandomZeros.members()[0]())
    if isinstance(component, Layer):
        layers = with_layer(component)
    elif isinstance(component, Augmentation):
        recipe = recipe.with_(augmentations=(component,))
    else:
        families = {field.family: field.name for field in fields_of(Recipe)}
        name = next(name for family, name in families.items() if family and isinstance(component, family))
        recipe = recipe.with_(**{name: component})
    found = sound(Experiment(data=DATA, stack=Stack(layers=layers), recipe=recipe, seed=4))
    assert found is not None
    return found


def with_layer(layer: Layer) -> tuple[Layer, ...]:
    """Layers among which it receives an image, a sequence or a vector, whichever it reads, or else can be mended."""
    image = Conv2d(out_channels=3, kernel_size=5, stride=3)
    if fits(layer, (3, 8, 8)):
        return (image, layer, Flatten(), Linear(out_features=10))
    if fits(layer, ROWS):
        return (Rows(), layer, Flatten(), Linear(out_features=10))
    return (image, Flatten(), layer, Linear(out_features=10))


def fits(layer: Layer, shape: Shape) -> bool:
    try:
        output_of(layer, shape)
    except ShapeMismatch:
        return False
    return True


def filled(container: Container, *layers: Layer) -> Container:
    """The container with layers in each branch that keep the shape, and some more."""
    branch = Stack(layers=(Conv2d(out_channels=3, padding=1), BatchNorm(), *layers))
    return container.with_(branches=(branch,) * len(container.branches))


def told(snapshot: Snapshot) -> str:
    """All that a snapshot says but how long it took."""
    return repr(snapshot._replace(seconds=0.0) if isinstance(snapshot, Epoch | Finished) else snapshot)


def same(experiment: Experiment, digits: Data, changes: dict[int, Experiment] | None = None) -> Trainer:
    """Train both ways, with live changes before some of the steps, and compare everything; the one played back."""
    played, written = Trainer(experiment, digits), Trainer(experiment, digits, replay=False)
    for number, snapshots in enumerate(zip(played, written, strict=True)):
        assert told(snapshots[0]) == told(snapshots[1])
        for trainer in (played, written):
            if changes and number in changes:
                trainer.change(changes[number])
    for (name, tensor), other in zip(
        played.network.state_dict().items(), written.network.state_dict().values(), strict=True
    ):
        assert tensor.numpy().tobytes() == other.numpy().tobytes(), name
    assert not written.replayed
    return played


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{member.__bases__[0].__name__}-{member.id}")
def test_every_component_gives_the_same_bits(
    member: type[Component], digits: Data, caplog: pytest.LogCaptureFixture
) -> None:
    """And is played back, unless it asks torch for values that its step depends on, as some optimizers do."""
    with caplog.at_level(logging.INFO, logger="playground.engine.training.replay"):
        played = same(with_component(member()), digits).replayed
    reasons = [record.getMessage() for record in caplog.records]
    assert played or any(re.fullmatch(r"not recorded: \w+ depends on values", reason) for reason in reasons), reasons


@pytest.mark.parametrize(
    "member", [item for item in Layer.members() if fits(item(), ROWS)], ids=lambda member: member.id
)
def test_every_layer_gives_the_same_bits_on_sequences(member: type[Layer], digits: Data) -> None:
    layers = (Rows(), member(), Flatten(), Linear(out_features=10))
    assert same(
        Experiment(data=DATA, stack=Stack(layers=layers), recipe=Recipe(batch_size=12, epochs=1)), digits
    ).replayed


class Reading:
    """A network that reads codes, and the gradients of the squares of what it makes of them."""

    def __init__(self, layer: Layer) -> None:
        (row, last) = walk(Stack(layers=(layer, Linear(out_features=3))), Tokens(6, vocabulary=9))
        self.network = nn.Sequential(*(run(call) for call in (*row.calls, *last.calls)))

    def __call__(self, *arguments: Any) -> tuple[Tensor, ...]:
        loss = self.network(arguments[0]).square().sum()
        return loss.detach(), *torch.autograd.grad(loss, self.state())

    def state(self) -> list[Tensor]:
        return list(self.network.parameters())


@pytest.mark.parametrize("member", READERS, ids=lambda member: member.id)
def test_every_reader_of_codes_gives_the_same_bits(member: type[Layer]) -> None:
    reading = Reading(member())
    replayed = Replayed(reading)
    for _ in range(5):
        codes = torch.randint(9, (4, 6))
        assert list(map(bits, replayed(codes))) == list(map(bits, reading(codes)))
    assert replayed.played


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
def test_every_preset_is_played_back(preset: Preset, digits: Data) -> None:
    recipe = preset.experiment.recipe.with_(batch_size=6, epochs=2)  # so few that every step is short
    alike = isinstance(preset.experiment.data, MNIST | FashionMNIST)  # which may not be on this machine
    data = digits if alike else few(load(preset.experiment.data))
    assert same(preset.experiment.with_(recipe=recipe), data).replayed


@settings(max_examples=60)
@given(data=st.data())
def test_any_experiment_with_any_live_changes(components: Any, stacks: Any, digits: Data, data: st.DataObject) -> None:
    recipe = data.draw(components(Recipe)).with_(batch_size=data.draw(st.integers(2, 20)), epochs=2, device="cpu")
    experiment = sound(
        Experiment(data=DATA, stack=data.draw(stacks((1, 28, 28))), recipe=recipe, seed=data.draw(st.integers(0, 9)))
    )
    assume(experiment is not None)
    assert experiment is not None
    assume(any(layer.enabled and layer.tensors for layer in experiment.stack.layers))
    cost = totals(walk(experiment.stack, DATA.sample_shape))  # a few layers that enlarge the image make much of it
    assume(cost.flops < 20_000_000 and cost.activation_bytes < 2_000_000)
    changes, present = {}, experiment
    for number in sorted(data.draw(st.sets(st.integers(0, 40), max_size=4))):
        present = _changed(present, data)
        changes[number] = present
    same(experiment, digits, changes)


def _changed(experiment: Experiment, data: st.DataObject) -> Experiment:
    """The experiment with another value in one of its live fields."""
    recipe = experiment.recipe
    owners = {"optimizer": recipe.optimizer, "regularizer": recipe.regularizer}
    live = [(name, field) for name, owner in owners.items() for field in fields_of(type(owner)) if field.live]
    name, field = data.draw(st.sampled_from(live))
    value = data.draw(st.floats(field.minimum, field.maximum, allow_subnormal=False))
    return experiment.with_(recipe=recipe.with_(**{name: owners[name].with_(**{field.name: value})}))


@pytest.mark.parametrize("container", Container.members(), ids=lambda member: member.id)
def test_a_dropout_in_a_container_changed_in_mid_run(container: type[Container], digits: Data) -> None:
    member = RandomZeros.members()[0]
    before, after = (with_component(filled(container(), member(p=p))) for p in (0.2, 0.6))
    trainer = same(before, digits, {7: after})
    assert trainer.replayed
    dropouts = [module for module in trainer.network.modules() if isinstance(module, torch.nn.Dropout)]
    assert dropouts
    assert {module.p for module in dropouts} == {0.6}


CHANCY = [item for item in Layer.members() if item.can_be_stochastic]


@pytest.mark.parametrize("member", CHANCY, ids=lambda member: member.id)
def test_a_layers_chance_changed_in_mid_run(member: type[Layer], digits: Data) -> None:
    for field in (field for field in fields_of(member) if field.live):
        before, after = (with_component(member(**{field.name: field.default * times})) for times in (1.0, 2.0))
        assert same(before, digits, {7: after}).replayed


@pytest.mark.parametrize("member", CHANCY, ids=lambda member: member.id)
def test_chance_depends_on_the_seed_alone(member: type[Layer], digits: Data) -> None:
    drawing = {name: value for name, value in (("dropout", 0.3), ("num_layers", 2)) if name in member.model_fields}
    experiment = with_component(member(**drawing))
    assert any(layer.is_stochastic for layer in experiment.stack.layers)
    found = []
    for _ in range(2):
        torch.rand(1)  # whoever else draws
        trainer = Trainer(experiment, digits)
        before = torch.get_rng_state()
        list(trainer)
        assert torch.equal(torch.get_rng_state(), before)
        found.append(torch.cat([tensor.flatten() for tensor in trainer.network.state_dict().values()]))
    assert torch.equal(*found)


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_do_not_matter_to_the_comparison(threads: int, digits: Data) -> None:
    torch.set_num_threads(threads)
    try:
        assert same(with_component(Conv2d(out_channels=4)), digits).replayed
    finally:
        torch.set_num_threads(1)


@pytest.mark.parametrize("output", ["all", "last"])
def test_a_result_whose_shape_is_changed_in_place(digits: Data, output: str) -> None:
    """As torch does in a bidirectional GRU without biases, over a sequence of one step."""
    layers = (Flatten(), Linear(out_features=4), Reshape(first=1, second=4, third=0))
    gru = GRU(hidden_size=1, bidirectional=True, bias=False, output="all")
    ending = (RNN(hidden_size=3, output=output), Flatten(), Linear(out_features=10))
    recipe = Recipe(batch_size=2, epochs=1, device="cpu")
    same(Experiment(data=DATA, stack=Stack(layers=(*layers, gru, *ending)), recipe=recipe), digits, {})
