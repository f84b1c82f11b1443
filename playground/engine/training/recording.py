"""Writes down which kernels a function runs on tensors, as one flat function without modules, autograd and aliases.

A step of a small network spends most of its time between the kernels: in modules, in autograd's bookkeeping, in
making views of weights that are the same each time. What is recorded here calls the same kernels with the same
arguments in the same order, so that it yields the same bits, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite
from typing import Any, NamedTuple

import torch
from torch import Tensor

from playground.engine.training.kernel_trace import Call, Tape, bits, memory, place, tensors

# What the same arguments always make the same of, whatever values are in them: made once.
_FACTORIES = {"ones_like", "zeros_like", "full_like", "ones", "zeros", "full", "scalar_tensor", "arange", "eye"}
# What keeps nothing for the way back unless gradients are wanted, whatever its arguments say.
_LEARNING_ONLY = {"mkldnn_rnn_layer"}
MOST = 20_000  # kernels: to write them down takes about 0.15 ms each, in which the run stands still
_LARGE = 65_536  # bytes, from which on memory counts for more than what the kernels' general entrance takes
_VALUE_DEPENDENT = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape}


class CannotRecord(Exception):
    """The function does something that cannot be repeated kernel by kernel; the message says what."""


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
    with Tape() as tape:
        results = tuple(function(*inputs, *numbers))
    if len(tape.calls) > MOST:
        raise CannotRecord(f"{len(tape.calls):,} kernels are too many to write down")
    return _Writer(tape.calls, inputs, numbers, known, generator).function(results)


class _Line(NamedTuple):
    """One line of the function."""

    call: Call
    made: list[str]  # names
    used: list[str]  # names
    needed: bool  # whether it does something even if nobody uses what it makes


class _Writer:
    """Turns calls into the source of one function, line by line."""

    def __init__(
        self,
        calls: list[Call],
        inputs: Sequence[Tensor],
        numbers: Sequence[float],
        known: Iterable[Tensor],
        generator: torch.Generator | None,
    ) -> None:
        self._calls, self._generator = calls, generator
        self._numbers = {number: f"n{i}" for i, number in enumerate(numbers)}
        self._numbers |= {-number: f"-{name}" for number, name in self._numbers.items()}
        self._arguments = [f"x{i}" for i in range(len(inputs))]
        self._names = {place(tensor): name for tensor, name in zip(inputs, self._arguments, strict=True)}
        self._given = {memory(tensor) for tensor in inputs}
        self._memories: dict[str, int] = {}  # where what the lines make lies
        self._scope: dict[str, Any] = {}
        self._fixed: set[int] = set()  # memory that stays where it is
        for tensor in known:
            self._fix(tensor)
        self._written = {memory(tensor) for call in calls for tensor in call.written}
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

    def _add(self, call: Call) -> None:
        """Write a call down, unless its results are there without it."""
        call = self._at_once(call)
        if _VALUE_DEPENDENT & set(call.op.tags):
            raise CannotRecord(f"{call.name} depends on values")
        outputs, written = call.outputs, call.written
        if not written and outputs and all(place(tensor) in self._names for tensor in outputs):
            return  # another view of the same
        made_once = call.name in _FACTORIES and not self._written & {memory(tensor) for tensor in outputs}
        if not written and (made_once or (outputs and all(memory(tensor) in self._fixed for tensor in outputs))):
            for tensor in outputs:
                self._fix(tensor)
            return
        call = call._replace(kwargs=self._keywords(call))
        used = [self._name(tensor) for tensor in call.inputs]
        view = not written and {memory(tensor) for tensor in outputs} <= {memory(tensor) for tensor in call.inputs}
        self._lines.append(_Line(call, self._targets(call), used, not view))

    def _at_once(self, call: Call) -> Call:
        """The same; but where a number is added to each element of a vector by itself, one kernel for all of them."""
        if call.op is not torch.ops.aten._foreach_add_.Scalar:
            return call
        elements, number = call.args
        first = elements[0]
        size = first.element_size()
        if any(item.dim() or item.data_ptr() != first.data_ptr() + i * size for i, item in enumerate(elements)):
            return call
        if memory(first) not in self._fixed or any(item.dtype != first.dtype for item in elements):
            return call
        if number in self._numbers:  # another in each call
            return call
        whole = first.as_strided((len(elements),), (1,))
        added = first.new_full((), number)  # of a plain number a tensor would be made in each call: as long again
        self._fix(whole)
        self._fix(added)
        return Call(torch.ops.aten.add_.Tensor, (whole, added), {}, whole)

    def _keywords(self, call: Call) -> dict[str, Any]:
        """The call's keyword arguments, with the generator where chance is drawn."""
        if torch.Tag.nondeterministic_seeded not in call.op.tags or self._generator is None:
            return call.kwargs
        if all(item.name != "generator" for item in call.op._schema.arguments):
            raise CannotRecord(f"{call.name} draws from torch's own generator")
        return {**call.kwargs, "generator": self._generator}

    def _targets(self, call: Call) -> list[str]:
        """New names for the call's results; those that have one already keep it."""
        results = [call.result] if isinstance(call.result, Tensor) else list(call.result or ())
        if results and all(isinstance(item, Tensor) and place(item) in self._names for item in results):
            return []  # changed in place
        names = []
        for item in results:
            name = f"v{len(self._names)}"
            if isinstance(item, Tensor):
                self._names.setdefault(place(item), name)
                self._memories[name] = memory(item)
            names.append(name)
        return names

    def _tidied(self, returned: list[str]) -> Iterator[str]:
        """The lines that matter, each followed by the end of what is used no more, so that memory is used again."""
        wanted, kept = set(returned), []
        readers = Counter(self._memories.get(name) for name in wanted)  # names that are read later, by their memory
        for line in reversed(self._lines):
            made = set(line.made)
            if line.needed or wanted & made:
                over = {name for name in (*made, *line.used) if name[0] == "v"} - wanted
                own = Counter(self._memories.get(name) for name in wanted & made)
                alive = {part for part in map(memory, line.call.inputs) if readers[part] > own[part]}
                kept.append((line, over, alive))
                readers.update(self._memories.get(name) for name in {*made, *line.used} - wanted)
                wanted |= {*made, *line.used}
        for line, over, alive in reversed(kept):
            yield self._source(line, over, alive)
            if over:
                yield f"del {', '.join(sorted(over))}"

    def _source(self, line: _Line, over: set[str], alive: set[int]) -> str:
        """The call of a kernel, in place of an argument where that is possible; what it makes goes to new names."""
        call, kernel = line.call, None
        keywords = {name: self._printed(value) for name, value in call.kwargs.items()}
        for tensor in call.args:
            if isinstance(tensor, Tensor) and self._last_use(tensor, call, over, alive):
                inplace = _in_place(call, tensor)
                if inplace is not None:
                    kernel, keyword = inplace
                    keywords |= {keyword: self._name(tensor)} if keyword else {}
                    break
        arguments = [*map(self._printed, call.args), *(f"{name}={value}" for name, value in keywords.items())]
        source = f"{self._constant(kernel or _bound(call))}({', '.join(arguments)})"
        several = "" if isinstance(call.result, Tensor) else ","
        return f"{', '.join(line.made)}{several} = {source}" if line.made else source

    def _last_use(self, tensor: Tensor, call: Call, over: set[str], alive: set[int]) -> bool:
        """Whether nobody reads a tensor's memory after a call, nor, by another view of it, in the call."""
        if self._name(tensor) not in over:
            return False
        others = {memory(item) for item in call.inputs if place(item) != place(tensor)}
        return all(memory(tensor) not in held for held in (alive, others, self._fixed, self._given))

    def _name(self, tensor: Tensor) -> str:
        try:
            return self._names[place(tensor)]
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
        self._fixed.add(memory(tensor))
        self._names.setdefault(place(tensor), self._constant(tensor.detach()))

    def _constant(self, value: Any) -> str:
        name = f"k{len(self._scope)}"
        self._scope[name] = value
        return name


