"""The Keras counterparts of convolutions, pooling and enlarging, which slide windows over images and sequences."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from playground.engine.export.keras_writer import NoCounterpart, Writer
from playground.spec.messages import message


def conv2d(writer: Writer, module: nn.Conv2d, variable: str) -> None:
    _strided_or_dilated(module.stride, module.dilation)
    rows, columns = _pair(module.padding)
    if rows or columns:
        writer.layer(variable, "ZeroPadding2D", str((rows, columns)))
    options = [str(module.out_channels), str(_pair(module.kernel_size)), *_sliding(module)]
    kernel = module.weight.permute(2, 3, 1, 0)
    writer.layer(variable, "Conv2D", *options, weights=[kernel, *_bias(module)])


def conv1d(writer: Writer, module: nn.Conv1d, variable: str) -> None:
    _strided_or_dilated(module.stride, module.dilation)
    writer.permute(variable, 2, 1)  # torch has the channels first
    if padding := _pair(module.padding)[0]:
        writer.layer(variable, "ZeroPadding1D", str(padding))
    options = [str(module.out_channels), str(module.kernel_size[0]), *_sliding(module)]
    writer.layer(variable, "Conv1D", *options, weights=[module.weight.permute(2, 1, 0), *_bias(module)])
    writer.permute(variable, 2, 1)


def _strided_or_dilated(stride: tuple[int, ...], dilation: tuple[int, ...]) -> None:
    if max(stride) > 1 and max(dilation) > 1:
        raise NoCounterpart(message("a convolution of Keras takes a stride or a dilation, but not both"))


def _sliding(module: Any) -> list[str]:
    """The options of a convolution without those that have the default of Keras."""
    found = []
    if max(module.stride) > 1:
        found.append(f"strides={module.stride if len(module.stride) > 1 else module.stride[0]}")
    if max(module.dilation) > 1:
        found.append(f"dilation_rate={module.dilation if len(module.dilation) > 1 else module.dilation[0]}")
    if module.groups > 1:
        found.append(f"groups={module.groups}")
    return found if module.bias is not None else [*found, "use_bias=False"]


def _bias(module: Any) -> list[Tensor]:
    return [] if module.bias is None else [module.bias]


def transposed(writer: Writer, module: nn.ConvTranspose2d, variable: str) -> None:
    if module.groups > 1:
        raise NoCounterpart(message("a transposed convolution of Keras has no groups"))
    _strided_or_dilated(module.stride, module.dilation)
    crops = []
    for axis in range(2):
        reach = module.dilation[axis] * (module.kernel_size[axis] - 1) + 1
        over = max(module.stride[axis] - reach, 0)  # Keras gives so many more rows
        padding, more = _pair(module.padding)[axis], _pair(module.output_padding)[axis]
        end = padding + over - more
        if end < 0:
            raise NoCounterpart(message("Keras adds no rows beyond what a transposed convolution reaches"))
        crops.append((padding, end))
    options = [str(module.out_channels), str(module.kernel_size), *_sliding(module)]
    kernel = module.weight.permute(2, 3, 1, 0)  # (height, width, out, in)
    writer.layer(variable, "Conv2DTranspose", *options, weights=[kernel, *_bias(module)])
    if crops != [(0, 0), (0, 0)]:
        writer.layer(variable, "Cropping2D", str(tuple(crops)))


def pool(writer: Writer, module: Any, variable: str) -> None:
    flat = isinstance(module, nn.MaxPool1d | nn.AvgPool1d)
    largest = isinstance(module, nn.MaxPool1d | nn.MaxPool2d)
    if (
        module.ceil_mode
        or (not largest and not module.count_include_pad)
        or (largest and _pair(module.dilation) != (1, 1))
    ):
        raise NoCounterpart(message("Keras pools without dilation, and without windows beyond the edge"))
    if flat:
        writer.permute(variable, 2, 1)
    rows, columns = _pair(module.padding)
    if rows or columns:
        edges = ((0, 0), (rows, rows), (0, 0)) if flat else ((0, 0), (rows, rows), (columns, columns), (0, 0))
        filled = ', constant_values=float("-inf")' if largest else ""
        writer.compute(variable, f"ops.pad({variable}, {edges}{filled})")
    size, stride = _pair(module.kernel_size), _pair(module.stride)
    kind = f"{'Max' if largest else 'Average'}Pooling{1 if flat else 2}D"
    writer.layer(variable, kind, str(size[0] if flat else size), f"strides={stride[0] if flat else stride}")
    if flat:
        writer.permute(variable, 2, 1)


def adaptive(writer: Writer, module: Any, variable: str) -> None:
    flat = isinstance(module, nn.AdaptiveAvgPool1d | nn.AdaptiveMaxPool1d)
    kind = "Average" if isinstance(module, nn.AdaptiveAvgPool1d | nn.AdaptiveAvgPool2d) else "Max"
    found, wanted = writer.input_of(module)[2:], writer.output_of(module)[2:]
    if any(length % size for length, size in zip(found, wanted, strict=True)):
        raise NoCounterpart(message("its windows differ in size, and those of Keras do not"))
    size = tuple(length // size for length, size in zip(found, wanted, strict=True))
    if flat:
        writer.permute(variable, 2, 1)
    writer.layer(variable, f"{kind}Pooling{1 if flat else 2}D", str(size[0] if flat else size))
    if flat:
        writer.permute(variable, 2, 1)


def upsampled(writer: Writer, module: nn.Upsample, variable: str) -> None:
    factor: Any = module.scale_factor
    sizes = tuple(int(item) for item in (factor if isinstance(factor, tuple) else (factor, factor)))
    writer.layer(variable, "UpSampling2D", str(sizes), f"interpolation={module.mode!r}")


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[-1])
