"""The lines of a Keras program as they are written, and the weights of its layers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from torch import Tensor, nn

from playground.spec.messages import Message

Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


class NoCounterpart(Exception):
    """Keras has no layer that computes the same; `why` is the reason, as part of a sentence."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(slots=True, eq=False)
class Writer:
    """Collects lines that turn a variable, step by step, into the output of the network.

    Images are (N, H, W, C) in Keras, and (N, C, H, W) in torch; everything else has the same layout in both.

    Attributes:
        inputs: the input shape of each module in torch, by `id`, with the batch.
        outputs: the same of outputs.
        lines: of the function that builds the model.
        weights: the arrays of each layer by its name, in the order of its `get_weights()`.
        classes: names of the further classes that the program needs, see `keras_text`.
    """

    inputs: dict[int, tuple[int, ...]]
    outputs: dict[int, tuple[int, ...]]
    lines: list[str] = field(default_factory=list)
    weights: dict[str, list[Array]] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    _recorded: list[list[str]] = field(default_factory=list)
    _again: Iterator[str] | None = None
    _count: int = 0

    def layer(
        self, variable: str, kind: str, *arguments: str, weights: Sequence[Tensor] | None = None, call: str = ""
    ) -> None:
        """Apply a layer to a variable: a class of `keras.layers`, or one of `classes`.

        call: the arguments when it is applied, in place of the variable alone.
        """
        given = call or variable
        if self._again is not None:
            self.lines.append(f"{variable} = {next(self._again)}({given})")
            return
        self._count += 1
        name = f"{_snake(kind)}_{self._count}"
        prefix = "" if kind in self.classes else "layers."
        made = f"{prefix}{kind}({', '.join((*arguments, f'name={name!r}'))})"
        if self._recorded:
            self.lines += [f"{name} = {made}", f"{variable} = {name}({given})"]
            for names in self._recorded:
                names.append(name)
        else:
            self.lines.append(f"{variable} = {made}({given})")
        if weights is not None:
            self.weights[name] = [item.detach().contiguous().numpy().astype(np.float32) for item in weights]

    def compute(self, variable: str, expression: str) -> None:
        """Assign an expression without weights to a variable."""
        self.lines.append(f"{variable} = {expression}")

    def permute(self, variable: str, *dims: int) -> None:
        """Permute the dimensions after the batch, counted from 1; two permutations in a row become one."""
        if dims == tuple(range(1, len(dims) + 1)):
            return
        start = f"{variable} = ops.transpose({variable}, "
        if self.lines and self.lines[-1].startswith(start):
            last = tuple(int(item) for item in self.lines.pop()[len(start) :].strip("()").split(","))
            self.permute(variable, *(last[dim] for dim in dims))
            return
        self.lines.append(f"{start}{(0, *dims)})")

    def to_torch(self, variable: str, rank: int) -> None:
        """Put an image's channels first."""
        if rank == 4:
            self.permute(variable, 3, 1, 2)

    def to_keras(self, variable: str, rank: int) -> None:
        """Put an image's channels last."""
        if rank == 4:
            self.permute(variable, 2, 3, 1)

    def fresh(self, word: str) -> str:
        """The name of a variable that is not used yet."""
        self._count += 1
        return f"{word}_{self._count}"

    def repeatedly(self, times: int) -> Iterator[None]:
        """Once for each time that the same layers are applied."""
        if self._again is not None:  # a repetition in one that is being repeated: all layers exist
            yield from (None for _ in range(times))
            return
        names: list[str] = []
        self._recorded.append(names)
        yield None
        self._recorded.pop()
        for _ in range(times - 1):
            self._again = iter(tuple(names))
            yield None
            self._again = None
            for outer in self._recorded:
                outer += names

    def input_of(self, module: nn.Module) -> tuple[int, ...]:
        """The shape in torch of what a module reads, with the batch."""
        return self.inputs[id(module)]

    def output_of(self, module: nn.Module) -> tuple[int, ...]:
        """The shape in torch of what a module gives, with the batch."""
        return self.outputs[id(module)]


def _snake(kind: str) -> str:
    """A class as Keras names its layers: `Conv2D` becomes `conv2d`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