def _in_place(call: Call, tensor: Tensor) -> tuple[Any, str] | None:
    """A kernel that leaves the result of a call in one of its arguments; and the keyword that says in which, or "".

    Only of calls that treat each number by itself. For large tensors it takes half the time: half as much memory is
    gone through, and none has to be asked for. For small ones only where it is called as quickly.
    """
    if torch.Tag.pointwise not in call.op.tags or call.written or not isinstance(call.result, Tensor):
        return None
    alike = ("shape", "dtype", "device")
    if tensor.stride() != call.result.stride() or any(getattr(tensor, a) != getattr(call.result, a) for a in alike):
        return None
    method = getattr(torch.Tensor, f"{call.name}_", None)
    if method is not None and tensor is call.args[0]:
        return method, ""
    if tensor.nbytes < _LARGE:
        return None
    packet = call.op.overloadpacket
    wanted = [(item.name, str(item.type)) for item in call.op._schema.arguments]
    for overload in (getattr(packet, name) for name in packet.overloads()):
        *taken, last = overload._schema.arguments
        if last.is_out and [(item.name, str(item.type)) for item in taken] == wanted:
            return overload, last.name
    return None


def _bound(call: Call) -> Any:
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
            if chance or call.written or list(map(bits, tensors(result))) == list(map(bits, call.outputs)):
                return native
    return general


def _enabled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel, run as where gradients are wanted."""

    def played(*arguments: Any, **settings: Any) -> Any:
        with torch.enable_grad():  # in inference mode nothing is noted all the same
            return kernel(*arguments, **settings)

    return played
