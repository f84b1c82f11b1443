"""Removes type annotations from source text: the engine is type-checked, an exported program is written for reading."""

from __future__ import annotations

import ast
from collections.abc import Iterator

WIDTH = 100  # maximum line length of an exported program


def without_annotations(source: str) -> str:
    """The same source without annotations of functions and variables, formatted as ruff formats it."""
    lines = source.splitlines()
    tree = ast.parse(source)
    changes: list[tuple[int, int, list[str]]] = []  # first line, line after the last, replacement lines
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            changes.append(_heading(node, lines, source))
            changes += [_variable(item, lines) for item in ast.walk(node) if isinstance(item, ast.AnnAssign)]
    changes += [_variable(node, lines) for node in tree.body if isinstance(node, ast.AnnAssign) and node.value]
    for first, behind, instead in sorted({change[0]: change for change in changes}.values(), reverse=True):
        lines[first:behind] = instead
    return "\n".join(lines) + "\n"


def _heading(node: ast.FunctionDef, lines: list[str], source: str) -> tuple[int, int, list[str]]:
    """A function's signature, on one line if it fits."""
    first, behind = node.lineno - 1, node.body[0].lineno - 1
    while behind > first + 1 and lines[behind - 1].lstrip().startswith("#"):
        behind -= 1
    indent = " " * node.col_offset
    arguments = list(_arguments(node.args, source))
    line = f"{indent}def {node.name}({', '.join(arguments)}):"
    if len(line) <= WIDTH:
        return first, behind, [line]
    inner = f"{indent}    {', '.join(arguments)}"
    middle = [inner] if len(inner) <= WIDTH else [f"{indent}    {argument}," for argument in arguments]
    return first, behind, [f"{indent}def {node.name}(", *middle, f"{indent}):"]


def _arguments(arguments: ast.arguments, source: str) -> Iterator[str]:
    """Each argument with its default."""
    positional = [*arguments.posonlyargs, *arguments.args]
    given = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    for number, (argument, default) in enumerate(zip(positional, given, strict=True), 1):
        yield _argument(argument, default, source)
        if number == len(arguments.posonlyargs):
            yield "/"
    if arguments.vararg:
        yield f"*{arguments.vararg.arg}"
    elif arguments.kwonlyargs:
        yield "*"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _argument(argument, default, source)
    if arguments.kwarg:
        yield f"**{arguments.kwarg.arg}"


def _argument(argument: ast.arg, default: ast.expr | None, source: str) -> str:
    return argument.arg + (f"={ast.get_source_segment(source, default)}" if default else "")


def _variable(node: ast.AnnAssign, lines: list[str]) -> tuple[int, int, list[str]]:
    """An assignment without its annotation; no lines if it assigns nothing."""
    first = node.lineno - 1
    if node.value is None:
        return first, first + 1, []
    start, end = lines[first].encode(), lines[node.value.lineno - 1].encode()
    line = start[: node.target.end_col_offset] + b" = " + end[node.value.col_offset :]
    return first, node.value.lineno, [line.decode()]
