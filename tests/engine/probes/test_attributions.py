"""Attributions equal captum's, and what their papers promise, on networks of every kind of layer that pictures pass."""

from __future__ import annotations

from collections.abc import Generator
from copy import deepcopy

import numpy as np
import pytest
import torch
from captum import attr as captum
from torch import Tensor, nn

from playground.engine.build import build
from playground.engine.probes.attributions import (
    Attribution,
    AttributionError,
    grad_cam,
    gradient,
    input_times_gradient,
    integrated_gradients,
    occlusion,
    smooth_grad,
)
from playground.spec.files.presets import preset

NETWORKS = ("textbook", "lenet-5", "residual-cnn", "rows-lstm", "vision-transformer")
CLASS = 3


@pytest.fixture(scope="module", params=NETWORKS)
def network(request: pytest.FixtureRequest) -> nn.Sequential:
    """An untrained network of a preset, in training mode, with statistics of its own in every BatchNorm."""
    made = build(preset(request.param).experiment)
    drawn = torch.Generator().manual_seed(1)
    for name, buffer in made.named_buffers():
        if name.endswith("running_mean"):
            buffer.copy_(torch.randn(buffer.shape, generator=drawn) / 10)
        elif name.endswith("running_var"):
            buffer.copy_(torch.rand(buffer.shape, generator=drawn) + 0.5)
    return made


@pytest.fixture(scope="module")
def picture() -> Tensor:
    """A picture (1, 1, 28, 28) with black around a grey square."""
    made = torch.zeros(1, 1, 28, 28)
    made[:, :, 6:22, 6:22] = torch.rand(16, 16, generator=torch.Generator().manual_seed(2))
    return made


def finished(steps: Generator[None, None, Attribution]) -> Attribution:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def plain(network: nn.Module, picture: Tensor) -> Tensor:
    """The outputs of a copy in evaluation mode."""
    return deepcopy(network).eval()(picture)[0]


@pytest.mark.filterwarnings("ignore:Input Tensor 0 did not already require gradients")
def test_gradients_are_those_of_captum(network: nn.Sequential, picture: Tensor) -> None:
    same = deepcopy(network).eval()
    found, times = gradient(network, picture, CLASS), input_times_gradient(network, picture, CLASS)
    expected = captum.Saliency(same).attribute(picture.clone(), target=CLASS, abs=False)
    torch.testing.assert_close(torch.from_numpy(found.values)[None], expected)
    torch.testing.assert_close(torch.from_numpy(times.values)[None], expected * picture)
    assert found.output == pytest.approx(plain(network, picture)[CLASS].item(), rel=1e-5)


def test_integrated_gradients_are_those_of_captum_and_add_up(network: nn.Sequential, picture: Tensor) -> None:
    found = finished(integrated_gradients(network, picture, CLASS))
    assert found.completeness == pytest.approx(1.0, abs=0.01)
    assert found.baseline == pytest.approx(plain(network, torch.zeros_like(picture))[CLASS].item(), rel=1e-4, abs=1e-6)
    method = captum.IntegratedGradients(deepcopy(network).eval())
    expected = method.attribute(picture, target=CLASS, n_steps=256, method="gausslegendre")[0].numpy()
    assert np.abs(found.values - expected).max() <= 0.03 * np.abs(expected).max()


def test_a_baseline_moves_the_beginning_of_the_path(picture: Tensor) -> None:
    network, white = build(preset("lenet-5").experiment), torch.ones(1, 1, 28, 28)
    found = finished(integrated_gradients(network, picture, CLASS, white))
    assert found.baseline == pytest.approx(plain(network, white)[CLASS].item(), rel=1e-5)
    assert found.completeness == pytest.approx(1.0, abs=0.01)
    assert found.values[0, 0, 0] != 0.0  # black where the baseline is white


def test_the_path_is_cut_more_finely_until_the_sum_holds() -> None:
    steep = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    steep[0].weight.data[:], steep[0].bias.data[:] = 4000.0, -2000.0  # a step in the middle of the path
    steps = integrated_gradients(steep, torch.ones(1, 1), 0)
    for _ in range(1 + 2 + 4):  # chunks of 32 steps
        next(steps)
    found = finished(steps)
    assert (found.baseline, found.output) == (pytest.approx(0.0), pytest.approx(1.0))


