"""Writes down which kernels a function runs on tensors, as one flat function without modules, autograd and aliases.

A step of a small network spends most of its time between the kernels: in modules, in autograd's bookkeeping, in
making views of weights that are the same each time. What is recorded here calls the same kernels with the same
arguments in the same order, so that it yields the same bits, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from inspect import unwrap
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

# What the same arguments always make the same of, whatever values are in them: made once.
_FACTORIES = {"ones_like", "zeros_like", "full_like", "ones", "zeros", "full", "scalar_tensor", "arange", "eye"}
# What keeps nothing for the way back unless gradients are wanted, whatever its arguments say.
_LEARNING_ONLY = {"mkldnn_rnn_layer"}
MOST = 20_000  # kernels: to write them down takes about 0.15 ms each, in which the run stands still
_VALUE_DEPENDENT = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape}


class CannotRecord(Exception):
    """The function does something that cannot be repeated kernel by kernel; the message says what."""


class _Call(NamedTuple):
    """One kernel that was run."""

    op: Any  # torch._ops.OpOverload
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any  # a tensor, or a sequence of them and of None

    @property
    def name(self) -> str:
        return str(self.op._schema.name).rpartition("::")[2]

    @property
    def inputs(self) -> list[Tensor]:
        return list(_tensors((self.args, tuple(self.kwargs.values()))))

    @property
    def outputs(self) -> list[Tensor]:
        return list(_tensors(self.result))

    @property
    def written(self) -> list[Tensor]:
        """The arguments that it changes."""
        declared = {item.name: item for item in self.op._schema.arguments}
        given = {**dict(zip(declared, self.args, strict=False)), **self.kwargs}
        changed = (name for name, item in declared.items() if item.alias_info and item.alias_info.is_write)
        return [tensor for name in changed for tensor in _tensors(given.get(name))]


class _Tape(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Lets every kernel run, and notes it; what it notes stays alive, so that no memory is used twice."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[_Call] = []

    def __torch_dispatch__(self, op: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = op(*args, **(kwargs or {}))
        if op.namespace != "profiler":
            self.calls.append(_Call(op, args, kwargs or {}, result))
        return result


# Torch wraps it for its compiler, which is not imported for that: it takes two seconds.
_Tape.__torch_dispatch__ = unwrap(_Tape.__torch_dispatch__)  # type: ignore[method-assign]


def record(
    function: Callable[..., Sequence[Tensor]],
    inputs: Sequence[Tensor],
    numbers: Sequence[float] = (),
    known: Iterable[Tensor] = (),
    generator: torch.Generator | None = None,
) -> Callable[..., tuple[Tensor, ...]]:
    """Run `function(*inputs, *numbers)` once, and return what runs the same kernels on other inputs of these shapes.

    inputs: tensors that differ from call to call. numbers: likewise; each must be unlike any other number in the
    calculation, because it is recognised by its value. known: tensors that stay where they are, such as weights;
    views of them are made once. generator: what random kernels draw from when played back, None for torch's own.
    Play it back in inference mode. Whatever the function changes, it has changed once when this returns.

    Raises:
        CannotRecord: a kernel depends on values, or on a tensor that is none of these; or there are more than `MOST`.
    """
    with _Tape() as tape:
        results = tuple(function(*inputs, *numbers))
    if len(tape.calls) > MOST:
        raise CannotRecord(f"{len(tape.calls):,} kernels are too many to write down")
    return _Writer(tape.calls, inputs, numbers, known, generator).function(results)


class _Line(NamedTuple):
    """One line of the function."""

    made: list[str]  # names
    source: str
    used: list[str]  # names
    needed: bool  # whether it does something even if nobody uses what it makes


class _Writer:
    """Turns calls into the source of one function, line by line."""

    def __init__(
        self,
        calls: list[_Call],
        inputs: Sequence[Tensor],
        numbers: Sequence[float],
        known: Iterable[Tensor],
        generator: torch.Generator | None,
    ) -> None:
        self._calls, self._generator = calls, generator
        self._numbers = {number: f"n{i}" for i, number in enumerate(numbers)}
        self._numbers |= {-number: f"-{name}" for number, name in self._numbers.items()}
        self._arguments = [f"x{i}" for i in range(len(inputs))]
        self._names = {_place(tensor): name for tensor, name in zip(inputs, self._arguments, strict=True)}
        self._scope: dict[str, Any] = {}
        self._fixed: set[int] = set()  # memory that stays where it is
        for tensor in known:
            self._fix(tensor)
        self._written = {_memory(tensor) for call in calls for tensor in call.written}
        self._lines: list[_Line] = []

    def function(self, results: Sequence[Tensor]) -> Callable[..., tuple[Tensor, ...]]:
        for call in self._calls:
            self._add(call)
        returned = [self._name(tensor) for tensor in results]
        arguments = ", ".join([*self._arguments, *(name for name in self._numbers.values() if name[0] != "-")])
        lines = [*self._tidied(returned), f"return ({''.join(name + ', ' for name in returned)})"]
        source = f"def played({arguments}):\n" + "".join(f"    {line}\n" for line in lines)
        exec(source, self._scope)
        played: Callable[..., tuple[Tensor, ...]] = self._scope.pop("played")  # or it would hold itself
        return played

    def _add(self, call: _Call) -> None:
        """Write a call down, unless its results are there without it."""
        call = self._at_once(call)
        if _VALUE_DEPENDENT & set(call.op.tags):
            raise CannotRecord(f"{call.name} depends on values")
        outputs, written = call.outputs, call.written
        if not written and outputs and all(_place(tensor) in self._names for tensor in outputs):
            return  # another view of the same
        made_once = call.name in _FACTORIES and not self._written & {_memory(tensor) for tensor in outputs}
        if not written and (made_once or (outputs and all(_memory(tensor) in self._fixed for tensor in outputs))):
            for tensor in outputs:
                self._fix(tensor)
            return
        call = call._replace(kwargs=self._keywords(call))
        arguments = [self._printed(value) for value in call.args]
        arguments += [f"{name}={self._printed(value)}" for name, value in call.kwargs.items()]
        used = [self._names[_place(tensor)] for tensor in call.inputs]
        line = f"{self._constant(_bound(call))}({', '.join(arguments)})"
        made = self._targets(call)
        if made:
            line = f"{', '.join(made)}{',' if not isinstance(call.result, Tensor) else ''} = {line}"
        view = not written and {_memory(tensor) for tensor in outputs} <= {_memory(tensor) for tensor in call.inputs}
        self._lines.append(_Line(made, line, used, not view))

    def _at_once(self, call: _Call) -> _Call:
        """The same; but where a number is added to each element of a vector by itself, one kernel for all of them."""
        if call.op is not torch.ops.aten._foreach_add_.Scalar:
            return call
        elements, number = call.args
        first = elements[0]
        size = first.element_size()
        if any(item.dim() or item.data_ptr() != first.data_ptr() + i * size for i, item in enumerate(elements)):
            return call
        if _memory(first) not in self._fixed or any(item.dtype != first.dtype for item in elements):
            return call
        whole = first.as_strided((len(elements),), (1,))
        self._fix(whole)
        return _Call(torch.ops.aten.add_.Scalar, (whole, number), {}, whole)

    def _keywords(self, call: _Call) -> dict[str, Any]:
        """The call's keyword arguments, with the generator where chance is drawn."""
        if torch.Tag.nondeterministic_seeded not in call.op.tags or self._generator is None:
            return call.kwargs
        if all(item.name != "generator" for item in call.op._schema.arguments):
            raise CannotRecord(f"{call.name} draws from torch's own generator")
        return {**call.kwargs, "generator": self._generator}

    def _targets(self, call: _Call) -> list[str]:
        """New names for the call's results; those that have one already keep it."""
        results = [call.result] if isinstance(call.result, Tensor) else list(call.result or ())
        if results and all(isinstance(item, Tensor) and _place(item) in self._names for item in results):
            return []  # changed in place
        names = []
        for item in results:
            name = f"v{len(self._names)}"
            if isinstance(item, Tensor):
                self._names.setdefault(_place(item), name)
            names.append(name)
        return names

    def _tidied(self, returned: list[str]) -> Iterator[str]:
        """The lines that matter, each followed by the end of what is used no more, so that memory is used again."""
        wanted, kept, over = set(returned), [], []
        for line in reversed(self._lines):
            if line.needed or wanted & set(line.made):
                over.append({name for name in (*line.made, *line.used) if name[0] == "v"} - wanted)
                kept.append(line)
                wanted |= {*line.made, *line.used}
        for line, names in zip(reversed(kept), reversed(over), strict=True):
            yield line.source
            if names:
                yield f"del {', '.join(sorted(names))}"

    def _name(self, tensor: Tensor) -> str:
        try:
            return self._names[_place(tensor)]
        except KeyError:
            raise CannotRecord(f"a tensor of {tuple(tensor.shape)} comes from nowhere") from None

    def _printed(self, value: Any) -> str:
        """An argument as source."""
        if isinstance(value, Tensor):
            return self._name(value)
        if isinstance(value, list | tuple):
            return f"[{', '.join(self._printed(item) for item in value)}]"
        if isinstance(value, float) and value in self._numbers:
            return self._numbers[value]
        if value is None or isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
            return repr(value)
        return self._constant(value)

    def _fix(self, tensor: Tensor) -> None:
        """A tensor that is the same in every call."""
        self._fixed.add(_memory(tensor))
        self._names.setdefault(_place(tensor), self._constant(tensor.detach()))

    def _constant(self, value: Any) -> str:
        name = f"k{len(self._scope)}"
        self._scope[name] = value
        return name


