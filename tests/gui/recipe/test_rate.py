"""The preview of a schedule shows the rates that a run would be trained with."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Step
from playground.engine.training.trainer import Trainer
from playground.gui.recipe.rate import RatePreview, rates_of
from playground.gui.session.document import Document
from playground.spec.component import fields_of
from playground.spec.datasets.mnist import MNIST
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.one_cycle import OneCycle
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.schedules import Schedule

EXPERIMENT = Experiment(
    data=MNIST(train_limit=100),
    stack=Stack(layers=(Flatten(), Linear(out_features=10))),
    recipe=Recipe(batch_size=20, epochs=4),
)


@pytest.mark.parametrize("schedule", Schedule.members(), ids=lambda member: member.id)
def test_it_shows_what_is_trained_with(schedule: type[Schedule]) -> None:
    settings = {"warmup": 1.0} if any(field.name == "warmup" for field in fields_of(schedule)) else {}
    experiment = EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(schedule=schedule(**settings)))
    steps = [item for item in Trainer(experiment, load(experiment.data)) if isinstance(item, Step)]
    assert rates_of(experiment).rates == tuple(step.learning_rate for step in steps)


def test_a_long_run_is_shown_by_few_points_up_to_its_end() -> None:
    found = rates_of(EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(epochs=5000)))
    assert len(found.rates) <= 400
    assert found.epochs[0] == 0.0
    assert found.epochs[-1] == pytest.approx(5000, abs=0.3)


def test_it_follows_the_document(qtbot: QtBot) -> None:
    document = Document(EXPERIMENT)
    preview = RatePreview(document)
    qtbot.addWidget(preview)
    document.do(Set(("recipe", "schedule"), OneCycle(), message("Change")))
    assert tuple(preview.curve.getData()[1]) == rates_of(document.experiment).rates


@pytest.mark.parametrize("axis", ["left", "bottom"])
def test_numbers_at_its_axes_are_written_as_settings_are(axis: str, qtbot: QtBot) -> None:
    preview = RatePreview(Document(EXPERIMENT))
    qtbot.addWidget(preview)
    assert preview.plot.getAxis(axis).tickStrings([0, 1e-5, 0.1 + 0.2, 10.0], 1.0, 0.1) == ["0", "1e-5", "0.3", "10"]
