"""A run that diverged says why, where that can be computed, and following the advice helps."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest
import torch

from playground.engine.data.in_memory import Data, InputTargetPairs, load
from playground.engine.training.divergence import Evidence, advice
from playground.engine.training.snapshots import Diverged, Finished
from playground.engine.training.trainer import Trainer
from playground.spec.datasets.points import Points
from playground.spec.datasets.text import TangPoems
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.latent import GaussianLatent
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.recurrent import RNN
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD, Adagrad, Adam, AdamW
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L1, L2, DecoupledDecay

CASES = Path(__file__).parents[2] / "cases"
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
        assert words.startswith("The cause of the divergence is not known.")
        assert ("clip" in words) == (clip_norm == 0.0)


def test_of_adam_the_length_of_a_step_is_known() -> None:
    words = cause(small(Stack(layers=STACK.layers * 12), optimizer=Adam(lr=100.0), loss=MSE()))
    assert "with Adam a step changes each weight by about the rate" in words


def _data(inputs: torch.Tensor) -> Data:
    part = InputTargetPairs(inputs, torch.arange(len(inputs)) % 2)
    return Data(part, InputTargetPairs(inputs[:0], part.targets[:0]), part)


@pytest.mark.parametrize("normed", [False, True])
def test_data_that_are_no_numbers_are_named(normed: bool) -> None:
    """Looking again at the batch leaves what BatchNorm has noted as it was."""
    inputs = torch.rand(60, 2)
    inputs[13, 1] = float("nan")
    layers = (Linear(out_features=8), BatchNorm(), Linear(out_features=2)) if normed else STACK.layers
    assert cause(small(Stack(layers=layers)), _data(inputs)).startswith(
        "The cause is the data: the inputs of 2-D classification"
    )


def test_data_that_are_far_too_large_are_named() -> None:
    words = cause(small(optimizer=SGD(lr=0.1), loss=MSE()), _data(1e7 * torch.rand(60, 2)))
    assert words.startswith("The cause is the data: its inputs reach ")


def test_a_start_that_is_too_large_is_named() -> None:
    layers = tuple(Linear(out_features=64, init="constant", init_value=100.0) for _ in range(12))
    assert "No step was made yet" in cause(small(Stack(layers=(*layers, Linear(out_features=2)))))


def test_a_gradient_that_grows_through_the_steps_is_named() -> None:
    data = TangPoems(asked="next", context=96)
    layers = (
        Embedding(embedding_dim=8),
        RNN(hidden_size=16, output="all", nonlinearity="relu"),
        Linear(out_features=data.task.output[-1]),
    )
    experiment = Experiment(data=data, stack=Stack(layers=layers), recipe=Recipe(optimizer=SGD(lr=2.0), batch_size=20))
    loaded = load(data)
    few = replace(
        loaded, test=InputTargetPairs(*loaded.test.cut(0, 2)), validation=InputTargetPairs(*loaded.test.cut(0, 0))
    )
    assert "back through the steps of the sequence" in cause(experiment, few)


def test_a_latent_whose_variance_explodes_is_named() -> None:
    layers = (Linear(out_features=8), GaussianLatent(latent_features=2), Linear(out_features=2))
    assert "KL divergence of GaussianLatent" in cause(small(Stack(layers=layers), optimizer=Adam(lr=1.0)))


def test_the_cause_is_named_also_where_the_validation_meets_it_first() -> None:
    """Held-out points that lie far away, so that weights that grow overflow there before they do in training."""
    strong = small(optimizer=SGD(lr=0.295), regularizer=L2(l2=10.0))
    data = load(strong.data)
    far = InputTargetPairs(data.train.cut(0, 60)[0] * 1e3, data.train.cut(0, 60)[1])
    last = end(strong, replace(data, validation=far))
    assert isinstance(last, Diverged)
    assert "the validation loss was NaN" in str(last.message)
    assert "a step takes 2.95 times each weight off it" in str(last.message)


# Of weights of norm 1, 100 numbers: each is 0.1 in the root mean square.
USUAL = Evidence(
    steps=1, loss=1.0, penalty=0.0, kl_divergence=0.0, largest_input=1.0, largest_target=1.0, loss_gradient=1.0,
    penalty_gradient=0.0, weights=1.0, weights_at_start=1.0, moved=0.0, moved_in=1, numbers=100, recurrent_gradient=0.0,
    sharpness=1.0,
)  # fmt: skip
UNKNOWN = "The cause of the divergence is not known."
LR = "The cause is the learning rate: "
SEQUENCE = "The cause is a gradient that grew without bound on its way back through the steps of the sequence."
KL = "The cause is the KL divergence of GaussianLatent"
PENALTY = "The cause is the L2 penalty: its gradient "


@pytest.mark.parametrize(
    ("recipe", "rate", "evidence", "said"),
    [
        ({}, 0.1, None, "The cause of the divergence is not known. A smaller rate often helps: try 0.001, or clip"),
        ({}, 0.1, {"largest_input": 1000.0}, UNKNOWN),
        ({}, 0.1, {"largest_input": 1001.0}, "The cause is the data: its inputs reach 1000. Scale them to about 1."),
        ({}, 0.1, {"largest_target": 2500.0}, "The cause is the data: its targets reach 2500."),
        ({}, 0.1, {"largest_target": inf}, "The cause is the data: the targets of 2-D classification hold NaN"),
        ({}, 0.1, {"steps": 0}, "No step was made yet"),
        # Steps of 0.5 · 2 / 1: as long as the weights, and just shorter.
        ({}, 0.5, {"loss_gradient": 2.0}, LR + "a step is 1 times as long as the norm of the weights. Try 0.05."),
        ({}, 0.5, {"loss_gradient": 1.99}, UNKNOWN),
        ({}, 0.5, {"loss_gradient": 9.0, "weights": 0.0}, UNKNOWN),
        ({}, 0.5, {"loss_gradient": inf}, UNKNOWN),
        ({"clip_norm": 1.0}, 0.5, {"loss_gradient": 9.0}, UNKNOWN + " A smaller rate often helps: try 0.05."),
        # Or steps that were made, a tenth of the weights each; clipping is advised where it makes them shorter.
        ({}, 0.05, {"moved": 0.8, "moved_in": 8}, LR + "in 8 steps the weights moved by 0.8 times their norm. "
         "Try 0.005, or clip the gradients."),
        ({}, 0.2, {"moved": 0.1}, LR + "in one step the weights moved by 0.1 times their norm. Try 0.02."),
        ({}, 0.2, {"moved": nan}, LR + "in one step the weights moved by ∞ times their norm."),
        ({}, 0.5, {"moved": 0.79, "moved_in": 8}, UNKNOWN),
        ({"optimizer": Adagrad()}, 0.5, {"moved": 9.0}, UNKNOWN),
        # With momentum steps add up to 1 / (1 - momentum) times as much.
        ({"optimizer": SGD(momentum=0.5)}, 0.5, {"loss_gradient": 1.0}, LR + "with a momentum of 0.5, steps add "
         "up to 1 times the norm of the weights. Try 0.05."),
        ({"optimizer": SGD(momentum=0.9)}, 0.5, {"loss_gradient": 1.0}, LR),
        ({"optimizer": SGD(momentum=0.95)}, 0.5, {"loss_gradient": 1.0},
         "The cause is the momentum with this rate: at 0.95, steps add up to 20 times as much. Try a momentum of 0.9, "
         "or a rate of 0.02."),
        # L2 grows from rate · l2 > 2 (1 + momentum) on, of Nesterov's from 2 (1 + momentum) / (1 + 2 momentum) on.
        ({"regularizer": L2(l2=10.0)}, 0.2, {}, UNKNOWN),
        ({"regularizer": L2(l2=10.0)}, 0.3, {},
         "The cause is the L2 penalty, of 10: with this rate a step takes 3 times each weight off it, and from 2 times "
         "on weights grow. Set L2 far below 6.7; 1e-4 is usual."),
        ({"regularizer": L2(l2=10.0), "clip_norm": 1.0}, 0.3, {}, UNKNOWN),
        ({"regularizer": L2(l2=10.0), "optimizer": SGD(momentum=0.5)}, 0.3, {}, UNKNOWN),
        ({"regularizer": L2(l2=10.0), "optimizer": SGD(momentum=0.5)}, 0.31, {}, "The cause is the L2 penalty, of 10"),
        ({"regularizer": L2(l2=10.0), "optimizer": SGD(momentum=0.5, nesterov=True)}, 0.15, {}, UNKNOWN),
        ({"regularizer": L2(l2=10.0), "optimizer": SGD(momentum=0.5, nesterov=True)}, 0.16, {},
         "The cause is the L2 penalty, of 10: with this rate a step takes 1.6 times each weight off it, and from 1.5 "),
        ({"regularizer": DecoupledDecay(decay_rate=10.0)}, 0.2, {}, UNKNOWN),
        ({"regularizer": DecoupledDecay(decay_rate=10.0)}, 0.21, {}, "The cause is the weight decay, of 10"),
        # A penalty whose gradient is greater than the loss's; only plain steps are as long as it.
        ({"regularizer": L2(l2=1.0)}, 0.1, {"penalty_gradient": 4.0}, PENALTY + "is 4 times that of the loss."),
        ({"regularizer": L2(l2=1.0)}, 0.1, {"penalty_gradient": 1.0}, UNKNOWN),
        ({"regularizer": L2(l2=1.0)}, 0.1, {"penalty_gradient": nan}, UNKNOWN),
        ({"regularizer": L2(l2=1.0)}, 0.1, {"penalty_gradient": 1.0, "loss_gradient": 0.0}, PENALTY + "outweighs"),
        ({"regularizer": L2(l2=1.0)}, 0.1, {"penalty_gradient": 2e6}, PENALTY + "outweighs"),
        ({"regularizer": L2(l2=1.0), "clip_norm": 1.0}, 0.1, {"penalty_gradient": 4.0}, UNKNOWN),
        ({"regularizer": L2(l2=1.0), "optimizer": Adagrad()}, 0.1, {"penalty_gradient": 4.0}, UNKNOWN),
        ({}, 0.1, {"kl_divergence": inf}, KL),
        ({}, 0.1, {"kl_divergence": inf, "loss": nan}, UNKNOWN),
        # The gradient of recurrent layers is most of it.
        ({}, 0.1, {"recurrent_gradient": 0.6}, SEQUENCE + " Clip the gradients, at 1 say."),
        ({}, 0.1, {"recurrent_gradient": 0.5}, UNKNOWN),
        ({}, 0.1, {"recurrent_gradient": nan}, SEQUENCE),
        ({"clip_norm": 1.0}, 0.1, {"recurrent_gradient": 0.6}, UNKNOWN),
        # Adam changes each weight, 0.1 here, by about the rate.
        ({"optimizer": Adam()}, 0.0101, {}, LR + "with Adam a step changes each weight by about the rate, 10 % of its "
         "size here. Try 0.001."),
        ({"optimizer": Adam()}, 0.0099, {}, UNKNOWN),
        ({"optimizer": Adam()}, 0.4, {}, LR + "with Adam a step changes each weight by about the rate, 400 % of its "
         "size here. Try 0.002."),
        ({"optimizer": Adam()}, 0.4, {"weights": 0.0}, UNKNOWN),
        # Weights that its steps have blown up are no measure; nor are gradients, which clipping would shorten.
        ({"optimizer": Adam()}, 0.4, {"weights": 1e3, "recurrent_gradient": nan}, LR + "with Adam a step changes each "
         "weight by about the rate, 400 % of its size before the first step. Try 0.002."),
        ({"optimizer": Adam()}, 0.09, {"weights": 1e3}, UNKNOWN),
        ({"optimizer": Adagrad()}, 0.4, {}, UNKNOWN),
    ],
)  # fmt: skip
def test_what_is_advised(recipe: dict[str, object], rate: float, evidence: dict[str, float] | None, said: str) -> None:
    experiment = small(**{"optimizer": SGD(), **recipe})
    found = advice(experiment, rate, None if evidence is None else USUAL._replace(**evidence))  # type: ignore[arg-type]
    assert str(found.words).startswith(said)
