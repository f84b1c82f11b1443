"""A student learns the teacher's probabilities beside the labels, by the formula of Hinton et al."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine.build import build
from playground.engine.data.in_memory import Data, InputTargetPairs, load
from playground.engine.evaluation.evaluate import evaluating
from playground.engine.losses import distillation
from playground.engine.pruning.distillation import TeachersLoss, lesson
from playground.engine.pruning.groups import PruningError
from playground.engine.pruning.prune import By, Plan, Pruned, distill, prune
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.augmentations import Mixup
from playground.spec.recipe.losses import MSE, CrossEntropy, Loss
from playground.spec.recipe.optimizers import Adam
from playground.spec.recipe.recipe import Recipe


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    recipe = Recipe(optimizer=Adam(lr=0.003), epochs=2, batch_size=16, device="cpu")
    stack = Stack(layers=(Flatten(), Linear(out_features=24), Linear(out_features=10)))
    return Experiment(data=MNIST(train_limit=160), stack=stack, recipe=recipe)


@pytest.fixture(scope="module")
def data(experiment: Experiment) -> Data:
    whole = load(experiment.data)
    return Data(whole.train, whole.validation, type(whole.train)(*whole.test.cut(0, 20)))


def softmax(values: np.ndarray) -> np.ndarray:
    raised = np.exp(values - values.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True))


def test_the_loss_is_that_of_the_paper() -> None:
    generator = np.random.default_rng(1)
    student, teacher = generator.normal(0, 3, (7, 5)), generator.normal(0, 3, (7, 5))
    labels, temperature, share = generator.integers(0, 5, 7), 3.0, 0.2
    p, q = softmax(teacher / temperature), softmax(student / temperature)
    soft = temperature**2 * (p * np.log(p / q)).sum(-1).mean()
    hard = -np.log(softmax(student)[np.arange(7), labels]).mean()
    marked = softmax(teacher) + 2 * np.eye(5)[labels]
    found = distillation(torch.tensor(student), torch.tensor(marked), temperature=temperature, label_share=share)
    assert found.item() == pytest.approx((1 - share) * soft + share * hard)


def test_probabilities_of_zero_do_no_harm() -> None:
    outputs = torch.randn(3, 4, requires_grad=True)
    targets = torch.tensor([[1.0, 0.0, 0.0, 0.0], [2.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 3.0]])
    distillation(outputs, targets, temperature=4.0, label_share=0.1).backward()
    assert outputs.grad is not None
    assert outputs.grad.isfinite().all()


def test_targets_hold_labels_and_what_the_teacher_answers(experiment: Experiment, data: Data) -> None:
    teacher = build(experiment)
    taught = lesson(experiment, data, teacher, experiment.recipe.loss, 4.0)
    inputs, targets = taught.data.train.cut(0, 160)
    pictures, labels = data.train.cut(0, 160)
    with evaluating(teacher):
        known = softmax(teacher(pictures).double().numpy())
    assert torch.equal(inputs, pictures)
    assert torch.equal(targets.argmax(1), labels)
    np.testing.assert_allclose(targets.numpy() - 2 * np.eye(10)[labels.numpy()], known, atol=1e-6)
    assert isinstance(taught.experiment.recipe.loss, TeachersLoss)
    assert TeachersLoss not in Loss.members()


@pytest.mark.parametrize("by", list(By))
def test_the_whole_network_teaches_the_pruned_one(experiment: Experiment, data: Data, by: By) -> None:
    teacher = build(experiment)
    before = {name: tensor.clone() for name, tensor in teacher.state_dict().items()}
    *epochs, found = prune(experiment, teacher, data, Plan(by, keep=0.5, epochs=2, temperature=2.0))
    assert isinstance(found, Pruned)
    assert found.experiment.recipe.loss == CrossEntropy()
    assert len(epochs) == found.figures.epochs == 2
    assert found.figures.train_loss is None  # that was another loss
    assert found.figures.train_score is not None
    assert all(torch.equal(tensor, before[name]) for name, tensor in teacher.state_dict().items())


def test_a_student_comes_to_agree_with_a_teacher_that_is_always_wrong(experiment: Experiment, data: Data) -> None:
    teacher = build(experiment)  # of random weights, and sure of itself
    with torch.no_grad():
        teacher[2].weight.mul_(20.0)
    other = experiment.with_(seed=5, recipe=experiment.recipe.with_(epochs=6))
    trained = Trained(experiment, teacher, Figures(), {})
    network, pictures = build(other), data.train.cut(0, 160)[0]

    def agreement() -> float:
        with evaluating(network), evaluating(teacher):
            return (network(pictures).argmax(1) == teacher(pictures).argmax(1)).float().mean().item()

    first = agreement()
    list(distill(other, network, data, trained, 1.0))
    assert agreement() > first + 0.2


def test_what_cannot_be_taught_says_why(experiment: Experiment, data: Data) -> None:
    teacher, recipe = build(experiment), experiment.recipe
    pixels = Data(InputTargetPairs(data.train.cut(0, 3)[0], torch.rand(3, 10)), data.validation, data.test)
    for own, samples, words in (
        (experiment.with_(recipe=recipe.with_(loss=MSE())), data, "choose cross entropy"),
        (experiment.with_(recipe=recipe.with_(augmentations=(Mixup(),))), data, "Mixup mixes labels"),
        (experiment, pixels, "no labels that a teacher"),
    ):
        with pytest.raises(PruningError, match=words):
            lesson(own, samples, teacher, recipe.loss, 4.0)
