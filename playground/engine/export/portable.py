"""A network as torch exports it: plain modules in evaluation mode, and the graph of what they compute."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, hub, nn

from playground.engine.build import enabled_rows
from playground.engine.export.verification import ExportError
from playground.engine.runtime import onednn_linear
from playground.spec.experiment import Experiment
from playground.spec.messages import message, tr_noop

REFUSALS = (RuntimeError, TypeError, ValueError, AssertionError)  # that exporters raise for what they do not know

_EXPERIMENTAL = (  # what torch says of itself, and nobody can do anything about
    (FutureWarning, r"_check_is_size will be removed"),
    (UserWarning, r"The tensor attributes? .*_flat_weights.* assigned during export"),
    (UserWarning, r"RNN module weights are not part of single contiguous chunk of memory"),
)


def portable(network: nn.Sequential) -> nn.Sequential:
    """A copy without what is faster on this processor alone, in evaluation mode, on the CPU, with ordinary strides."""
    found = deepcopy(network).cpu().eval().requires_grad_(False)
    for module in found.modules():
        if type(module) is onednn_linear.Linear:
            module.__class__ = nn.Linear  # type: ignore[assignment]
    for tensor in (*found.parameters(), *found.buffers()):
        tensor.data = tensor.data.contiguous()
    return found


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore those warnings of the exporter that say how it works, and start no thread for its progress bars."""
    bars: Any = vars(hub)["tqdm"]  # a stand-in where that library is missing
    interval = getattr(bars, "monitor_interval", 0)
    bars.monitor_interval = 0
    try:
        with warnings.catch_warnings():
            for category, text in _EXPERIMENTAL:
                warnings.filterwarnings("ignore", text, category)
            yield
    finally:
        bars.monitor_interval = interval


def graph(module: nn.Module, example: Tensor, *, lengths: bool = False) -> torch.export.ExportedProgram:
    """The computation of a module, for any number of samples, and any number of steps if `lengths`.

    example: input of two samples or more; torch takes a single one for a constant.

    Raises:
        REFUSALS: torch cannot follow it; with `lengths` also where the module is made for one length.
    """
    dimensions = {0: torch.export.Dim.DYNAMIC} | ({1: torch.export.Dim.DYNAMIC} if lengths else {})
    with torch.no_grad(), quiet():
        return torch.export.export(module, (example,), dynamic_shapes=(dimensions,))


def culprit(
    experiment: Experiment,
    network: nn.Sequential,
    example: Tensor,
    convert: Callable[[nn.Module, Tensor], object],
    error: Exception,
    title: str,
) -> ExportError:
    """The error that names the first block which cannot be exported alone, and the reason.

    Args:
        experiment: of the network.
        network: as `portable` gives it.
        example: input of two samples or more.
        convert: the export, of a module and an example of its input.
        error: what it raised for the whole network, one of `REFUSALS`.
        title: the name of the format.
    """
    modules, values = list(network.children()), example
    for row in enabled_rows(experiment):
        own, modules = nn.Sequential(*modules[: len(row.calls)]), modules[len(row.calls) :]
        try:
            convert(own, values)
        except REFUSALS as refusal:
            words = tr_noop("{title} cannot hold layer {number}, {label}: {why}.")
            number = ".".join(str(index + 1) for index in row.path)
            label = message(row.layer.label)
            return ExportError(message(words, title=title, number=number, label=label, why=_reason(refusal)))
        with torch.no_grad():
            values = own(values)
    words = tr_noop("The network cannot be exported as {title}: {why}.")
    return ExportError(message(words, title=title, why=_reason(error)))


def _reason(error: BaseException) -> str:
    """The first line that an exporter says of the cause, with the name of the exception."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:300].rstrip(" .:")
