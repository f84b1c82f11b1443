"""Every reason why an experiment cannot be trained is said at its place, and what is offered as a fix mends it."""

from __future__ import annotations

from itertools import pairwise
from math import prod

import pytest

from playground.spec.check.memory import available, training_bytes
from playground.spec.check.problem import Problem
from playground.spec.check.problems import check
from playground.spec.check.shapes import walk
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU, Sigmoid, Softmax, Tanh
from playground.spec.layers.containers import Repeat, Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import MOST_UNITS, Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.glu import GLU
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from playground.spec.layers.prelu import PReLU
from playground.spec.layers.regularization import Dropout, GaussianNoise
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.augmentations import Handwriting, Mixup
from playground.spec.recipe.losses import MSE, BinaryCrossEntropy, CrossEntropy, Focal
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import EMA, EarlyStopping, Recipe

ENDING = (Flatten(), Linear(out_features=10))


def experiment(*layers: Layer, data: MNIST | None = None, recipe: Recipe | None = None) -> Experiment:
    return Experiment(stack=Stack(layers=layers), data=data or MNIST(), recipe=recipe or Recipe())


def only_problem(wrong: Experiment, memory: int | None = None) -> Problem:
    (problem,) = check(wrong, memory)
    return problem


MENDED = {
    "Linear on an image": (experiment(Linear(), Linear(out_features=10)), "Insert Flatten"),
    "last layer too wide": (experiment(Flatten(), Linear(out_features=20)), "Set it to 10 units"),
    "Softmax behind a last layer that is too wide": (
        experiment(Flatten(), Linear(out_features=20), Softmax(), recipe=Recipe(loss=MSE())),
        "Set it to 10 units",
    ),
    "hidden layer last": (experiment(Flatten(), Linear(activation=ReLU())), "Append Linear"),
    "image comes out": (experiment(Conv2d()), "Append Flatten + Linear"),
    "empty stack": (experiment(), "Append Flatten + Linear"),
    "everything disabled": (experiment(Flatten(enabled=False)), "Append Flatten + Linear"),
    "Softmax before cross entropy": (experiment(*ENDING, Softmax()), "Remove Softmax"),
    "Sigmoid before binary cross entropy": (
        experiment(*ENDING, Sigmoid(), recipe=Recipe(loss=BinaryCrossEntropy())),
        "Remove Sigmoid",
    ),
    "Sigmoid carried before binary cross entropy": (
        experiment(Flatten(), Linear(out_features=10, activation=Sigmoid()), recipe=Recipe(loss=BinaryCrossEntropy())),
        "Remove Sigmoid",
    ),
    "Softmax carried before cross entropy": (
        experiment(Flatten(), Linear(out_features=10, activation=Softmax())),
        "Remove Softmax",
    ),
    "ReLU behind the last layer": (experiment(*ENDING, ReLU()), "Remove ReLU"),
    "Tanh before a Flatten that changes nothing": (experiment(*ENDING, Tanh(), Flatten()), "Remove Tanh"),
    "Sigmoid before cross entropy": (experiment(*ENDING, Sigmoid()), "Remove Sigmoid"),
    "Dropout behind the last layer": (experiment(*ENDING, Dropout()), "Remove Dropout"),
    "noise behind the last layer": (experiment(*ENDING, GaussianNoise()), "Remove Gaussian noise"),
    "PReLU behind the last layer": (experiment(*ENDING, PReLU()), "Remove PReLU"),
    "GLU behind the last layer": (experiment(Flatten(), Linear(out_features=20), GLU()), "Append Linear"),
    "ReLU carried by the last layer": (
        experiment(Flatten(), Linear(out_features=10, activation=ReLU())),
        "Remove ReLU",
    ),
    "ReLU before binary cross entropy": (
        experiment(*ENDING, ReLU(), recipe=Recipe(loss=BinaryCrossEntropy())),
        "Remove ReLU",
    ),
    "ReLU carried by the last container": (
        experiment(*ENDING, Residual(branches=(Stack(layers=(Linear(out_features=10),)),), activation=ReLU())),
        "Remove ReLU",
    ),
    "ReLU at the end of a Repeat": (
        experiment(*ENDING, Repeat(branches=(Stack(layers=(Linear(out_features=10), ReLU())),))),
        "Append Linear",
    ),
    "pooling larger than its input": (experiment(MaxPool2d(kernel_size=50), *ENDING), "Set Window to 28"),
    "pooling padded too far": (experiment(AvgPool2d(padding=2), *ENDING), "Set Padding to 1"),
    "convolution larger than its input": (
        experiment(Conv2d(kernel_size=9, dilation=5), *ENDING),
        "Set Dilation to 1",
    ),
    "convolution of a vector": (experiment(Flatten(), Conv2d(), Linear(out_features=10)), "Move before Flatten"),
    "groups that do not divide": (experiment(Conv2d(groups=3), *ENDING), "Set Groups to 1"),
    "pooling of a vector": (
        experiment(Flatten(), AdaptiveAvgPool2d(), Linear(out_features=10)),
        "Move before Flatten",
    ),
    "BatchNorm with a last batch of one": (
        experiment(Flatten(), BatchNorm(), Linear(out_features=10), data=MNIST(train_limit=33)),
        "Set the batch to 33",
    ),
    "BatchNorm with batches of one": (
        experiment(Flatten(), BatchNorm(), Linear(out_features=10), recipe=Recipe(batch_size=1)),
        "Set the batch to 2",
    ),
    "BatchNorm with a single image": (
        experiment(Flatten(), BatchNorm(), Linear(out_features=10), data=MNIST(train_limit=1)),
        "Train on 2 samples",
    ),
    "too few class weights": (
        experiment(*ENDING, recipe=Recipe(loss=CrossEntropy(class_weights=(1.0, 2.0)))),
        "Fill up with 1",
    ),
    "too many class weights": (
        experiment(*ENDING, recipe=Recipe(loss=CrossEntropy(class_weights=(2.0,) * 12))),
        "Keep the first 10",
    ),
    "digits read after they were blended": (
        experiment(*ENDING, recipe=Recipe(augmentations=(Mixup(), Handwriting()))),
        "Blend last",
    ),
    "blends for a loss of one right class": (
        experiment(*ENDING, recipe=Recipe(augmentations=(Mixup(),), loss=Focal())),
        "Set the loss to Cross entropy",
    ),
    "early stopping without held-out data": (
        experiment(*ENDING, recipe=Recipe(stopping=EarlyStopping())),
        "Keep 5,000 images for validation",
    ),
}


