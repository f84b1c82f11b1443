"""A network as an ExportedProgram (.pt2): graph and weights, which torch reads without any class of ours."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from playground.engine.export.description import metadata
from playground.engine.export.exported import Exported
from playground.engine.export.portable import REFUSALS, culprit, graph, quiet
from playground.engine.export.subject import Subject, subject
from playground.engine.weights import Trained
from playground.spec.messages import Message, message, tr_noop

TITLE = "ExportedProgram"
DESCRIPTION = "playground.json"  # the name of our metadata in the file


class Captured(NamedTuple):
    """The graph of a module."""

    program: torch.export.ExportedProgram
    lengths: bool  # whether it takes sequences of any length


def captured(it: Subject) -> Captured:
    """The graph of what is exported, for sequences of any length where torch can follow them.

    Raises:
        REFUSALS: torch cannot follow it.
    """
    recurrent = any(isinstance(module, nn.RNNBase) for module in it.network.modules())
    if it.lengths and not recurrent:  # of these, torch writes down each step
        try:
            return Captured(graph(it.module, it.example, lengths=True), lengths=True)
        except REFUSALS:
            pass  # a layer that is made for one length
    return Captured(graph(it.module, it.example), lengths=False)


def dimensions(it: Subject, *, lengths: bool) -> tuple[Message, ...]:
    """A sentence on the dimensions of the inputs that may vary."""
    if not it.lengths:
        return (message("Any number of samples at once."),)
    if lengths:
        return (message("Any number of samples at once, of any length that the network itself takes."),)
    steps = it.trained.experiment.data.sample_shape[0]
    return (message("Any number of samples at once, each with {steps:,} steps.", steps=steps),)


def export_program(trained: Trained, *, whole: bool = False) -> Exported:
    """The network as the bytes of a .pt2 file, read again and verified.

    Raises:
        ExportError: torch cannot export it, or what was read answers differently.
    """
    it = subject(trained, whole=whole)
    try:
        found = captured(it)
    except REFUSALS as error:
        raise culprit(trained.experiment, it.network, torch.zeros_like(it.given[:2]), graph, error, TITLE) from error
    file, text = io.BytesIO(), json.dumps(metadata(trained, whole=whole), ensure_ascii=False)
    with quiet():
        torch.export.save(found.program, file, extra_files={DESCRIPTION: text})
    data = file.getvalue()
    verification = it.verified(_reader(data), f"torch.export {torch.__version__}")
    words = tr_noop("torch.export.load(FILE).module() is a function of a batch; nothing else is needed.")
    return Exported(data, verification, (*it.remarks, *dimensions(it, lengths=found.lengths), message(words)))


def _reader(data: bytes) -> Callable[[Tensor], Tensor]:
    """The content of the file, as a function."""
    with quiet():
        module = torch.export.load(io.BytesIO(data)).module()

    def outputs(inputs: Tensor) -> Tensor:
        with torch.inference_mode():
            found: Tensor = module(inputs)
        return found

    return outputs
