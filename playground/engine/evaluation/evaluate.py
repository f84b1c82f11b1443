"""Looks at how good a network is, and asks it what it thinks, without changing it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from copy import copy
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from playground.engine.build import applied
from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring, added
from playground.engine.modules.containers import Repeated
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.recipe.losses import Loss
from playground.spec.recipe.output_activations import IDENTITY, SOFTMAX, OutputActivation

# About this much work (FLOPs, and bytes of activations six times over) is done in 5 to 10 ms on one core.
_CHUNK_WORK = 400_000_000
_SMALLEST_CHUNK, _LARGEST_CHUNK = 16, 2000  # samples
_PICTURES_AT_ONCE = 500

Observer = Callable[[Tensor, Tensor, Tensor], None]  # inputs, outputs and targets of a chunk


class Evaluation(NamedTuple):
    """How a network did on some samples; the figures are those of all samples at once, whatever the chunks were."""

    loss: float  # data part, mean over the samples, each counted by the weight of its class
    score: float  # as the task has it
    plain_loss: float | None = None  # the loss without label smoothing, where there is any; see `Loss.plain`


def chunk_size(experiment: Experiment) -> int:
    """How many samples to evaluate at once so that it takes about 10 ms on one core of a usual machine.

    Decided from the declaration alone, so that a run gives the same bits however fast the machine is just now.
    """
    sums = totals(walk(experiment.stack, experiment.data.sample_shape))
    size = _CHUNK_WORK // max(1, sums.flops + 6 * sums.activation_bytes)
    return max(_SMALLEST_CHUNK, min(size, _LARGEST_CHUNK))


def evaluate(
    network: nn.Sequential,
    objective: Objective,
    scoring: Scoring,
    part: Subset,
    chunk: int,
    watch: Observer | None = None,
) -> Generator[int, None, Evaluation]:
    """Evaluate on samples in chunks, without gradients; yield after each how many are done.

    Between chunks the network is in the mode in which it was found. `watch` sees each.
    """
    loss, plain_loss, weight, done = 0.0, 0.0, 0.0, 0
    plain = objective.plain
    sums: tuple[float, ...] = ()
    with evaluating(network):
        fused = for_inference(network)
    while done < len(part):
        with evaluating(network):
            inputs, targets = part.cut(done, done + chunk)
            outputs = fused(inputs)
            counted = objective.weight(targets)
            loss, weight = loss + objective(outputs, targets).item() * counted, weight + counted
            if plain is not None:
                plain_loss += plain(outputs, targets).item() * counted
            sums = added(sums, [item.item() for item in scoring(outputs, targets)])
            if watch:
                watch(inputs, outputs, targets)
        done += len(inputs)
        yield done
    return Evaluation(loss / weight, scoring.score(sums, done), plain_loss / weight if plain else None)


def for_inference(network: nn.Sequential) -> nn.Sequential:
    """The same network with less to do, as long as its weights are what they are now and it is in evaluation mode.

    BatchNorm behind a convolution is folded into its filters, w · γ / √(σ² + ε), and ReLU behind a layer with weights
    overwrites what it reads; so are those within other modules. The outputs are the same but for their last bits.
    Modules in which nothing changes are shared, not copied.
    """
    modules: list[nn.Module] = []
    for module in network:
        before = modules[-1] if modules else None
        if isinstance(module, nn.BatchNorm2d) and isinstance(before, nn.Conv2d):
            modules[-1] = fuse_conv_bn_eval(before, module)
        elif isinstance(module, nn.ReLU) and isinstance(before, nn.Conv2d | nn.Linear):
            modules.append(nn.ReLU(inplace=True))
        else:
            modules.append(_lighter(module))
    return nn.Sequential(*modules)


def _lighter(module: nn.Module) -> nn.Module:
    """`for_inference` of every sequence of modules in one that holds others."""
    if isinstance(module, nn.Sequential):
        return for_inference(module)
    children = {name: _lighter(child) for name, child in module.named_children()}
    if all(child is getattr(module, name) for name, child in children.items()):
        return module
    light = copy(module)
    light._modules = {**module._modules, **children}
    return light


def probabilities(network: nn.Module, pictures: Tensor, loss: Loss | None = None) -> npt.NDArray[np.float32]:
    """What the network thinks of pictures (N, 1, 28, 28) in [0, 1]: (N, classes), each row adding up to 1.

    A network trained with a loss that does not expect logits (MSE on one-hot) estimates the 0-or-1 targets
    themselves: its outputs are cut off at 0 and divided by their sum, all equal where nothing is above 0. Outputs of
    a network that ends in Softmax are probabilities already. Where the loss asks for each class by itself (binary
    cross entropy), the sigmoids are divided by their sum. Everything else is taken for logits, and goes through
    softmax. Rows with a NaN, of a network that diverged, come out all equal too.
    """
    with evaluating(network):
        device = next((parameter.device for parameter in network.parameters()), pictures.device)
        parts = []
        for part in torch.split(pictures, _PICTURES_AT_ONCE):
            stop_if_cancelled()
            parts.append(network(part.to(device)))
        known: npt.NDArray[np.float32] = beliefs(network, torch.cat(parts).to("cpu", torch.float32), loss).numpy()
    return known


def beliefs(network: nn.Module, outputs: Tensor, loss: Loss | None = None) -> Tensor:
    """What outputs (N, classes) of the network say of each class, see `probabilities`."""
    activation = loss.output_activation if loss else SOFTMAX
    shares = _shares(outputs, IDENTITY if _ends_in_softmax(network) else activation)
    equal = torch.full_like(shares, 1.0 / shares.shape[1])
    return torch.where(shares.isfinite().all(1, keepdim=True), shares, equal)


def _shares(outputs: Tensor, activation: OutputActivation) -> Tensor:
    """Rows (N, classes) that add up to 1, or NaN where that cannot be."""
    if activation == IDENTITY:
        outputs = outputs.clamp_min(0.0)
        return outputs / outputs.sum(1, keepdim=True)
    return applied(activation.log, outputs).softmax(1)


def _ends_in_softmax(network: nn.Module) -> bool:
    """Whether the last module that computes is a Softmax."""
    last = network
    while isinstance(last, nn.Sequential | Repeated):
        ends = last.body if isinstance(last, Repeated) else next(reversed(last), None)
        if ends is None:
            return False
        last = ends
    return isinstance(last, nn.Softmax)


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """In evaluation mode and without gradients; afterwards in the mode in which it was found."""
    training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        network.train(training)
