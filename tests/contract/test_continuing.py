"""A run that is interrupted and continued ends with the bits of one that was not: every component, and every task."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from playground.engine.data.dataset_cache import lacking
from playground.engine.data.in_memory import Data, InputTargetPairs, load
from playground.engine.training.snapshots import Epoch, Evaluating
from playground.engine.training.trainer import Trainer
from playground.spec.component import Component
from playground.spec.experiment import Experiment
from playground.spec.files.presets import Preset, presets
from playground.spec.layer import Layer
from playground.spec.layers.normalization import BatchNorm
from playground.spec.recipe.augmentations import Augmentation
from playground.spec.recipe.losses import Loss
from playground.spec.recipe.optimizers import Optimizer
from playground.spec.recipe.recipe import Averaging, EarlyStopping, Stopping
from playground.spec.recipe.regularizers import Regularizer
from playground.spec.recipe.schedules import Schedule
from tests.contract.test_replay import DATA, few, told, with_component
from tests.engine.training.experiments import changed, stored

FAMILIES: tuple[type[Component], ...] = (
    Optimizer,
    Schedule,
    Regularizer,
    Augmentation,
    Averaging,
    Stopping,
    Loss,
)


def eventful(component: Component) -> Component:
    """With settings of which more depends on what came before."""
    wanted = {"patience": 0, "threshold": 0.5, "decay": 0.8, "momentum": 0.5, "dropout": 0.3, "num_layers": 2}
    if isinstance(component, EarlyStopping):
        return component.with_(patience=1)
    return component.with_(**{name: wanted[name] for name in wanted.keys() & type(component).model_fields.keys()})


def chancy(member: type[Layer]) -> bool:
    layer = eventful(member())
    return isinstance(layer, Layer) and layer.is_stochastic


MEMBERS = [member for family in FAMILIES for member in family.members()]
DRAWING = [item for item in Layer.members() if not item.reads_tokens and chancy(item)]
LEARNING = [BatchNorm]  # buffers that no optimizer knows


@pytest.fixture(scope="module")
def digits() -> Data:
    """Five batches of 12, the last of which is smaller."""
    whole = load(DATA)
    test = InputTargetPairs(whole.test.inputs[:20], whole.test.targets[:20])
    return Data(whole.train, test, test)


def followed(trainer: Trainer, until: int | None = None) -> list[str]:
    """What is told until so many steps were made, and their epoch completed where they are its last; or to the end."""
    found = []
    per_epoch = 5
    for snapshot in trainer:
        if not isinstance(snapshot, Evaluating):
            found.append(told(snapshot))
        if until is not None and trainer.step == until and (isinstance(snapshot, Epoch) or until % per_epoch):
            break
    return found


def bits(trainer: Trainer) -> dict[str, bytes]:
    return {name: tensor.numpy().tobytes() for name, tensor in trainer.network.state_dict().items()}


def interrupted(experiment: Experiment, data: Data, places: Collection[int]) -> tuple[list[str], Trainer]:
    """Train, and after each of these steps go on with a trainer that knows nothing but the stored state."""
    trainer, found = Trainer(experiment, data), list[str]()
    for place in places:
        found += followed(trainer, place)
        state = stored(trainer)
        trainer.close()
        trainer = Trainer(experiment, data, state=state)
    return found + followed(trainer), trainer


ONCE, OFTEN = (3,), (2, 5, 8, 10)  # early, and again and again: in the middle of two epochs, and at the end of both
TWICE = (3, 5)  # in the middle of an epoch, and at its end


def continues(experiment: Experiment, data: Data, *interruptions: tuple[int, ...]) -> None:
    """The same also with interruptions after these steps, all of them in one run."""
    straight = Trainer(experiment, data)
    expected = followed(straight)
    for places in interruptions:
        found, trainer = interrupted(experiment, data, places)
        assert found == expected
        assert bits(trainer) == bits(straight)
        assert places == OFTEN or trainer.replayed == straight.replayed  # recorded anew


@pytest.mark.parametrize(
    "member", [*MEMBERS, *DRAWING, *LEARNING], ids=lambda member: f"{member.__bases__[0].__name__}-{member.id}"
)
def test_every_component_continues(member: type[Component], digits: Data) -> None:
    continues(changed(with_component(eventful(member())), epochs=3), digits, ONCE, OFTEN)


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
def test_every_preset_continues(preset: Preset) -> None:
    """And with them every task, and every kind of data and of layer that they have."""
    if lacking(type(preset.experiment.data)):
        pytest.skip("its data are not on this machine")
    experiment = changed(preset.experiment, batch_size=4, epochs=2)
    continues(experiment, few(load(experiment.data), 19), TWICE)
