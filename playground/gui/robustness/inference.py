"""The functions with which the inference thread scores spoiled samples, in slices, and asks about a spoiled picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from playground.engine.build import applied
from playground.engine.data.augment.corruptions import corrupted
from playground.engine.evaluation.data_part import EvaluatedPart
from playground.engine.evaluation.evaluate import evaluating, probabilities, slice_size
from playground.engine.probes.robustness import RobustnessCurve, robustness_curve
from playground.gui.panels.layer_probe import Example
from playground.gui.session.network_source import NetworkSource
from playground.spec.corruptions import Corruption
from playground.spec.messages import PlaygroundError, message

Floats = npt.NDArray[np.float32]

MOST = 1000  # samples


@dataclass(frozen=True, slots=True, eq=False)
class CurveQuestion:
    """Asks for the score of samples along a corruption."""

    part: EvaluatedPart
    corruption: Corruption


@dataclass(frozen=True, slots=True, eq=False)
class CurveAnswer:
    """The part of the curve that is known so far, and of which network it is."""

    question: CurveQuestion
    curve: RobustnessCurve
    step: int
    broken: bool  # whether the network was broken on purpose


@dataclass(frozen=True, slots=True, eq=False)
class SpoiledQuestion:
    """Asks what the network answers to an example of a panel that is spoiled so much."""

    example: Example
    corruption: Corruption
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class SpoiledAnswer:
    """The spoiled picture, and the answer to it."""

    question: SpoiledQuestion
    picture: Floats  # (C, H, W) in [0, 1], as the network saw it
    shares: tuple[float, ...]  # one per class; empty where the network does not give a picture one class
    output: Floats | None = None  # (C, H, W) in [0, 1]: where it answers with a picture, that one
    classes: tuple[float, ...] = ()  # the share of the pixels in each class, where it gives every pixel one


class NoPictureError(PlaygroundError):
    """The panel shows no picture."""


def corrupted_scores(
    network: nn.Sequential, source: NetworkSource, question: CurveQuestion
) -> Iterator[CurveAnswer | None]:
    """Score the samples; None after each slice, what is known after each value."""
    experiment = source.experiment
    chunk = slice_size(experiment)
    for curve in robustness_curve(network, experiment, question.part.samples, question.corruption, chunk):
        known = curve and CurveAnswer(question, curve, source.version, bool(source.intervention))
        yield known or None


def corrupted_example(network: nn.Sequential, source: NetworkSource, question: SpoiledQuestion) -> SpoiledAnswer:
    """Spoil the example, and ask the network about it.

    Raises:
        NoPictureError: the panel shows no picture.
    """
    inputs = question.example.network_input(source, question.example.content)
    if inputs is None or inputs.dim() != 4:
        raise NoPictureError(message("There is no picture to change."))
    spoiled = corrupted(inputs, question.corruption, question.value, range(len(inputs)))
    picture, task = spoiled[0].cpu().numpy(), source.experiment.data.task
    if len(task.output) == 3:
        output, classes = _picture_of(network, source, spoiled)
        return SpoiledAnswer(question, picture, (), output, classes)
    shares: tuple[float, ...] = ()
    if task.classes is not None and task.positions == 1:
        shares = tuple(probabilities(network, spoiled, source.experiment.recipe.loss)[0].tolist())
    return SpoiledAnswer(question, picture, shares)


def _picture_of(network: nn.Sequential, source: NetworkSource, inputs: Tensor) -> tuple[Floats, tuple[float, ...]]:
    """What the network makes of a picture, as a picture; and the share of the pixels in each class, if it gives one.

    Classes become shades of grey, the first one black.
    """
    with evaluating(network):
        outputs, count = network(inputs)[0].float().cpu(), source.experiment.data.task.classes
    if count is None:
        found = applied(source.experiment.recipe.loss.output_activation.call, outputs).clamp(0.0, 1.0).nan_to_num(0.0)
        return found.numpy(), ()
    classes = outputs.argmax(0)
    shares = classes.flatten().bincount(minlength=count) / classes.numel()
    return (classes[None] / max(1, count - 1)).float().numpy(), tuple(shares.tolist())
