"""Copies functions with their dependencies out of the engine's source text, so that a script is self-contained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playground.spec.export.annotations import without_annotations

_ROOT = Path(__file__).resolve().parents[3]  # the folder that contains the package
_PACKAGE = "playground."
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign)
_FOR_MYPY = re.compile(r"  # type: ignore\[[\w, -]+\]")  # of no use to the reader of a script


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `from module import name as alias`, or `import name as alias` without a module."""

    module: str
    name: str
    alias: str | None = None

    @property
    def bound(self) -> str:
        """The name that it binds."""
        return self.alias or self.name.partition(".")[0]

    @property
    def written(self) -> str:
        """Name and alias as written after `import`."""
        return f"{self.name} as {self.alias}" if self.alias else self.name


@dataclass(frozen=True, slots=True)
class Copied:
    """Source text for a script, and the imports that it needs."""

    blocks: tuple[str, ...]
    imports: frozenset[Import]


@dataclass(slots=True)
class _Module:
    """A module's top level: definitions and imports by the name that they bind."""

    lines: list[str]
    definitions: dict[str, ast.stmt] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)

    def text(self, node: ast.stmt) -> str:
        """Whole lines of a definition, with decorators, trailing comments, and comments directly above it."""
        start = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))]) - 1
        while start and self.lines[start - 1].startswith("#"):
            start -= 1
        return "\n".join(_FOR_MYPY.sub("", line) for line in self.lines[start : node.end_lineno])


def copied(targets: Iterable[str]) -> Copied:
    """The source of functions named `module.function` in this package, with all their dependencies."""
    found: dict[tuple[str, str], None] = {}  # an ordered set of (module, name), dependencies first
    imports: set[Import] = set()
    for target in targets:
        module, _, name = target.rpartition(".")
        _collect(module, name, set(), found, imports)
    blocks: list[str] = []
    for module in dict.fromkeys(module for module, _ in found):
        source = _read(module)
        nodes = {id(node): node for node in (source.definitions[name] for at, name in found if at == module)}
        ordered = sorted(nodes.values(), key=lambda node: node.lineno)
        constants = [source.text(node) for node in ordered if isinstance(node, _ASSIGNMENTS)]
        blocks += ["\n".join(constants)] if constants else []
        blocks += [source.text(node) for node in ordered if not isinstance(node, _ASSIGNMENTS)]
    return Copied(tuple(blocks), frozenset(imports))


@cache
def defaults(target: str) -> dict[str, Any]:
    """The default arguments of a function, or of a class's constructor, of this package."""
    module, _, name = target.rpartition(".")
    found: dict[str, Any] = {}
    node = _read(module).definitions.get(name)
    made = [item for item in ast.walk(node) if isinstance(item, ast.FunctionDef)] if node else []
    for item in made:
        if item is node or item.name == "__init__":
            arguments = item.args
            positional = [*arguments.posonlyargs, *arguments.args]
            pairs = [*zip(positional[::-1], arguments.defaults[::-1], strict=False)]
            pairs += [(a, v) for a, v in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if v is not None]
            found |= {a.arg: ast.literal_eval(v) for a, v in pairs}
    return found


def names_in(source: str) -> set[str]:
    """Every name that code uses."""
    return set(_names(ast.parse(source)))


def imported_in(source: str) -> set[str]:
    """Every name that code imports itself, within a function."""
    found = (node.names for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom))
    return {alias.asname or alias.name for names in found for alias in names}


def import_lines(imports: Iterable[Import]) -> list[str]:
    """Import statements in the usual order: plain ones first, then by module; one line per module, aliases separate."""
    plain = sorted({item for item in imports if not item.module}, key=lambda item: item.name)
    members = sorted({item for item in imports if item.module}, key=lambda item: (item.module, item.alias or ""))
    lines = [f"import {item.written}" for item in plain]
    for module in dict.fromkeys(item.module for item in members):
        own = [item for item in members if item.module == module]
        unaliased = sorted(item.name for item in own if not item.alias)
        lines += [f"from {module} import {', '.join(unaliased)}"] if unaliased else []
        lines += [f"from {module} import {item.written}" for item in own if item.alias]
    return lines


def _collect(
    module: str,
    name: str,
    seen: set[tuple[str, str]],
    found: dict[tuple[str, str], None],
    imports: set[Import],
) -> None:
    """Add a definition to `found`, after everything that it uses."""
    if (module, name) in seen:
        return
    seen.add((module, name))
    source = _read(module)
    for used in _names(source.definitions[name]):
        item = source.imports.get(used)
        if used in source.definitions:
            _collect(module, used, seen, found, imports)
        elif item and item.module.startswith(_PACKAGE):
            _collect(item.module, item.name, seen, found, imports)
        elif item:
            imports.add(item)
    found[module, name] = None


def _names(node: ast.AST) -> Iterator[str]:
    return (item.id for item in ast.walk(node) if isinstance(item, ast.Name))


@cache
def _read(module: str) -> _Module:
    path = _ROOT.joinpath(*module.split(".")).with_suffix(".py")
    text = without_annotations(path.read_text(encoding="utf-8"))
    result = _Module(text.splitlines())
    for node in ast.parse(text).body:
        match node:
            case ast.ImportFrom(module=str(origin), names=names):
                result.imports |= {(name.asname or name.name): Import(origin, name.name, name.asname) for name in names}
            case ast.Import(names=names):
                plain = [Import("", name.name, name.asname) for name in names]
                result.imports |= {item.bound: item for item in plain}
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                result.definitions[name] = node
            case ast.Assign() | ast.AnnAssign():
                stored = (
                    item.id for item in ast.walk(node) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)
                )
                result.definitions |= dict.fromkeys(stored, node)
    return result
