"""Writes calls as statements of the exported program, formatted as ruff formats them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from playground.spec.call import Call, Copies, Written, printed
from playground.spec.export.annotations import WIDTH
from playground.spec.export.default_arguments import brief


def is_ours(call: Call) -> bool:
    """Whether it names an object of this package, whose source a script contains."""
    return call.target.startswith("playground.")


def local(call: Call) -> Call:
    """The call as a script writes it: without default arguments; objects of this package by name alone."""
    return _named(brief(call))


def _named(call: Call) -> Call:
    args = tuple(map(_local, call.args))
    kwargs = tuple((name, _local(value)) for name, value in call.kwargs)
    return replace(call, target=call.name if is_ours(call) else call.target, args=args, kwargs=kwargs)


def _local(value: Any) -> Any:
    if isinstance(value, Copies):
        return replace(value, call=_named(value.call))
    return _named(value) if isinstance(value, Call) else value


def beside(call: Call, tensor: str) -> Call:
    """The call with its tensor arguments created on the device of the variable `tensor`."""
    placed = tuple((name, _placed(value, tensor)) for name, value in call.kwargs)
    return replace(call, kwargs=placed)


def _placed(value: object, tensor: str) -> object:
    if isinstance(value, Call) and value.target == "torch.tensor":
        return replace(value, kwargs=(*value.kwargs, ("device", Written(f"{tensor}.device"))))
    return value


def applied(call: Call | None, tensor: str) -> str:
    """The expression that applies a call to a tensor; the tensor itself if there is no call."""
    return tensor if call is None else f"{local(call).short_target}({', '.join(local(call).arguments(tensor))})"


def statement(before: str, call: Call, *leading: str, inset: int = 0) -> list[str]:
    """The lines of a statement that ends in a call, broken as ruff breaks them if one line is too long.

    inset: additional indentation in the final program.
    """
    width = WIDTH - inset
    arguments = call.arguments(*leading)
    indent = " " * (len(before) - len(before.lstrip()))
    line = f"{before}{call.short_target}({', '.join(arguments)})"
    if len(line) <= width:
        return [line]
    inner = f"{indent}    {', '.join(arguments)}"
    named = (f"{indent}    {name}," for name in leading)
    middle = [inner] if len(inner) <= width else [*named, *_arguments(f"{indent}    ", call)]
    return [f"{before}{call.short_target}(", *middle, f"{indent})"]


def laid_out(before: str, value: Any, after: str) -> list[str]:
    """The lines of an expression, indented like `before`; calls and lists in it are broken where needed."""
    line = f"{before}{printed(value)}{after}"
    indent = " " * (len(before) - len(before.lstrip()))
    if len(line) <= WIDTH or not isinstance(value, Call | Copies | list | tuple):
        return [line]
    if isinstance(value, list | tuple):
        begin, end = "[]" if isinstance(value, list) else "()"
        return [f"{before}{begin}", *_filled(f"{indent}    ", list(value)), f"{indent}{end}{after}"]
    if isinstance(value, Copies):
        inside = laid_out(f"{indent}    ", value.call, "")
        return [f"{before}*(", *inside, f"{indent}    for _ in range({value.count})", f"{indent}){after}"]
    inner = f"{indent}    {', '.join(value.arguments())}"
    lines = [inner] if len(inner) <= WIDTH else list(_arguments(f"{indent}    ", value))
    return [f"{before}{value.short_target}(", *lines, f"{indent}){after}"]


def _filled(indent: str, items: list[Any]) -> Iterator[str]:
    """Items on lines, as many as fit on each."""
    line = ""
    for item in items:
        longer = f"{line} {printed(item)}," if line else f"{indent}{printed(item)},"
        if len(longer) <= WIDTH:
            line = longer
            continue
        yield from [line] if line else []
        *whole, line = laid_out(indent, item, ",")
        yield from whole
    yield from [line] if line else []


def _arguments(indent: str, call: Call) -> Iterator[str]:
    """Each argument on lines of its own."""
    for value in call.args:
        yield from laid_out(indent, value, ",")
    for name, value in call.kwargs:
        yield from laid_out(f"{indent}{name}=", value, ",")
