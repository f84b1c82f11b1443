"""Containers: layers that hold layers, with a shortcut around them, in parallel branches, or repeated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import prod
from typing import ClassVar, Literal, TypeVar

from pydantic import Field

from playground.spec.call import Copies, call
from playground.spec.component import choice, component, flag, integer
from playground.spec.container import Container, in_order, prefixed, sequential
from playground.spec.layer import Layer, Measure, Shape, ShapeMismatch, Stack, require_numbers, shape_text
from playground.spec.layers.activation import Activation
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import Message, message, plural, tr_noop

_C = TypeVar("_C", bound=Container)

_MODULES = "playground.engine.modules.containers."
MOST_MODULES = 2000  # in one Repeat


class Residual(Container):
    """y = activation(body(x) + shortcut(x)); He, Zhang, Ren and Sun, 2015, arXiv:1512.03385, equations 1 and 2."""

    id: ClassVar[str] = "residual"
    label: ClassVar[str] = tr_noop("Residual")
    help: ClassVar[str] = tr_noop(
        "Adds its input to the output of its inner layers. They only have to learn the difference, and the gradient "
        "has a path around them: deep networks become easy to train."
    )
    keywords: ClassVar[str] = tr_noop("resnet skip shortcut connection block container")
    explained: ClassVar[str] = "playground.engine.probes.explained_joins.residual"

    projection: bool = flag(
        True,
        tr_noop("Projection"),
        tr_noop(
            "Where the layers change the channels or the size, the shortcut does too, with its own weights: a 1 × 1 "
            "convolution with their stride, or Linear (option B of He et al.)."
        ),
    )
    activation: Activation | None = component(None, tr_noop("Activation"), tr_noop("Applied to the sum."))

    def around(self, shape: Shape, insides: tuple[Measure, ...]) -> Measure:
        (body,) = insides
        require_numbers(self, shape)
        calls, parts = [sequential(body)], [prefixed(body, "body.")]
        if body.output != shape:
            shortcut = prefixed(self.shortcut(shape, body.output).measure(shape), "shortcut.")
            calls += shortcut.calls
            parts.append(shortcut)
        bent = self.activation.measure(body.output).calls if self.activation else ()
        both = _together(body.output, parts)
        return replace(both, calls=(call(f"{_MODULES}Residual", *calls), *bent), modules=both.modules + 2 + len(bent))

    def shortcut(self, shape: Shape, output: Shape) -> Layer:
        """The layer that projects `shape` to `output`.

        Raises:
            ShapeMismatch: there is none.
        """
        layer = projection(shape, output) if self.projection else None
        if layer is None:
            raise ShapeMismatch(
                message(
                    "The layers in it make {output} of {shape}, and the two cannot be added.",
                    output=shape_text(output),
                    shape=shape_text(shape),
                ),
                message("{shape} behind the last of them", shape=shape_text(shape)),
            )
        return layer

    def fixes(self, shape: Shape, insides: tuple[Measure, ...]) -> Iterator[tuple[Message, Container]]:
        yield message("Project the shortcut"), self.with_(projection=True)
        yield message("Pad the convolutions"), _padded(self)
        yield message("Pad, and project the shortcut"), _padded(self.with_(projection=True))

    def summary(self) -> tuple[Message, ...]:
        parts = [] if self.activation is None else [message(self.activation.label)]
        return (message("adds its input to its output"), *parts)


class Parallel(Container):
    """Branches that all get the same input; their outputs are added or concatenated."""

    id: ClassVar[str] = "parallel"
    label: ClassVar[str] = tr_noop("Parallel")
    help: ClassVar[str] = tr_noop(
        "Gives its input to several branches at once, and joins their outputs. "
        "Filters of several sizes can read the same image. An empty branch passes its input on."
    )
    keywords: ClassVar[str] = tr_noop("branches inception concatenate add sum merge container")
    fewest_branches: ClassVar[int] = 2
    most_branches: ClassVar[int] = 64
    explained: ClassVar[str] = "playground.engine.probes.explained_joins.parallel"

    join: Literal["concatenate", "add"] = choice(
        "concatenate",
        tr_noop("Join"),
        tr_noop("Concatenates the channels of the branches (of vectors, the numbers), or adds them up."),
        labels={"concatenate": tr_noop("concatenate"), "add": tr_noop("add")},
    )
    branches: tuple[Stack, ...] = Field(
        (Stack(), Stack()), min_length=fewest_branches, max_length=most_branches, fail_fast=True
    )

    def around(self, shape: Shape, insides: tuple[Measure, ...]) -> Measure:
        output = self._joined(tuple(inside.output for inside in insides))
        both = _together(output, [prefixed(inside, f"{number}.") for number, inside in enumerate(insides)])
        whole = call(f"{_MODULES}Parallel", *map(sequential, insides), join=self.join)
        return replace(both, calls=(whole,), modules=both.modules + 1 + len(insides))

    def _joined(self, outputs: tuple[Shape, ...]) -> Shape:
        for output in outputs:
            require_numbers(self, output)
        first, *others = outputs
        axis = channels(first)
        if self.join == "add":
            if all(other == first for other in others):
                return first
            expected = message("{shape} out of each", shape=shape_text(first))
        else:
            if all(_without(other, axis) == _without(first, axis) for other in others):
                return (*first[:axis], sum(output[axis] for output in outputs), *first[axis + 1 :])
            expected = message("the same out of each, but for the number of channels")
        different = next(other for other in others if other != first)
        template = (
            tr_noop("One branch gives {one}, another {other}, and the two cannot be added.")
            if self.join == "add"
            else tr_noop("One branch gives {one}, another {other}, and the two cannot be concatenated.")
        )
        raise ShapeMismatch(message(template, one=shape_text(first), other=shape_text(different)), expected)

    def fixes(self, shape: Shape, insides: tuple[Measure, ...]) -> Iterator[tuple[Message, Container]]:
        padded, concatenated = _padded(self), self.with_(join="concatenate")
        yield message("Pad the convolutions"), padded
        if self.join == "add":
            first = insides[0].output
            yield (
                message("Project the branches"),
                self._extended(None if one.output == first else projection(one.output, first) for one in insides),
            )
            yield message("Concatenate instead"), concatenated
        flat = (None if len(one.output) == 1 else Flatten() for one in insides)
        yield message("Flatten and concatenate"), concatenated._extended(flat)

    def _extended(self, last: Iterable[Layer | None]) -> Parallel:
        """The same with one more layer at the end of each branch; None leaves a branch as it is."""
        pairs = zip(self.branches, last, strict=True)
        return self.with_(
            branches=tuple(Stack(layers=(*branch.layers, more)) if more else branch for branch, more in pairs)
        )

    def summary(self) -> tuple[Message, ...]:
        added = message("{count} branches, added", count=len(self.branches))
        return (added if self.join == "add" else message("{count} branches, concatenated", count=len(self.branches)),)


class Repeat(Container):
    """The same layers several times in a row, each time with their own weights or with shared ones."""

    id: ClassVar[str] = "repeat"
    label: ClassVar[str] = tr_noop("Repeat")
    help: ClassVar[str] = tr_noop(
        "Applies its inner layers several times in a row. They must keep the shape, so that the last can feed the "
        "first; around a Residual it makes a deep network in two blocks."
    )
    keywords: ClassVar[str] = tr_noop("times loop deep copies shared weights container")
    ends_as_its_body: ClassVar[bool] = True
    explained: ClassVar[str] = "playground.engine.probes.explained_joins.repeated"

    times: int = integer(2, tr_noop("Times"), tr_noop("How many times the layers are applied."), ge=1, le=100)
    shared: bool = flag(
        False, tr_noop("Share weights"), tr_noop("Uses the same weights each time, rather than new ones.")
    )

    def around(self, shape: Shape, insides: tuple[Measure, ...]) -> Measure:
        (body,) = insides
        self._require_same(shape, body.output)
        count = 1 if self.shared else self.times
        self._require_few(count * (1 + body.modules))
        if self.shared:
            whole = call(f"{_MODULES}Repeated", sequential(body), self.times)
            named = prefixed(body, "body.")
        else:
            copies = Copies(sequential(body), count) if count > 1 else sequential(body)
            whole = call("torch.nn.Sequential", copies)
            named = _together(body.output, [prefixed(body, f"{number}.") for number in range(count)])
        return replace(
            named,
            calls=(whole,),
            flops=self.times * body.flops,
            activations=self.times * body.activations,
            kept=self.times * body.kept,
            modules=1 + count * (1 + body.modules),
        )

    def _require_same(self, shape: Shape, output: Shape) -> None:
        if self.times > 1 and output != shape:
            raise ShapeMismatch(
                message(
                    "The layers in it make {output} of {shape}, and so cannot follow themselves.",
                    output=shape_text(output),
                    shape=shape_text(shape),
                ),
                message("{shape} behind the last of them", shape=shape_text(shape)),
            )

    def _require_few(self, modules: int) -> None:
        if modules > MOST_MODULES:
            raise ShapeMismatch(
                message("Repeated so often, this makes {count:,} modules.", count=modules),
                message("at most {most:,}", most=MOST_MODULES),
            )

    def fixes(self, shape: Shape, insides: tuple[Measure, ...]) -> Iterator[tuple[Message, Container]]:
        yield message("Pad the convolutions"), _padded(self)
        fewer = MOST_MODULES // (1 + insides[0].modules)
        if 1 < fewer < self.times:
            yield message("Repeat {count:,} times", count=fewer), self.with_(times=fewer)
        yield message("Repeat once"), self.with_(times=1)

    def summary(self) -> tuple[Message, ...]:
        once = plural("{count:,} times", "once", self.times)
        return (once, message("shared weights")) if self.shared else (once,)


def channels(shape: Shape) -> int:
    """The dimension of a shape that holds the channels: the first of an image, the last of everything else."""
    return 0 if len(shape) == 3 else len(shape) - 1


def projection(shape: Shape, output: Shape) -> Layer | None:
    """The layer with the fewest weights that turns `shape` into `output`; None where no single layer does."""
    layer: Layer | None = None
    if len(shape) == len(output) == 3:
        stride = (shape[1] - 1) // output[1] + 1  # the smallest that leaves at most output[1] rows
        layer = Conv2d.possible(out_channels=output[0], kernel_size=1, stride=stride, bias=False)
    elif len(shape) == len(output):
        layer = Linear.possible(out_features=output[-1], bias=False)
    try:
        return layer if layer is not None and layer.measure(shape).output == output else None
    except ShapeMismatch:
        return None


def _together(output: Shape, parts: list[Measure]) -> Measure:
    """The sum of the measures of several modules inside one, whose own output is `output`."""
    both = in_order(output, parts)
    return replace(
        both,
        output=output,
        activations=both.activations + prod(output),
        calls=(),
        tensors=tuple(tensor for item in parts for tensor in item.tensors),
        initializers=tuple(fill for item in parts for fill in item.initializers),
    )


def _without(shape: Shape, axis: int) -> tuple[int, Shape]:
    """The number of dimensions, and all lengths but that of `axis`."""
    return len(shape), (*shape[:axis], *shape[axis + 1 :])


def _padded(container: _C) -> _C:
    """The same with every convolution of odd kernel size padded so that only its stride changes the size."""

    def padded(layer: Layer) -> Layer:
        if not isinstance(layer, Conv2d) or layer.kernel_size % 2 == 0:
            return layer
        return layer.with_(padding=min(512, layer.dilation * (layer.kernel_size - 1) // 2))

    branches = (Stack(layers=tuple(map(padded, branch.layers))) for branch in container.branches)
    return container.with_(branches=tuple(branches))
