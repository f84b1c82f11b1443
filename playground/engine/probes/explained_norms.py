"""Explains normalisation: by running statistics, or by those of the numbers that are normalised together."""

from __future__ import annotations

from torch import Tensor, nn

from playground.engine.probes.explained_moves import window_at
from playground.engine.probes.explanation import Explained, Index, Line, Operator, Seen, at
from playground.spec.messages import Message, message


def batch_norm(seen: Seen, index: Index) -> Explained:
    """(x − mean) / √(variance + ε), times the scale plus the shift, with the running statistics of the channel."""
    module = seen.modules[0]
    assert isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)
    assert module.running_mean is not None
    assert module.running_var is not None
    channel = index[0]
    lines = (
        Line(Operator.SUBTRACT, message("running mean"), float(module.running_mean[channel])),
        Line(Operator.OVER, message("√(variance + ε)"), (float(module.running_var[channel]) + module.eps) ** 0.5),
    )
    return _normalised(seen, index, lines, (channel,))


def layer_norm(seen: Seen, index: Index) -> Explained:
    """(x − mean) / √(variance + ε) over the last dimensions of a sample, as in `torch.nn.LayerNorm`."""
    module = seen.modules[0]
    assert isinstance(module, nn.LayerNorm)
    together = _last(seen, index, len(module.normalized_shape))
    own = index[len(index) - len(module.normalized_shape) :]
    return _normalised(seen, index, _standard(together, module.eps), own)


def rms_norm(seen: Seen, index: Index) -> Explained:
    """x / √(mean of x² + ε) over the last dimensions of a sample, as in `torch.nn.RMSNorm`."""
    module = seen.modules[0]
    assert isinstance(module, nn.RMSNorm)
    assert module.eps is not None
    together = _last(seen, index, len(module.normalized_shape))
    root = (float(together.square().mean()) + module.eps) ** 0.5
    words = message("√(mean of x² + ε) of {count:,} numbers", count=together.numel())
    own = index[len(index) - len(module.normalized_shape) :]
    return _normalised(seen, index, (Line(Operator.OVER, words, root),), own)


def group_norm(seen: Seen, index: Index) -> Explained:
    """(x − mean) / √(variance + ε) over a group of channels, as in `torch.nn.GroupNorm`."""
    module = seen.modules[0]
    assert isinstance(module, nn.GroupNorm)
    size = module.num_channels // module.num_groups
    first = index[0] // size * size
    together = seen.inputs[0, first : first + size].double()
    return _normalised(seen, index, _standard(together, module.eps), index[:1])


def instance_norm(seen: Seen, index: Index) -> Explained:
    """(x − mean) / √(variance + ε) over one channel, as in `torch.nn.InstanceNorm2d` without running statistics."""
    module = seen.modules[0]
    assert isinstance(module, nn.InstanceNorm2d)
    return _normalised(seen, index, _standard(seen.inputs[0, index[0]].double(), module.eps), index[:1])


def _last(seen: Seen, index: Index, dimensions: int) -> Tensor:
    """The numbers that are normalised together with the one at `index`: all of its last dimensions."""
    return seen.inputs[(0, *index[: len(index) - dimensions])].double()


def _standard(together: Tensor, eps: float) -> tuple[Line, ...]:
    """The operation that brings the numbers that are normalised together to mean 0 and variance 1."""
    count = together.numel()
    words = message("mean of {count:,} numbers", count=count)
    return (
        Line(Operator.SUBTRACT, words, float(together.mean())),
        Line(Operator.OVER, message("√(their variance + ε)"), (float(together.var(correction=0)) + eps) ** 0.5),
    )


def _normalised(seen: Seen, index: Index, lines: tuple[Line, ...], own: Index) -> Explained:
    """`lines`, then the scale and the shift at `own`, if the module learns them."""
    module = seen.modules[0]
    learned: list[Line] = []
    for operator, words, name in (
        (Operator.TIMES, message("scale"), "weight"),
        (Operator.ADD, message("shift"), "bias"),
    ):
        tensor = getattr(module, name, None)
        if tensor is not None:
            learned.append(_line(operator, words, tensor[own]))
    begin = Line(Operator.BEGIN, message("input"), at(seen.inputs, index))
    end = Line(Operator.IS, message("output"), at(seen.outputs, index))
    return Explained((begin, *lines, *learned, end), (), window_at(index))


def _line(operator: Operator, words: Message, value: Tensor) -> Line:
    return Line(operator, words, float(value))
