"""The questions why, and what would change the answer, and what the inference thread answers to them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from playground.engine.evaluation.evaluate import probabilities
from playground.engine.probes import attributions
from playground.engine.probes.attributions import Attribution, AttributionError, outputs_of, with_gradients
from playground.engine.probes.layer_modules import layer_modules
from playground.engine.probes.smallest_change import SmallestChange, smallest_change
from playground.gui.panels.layer_probe import Example
from playground.gui.session.network_source import NetworkSource
from playground.spec.attribution_methods import AttributionMethod
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.messages import message
from playground.spec.recipe.output_activations import SOFTMAX

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class WhyQuestion:
    """Asks which pixels of an example speak for a class; None for the class that the network answers."""

    example: Example
    method: AttributionMethod
    target: int | None = None
    layer: LayerPath | None = None  # of a method that needs one
    position: int | None = None  # in a window of text; None for the one that the panel asks about


@dataclass(frozen=True, slots=True, eq=False)
class WhyAnswer:
    """An explanation by a network after `version` steps."""

    question: WhyQuestion
    experiment: Experiment
    version: int
    picture: Floats  # (C, H, W) in [0, 1], as the network saw it
    probabilities: tuple[float, ...]  # one per class
    target: int  # the class that is explained
    found: Attribution
    before_softmax: bool  # whether the explained output goes through a softmax
    trained: bool  # whether the network has learned anything

    @property
    def values(self) -> Floats:
        """The attribution (H, W), summed over the colours."""
        return self.found.values if self.found.values.ndim == 2 else self.found.values.sum(0)

    @property
    def answer(self) -> int:
        """The class that the network answers."""
        return self.probabilities.index(max(self.probabilities))


@dataclass(frozen=True, slots=True, eq=False)
class ChangeQuestion:
    """Asks for the smallest change of an example after which the network answers `wanted`."""

    example: Example
    wanted: int


@dataclass(frozen=True, slots=True, eq=False)
class ChangeAnswer:
    """The change, or None where none was found; `answer` is what the network answers without it."""

    question: ChangeQuestion
    picture: Floats  # (H, W), the original
    answer: int
    found: SmallestChange | None


def explain(network: nn.Sequential, source: NetworkSource, question: WhyQuestion) -> Generator[WhyAnswer | None]:
    """Explain one output, in slices; called in the inference thread.

    Raises:
        AttributionError: the method cannot explain this network.
    """
    inputs = _inputs(source, question.example)
    loss = source.experiment.recipe.loss
    shares = tuple(probabilities(network, inputs, loss)[0].tolist())
    target = question.target if question.target is not None else shares.index(max(shares))
    yield None
    found = yield from _attribution(network, source.experiment, inputs, target, question)
    seen, softmax = inputs[0].numpy(), loss.output_activation == SOFTMAX
    yield WhyAnswer(question, source.experiment, source.version, seen, shares, target, found, softmax, source.trained)


def _attribution(
    network: nn.Sequential, experiment: Experiment, inputs: Tensor, target: int, question: WhyQuestion
) -> Generator[None, None, Attribution]:
    function = getattr(attributions, question.method.function)
    if question.method.layered:
        modules = {layer.path: layer.outputs[-1] for layer in layer_modules(experiment, network)}
        if question.layer not in modules:
            raise attributions.no_images()
        found = function(network, modules[question.layer], inputs, target)
    else:
        found = function(network, inputs, target)
    if isinstance(found, Generator):
        found = yield from found
    result: Attribution = found
    return result


def change(network: nn.Sequential, source: NetworkSource, question: ChangeQuestion) -> Generator[ChangeAnswer | None]:
    """Search the smallest change, in slices; called in the inference thread.

    Raises:
        AttributionError: the example is no grey picture.
    """
    inputs = _inputs(source, question.example)
    if inputs.shape[1] != 1:
        raise AttributionError(message("Ink can be added to grey pictures only."))
    with with_gradients(network), torch.no_grad():
        answer = int(outputs_of(network, inputs).argmax(1))
    found = None
    if answer != question.wanted:
        found = yield from smallest_change(network, inputs, question.wanted)
    yield ChangeAnswer(question, inputs[0, 0].numpy(), answer, found)


def _inputs(source: NetworkSource, example: Example) -> Tensor:
    inputs = example.network_input(source, example.content)
    if inputs is None or inputs.dim() != 4:
        raise AttributionError(message("There is no picture to explain."))
    return inputs
