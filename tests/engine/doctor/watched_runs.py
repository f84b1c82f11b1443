"""Small runs, and what the doctor finds in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.engine.data.in_memory import Data, load
from playground.engine.doctor.doctor import Doctor
from playground.engine.doctor.finding import Finding
from playground.engine.training.snapshots import Snapshot
from playground.engine.training.trainer import Trainer
from playground.spec.check.problems import check
from playground.spec.data.dataset import Dataset
from playground.spec.data.patterns import Moons
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.recipe.optimizers import Adam
from playground.spec.recipe.recipe import Recipe

MOONS = Points(count=1000, pattern=Moons(), noise=0.2)


def experiment(*layers: Layer, data: Dataset = MOONS, **recipe: Any) -> Experiment:
    settings = {"optimizer": Adam(lr=0.01), "batch_size": 16, "epochs": 3, **recipe}
    classes = data.task.classes or 1
    return Experiment(data=data, stack=Stack(layers=(*layers, Linear(out_features=classes))), recipe=Recipe(**settings))


def hidden(*widths: int, activation: Any = ReLU, **settings: Any) -> list[Layer]:
    return [Linear(out_features=width, activation=activation(), **settings) for width in widths]


def watched(run: Experiment, data: Data | None = None) -> tuple[list[Finding], list[Snapshot]]:
    """The findings of a run, and its snapshots; each fix leaves an experiment that can be trained."""
    data = data or load(run.data)
    doctor, seen = Doctor(run, data), list(Trainer(run, data, probe_every=500))
    found = [*doctor.before, *filter(None, map(doctor.take, seen))]
    assert len({one.id for one in found}) == len(found)
    assert all(one.fix is None or not check(one.fix.apply(run)) for one in found)
    return found, seen


def ids(found: Sequence[Finding]) -> list[str]:
    return [one.id for one in found]


def of(kind: Any, seen: Sequence[Snapshot]) -> list[Any]:
    return [one for one in seen if isinstance(one, kind)]
