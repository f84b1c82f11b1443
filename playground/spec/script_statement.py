"""Writes calls as statements of the exported program, laid out as ruff lays them out."""

from __future__ import annotations

from dataclasses import replace

from playground.spec.call import Call

WIDTH = 120  # letters in a line


def is_ours(call: Call) -> bool:
    """Whether it names something of this package, whose source a script holds."""
    return call.target.startswith("playground.")


def local(call: Call) -> Call:
    """The call as it is written in a script, which holds our functions and classes itself; so are calls within it."""
    args = tuple(local(value) if isinstance(value, Call) else value for value in call.args)
    kwargs = tuple((name, local(value) if isinstance(value, Call) else value) for name, value in call.kwargs)
    return replace(call, target=call.name if is_ours(call) else call.target, args=args, kwargs=kwargs)


def statement(before: str, call: Call, *leading: str) -> list[str]:
    """The lines of a statement that ends in a call, broken as ruff breaks them where one line is too long."""
    arguments = call.arguments(*leading)
    indent = " " * (len(before) - len(before.lstrip()))
    line = f"{before}{call.short_target}({', '.join(arguments)})"
    if len(line) + 4 <= WIDTH:
        return [line]
    inner = f"{indent}    {', '.join(arguments)}"
    middle = [inner] if len(inner) + 4 <= WIDTH else [f"{indent}    {argument}," for argument in arguments]
    return [f"{before}{call.short_target}(", *middle, f"{indent})"]
