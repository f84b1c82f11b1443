"""Explains one output of a network by the values of one input: how much did each of them count?

Every function takes one input (1, …) of floating-point values and the number of an output; it returns an `Attribution`.
The explained output is the raw one, before softmax or sigmoid: a probability also changes with the other outputs. The
network is in evaluation mode meanwhile; no weight, mode, gradient or random stream of it changes, and no hook stays.
Functions that take longer than a few milliseconds are generators: they yield after each chunk of inputs.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from playground.engine.modules.modes import in_evaluation_mode
from playground.spec.messages import PlaygroundError, message

Values = npt.NDArray[np.float32]

TOLERANCE = 0.01  # of the difference that integrated gradients must add up to
_FIRST_STEPS, _MOST_STEPS = 32, 512  # of the path
_CHUNK = 32  # inputs at once: bounds the memory, whatever the number of steps


class AttributionError(PlaygroundError):
    """A network or an input that this method cannot explain."""


def no_images() -> AttributionError:
    """The error of Grad-CAM where the outputs of a layer are no images."""
    return AttributionError(message("Grad-CAM needs a layer whose outputs are images."))


class Attribution(NamedTuple):
    """How much each value of an input counted for one output."""

    values: Values  # of the input's shape without the batch; of Grad-CAM and occlusion (H, W)
    output: float  # the explained output for the input
    baseline: float | None = None  # the same output for the baseline, where the method has one

    @property
    def completeness(self) -> float | None:
        """The sum of the values over `output - baseline`; 1 is exact. None without a baseline, or a difference of 0."""
        if self.baseline is None or self.output == self.baseline:
            return None
        return float(self.values.sum(dtype=np.float64)) / (self.output - self.baseline)


def gradient(network: nn.Module, inputs: Tensor, output: int) -> Attribution:
    """The derivative of an output by each value of the input.

    Simonyan, Vedaldi and Zisserman, 2013, Deep Inside Convolutional Networks, arXiv:1312.6034, section 3. The sign is
    kept; the paper shows the magnitude.

    Raises:
        AttributionError: the inputs are no floating-point values, or there is no list of outputs for each input.
    """
    with with_gradients(network):
        outputs, slopes = _slopes(network, inputs, output)
    return Attribution(slopes[0].numpy(), outputs[0].item())


def input_times_gradient(network: nn.Module, inputs: Tensor, output: int) -> Attribution:
    """The derivative times the value: values of 0, such as black pixels, count nothing.

    Shrikumar, Greenside, Shcherbina and Kundaje, 2016, Not Just a Black Box, arXiv:1605.01713.

    Raises:
        AttributionError: see `gradient`.
    """
    found = gradient(network, inputs, output)
    return found._replace(values=found.values * inputs[0].numpy())


def integrated_gradients(
    network: nn.Module,
    inputs: Tensor,
    output: int,
    baseline: Tensor | None = None,
    *,
    chunk: int = _CHUNK,
    most: int = _MOST_STEPS,
) -> Generator[None, None, Attribution]:
    """The mean derivative on the straight path from the baseline to the input, times their difference.

    Sundararajan, Taly and Yan, 2017, Axiomatic Attribution for Deep Networks, arXiv:1703.01365, equation 1. The values
    add up to the difference of the outputs of input and baseline. The integral is a Gauss-Legendre sum, of 32 steps;
    the steps are doubled, up to `most`, until the sum is within 1 % of that difference. `baseline` is (1, …) and 0
    everywhere unless given; `chunk` steps are computed at once.

    Raises:
        AttributionError: see `gradient`.
    """
    start = torch.zeros_like(inputs) if baseline is None else baseline
    with with_gradients(network), torch.no_grad():
        first, last = (float(outputs_of(network, item)[0, output]) for item in (start, inputs))
    steps = _FIRST_STEPS
    while True:
        places, weights = np.polynomial.legendre.leggauss(steps)
        shares = torch.from_numpy((places + 1) / 2).float()
        scales = torch.from_numpy(weights / 2).float()
        total = torch.zeros_like(inputs[0])
        for share, scale in zip(torch.split(shares, chunk), torch.split(scales, chunk), strict=True):
            with with_gradients(network):
                along = start + _spread(share, inputs) * (inputs - start)
                total += (_slopes(network, along, output)[1] * _spread(scale, inputs)).sum(0)
            yield
        found = Attribution((total * (inputs - start)[0]).numpy(), last, first)
        exact = found.completeness
        if exact is None or abs(exact - 1) <= TOLERANCE or steps >= most:
            return found
        steps *= 2


def smooth_grad(
    network: nn.Module, inputs: Tensor, output: int, noise: float = 0.15, samples: int = 32, seed: int = 0
) -> Generator[None, None, Attribution]:
    """The mean derivative over copies of the input with Gaussian noise.

    Smilkov, Thorat, Kim, Viégas and Wattenberg, 2017, SmoothGrad, arXiv:1706.03825, section 2. The noise's standard
    deviation is a share of the input's range; its numbers come from a generator with that seed.

    Raises:
        AttributionError: see `gradient`.
    """
    drawn = torch.Generator().manual_seed(seed)
    deviation = noise * float(inputs.max() - inputs.min())
    total = torch.zeros_like(inputs[0])
    with with_gradients(network), torch.no_grad():
        value = float(outputs_of(network, inputs)[0, output])
    for done in range(0, samples, _CHUNK):
        count = min(_CHUNK, samples - done)
        noisy = inputs + deviation * torch.randn((count, *inputs.shape[1:]), generator=drawn)
        with with_gradients(network):
            total += _slopes(network, noisy, output)[1].sum(0)
        yield
    return Attribution((total / samples).numpy(), value)


def grad_cam(network: nn.Module, module: nn.Module, inputs: Tensor, output: int) -> Attribution:
    """Where the feature maps (C, H, W) of a module speak for an output, as a picture of the input's size.

    Selvaraju and others, 2016, Grad-CAM, arXiv:1610.02391, equations 1 and 2: the maps, weighted with their mean
    derivatives, are added up; negative sums are set to 0. `module` is one that `network` contains and whose outputs are
    images. The map is enlarged bilinearly.

    Raises:
        AttributionError: see `gradient`, or the module gives no images.
    """
    recorded: list[Tensor] = []

    def record(_module: nn.Module, _inputs: Any, outputs: Tensor) -> Tensor:
        recorded.append(outputs)
        return outputs.clone()  # a module in place after it must not change what was recorded

    handle = module.register_forward_hook(record)
    try:
        with with_gradients(network):
            value = outputs_of(network, inputs.clone().requires_grad_(True))[0, output]
            if not recorded or recorded[-1].dim() != 4:
                raise no_images()
            maps = recorded[-1]
            slopes = torch.autograd.grad(value, maps, allow_unused=True)[0]
    finally:
        handle.remove()
    weights = torch.zeros_like(maps[:, :, :1, :1]) if slopes is None else slopes.mean((2, 3), keepdim=True)
    seen = (weights * maps.detach()).sum(1, keepdim=True).relu()
    enlarged = interpolate(seen, inputs.shape[-2:], mode="bilinear", align_corners=False)
    return Attribution(enlarged[0, 0].detach().numpy(), float(value.detach()))


def occlusion(
    network: nn.Module, inputs: Tensor, output: int, side: int = 5, value: float = 0.0
) -> Generator[None, None, Attribution]:
    """How far an output falls where a square of the picture is covered; of images (1, C, H, W).

    Zeiler and Fergus, 2013, Visualizing and Understanding Convolutional Networks, arXiv:1311.2901, section 4.2. The
    square has `side` pixels, an odd number, and is centred on each pixel in turn; at the border a part of it lies
    outside. `value` is what covers. Positive values mark pixels that speak for the output.

    Raises:
        AttributionError: there is no list of outputs for each input, or the input is no image.
    """
    if inputs.dim() != 4:
        raise AttributionError(message("Only pictures can be covered in part."))
    height, width = inputs.shape[-2:]
    half = side // 2
    with with_gradients(network), torch.no_grad():
        whole = float(outputs_of(network, inputs)[0, output])
    fallen = torch.zeros(height * width)
    for first in range(0, height * width, 2 * _CHUNK):
        places = range(first, min(first + 2 * _CHUNK, height * width))
        covered = inputs.repeat(len(places), 1, 1, 1)
        for number, place in enumerate(places):
            row, column = divmod(place, width)
            covered[number, :, max(0, row - half) : row + half + 1, max(0, column - half) : column + half + 1] = value
        with with_gradients(network), torch.no_grad():
            fallen[places.start : places.stop] = whole - outputs_of(network, covered)[:, output]
        yield
    return Attribution(fallen.reshape(height, width).numpy(), whole)


def outputs_of(network: nn.Module, inputs: Tensor) -> Tensor:
    """The outputs (N, K) for inputs (N, …).

    Raises:
        AttributionError: there is no single list of outputs for each input.
    """
    outputs: Tensor = network(inputs)
    if outputs.dim() != 2:
        raise AttributionError(message("Only a network with one answer for each input can be explained."))
    return outputs


@contextmanager
def with_gradients(network: nn.Module) -> Iterator[None]:
    """Evaluation mode with gradients; restores every module's mode. The weights' own gradients stay untouched."""
    without_cudnn = torch.backends.cudnn.flags(enabled=False)  # it has no backward pass of recurrent layers then
    with in_evaluation_mode(network), torch.inference_mode(False), torch.enable_grad(), without_cudnn:
        yield


def _slopes(network: nn.Module, inputs: Tensor, output: int) -> tuple[Tensor, Tensor]:
    """The output (N,) for inputs (N, …), and its derivatives by them, of their shape.

    Raises:
        AttributionError: see `outputs_of`, or the inputs are no floating-point values.
    """
    if not inputs.is_floating_point():
        raise AttributionError(message("Only numbers have derivatives: characters have none."))
    leaf = inputs.detach().clone().requires_grad_(True)
    values = outputs_of(network, leaf.clone())[:, output]  # a clone, because a module in place may not change a leaf
    found = torch.autograd.grad(values.sum(), leaf, allow_unused=True)[0]
    return values.detach(), torch.zeros_like(leaf) if found is None else found


def _spread(values: Tensor, inputs: Tensor) -> Tensor:
    """Values (N,) as (N, 1, …), to be multiplied with inputs (N, …)."""
    return values.reshape(-1, *[1] * (inputs.dim() - 1))
