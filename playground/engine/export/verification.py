"""Compares the answers of an exported network with those of the one it was made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from playground.engine.evaluation.evaluate import evaluating
from playground.engine.evaluation.scores import by_place
from playground.engine.export.inputs import CheckedInputs
from playground.spec.messages import Message, PlaygroundError, message, tr_noop
from playground.spec.number_text import setting_text

TOLERANCE = 1e-4  # of the largest output: rounding differs between libraries, by some 1e-6
_CHUNK = 20  # samples: outputs of a language model are large


class ExportError(PlaygroundError):
    """A network cannot be exported, or what was exported answers differently."""


class Verification(NamedTuple):
    """How much the answers of an exported network differ from those of torch.

    Attributes:
        runtime: what read the exported file, with its version.
        samples: what was asked, as a noun phrase.
        total: number of the samples.
        largest_difference: between two outputs for the same sample, absolute.
        relative: the same, as a share of the largest absolute output.
        answers: classes that were compared, one for each position of a sample; 0 where numbers are predicted.
        changed: of these, those that differ: the two best outputs are then equal but for rounding.
    """

    runtime: str
    samples: Message
    total: int
    largest_difference: float
    relative: float
    answers: int
    changed: int

    @property
    def words(self) -> Message:
        """The result as a sentence."""
        values = {
            "samples": self.samples,
            "runtime": self.runtime,
            "difference": setting_text(self.largest_difference, 2),
        }
        if not self.answers:
            words = tr_noop(
                "Verified with {runtime} on {samples}: the largest difference of an output is {difference}."
            )
            return message(words, **values)
        words = tr_noop(
            "Verified with {runtime} on {samples}: the largest difference of an output is {difference}; {changed:,} of "
            "{answers:,} answers changed."
        )
        return message(words, **values, changed=self.changed, answers=self.answers)


def verified(
    expected: Callable[[Tensor], Tensor],
    found: Callable[[Tensor], Tensor],
    asked: CheckedInputs,
    given: Tensor,
    runtime: str,
    *,
    classes: bool,
) -> Verification:
    """Ask both about the same inputs.

    Args:
        expected: the network in torch, from inputs (N, …) to outputs (N, …).
        found: the exported network, in the same way.
        asked: at least one sample, for the exported network.
        given: the same samples, for the network in torch.
        runtime: what runs the exported network, with its version.
        classes: whether outputs are those of classes, see `by_place`.

    Raises:
        ExportError: they differ by more than `TOLERANCE` of the largest output, in shape, or in what is finite.
    """
    largest = scale = 0.0
    changed = answers = 0
    for one, other in zip(torch.split(given, _CHUNK), torch.split(asked.inputs, _CHUNK), strict=True):
        ours, theirs = expected(one), found(other)
        if ours.shape != theirs.shape:
            words = tr_noop("{runtime} gives outputs of the shape {found} instead of {expected}.")
            raise ExportError(message(words, runtime=runtime, found=tuple(theirs.shape), expected=tuple(ours.shape)))
        if not (ours.isfinite().all() and theirs.isfinite().all()):
            words = tr_noop("The outputs of {source} for {samples} are not all finite: nothing can be verified.")
            source = runtime if ours.isfinite().all() else message("the network")
            raise ExportError(message(words, source=source, samples=asked.words))
        largest = max(largest, (ours.double() - theirs.double()).abs().max().item())
        scale = max(scale, ours.abs().max().item())
        if classes:
            answer, exported = by_place(ours).argmax(-1), by_place(theirs).argmax(-1)
            changed, answers = changed + int((answer != exported).sum()), answers + answer.numel()
    if largest > TOLERANCE * scale:
        words = tr_noop(
            "{runtime} answers differently: an output for {samples} differs by {difference}, where the largest output "
            "is {scale}. Nothing was written."
        )
        values = {"difference": setting_text(largest, 2), "scale": setting_text(scale, 2), "samples": asked.words}
        raise ExportError(message(words, runtime=runtime, **values))
    relative = largest / scale if scale else 0.0
    return Verification(runtime, asked.words, len(asked.inputs), largest, relative, answers, changed)


def in_torch(network: torch.nn.Module) -> Callable[[Tensor], Tensor]:
    """A network in evaluation mode, as a function."""

    def outputs(inputs: Tensor) -> Tensor:
        with evaluating(network):
            found: Tensor = network(inputs)
        return found

    return outputs
