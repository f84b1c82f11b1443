"""Evaluation: chunked without a trace, and probabilities whatever the network ends in."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.in_memory import Data, pixels
from playground.engine.evaluation.evaluate import (
    Evaluation,
    chunk_size,
    evaluate,
    for_inference,
    probabilities,
    slice_size,
)
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.spec.check.shapes import totals, walk
from playground.spec.data.task import classes
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.pooling import MaxPool2d
from playground.spec.layers.upsampling import Upsample
from playground.spec.recipe.losses import MSE, BinaryCrossEntropy, CrossEntropy, Loss

CPU = torch.device("cpu")
TASK = classes(10)


def drained(network: nn.Module, digits: Data, chunk: int, loss: Loss | None = None) -> tuple[list[int], Evaluation]:
    chunks = evaluate(network, Objective(loss or CrossEntropy(), TASK, CPU), Scoring(TASK), digits.test, chunk)
    done = []
    while True:
        try:
            done.append(next(chunks))
        except StopIteration as end:
            return done, end.value


def test_chunks_add_up_to_the_whole(chancy: Experiment, digits: Data) -> None:
    network = build(chancy)
    done, score = drained(network, digits, 30)
    assert done == [30, 60, 90, 100]
    network.eval()
    outputs = network(pixels(digits.test.inputs)).detach()
    assert score.loss == pytest.approx(float(nn.functional.cross_entropy(outputs, digits.test.targets)), rel=1e-5)
    assert score.score * 100 == int((outputs.argmax(1) == digits.test.targets).sum())


def test_the_loss_without_smoothing_is_told_beside_it(chancy: Experiment, digits: Data) -> None:
    weights = (30.0, *[1.0] * 9)
    network = build(chancy)
    _, found = drained(network, digits, 30, CrossEntropy(class_weights=weights, label_smoothing=0.2))
    outputs, targets = network.eval()(pixels(digits.test.inputs)).detach(), digits.test.targets
    smoothed = nn.functional.cross_entropy(outputs, targets, torch.tensor(weights), label_smoothing=0.2)
    plain = nn.functional.cross_entropy(outputs, targets, torch.tensor(weights))
    assert found.loss == pytest.approx(float(smoothed), rel=1e-5)
    assert found.plain_loss == pytest.approx(float(plain), rel=1e-5)
    assert abs(plain - smoothed) > 1e-3
    assert drained(network, digits, 30)[1].plain_loss is None


def test_leaves_the_network_as_it_was(chancy: Experiment, digits: Data) -> None:
    network = build(chancy)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    drained(network, digits, 50)
    probabilities(network, pixels(digits.test.inputs))
    assert network.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    network.eval()
    probabilities(network, pixels(digits.test.inputs))
    assert not network.training


def test_with_less_to_do_it_answers_the_same(chancy: Experiment, digits: Data) -> None:
    network = build(chancy)
    network(pixels(digits.train.inputs))  # so that BatchNorm has seen something
    images = pixels(digits.test.inputs)
    before = [images.clone(), *(tensor.clone() for tensor in network.state_dict().values())]
    network.eval()
    fused = for_inference(network)
    with torch.inference_mode():
        torch.testing.assert_close(fused(images), network(images), rtol=1e-4, atol=1e-5)
    assert len([module for module in fused if isinstance(module, nn.BatchNorm2d)]) == 0
    after = [images, *network.state_dict().values()]
    assert all(torch.equal(found, wanted) for found, wanted in zip(after, before, strict=True))


def test_what_is_nested_has_less_to_do_as_well_and_is_not_changed_itself() -> None:
    inner = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU())
    plain = nn.Sequential(nn.Flatten())
    network = nn.Sequential(inner, plain).eval()
    light = for_inference(network)
    assert [type(module) for module in inner] == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]
    assert isinstance(light[0], nn.Sequential)
    assert [type(module) for module in light[0]] == [nn.Conv2d, nn.ReLU]
    assert (inner[2].inplace, light[0][1].inplace) == (False, True)


def test_what_is_read_first_is_not_written_to(digits: Data) -> None:
    images = pixels(digits.test.inputs) - 0.5
    before = images.clone()
    for_inference(nn.Sequential(nn.ReLU(), nn.Flatten(), nn.Linear(784, 10)).eval())(images)
    assert torch.equal(images, before)


def test_heavier_networks_are_evaluated_in_smaller_chunks(dense: Experiment) -> None:
    heavy = dense.with_(stack=Stack(layers=(Conv2d(out_channels=512, kernel_size=9, padding=4), *dense.stack.layers)))
    assert chunk_size(heavy) == 16 < chunk_size(dense) <= 2000
    assert slice_size(heavy) == 4


def test_a_byte_of_activations_counts_as_six_operations(dense: Experiment) -> None:
    layers = (Upsample(scale_factor=8), ReLU(), MaxPool2d(kernel_size=8), *dense.stack.layers)
    sums = totals(walk(Stack(layers=layers), dense.data.sample_shape))
    assert sums.flops < sums.activation_bytes
    expected = 400_000_000 // (sums.flops + 6 * sums.activation_bytes)
    assert 16 < expected < 2000
    assert chunk_size(dense.with_(stack=Stack(layers=layers))) == expected


def test_mse_compares_with_one_hot() -> None:
    objective = Objective(MSE(), TASK, CPU)
    assert objective(torch.eye(10)[[3, 4]], torch.tensor([3, 4])).item() == 0.0
    assert objective(torch.zeros(2, 10), torch.tensor([3, 4])).item() == pytest.approx(0.1)


def fixed(outputs: list[float], *after: nn.Module) -> nn.Module:
    """A network that answers the same to every picture."""
    linear = nn.Linear(4, len(outputs))
    nn.init.zeros_(linear.weight)
    linear.bias.data = torch.tensor(outputs)
    return nn.Sequential(nn.Flatten(), linear, *after)


PICTURES = torch.rand(3, 1, 2, 2)


def test_logits_go_through_softmax() -> None:
    found = probabilities(fixed([1.0, 2.0, 4.0]), PICTURES)
    assert found.shape == (3, 3)
    np.testing.assert_allclose(found[0], torch.tensor([1.0, 2.0, 4.0]).softmax(0).numpy(), rtol=1e-6)


def test_a_softmax_is_not_followed_by_another() -> None:
    found = probabilities(fixed([1.0, 2.0, 4.0], nn.Softmax(dim=1)), PICTURES)
    np.testing.assert_allclose(found[0], torch.tensor([1.0, 2.0, 4.0]).softmax(0).numpy(), rtol=1e-6)


def test_mse_outputs_are_cut_off_and_normalised() -> None:
    np.testing.assert_allclose(probabilities(fixed([-0.5, 0.5, 1.5]), PICTURES, MSE())[0], [0.0, 0.25, 0.75], rtol=1e-6)


def test_binary_cross_entropys_sigmoids_are_normalised() -> None:
    odds = [4.0, 1.0, 0.25]  # sigmoids of their logarithms: 0.8, 0.5, 0.2
    logits = torch.tensor(odds).log().tolist()
    found = probabilities(fixed(logits), PICTURES, BinaryCrossEntropy())[0]
    np.testing.assert_allclose(found, np.array([0.8, 0.5, 0.2]) / 1.5, rtol=1e-6)
    found = probabilities(fixed([-500.0, -501.0]), PICTURES, BinaryCrossEntropy())[0]
    np.testing.assert_allclose(found, torch.tensor([1.0, 0.0]).softmax(0).numpy(), rtol=1e-6)


@pytest.mark.parametrize("loss", Loss.members(), ids=lambda member: member.id)
def test_what_is_likeliest_is_what_counts_as_right(loss: type[Loss]) -> None:
    found = probabilities(fixed([-3.0, 0.5, 0.2, -0.1]), PICTURES, loss())
    assert (found.argmax(1) == 1).all()
    np.testing.assert_allclose(found.sum(1), 1.0, rtol=1e-6)


@pytest.mark.parametrize(("outputs", "loss"), [([-1.0, -2.0], MSE()), ([nan, 1.0], None), ([nan, 1.0], MSE())])
def test_who_knows_nothing_thinks_all_equal(outputs: list[float], loss: MSE | None) -> None:
    np.testing.assert_array_equal(probabilities(fixed(outputs), PICTURES, loss), np.full((3, 2), 0.5, np.float32))


def test_many_pictures_at_once(dense: Experiment, mnist: Data) -> None:
    found = probabilities(build(dense), pixels(mnist.test.inputs[:1200]))
    assert found.shape == (1200, 10)
    np.testing.assert_allclose(found.sum(1), 1.0, rtol=1e-5)