def test_smooth_grad_is_the_mean_over_noisy_copies(network: nn.Sequential, picture: Tensor) -> None:
    found = finished(smooth_grad(network, picture, CLASS, noise=0.2, samples=40, seed=5))
    drawn, same, total = torch.Generator().manual_seed(5), deepcopy(network).eval(), torch.zeros(1, 28, 28)
    deviation = 0.2 * (picture.max() - picture.min())
    noise = torch.cat([torch.randn((n, 1, 28, 28), generator=drawn) for n in (32, 8)])
    for one in noise:
        noisy = (picture + deviation * one).requires_grad_(True)
        total += torch.autograd.grad(same(noisy)[0, CLASS], noisy)[0][0]
    torch.testing.assert_close(torch.from_numpy(found.values), total / 40, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["lenet-5", "residual-cnn"])
def test_grad_cam_is_that_of_captum(name: str, picture: Tensor) -> None:
    network = build(preset(name).experiment)
    layers = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    same = deepcopy(network).eval()
    copies = [module for module in same.modules() if isinstance(module, nn.Conv2d)]
    for number in (0, len(layers) - 1):
        found = grad_cam(network, layers[number], picture, CLASS)
        maps = captum.LayerGradCam(same, copies[number]).attribute(picture, target=CLASS, relu_attributions=True)
        expected = captum.LayerAttribution.interpolate(maps, (28, 28), "bilinear")[0, 0]
        torch.testing.assert_close(torch.from_numpy(found.values), expected.detach(), rtol=1e-3, atol=1e-6)
        assert found.values.min() >= 0.0


def test_occlusion_covers_a_square_around_each_pixel(picture: Tensor) -> None:
    network = build(preset("lenet-5").experiment)
    found = finished(occlusion(network, picture, CLASS, side=5, value=0.5))
    assert found.values.shape == (28, 28)
    for row, column in ((0, 0), (13, 9), (27, 27), (3, 25)):
        covered = picture.clone()
        covered[:, :, max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0.5
        fall = plain(network, picture)[CLASS] - plain(network, covered)[CLASS]
        assert found.values[row, column] == pytest.approx(fall.item(), abs=1e-5)


def test_nothing_of_the_network_changes(network: nn.Sequential, picture: Tensor) -> None:
    before, other = deepcopy(network.state_dict()), nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    state = torch.get_rng_state()
    network.train()
    for steps in (integrated_gradients, smooth_grad):
        finished(steps(network, picture, CLASS))
    gradient(network, picture, CLASS)
    with pytest.raises(AttributionError):
        grad_cam(other, next(iter(network)), picture, CLASS)
    assert all(item.training for item in network.modules())
    assert all(not item._forward_hooks for item in network.modules())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert picture.grad is None


def test_a_module_in_place_corrupts_nothing(picture: Tensor) -> None:
    first, second = nn.Conv2d(1, 4, 3), nn.Linear(4 * 26 * 26, 10)
    inplace = nn.Sequential(first, nn.ReLU(inplace=True), nn.Flatten(), second)
    separate = nn.Sequential(first, nn.ReLU(), nn.Flatten(), second)
    for method in (gradient, lambda *given: grad_cam(given[0], first, *given[1:])):
        np.testing.assert_array_equal(method(inplace, picture, 1).values, method(separate, picture, 1).values)
    starting = nn.Sequential(nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(784, 10))
    before = picture.clone()
    gradient(starting, picture - 0.5, 1)
    assert torch.equal(picture, before)


def test_what_has_no_derivative_is_refused_with_a_sentence(picture: Tensor) -> None:
    with pytest.raises(AttributionError, match="characters have none"):
        gradient(nn.Embedding(5, 3), torch.zeros(1, 4, dtype=torch.int64), 0)
    with pytest.raises(AttributionError, match="one answer for each input"):
        gradient(nn.Conv2d(1, 2, 3), picture, 0)
    with pytest.raises(AttributionError, match="pictures"):
        finished(occlusion(nn.Linear(3, 2), torch.zeros(1, 3), 0))


def test_an_output_that_depends_on_nothing_has_no_slope(picture: Tensor) -> None:
    class Constant(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.new_ones(len(x), 3, requires_grad=True)

    assert not gradient(Constant(), picture, 0).values.any()
    assert finished(integrated_gradients(Constant(), picture, 0)).completeness is None
