"""The answer to the question why for a window of text, found in the inference thread."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.engine.evaluation.class_labels import class_labels, visible
from playground.engine.evaluation.evaluate import beliefs, evaluating
from playground.engine.probes import text_attributions
from playground.engine.probes.attributions import Attribution, AttributionError
from playground.engine.probes.code_words import code_words
from playground.engine.probes.text_attributions import blank_code
from playground.gui.explanation.inference import WhyQuestion
from playground.gui.explanation.similar_inference import text_steps
from playground.gui.session.network_source import NetworkSource
from playground.spec.datasets.labelled import PADDING
from playground.spec.datasets.text import Text
from playground.spec.messages import Message, message


@dataclass(frozen=True, slots=True, eq=False)
class TextAnswer:
    """An explanation of a window by a network after `version` steps."""

    question: WhyQuestion
    version: int
    words: tuple[str, ...]  # the characters, words or byte pairs of the window, visible; without padding
    values: tuple[float, ...]  # what each of them counted
    position: int | None  # at which the output is; None where there is one for the whole window
    usual: bool  # whether it is the position that the panel asks about
    next: bool  # whether the output is what follows there
    name: Message | str  # of the class that is explained
    answer: Message | str  # of the class that the network answers there
    probability: float  # of that class
    blank: str  # what takes the place of characters
    found: Attribution
    trained: bool  # whether the network has learned anything


def explain_text(network: nn.Sequential, source: NetworkSource, question: WhyQuestion) -> Generator[TextAnswer | None]:
    """Explain one output for a window of text, in slices; called in the inference thread.

    Raises:
        AttributionError: the method cannot explain this network, or there is no text.
    """
    experiment, data = source.experiment, source.experiment.data
    codes = question.example.network_input(source, question.example.content)
    if codes is None:
        raise AttributionError(message("There is no text to explain."))
    count, usual = _read(source, question, codes)
    position = usual if question.position is None or usual is None else min(question.position, count - 1)
    with evaluating(network):
        outputs = network(codes)
        at = outputs[:, position] if position is not None and outputs.dim() == 3 else outputs
        shares = beliefs(network, at, experiment.recipe.loss)[0].tolist()
    answer = shares.index(max(shares))
    target = answer if question.target is None else question.target
    yield None
    blank = blank_code(data)
    found = getattr(text_attributions, question.method.function)(network, codes, position, target, blank)
    if isinstance(found, Generator):
        found = yield from found
    labels = class_labels(data)
    words = tuple(visible(word) for word in code_words(data, codes[0, :count].tolist()))
    values = tuple(found.values[:count].tolist())
    follows = isinstance(data, Text) and data.asked == "next"
    (replaced,) = code_words(data, [blank])
    yield TextAnswer(
        question,
        source.version,
        words,
        values,
        position,
        position == usual,
        follows,
        labels[target],
        labels[answer],
        shares[answer],
        visible(replaced),
        found,
        source.trained,
    )


def _read(source: NetworkSource, question: WhyQuestion, codes: Tensor) -> tuple[int, int | None]:
    """How many codes of the window are shown, and the position that the panel asks about."""
    data = source.experiment.data
    usual, _ = text_steps(source, question.example)
    if usual is None:
        there = (codes[0] != PADDING).nonzero()
        if not len(there):
            raise AttributionError(message("There is no text to explain."))
        return int(torch.max(there)) + 1, None
    follows = isinstance(data, Text) and data.asked == "next"
    return (usual + 1 if follows else codes.shape[1]), usual
