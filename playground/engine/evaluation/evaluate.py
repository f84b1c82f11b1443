"""Evaluates a network and reads its predictions without changing it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from copy import copy
from math import log
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
from playground.engine.runtime.ranks import Ranks
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.recipe.losses import Loss
from playground.spec.recipe.output_activations import IDENTITY, SOFTMAX, OutputActivation

# About this much work (FLOPs, plus 6 for each byte of activations) takes 5 to 10 ms on one core.
_CHUNK_WORK = 400_000_000
_SMALLEST_CHUNK, _LARGEST_CHUNK = 16, 2000  # samples
_IMAGE_CHUNK = 500

Observer = Callable[[Tensor, Tensor, Tensor], None]  # inputs, outputs and targets of a chunk


class Evaluation(NamedTuple):
    """Loss and score over all samples, independent of the chunk size."""

    loss: float  # data part, mean over the samples, weighted by class weights
    score: float  # as the task defines it
    plain_loss: float | None = None  # the loss without label smoothing, where there is any; see `Loss.plain`


def chunk_size(experiment: Experiment) -> int:
    """Number of samples to evaluate at once so that a chunk takes about 10 ms on one core of a usual machine.

    Computed from the declaration alone, so that a run gives the same bits whatever the speed of the machine.
    """
    sums = totals(walk(experiment.stack, experiment.data.sample_shape))
    size = _CHUNK_WORK // max(1, sums.flops + 6 * sums.activation_bytes)
    return max(_SMALLEST_CHUNK, min(size, _LARGEST_CHUNK))


def slice_size(experiment: Experiment) -> int:
    """Number of samples for a slice of a thread that others wait for: a quarter of a chunk, some 2.5 ms."""
    return max(1, chunk_size(experiment) // 4)


def evaluate(
    network: nn.Sequential,
    objective: Objective,
    scoring: Scoring,
    part: Subset,
    chunk: int,
    watch: Observer | None = None,
    ranks: Ranks | None = None,
) -> Generator[int, None, Evaluation]:
    """Evaluate samples in chunks, without gradients; yield the number of samples done after each chunk.

    Between chunks the network is in its original mode. `watch` is called with each chunk. With `ranks` other processes
    evaluate the same network, each its share of the samples, and all return the same.
    """
    loss, plain_loss, weight, done = 0.0, 0.0, 0.0, 0
    plain = objective.plain
    sums: tuple[float, ...] = ()
    at_once = chunk * ranks.world if ranks else chunk
    with evaluating(network):
        fused = for_inference(network)
    while done < len(part):
        with evaluating(network):
            end = min(done + at_once, len(part))
            own, copies = ranks.share(end - done) if ranks else (slice(0, end - done), 1)
            inputs, targets = part.cut(done + own.start, done + own.stop)
            outputs = fused(inputs)
            counted = objective.weight(targets) / copies
            loss, weight = loss + objective(outputs, targets).item() * counted, weight + counted
            if plain is not None:
                plain_loss += plain(outputs, targets).item() * counted
            sums = added(sums, [item.item() / copies for item in scoring(outputs, targets)])
            if watch:
                watch(inputs, outputs, targets)
        done = end
        yield done
    if ranks:
        loss, plain_loss, weight, *total = ranks.added([loss, plain_loss, weight, *sums])
        sums = tuple(total)
    return Evaluation(loss / weight, scoring.score(sums, done), plain_loss / weight if plain else None)


def for_inference(network: nn.Sequential) -> nn.Sequential:
    """The same network optimised for inference, valid in evaluation mode while its weights do not change.

    BatchNorm after a convolution is folded into its filters, w · γ / √(σ² + ε), and ReLU after a layer with weights
    works in place, also within other modules. The outputs differ only in their last bits. Unchanged modules are
    shared, not copied; those with hooks are not changed, because the hooks are part of what is computed.
    """
    modules: list[nn.Module] = []
    for module in network:
        before = modules[-1] if modules else None
        if module._forward_hooks or (before is not None and before._forward_hooks):
            modules.append(_optimised(module))
        elif isinstance(module, nn.BatchNorm2d) and isinstance(before, nn.Conv2d):
            modules[-1] = fuse_conv_bn_eval(before, module)
        elif isinstance(module, nn.ReLU) and isinstance(before, nn.Conv2d | nn.Linear):
            modules.append(nn.ReLU(inplace=True))
        else:
            modules.append(_optimised(module))
    return nn.Sequential(*modules)


def _optimised(module: nn.Module) -> nn.Module:
    """Apply `for_inference` to every sequence of modules within a module."""
    if isinstance(module, nn.Sequential):
        return for_inference(module)
    children = {name: _optimised(child) for name, child in module.named_children()}
    if all(child is getattr(module, name) for name, child in children.items()):
        return module
    light = copy(module)
    light._modules = {**module._modules, **children}
    return light


def probabilities(network: nn.Module, pictures: Tensor, loss: Loss | None = None) -> npt.NDArray[np.float32]:
    """Class probabilities of images (N, 1, 28, 28) in [0, 1]: (N, classes), each row adding up to 1.

    A network trained with a loss that does not expect logits (MSE on one-hot) estimates the 0-or-1 targets themselves:
    its outputs are clamped at 0 and divided by their sum, all equal where nothing is above 0. Outputs of a network that
    ends in Softmax are probabilities already. Where the loss treats classes independently (binary cross entropy), the
    sigmoids are divided by their sum. All other outputs are logits and go through softmax. Rows with a NaN, of a
    network that diverged, become uniform.
    """
    with evaluating(network):
        device = next((parameter.device for parameter in network.parameters()), pictures.device)
        parts = []
        for part in torch.split(pictures, _IMAGE_CHUNK):
            stop_if_cancelled()
            parts.append(network(part.to(device)))
        known: npt.NDArray[np.float32] = beliefs(network, torch.cat(parts).to("cpu", torch.float32), loss).numpy()
    return known


def beliefs(network: nn.Module, outputs: Tensor, loss: Loss | None = None) -> Tensor:
    """Class probabilities from outputs (…, classes) of a network, see `probabilities`."""
    activation = loss.output_activation if loss else SOFTMAX
    shares = _shares(outputs, IDENTITY if _ends_in_softmax(network) else activation)
    equal = torch.full_like(shares, 1.0 / shares.shape[-1])
    return torch.where(shares.isfinite().all(-1, keepdim=True), shares, equal)


def log_beliefs(network: nn.Module, outputs: Tensor, loss: Loss | None = None) -> Tensor:
    """The logarithms of `beliefs`, computed in float64: ones that float32 rounds to 0 or 1 stay apart."""
    activation = IDENTITY if _ends_in_softmax(network) else loss.output_activation if loss else SOFTMAX
    if activation == IDENTITY:
        positive = outputs.double().clamp_min(0.0)
        logs = (positive / positive.sum(1, keepdim=True)).log()
    else:
        logs = applied(activation.log, outputs.double()).log_softmax(1)
    equal = torch.full_like(logs, -log(logs.shape[1]))
    return torch.where(logs.isnan().any(1, keepdim=True), equal, logs)


def log_odds(logs: Tensor) -> Tensor:
    """ln (p / (1 - p)) of each probability, from rows (N, C) of their logarithms in float64.

    1 - p of the greatest is the sum of all others, which has its digits where p rounds to 1.
    """
    top = logs.argmax(1, keepdim=True)
    others = logs.scatter(1, top, float("-inf")).logsumexp(1, keepdim=True)
    return (logs - torch.log1p(-logs.exp())).scatter(1, top, logs.gather(1, top) - others)


def _shares(outputs: Tensor, activation: OutputActivation) -> Tensor:
    """Rows (…, classes) that add up to 1, or NaN where that is impossible."""
    if activation == IDENTITY:
        outputs = outputs.clamp_min(0.0)
        return outputs / outputs.sum(-1, keepdim=True)
    return applied(activation.log, outputs).softmax(-1)


def _ends_in_softmax(network: nn.Module) -> bool:
    """Whether the last module that computes something is a Softmax."""
    last = network
    while isinstance(last, nn.Sequential | Repeated):
        ends = last.body if isinstance(last, Repeated) else next(reversed(last), None)
        if ends is None:
            return False
        last = ends
    return isinstance(last, nn.Softmax)


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients; restores the original mode afterwards."""
    training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        network.train(training)
