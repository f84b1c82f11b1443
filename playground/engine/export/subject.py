"""The subject of an export: the network alone, or with the steps before and after it, and samples that verify it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.engine.export.inputs import CheckedInputs, checked_inputs, data_here, random_inputs
from playground.engine.export.portable import portable
from playground.engine.export.verification import Verification, in_torch, verified
from playground.engine.export.whole_network import Answers, Around, around, raw_inputs, taken
from playground.engine.weights import Trained
from playground.spec.layer import is_sequence
from playground.spec.messages import Message


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A module to export.

    Attributes:
        trained: the network that it comes from.
        network: its portable copy.
        module: what is exported: that copy, or what is around it.
        asked: inputs of the module, at least two.
        given: what the engine makes of these inputs for `reference`, in the same order.
        reference: the trained network itself, which gives the right outputs.
        lengths: whether its inputs are sequences, which may have other lengths.
    """

    trained: Trained
    network: nn.Sequential
    module: nn.Module
    asked: CheckedInputs
    given: Tensor
    reference: nn.Module
    lengths: bool

    @property
    def whole(self) -> bool:
        """Whether raw inputs go in, and probabilities or values come out."""
        return isinstance(self.module, Around)

    @property
    def example(self) -> Tensor:
        """Two inputs of zeros: files keep it, and no sample of a person's data should leave with a network."""
        return torch.zeros_like(self.asked.inputs[:2])

    @property
    def classes(self) -> bool:
        """Whether classes are predicted."""
        return self.trained.experiment.data.task.classes is not None

    @property
    def remarks(self) -> tuple[Message, ...]:
        """A sentence on its inputs, where these are not plain."""
        return (taken(self.trained.experiment),) if self.whole else ()

    def verified(self, found: Callable[[Tensor], Tensor], runtime: str) -> Verification:
        """Compare what was exported with the trained network; see `verified`.

        Raises:
            ExportError: they answer differently.
        """
        return verified(in_torch(self.reference), found, self.asked, self.given, runtime, classes=self.classes)

    def of_length(self, length: int) -> Tensor:
        """Three random inputs with so many steps."""
        return random_inputs(self.trained.experiment, 3, length)


def subject(trained: Trained, *, whole: bool) -> Subject:
    """The network, or with `whole` also what comes before and after it.

    Raises:
        PlaygroundError: the whole cannot be exported; the message says why.
    """
    experiment, network = trained.experiment, portable(trained.network)
    data, lengths = data_here(experiment), is_sequence(experiment.data.sample_shape)
    if not whole:
        asked = checked_inputs(experiment, data)
        return Subject(trained, network, network, asked, asked.inputs, trained.network, lengths)
    module = around(trained, network)
    asked, inputs = raw_inputs(trained, data)
    answers = Answers(trained.network, experiment, module.answers.scaling)
    return Subject(trained, network, module, asked, inputs, answers, lengths)
