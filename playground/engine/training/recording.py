"""Records the kernels that a function runs on tensors as one flat function without modules, autograd and aliases.

A step of a small network spends most of its time between kernels: in modules, in autograd's bookkeeping, and in
creating views of weights that are the same each time. The recorded function calls the same kernels with the same
arguments in the same order and nothing else, so that it gives the same bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite
from typing import Any, NamedTuple

import torch
from torch import Tensor

from playground.engine.training.kernel_trace import Call, Tape, bits, memory, tensors, view_key

# Kernels whose result depends on their arguments but not on tensor values; they run once.
_FACTORIES = {"ones_like", "zeros_like", "full_like", "ones", "zeros", "full", "scalar_tensor", "arange", "eye"}
# Kernels that save nothing for the backward pass unless gradients are enabled, whatever their arguments are.
_SAVES_ONLY_FOR_GRADIENTS = {"mkldnn_rnn_layer"}
MOST = 20_000  # kernels: recording takes about 0.15 ms for each, during which the run does not progress
_LARGE = 65_536  # bytes; above this size memory matters more than the overhead of the general dispatcher
_VALUE_DEPENDENT = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape}


class CannotRecord(Exception):
    """The function cannot be repeated kernel by kernel; the message gives the reason."""


def record(
    function: Callable[..., Sequence[Tensor]],
    inputs: Sequence[Tensor],
    numbers: Sequence[float] = (),
    known: Iterable[Tensor] = (),
    generator: torch.Generator | None = None,
) -> Callable[..., tuple[Tensor, ...]]:
    """Run `function(*inputs, *numbers)` once; return a function that runs the same kernels on inputs of these shapes.

    inputs: tensors that differ from call to call. numbers: likewise; each must differ from every other number in
    the calculation, because it is recognised by its value. known: tensors whose memory does not move, such as
    weights; views of them are made once. generator: the source of random kernels on playback, None for torch's
    default. Play it back in inference mode. When this returns, the function has changed its state once.

    Raises:
        CannotRecord: a kernel depends on values or on a tensor that is none of these, or there are more than `MOST`.
    """
    with Tape() as tape:
        results = tuple(function(*inputs, *numbers))
    if len(tape.calls) > MOST:
        raise CannotRecord(f"{len(tape.calls):,} kernels are too many to write down")
    return _Writer(tape.calls, inputs, numbers, known, generator).function(results)


class _Line(NamedTuple):
    """One line of the recorded function."""

    call: Call
    made: list[str]  # names
    used: list[str]  # names
    needed: bool  # whether it has an effect even if its results are unused


class _Writer:
    """Turns kernel calls into the source of one function, line by line."""

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
        self._names = {view_key(tensor): name for tensor, name in zip(inputs, self._arguments, strict=True)}
        self._given = {memory(tensor) for tensor in inputs}
        self._memories: dict[str, int] = {}  # storage of each variable
        self._scope: dict[str, Any] = {}
        self._fixed: set[int] = set()  # storages that do not move between calls
        for tensor in known:
            self._fix(tensor)
        self._written = {memory(tensor) for call in calls for tensor in call.written}
        self._lines: list[_Line] = []

    def function(self, results: Sequence[Tensor]) -> Callable[..., tuple[Tensor, ...]]:
        for call in self._calls:
            self._add(call)
        returned = [self._name(tensor) for tensor in results]
        arguments = ", ".join([*self._arguments, *(name for name in self._numbers.values() if name[0] != "-")])
        lines = [*self._used_lines(returned), f"return ({''.join(name + ', ' for name in returned)})"]
        source = f"def played({arguments}):\n" + "".join(f"    {line}\n" for line in lines)
        exec(source, self._scope)
        played: Callable[..., tuple[Tensor, ...]] = self._scope.pop("played")  # or it would reference itself
        return played

    def _add(self, call: Call) -> None:
        """Add a line for a call, unless its results are already available."""
        call = self._vectorised(call)
        if _VALUE_DEPENDENT & set(call.op.tags):
            raise CannotRecord(f"{call.name} depends on values")
        outputs, written = call.outputs, call.written
        if not written and outputs and all(view_key(tensor) in self._names for tensor in outputs):
            return  # another view of a known tensor
        made_once = call.name in _FACTORIES and not self._written & {memory(tensor) for tensor in outputs}
        if not written and (made_once or (outputs and all(memory(tensor) in self._fixed for tensor in outputs))):
            for tensor in outputs:
                self._fix(tensor)
            return
        call = call._replace(kwargs=self._keywords(call))
        used = [self._name(tensor) for tensor in call.inputs]
        view = not written and {memory(tensor) for tensor in outputs} <= {memory(tensor) for tensor in call.inputs}
        self._lines.append(_Line(call, self._targets(call), used, not view))

    def _vectorised(self, call: Call) -> Call:
        """The call; if it adds a number to each element of one vector separately, one kernel for the whole vector."""
        if call.op is not torch.ops.aten._foreach_add_.Scalar:
            return call
        elements, number = call.args
        first = elements[0]
        size = first.element_size()
        if any(item.dim() or item.data_ptr() != first.data_ptr() + i * size for i, item in enumerate(elements)):
            return call
        if memory(first) not in self._fixed or any(item.dtype != first.dtype for item in elements):
            return call
        if number in self._numbers:  # differs between calls
            return call
        whole = first.as_strided((len(elements),), (1,))
        added = first.new_full((), number)  # converting a plain number in each call takes as long again
        self._fix(whole)
        self._fix(added)
        return Call(torch.ops.aten.add_.Tensor, (whole, added), {}, whole)

    def _keywords(self, call: Call) -> dict[str, Any]:
        """The call's keyword arguments, with the generator for random kernels."""
        if torch.Tag.nondeterministic_seeded not in call.op.tags or self._generator is None:
            return call.kwargs
        if all(item.name != "generator" for item in call.op._schema.arguments):
            raise CannotRecord(f"{call.name} draws from torch's own generator")
        return {**call.kwargs, "generator": self._generator}

    def _targets(self, call: Call) -> list[str]:
        """New names for the call's results; results that already have a name keep it."""
        results = [call.result] if isinstance(call.result, Tensor) else list(call.result or ())
        if results and all(isinstance(item, Tensor) and view_key(item) in self._names for item in results):
            return []  # changed in place
        names = []
        for item in results:
            name = f"v{len(self._names)}"
            if isinstance(item, Tensor):
                self._names.setdefault(view_key(item), name)
                self._memories[name] = memory(item)
            names.append(name)
        return names

    def _used_lines(self, returned: list[str]) -> Iterator[str]:
        """The lines whose results are used, with `del` after each variable's last use, so that memory is reused."""
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
        """Source of a kernel call, in place in one of its arguments where possible, assigned to new names."""
        call, kernel = line.call, None
        keywords = {name: self._source_of(value) for name, value in call.kwargs.items()}
        for tensor in call.args:
            if isinstance(tensor, Tensor) and self._last_use(tensor, call, over, alive):
                inplace = _in_place(call, tensor)
                if inplace is not None:
                    kernel, keyword = inplace
                    keywords |= {keyword: self._name(tensor)} if keyword else {}
                    break
        arguments = [*map(self._source_of, call.args), *(f"{name}={value}" for name, value in keywords.items())]
        source = f"{self._constant(kernel or _fastest(call))}({', '.join(arguments)})"
        several = "" if isinstance(call.result, Tensor) else ","
        return f"{', '.join(line.made)}{several} = {source}" if line.made else source

    def _last_use(self, tensor: Tensor, call: Call, over: set[str], alive: set[int]) -> bool:
        """Whether a tensor's memory is not read after a call, nor through another view in the call itself."""
        if self._name(tensor) not in over:
            return False
        others = {memory(item) for item in call.inputs if view_key(item) != view_key(tensor)}
        return all(memory(tensor) not in held for held in (alive, others, self._fixed, self._given))

    def _name(self, tensor: Tensor) -> str:
        try:
            return self._names[view_key(tensor)]
        except KeyError:
            raise CannotRecord(f"a tensor of {tuple(tensor.shape)} comes from nowhere") from None

    def _source_of(self, value: Any) -> str:
        """An argument as source text."""
        if isinstance(value, Tensor):
            return self._name(value)
        if isinstance(value, list | tuple):
            return f"[{', '.join(self._source_of(item) for item in value)}]"
        if isinstance(value, float) and value in self._numbers:
            return self._numbers[value]
        if value is None or isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
            return repr(value)
        return self._constant(value)

    def _fix(self, tensor: Tensor) -> None:
        """Register a tensor that is the same in every call."""
        self._fixed.add(memory(tensor))
        self._names.setdefault(view_key(tensor), self._constant(tensor.detach()))

    def _constant(self, value: Any) -> str:
        name = f"k{len(self._scope)}"
        self._scope[name] = value
        return name


