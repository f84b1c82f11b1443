"""What holds for every made-up or bundled data set there is: its declaration, what is read, and what can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import get_args

import pytest
import torch

import playground.spec.experiment  # noqa: F401  registers every component
from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Step
from playground.engine.training.trainer import Trainer
from playground.spec.check.problems import check
from playground.spec.data.dataset import Dataset, Samples
from playground.spec.datasets.points import Plane
from playground.spec.datasets.text import Asked, Text
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack, Tokens
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.recipe.losses import Loss
from playground.spec.recipe.recipe import Recipe


def _made_up_or_bundled() -> Iterator[Dataset]:
    """Small ones, of each question that can be asked."""
    for member in Dataset.members():
        if issubclass(member, Plane):
            yield member(count=40, removed=(1, 39))
        elif issubclass(member, Text) and member().file:
            for asked in get_args(Asked):
                yield member(asked=asked, context=16, validation_share=0.1)


every_one = pytest.mark.parametrize("data", tuple(_made_up_or_bundled()), ids=lambda data: f"{data.id}, {data.panel}")
every_loss = pytest.mark.parametrize("loss", Loss.members(), ids=lambda member: member.id)


def experiment(data: Dataset, loss: Loss | None = None) -> Experiment:
    """A small network that gives what is asked for, the loss mended where the usual one does not fit."""
    embedding = (Embedding(embedding_dim=4),) if isinstance(data.sample_shape, Tokens) else ()
    stack = Stack(layers=(*embedding, Linear(out_features=4), Linear(out_features=data.task.output[-1])))
    recipe = Recipe(batch_size=10, epochs=1)
    found = Experiment(data=data, stack=stack, recipe=recipe if loss is None else recipe.with_(loss=loss))
    for problem in check(found) if loss is None else ():
        assert problem.fix is not None
        found = problem.fix.apply(found)
    return found


@pytest.mark.parametrize("member", Dataset.members(), ids=lambda member: member.id)
def test_answers_for_files_are_classes_numbers_or_lines(member: type[Dataset]) -> None:
    data = member()
    if data.asked_with not in (None, Samples.LINES):
        assert data.task.classes or data.task.output == (1,)


@every_one
def test_the_declaration_is_what_is_read(data: Dataset) -> None:
    loaded = load(data)
    sizes = [len(part) for part in (loaded.train, loaded.validation, loaded.test)]
    assert sizes == [data.train_count, data.validation_count, data.test_count]
    for part in (loaded.train, loaded.validation, loaded.test):
        inputs, targets = part.cut(0, 2)
        assert tuple(inputs.shape[1:]) == tuple(data.sample_shape)
        places = data.task.output[:-1] if len(data.task.output) == 2 else data.task.output[1:]
        wanted = places if data.task.classes is not None else data.task.output
        assert tuple(targets.shape[1:]) == wanted


@every_one
@every_loss
def test_every_loss_trains_or_is_refused(data: Dataset, loss: type[Loss]) -> None:
    """Two steps, finite, and the weights moved; or a sentence, and a fix that leads to a loss that fits."""
    chosen = experiment(data, loss())
    problems = check(chosen)
    if problems:
        assert not {chosen.data.task.targets} <= loss.takes
        assert [problem.field for problem in problems] == [("recipe", "loss")]
        assert problems[0].fix is not None
        assert check(problems[0].fix.apply(chosen)) == ()
        return
    trainer = Trainer(chosen, load(chosen.data))
    before = [tensor.clone() for tensor in trainer.network.parameters()]
    steps = [item for item in islice(trainer, 2) if isinstance(item, Step)]
    assert len(steps) == 2
    assert all(torch.tensor(step.loss).isfinite() for step in steps)
    assert all(bool((a != b).any()) for a, b in zip(before, trainer.network.parameters(), strict=True))