@pytest.mark.parametrize(("wrong", "button"), MENDED.values(), ids=MENDED.keys())
def test_problem_is_said_and_its_fix_mends_it(wrong: Experiment, button: str) -> None:
    problem = only_problem(wrong)
    assert str(problem.what).endswith(".")
    assert str(problem.expected)
    assert problem.fix is not None
    assert str(problem.fix.label) == button
    assert check(problem.fix.apply(wrong)) == ()


def test_a_single_image_is_no_reason_for_another_batch_size() -> None:
    wrong, _ = MENDED["BatchNorm with a single image"]
    problem = only_problem(wrong)
    assert problem.fix is not None
    assert problem.fix.apply(wrong).recipe == wrong.recipe


def test_all_problems_come_at_once_each_at_its_place() -> None:
    wrong = experiment(
        MaxPool2d(kernel_size=99),
        Linear(),
        Linear(out_features=10),
        Softmax(),
        recipe=Recipe(stopping=EarlyStopping()),
    )
    found = [(problem.layer, problem.field) for problem in check(wrong)]
    assert found == [((0,), None), ((1,), None), ((3,), None), (None, ("data", "validation_share"))]


def test_too_large_a_network_says_how_much_memory_it_needs_and_what_there_is() -> None:
    wide = Linear(out_features=1_000_000)
    problem = only_problem(experiment(Flatten(), wide, wide, Linear(out_features=10)), memory=16_000_000_000)
    assert str(problem.what) == "Training needs about 28.0 TB of memory."  # 10¹² weights, seven times 4 bytes each
    assert (
        str(problem.expected) == "at most 16.0 GB, which is available: a smaller layer helps, a smaller batch does not"
    )
    assert problem.layer == (2,)
    assert problem.fix is None


def test_too_large_a_batch_is_mended_by_the_largest_power_of_two_that_fits() -> None:
    network = (Conv2d(out_channels=512), *ENDING)
    assert check(experiment(*network, recipe=Recipe(batch_size=8)), memory=2_000_000_000) == ()
    wrong = experiment(*network, recipe=Recipe(batch_size=8_000))
    problem = only_problem(wrong, memory=2_000_000_000)
    assert problem.layer == (0,)
    assert str(problem.expected) == "at most 2.0 GB, which is available"
    assert problem.fix is not None
    assert str(problem.fix.label) == "Set the batch size to 256"
    mended = problem.fix.apply(wrong)
    assert check(mended, memory=2_000_000_000) == ()
    assert check(mended.with_(recipe=mended.recipe.with_(batch_size=512)), memory=2_000_000_000)


def test_what_optimizer_and_average_remember_counts() -> None:
    network = (Flatten(), Linear(out_features=50_000), Linear(out_features=2_000), Linear(out_features=10))
    recipes = (Recipe(optimizer=SGD()), Recipe(), Recipe(averaging=EMA()))
    found = (experiment(*network, recipe=recipe) for recipe in recipes)
    needed = [training_bytes(item, walk(item.stack, item.data.sample_shape)) for item in found]
    weights = 4 * (785 * 50_000 + 50_001 * 2_000 + 2_001 * 10)
    assert [later - before for before, later in pairwise(needed)] == [weights, weights]