def _in_place(call: Call, tensor: Tensor) -> tuple[Any, str] | None:
    """A kernel that writes a call's result into one of its arguments, and the keyword for that argument or "".

    Only for elementwise kernels. For large tensors this takes half the time, since half as much memory is traversed
    and none is allocated. For small tensors it is used only where the call is as fast.
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


def _fastest(call: Call) -> Any:
    """The fastest callable for a kernel: torch's own binding if the binding of that name gives the same result.

    The general dispatcher matches arguments against the schema, which takes longer than a small kernel.
    """
    general = call.op._op
    if call.name in _SAVES_ONLY_FOR_GRADIENTS:
        return _with_gradients(general)
    if call.op._overloadname.endswith("out") or torch.Tag.inplace_view in call.op.tags:
        return general  # to try the latter out would change the shape by which its argument is known
    for owner in (torch._C._VariableFunctions, torch._C._nn, torch.Tensor):
        native = getattr(owner, call.name, None)
        if native is not None:
            try:
                with torch.inference_mode():
                    result = native(*call.args, **call.kwargs)
            except (TypeError, RuntimeError):
                continue
            random = torch.Tag.nondeterministic_seeded in call.op.tags
            if random or call.written or list(map(bits, tensors(result))) == list(map(bits, call.outputs)):
                return native
    return general


def _with_gradients(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel, run with gradients enabled."""

    def played(*arguments: Any, **settings: Any) -> Any:
        with torch.enable_grad():  # inference mode still records no graph
            return kernel(*arguments, **settings)

    return played
