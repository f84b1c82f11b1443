"""Which edits a run adopts, and which make it another run."""

import pytest

from playground.spec.datasets.points import Classed, Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.live_changes import live_changes
from playground.spec.recipe.optimizers import SGD, Adam
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L2

STACK = Stack(layers=(Flatten(), Dropout(p=0.2), Linear(out_features=10)))
BASE = Experiment(stack=STACK, recipe=Recipe(optimizer=SGD(lr=0.1), regularizer=L2(l2=0.01)))


def with_recipe(**values: object) -> Experiment:
    return BASE.with_(recipe=BASE.recipe.with_(**values))


def test_equal_experiments_differ_in_nothing() -> None:
    assert live_changes(BASE, BASE) == ()


def test_words_do_not_count() -> None:
    assert live_changes(BASE, BASE.with_(name="Another", about="why")) == ()


@pytest.mark.parametrize(
    ("after", "field", "old", "new"),
    [
        (with_recipe(optimizer=SGD(lr=0.3)), "recipe.optimizer.lr", 0.1, 0.3),
        (with_recipe(optimizer=SGD(lr=0.1, momentum=0.9)), "recipe.optimizer.momentum", 0.0, 0.9),
        (with_recipe(regularizer=L2(l2=0.5)), "recipe.regularizer.l2", 0.01, 0.5),
        (with_recipe(epochs=12), "recipe.epochs", 10, 12),
        (
            BASE.with_(stack=Stack(layers=(STACK.layers[0], Dropout(p=0.5), STACK.layers[2]))),
            "stack.layers.1.p",
            0.2,
            0.5,
        ),
    ],
)
def test_live_fields_are_named(after: Experiment, field: str, old: float, new: float) -> None:
    changes = live_changes(BASE, after)
    assert changes is not None
    assert [(change.field, change.old, change.new) for change in changes] == [(field, old, new)]


@pytest.mark.parametrize(
    "after",
    [
        with_recipe(optimizer=Adam()),
        with_recipe(optimizer=SGD(lr=0.1, nesterov=True)),
        with_recipe(batch_size=64),
        BASE.with_(seed=1),
        BASE.with_(stack=Stack(layers=STACK.layers[:1])),
        BASE.with_(stack=Stack(layers=(STACK.layers[0], Dropout(p=0.2, enabled=False), STACK.layers[2]))),
        # A live change does not make another one live.
        BASE.with_(seed=1, recipe=BASE.recipe.with_(optimizer=SGD(lr=0.3))),
    ],
)
def test_everything_else_needs_a_new_run(after: Experiment) -> None:
    assert live_changes(BASE, after) is None


def test_points_may_be_added_and_taken_out() -> None:
    base = Experiment(data=Points(), stack=Stack(layers=(Linear(out_features=2),)))
    more = base.with_(data=base.data.with_(added=(Classed(x=1.0, y=1.0, value=0),), removed=(3, 4)))
    changes = live_changes(base, more)
    assert changes is not None
    assert {(item.field, item.label, item.old, item.new) for item in changes} == {
        ("data.added", "Points added", 0, 1),
        ("data.removed", "Points removed", 0, 2),
    }
    assert live_changes(base, base.with_(data=base.data.with_(noise=0.3))) is None