def test_by_itself_it_looks_at_what_is_available_now() -> None:
    assert check(experiment(Flatten(), Linear(out_features=1_000), Linear(out_features=10))) == ()
    wide = Linear(out_features=1_000_000)
    problem = only_problem(experiment(Flatten(), wide, wide, Linear(out_features=10)))
    said = float(str(problem.expected).removeprefix("at most ").split(" GB")[0].replace(",", ""))
    assert said == pytest.approx(available() / 1e9, abs=2.0)


def test_a_problem_quotes_what_was_found_and_what_was_expected() -> None:
    problem = only_problem(experiment(Linear(), Linear(out_features=10)))
    assert str(problem.what) == "Linear reads vectors, but receives an image of 1 × 28 × 28."
    assert str(problem.expected) == "a vector of 784 numbers"


def test_disabled_layers_have_no_problems() -> None:
    assert check(experiment(MaxPool2d(kernel_size=99, enabled=False), *ENDING, Softmax(enabled=False))) == ()


@pytest.mark.parametrize(
    "ending", [ReLU(), PReLU(), Sigmoid(), Tanh(), Dropout(), GaussianNoise(), Softmax()], ids=lambda layer: layer.id
)
def test_what_bends_the_outputs_is_allowed_where_the_loss_compares_them_as_they_are(ending: Layer) -> None:
    assert check(experiment(*ENDING, ending, recipe=Recipe(loss=MSE()))) == ()


def test_what_does_not_come_last_or_is_switched_off_is_allowed() -> None:
    pooled = (Conv2d(out_channels=10), ReLU(), AdaptiveAvgPool2d(), Flatten())  # as SqueezeNet ends
    assert check(experiment(*pooled)) == ()
    assert check(experiment(*ENDING, ReLU(enabled=False))) == ()
    hidden = (Linear(out_features=64), PReLU(), GLU(), GaussianNoise())
    assert check(experiment(Flatten(), *hidden, Linear(out_features=10))) == ()
    assert check(experiment(Flatten(), Linear(out_features=64), ReLU(), Dropout(), Linear(out_features=10))) == ()


def test_of_hidden_layers_only_what_is_missing_is_said() -> None:
    problem = only_problem(experiment(Flatten(), Linear(out_features=64), ReLU()))
    assert str(problem.fix.label if problem.fix else "") == "Append Linear"


def test_all_that_stands_behind_the_last_layer_is_said() -> None:
    problems = check(experiment(*ENDING, ReLU(), Dropout()))
    assert [str(problem.what) for problem in problems] == [
        "Cross entropy takes raw scores, but Dropout sets some of them to 0 at random.",
        "Cross entropy takes raw scores of any size and sign, but ReLU changes them.",
    ]


def test_softmax_is_right_before_mean_squared_error() -> None:
    assert check(experiment(*ENDING, Softmax(), recipe=Recipe(loss=MSE()))) == ()


def test_batchnorm_on_images_needs_no_second_sample() -> None:
    assert check(experiment(Conv2d(), BatchNorm(), *ENDING, data=MNIST(train_limit=33))) == ()


def test_points_of_which_the_network_is_told_nothing() -> None:
    blind = Experiment(data=Points(x=False, y=False), stack=Stack(layers=(Linear(out_features=2),)))
    (problem,) = check(blind)
    assert str(problem.what) == "The network has no inputs."
    assert problem.fix is not None
    assert check(problem.fix.apply(blind)) == ()


def test_points_that_were_all_taken_out() -> None:
    data = Points(count=20, removed=tuple(range(16)))
    bare = Experiment(data=data, stack=Stack(layers=(Linear(out_features=2),)))
    (problem,) = check(bare)
    assert str(problem.what) == "There are too few points to train on: 0."
    assert problem.fix is not None
    assert check(problem.fix.apply(bare)) == ()


def test_a_network_without_weights() -> None:
    idle = Experiment(data=Points(), stack=Stack(layers=(ReLU(),)))
    (problem,) = check(idle)
    assert "nothing to train" in str(problem.what)
    assert problem.fix is not None
    assert check(problem.fix.apply(idle)) == ()


def test_an_output_that_no_layer_can_give_at_once_is_told() -> None:
    """The product of its dimensions is more units than a Linear may have."""
    poems = preset("tang-poems").experiment
    data = poems.data.with_(context=1024)
    assert prod(data.task.output) > MOST_UNITS
    stack = Stack(layers=(Embedding(embedding_dim=4), Flatten(), Linear(out_features=3)))
    assert check(poems.with_(data=data, stack=stack))


def test_too_many_numbers_for_another_layer_are_told_without_one() -> None:
    odd = walk(Stack(layers=(GLU(),)), (MOST_UNITS + 1,))
    assert odd[0].mismatch is not None
    assert odd[0].mismatch.before is None
    inside = Residual(branches=(Stack(layers=(Flatten(),)),))
    assert walk(Stack(layers=(inside,)), (3, 1024, 1024))[0].mismatch is not None