def _bound(call: _Call) -> Any:
    """The quickest way to call that kernel: torch's own binding where one of that name gives the same.

    The kernels' general entrance looks the arguments up in the schema, which takes longer than a small kernel.
    """
    general = call.op._op
    if call.name in _LEARNING_ONLY:
        return _enabled(general)
    if call.op._overloadname.endswith("out"):
        return general
    for owner in (torch._C._VariableFunctions, torch._C._nn, torch.Tensor):
        native = getattr(owner, call.name, None)
        if native is not None:
            try:
                with torch.inference_mode():
                    result = native(*call.args, **call.kwargs)
            except (TypeError, RuntimeError):
                continue
            chance = torch.Tag.nondeterministic_seeded in call.op.tags
            if chance or call.written or list(map(bits, _tensors(result))) == list(map(bits, call.outputs)):
                return native
    return general


def _enabled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel, run as where gradients are wanted."""

    def played(*arguments: Any, **settings: Any) -> Any:
        with torch.enable_grad():  # in inference mode nothing is noted all the same
            return kernel(*arguments, **settings)

    return played


def bits(tensor: Tensor) -> bytes:
    """A digest of all that is in a tensor, for comparing: a NaN is equal to itself, and 0 is not -0."""
    numbers = tensor.detach().cpu().contiguous().numpy()
    return blake2b(numbers.reshape(-1).view(np.uint8).data, digest_size=16).digest()


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _place(tensor: Tensor) -> tuple[Any, ...]:
    """Two tensors of one place are one: the same memory, read the same way."""
    return _memory(tensor), tensor.storage_offset(), tuple(tensor.shape), tensor.stride(), tensor.dtype
