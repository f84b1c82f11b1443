"""A run that diverged says why, where that can be computed, and following the advice helps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from playground.engine.data import Data, Pairs, load
from playground.engine.snapshots import Diverged, Finished
from playground.engine.trainer import Trainer
from playground.spec.datasets.points import Points
from playground.spec.datasets.text import TangPoems
from playground.spec.experiment import Experiment
from playground.spec.files import read_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.latent import GaussianLatent
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.recurrent import RNN
from playground.spec.losses import MSE
from playground.spec.optimizers import SGD, Adagrad, Adam, AdamW
from playground.spec.recipe import Recipe
from playground.spec.regularizers import L1, L2, DecoupledDecay

CASES = Path(__file__).parents[1] / "cases"
POINTS = Points(count=60, validation_share=0.0)
STACK = Stack(layers=(Linear(out_features=8), Linear(out_features=2)))


def small(stack: Stack = STACK, **recipe: object) -> Experiment:
    """A few points, ten a batch."""
    return Experiment(data=POINTS, stack=stack, recipe=Recipe().with_(batch_size=10, epochs=200, **recipe))


def end(experiment: Experiment, data: Data | None = None) -> Diverged | Finished:
    """How the run ends."""
    trainer = Trainer(experiment, data or load(experiment.data))
    *_, last = trainer
    assert isinstance(last, Diverged | Finished)
    assert all(tensor.isfinite().all() for tensor in trainer.network.state_dict().values())
    return last


def cause(experiment: Experiment, data: Data | None = None) -> str:
    """What is said of why it diverged."""
    last = end(experiment, data)
    assert isinstance(last, Diverged), "it did not diverge"
    return str(last.message).partition("were kept. ")[2]


def test_the_penalty_is_named_and_not_the_rate_where_it_is_the_penalty() -> None:
    found = read_experiment(CASES / "tfp77.playground")
    words = cause(found)
    assert words.startswith("The cause is the L2 penalty, of 10: with this rate a step takes 2.95 times each weight")
    assert "learning rate" not in words
    advised = found.with_(recipe=found.recipe.with_(regularizer=L2(l2=1e-4)))
    assert isinstance(end(advised), Finished)


@pytest.mark.parametrize(
    ("recipe", "named"),
    [
        ({"optimizer": SGD(lr=100.0), "loss": MSE()}, "The cause is the learning rate: "),
        ({"optimizer": SGD(lr=0.3, momentum=0.9), "regularizer": L2(l2=10.0)}, "L2 penalty: its gradient is "),
        ({"optimizer": SGD(lr=0.5, momentum=0.9), "regularizer": L2(l2=10.0)}, "L2 penalty, of 10"),
        ({"optimizer": SGD(lr=1.0), "regularizer": DecoupledDecay(decay_rate=10.0)}, "weight decay, of 10"),
        ({"optimizer": AdamW(lr=1.0, weight_decay=10.0)}, "weight decay, of 10"),
        ({"optimizer": SGD(lr=1.0), "regularizer": L1(l1=10.0), "loss": MSE()}, "L1 penalty: its gradient is "),
        ({"optimizer": SGD(lr=0.005, momentum=0.999), "loss": MSE()}, "The cause is the momentum with this rate: "),
    ],
    ids=["rate", "gradient", "growing", "decay", "AdamW", "L1", "momentum"],
)
def test_what_is_too_strong_is_named(recipe: dict[str, object], named: str) -> None:
    assert named in cause(small(**recipe))


def test_where_nothing_is_known_only_what_usually_helps_is_said() -> None:
    """Clipping is not advised where gradients are clipped."""
    for clip_norm in (0.0, 1.0):
        deep = small(Stack(layers=STACK.layers * 12), optimizer=Adagrad(lr=100.0), loss=MSE(), clip_norm=clip_norm)
        words = cause(deep)
        assert words.startswith("What made it diverge is not known.")
        assert ("clip" in words) == (clip_norm == 0.0)


def test_of_adam_the_length_of_a_step_is_known() -> None:
    words = cause(small(Stack(layers=STACK.layers * 12), optimizer=Adam(lr=100.0), loss=MSE()))
    assert "with Adam a step changes each weight by about the rate" in words


def _data(inputs: torch.Tensor) -> Data:
    part = Pairs(inputs, torch.arange(len(inputs)) % 2)
    return Data(part, Pairs(inputs[:0], part.targets[:0]), part)


@pytest.mark.parametrize("normed", [False, True])
def test_data_that_are_no_numbers_are_named(normed: bool) -> None:
    """Looking again at the batch leaves what BatchNorm has noted as it was."""
    inputs = torch.rand(60, 2)
    inputs[13, 1] = float("nan")
    layers = (Linear(out_features=8), BatchNorm(), Linear(out_features=2)) if normed else STACK.layers
    assert cause(small(Stack(layers=layers)), _data(inputs)).startswith("The cause is the data: the inputs of Points")


def test_data_that_are_far_too_large_are_named() -> None:
    words = cause(small(optimizer=SGD(lr=0.1), loss=MSE()), _data(1e7 * torch.rand(60, 2)))
    assert words.startswith("The cause is the data: its inputs reach ")


def test_a_start_that_is_too_large_is_named() -> None:
    layers = tuple(Linear(out_features=64, init="constant", init_value=100.0) for _ in range(12))
    assert "No step was made yet" in cause(small(Stack(layers=(*layers, Linear(out_features=2)))))


def test_a_gradient_that_grows_through_the_steps_is_named() -> None:
    data = TangPoems(asked="next", context=256)
    layers = (
        Embedding(embedding_dim=8),
        RNN(hidden_size=16, output="all", nonlinearity="relu"),
        Linear(out_features=data.task.output[-1]),
    )
    experiment = Experiment(data=data, stack=Stack(layers=layers), recipe=Recipe(optimizer=SGD(lr=2.0), batch_size=20))
    loaded = load(data)
    few = replace(loaded, test=Pairs(*loaded.test.cut(0, 2)), validation=Pairs(*loaded.test.cut(0, 0)))
    assert "back through the steps of the sequence" in cause(experiment, few)


def test_a_latent_whose_variance_explodes_is_named() -> None:
    layers = (Linear(out_features=8), GaussianLatent(latent_features=2), Linear(out_features=2))
    assert "KL divergence of GaussianLatent" in cause(small(Stack(layers=layers), optimizer=Adam(lr=1.0)))


def test_the_cause_is_named_also_where_the_validation_meets_it_first() -> None:
    """Held-out points that lie far away, so that weights that grow overflow there before they do in training."""
    strong = small(optimizer=SGD(lr=0.295), regularizer=L2(l2=10.0))
    data = load(strong.data)
    far = Pairs(data.train.cut(0, 60)[0] * 1e3, data.train.cut(0, 60)[1])
    last = end(strong, replace(data, validation=far))
    assert isinstance(last, Diverged)
    assert "the validation loss was NaN" in str(last.message)
    assert "a step takes 2.95 times each weight off it" in str(last.message)
