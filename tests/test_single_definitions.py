"""Formats of numbers, endings of files, the size of a drawing and the mixing of colours are each defined once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import playground

ROOT = Path(playground.__file__).parent
DECIMALS = re.compile(r"\.\w*[eEfFgGn%]$|^[eEfFgGn%]$")  # of a format specification that writes a float
IN_TEXT = re.compile(r"\{\w*:[^{}]*?(\.\d+[eEfFgGn%])\}")  # the same in a template
BEFORE_UNIT = re.compile(r"\} (?:[kMG]?B|[KMG]iB|[kMG]?FLOP|%|ms)(?!\w)")  # a number in a template or an f-string
MACHINES = {  # what no person reads, or reads as it was typed
    "engine/data/formats/columns.py",  # names of classes, which are stored
    "gui/curves/export.py",  # CSV
    "gui/curves/ranges.py",  # how many decimals a step has
    "gui/forms/number_input.py",  # rounds what was typed
}


@cache
def trees() -> dict[str, ast.Module]:
    """All files of the package, by their paths; read by the first test, not by each process that looks for tests."""
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in sorted(ROOT.rglob("*.py"))}


@cache
def strings(tree: ast.Module) -> tuple[str, ...]:
    """All strings but docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and doc(node)}
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs)
    return tuple(node.value for node in nodes if isinstance(node.value, str))


def doc(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> bool:
    return bool(node.body) and isinstance(node.body[0], ast.Expr)


def specifications(tree: ast.Module) -> Iterator[str]:
    """How f-strings and templates write floats."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            last = node.format_spec.values[-1]
            if isinstance(last, ast.Constant) and DECIMALS.search(str(last.value)):
                yield ast.unparse(node)
    for text in strings(tree):
        yield from IN_TEXT.findall(text)


def test_one_module_writes_numbers_with_decimals() -> None:
    """`number_text` does; exported programs write theirs themselves."""
    found = {
        path for path, tree in trees().items() if any(specifications(tree)) and not path.startswith("spec/export/")
    }
    assert found == {"spec/number_text.py"} | MACHINES


def test_one_module_writes_a_unit_behind_a_number() -> None:
    """A template like `{size} MB` anywhere else would have its number formatted in a second way."""

    def texts(tree: ast.Module) -> Iterator[str]:
        yield from strings(tree)
        yield from (ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))

    found = {path for path, tree in trees().items() if any(map(BEFORE_UNIT.search, texts(tree)))}
    assert {path for path in found if not path.startswith("spec/export/")} == {"spec/number_text.py"}


@pytest.mark.parametrize("suffix", [".playground", ".safetensors"])
def test_one_module_defines_the_ending_of_a_file(suffix: str) -> None:
    assert [path for path, tree in trees().items() if suffix in strings(tree)] == ["spec/files/file_kind.py"]


@pytest.mark.parametrize("name", ["FITTED", "SUPERSAMPLING"])
def test_one_module_defines_the_size_of_a_drawing(name: str) -> None:
    def assigns(tree: ast.Module) -> bool:
        targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
        return any(isinstance(target, ast.Name) and target.id == name for target in targets)

    assert sum(map(assigns, trees().values())) == 1


def test_one_function_mixes_colours() -> None:
    """Whatever takes a colour apart and returns one."""

    def mixes(node: ast.AST) -> bool:
        returns = isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name) and node.returns.id
        return returns == "QColor" and any(
            isinstance(part, ast.Attribute) and part.attr == "red" for part in ast.walk(node)
        )

    found = [(path, node.name) for path, tree in trees().items() for node in ast.walk(tree) if mixes(node)]
    assert found == [("gui/style/theme.py", "mixed")]
