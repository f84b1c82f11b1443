"""Every sentence that is translated is found by lupdate, and under the context in which it is looked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import pytest

import playground
import playground.spec.experiment
from playground.spec.component import Component, fields_of
from playground.spec.data.dataset import Dataset
from playground.spec.files.presets import empty, presets

FOUND = ("tr_noop", "message", "plural", "tr")  # calls whose literal lupdate finds
TRANSLATED = ("message", "plural", "self.tr")  # the first argument of these is
PACKAGE = Path(playground.__file__).parent
SCRIPT = Path(__file__).parent.parent / "packaging" / "extract_strings.py"
Scope = ast.FunctionDef | ast.Lambda | ast.ClassDef | ast.Module


@dataclass
class Sources:
    """Goes back from each text that is translated to the literals that it may be, across functions and modules."""

    trees: dict[str, ast.Module]  # by the name of the module
    outer: dict[ast.AST, ast.AST] = field(default_factory=dict)  # the node around each node
    bound: dict[tuple[ast.AST, str], list[ast.expr]] = field(default_factory=dict)  # by scope and name
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=dict)
    calls: dict[str, list[ast.Call]] = field(default_factory=dict)
    names: dict[ast.AST, str] = field(default_factory=dict)
    seen: set[ast.AST] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.names = {tree: name for name, tree in self.trees.items()}
        for tree in self.trees.values():
            for node in ast.walk(tree):
                self.outer.update(dict.fromkeys(ast.iter_child_nodes(node), node))
            for node in ast.walk(tree):
                self._note(node)

    def unmarked(self) -> Iterator[ast.Constant | ast.JoinedStr]:
        """The literals that are translated and that lupdate does not find."""
        for call in self._every():
            if ast.unparse(call.func) in TRANSLATED and not isinstance(call.args[0], ast.Constant):
                yield from self._literals(call.args[0])

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
                self._bind(target, value)
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                self._bind(target, value)
            case ast.NamedExpr(target=target, value=value):
                self._bind(target, value)
            case ast.FunctionDef(name=name):
                self.functions.setdefault(name, []).append(node)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                self.calls.setdefault(name, []).append(node)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            pairs = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
            for number, part in enumerate(target.elts):
                self._bind(part, value.elts[number] if pairs else value)  # type: ignore[attr-defined]
        elif isinstance(target, ast.Name):
            self.bound.setdefault((self._scope(target), target.id), []).append(value)

    def _scope(self, node: ast.AST) -> ast.AST:
        node = self.outer[node]
        while not isinstance(node, Scope):
            node = self.outer[node]
        return node

    def _literals(self, node: ast.expr) -> Iterator[ast.Constant | ast.JoinedStr]:
        if node in self.seen:
            return
        self.seen.add(node)
        match node:
            case ast.Constant(value=str(text)):
                if any(letter.isalpha() for letter in text):
                    yield node
            case ast.JoinedStr():
                yield node
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in FOUND:
                return
            case ast.Call(func=ast.Attribute(value=value, attr="get" | "replace" | "join")):
                yield from self._all([value, *node.args] if node.func.attr == "get" else [value])
            case ast.Call(func=ast.Name(id=name)):
                yield from self._all(self._returned(node, name))
            case ast.Name(id=name):
                yield from self._all(self._values(node, name))
            case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
                yield from self._all((one, other))
            case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values) | ast.Dict(values=values):
                yield from self._all(values)
            case ast.Subscript(value=value) | ast.Starred(value=value):
                yield from self._literals(value)

    def module(self, node: ast.AST) -> str:
        """The name of the module that a node stands in."""
        while not isinstance(node, ast.Module):
            node = self.outer[node]
        return self.names[node]

    def _every(self) -> Iterator[ast.Call]:
        for calls in self.calls.values():
            yield from calls

    def _all(self, nodes: Iterable[ast.expr]) -> Iterator[ast.Constant | ast.JoinedStr]:
        for node in nodes:
            yield from self._literals(node)

    def _returned(self, call: ast.Call, name: str) -> Iterator[ast.expr]:
        for function in self.functions.get(name, ()):
            if self.module(function) != self.module(call) and name.startswith("_"):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield node.value

    def _values(self, node: ast.AST, name: str) -> Iterator[ast.expr]:
        """What a name may stand for where it is read."""
        scope = self._scope(node)
        while True:
            yield from self.bound.get((scope, name), ())
            if isinstance(scope, ast.FunctionDef):
                yield from self._passed(scope, name)
            if isinstance(scope, ast.Module):
                break
            scope = self._scope(scope)
        for item in ast.walk(scope):
            if isinstance(item, ast.ImportFrom) and name in [alias.asname or alias.name for alias in item.names]:
                yield from self.bound.get((self.trees.get(item.module or ""), name), ())  # type: ignore[arg-type]

    def _passed(self, function: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
        """What a parameter is given, wherever the function is called."""
        names = [argument.arg for argument in function.args.posonlyargs + function.args.args]
        every = [*names, *(argument.arg for argument in function.args.kwonlyargs)]
        if name not in every:
            return
        called, around = function.name, self.outer[function]
        static = any(isinstance(item, ast.Name) and item.id == "staticmethod" for item in function.decorator_list)
        if isinstance(around, ast.ClassDef) and not static:
            names = names[1:]
            called = around.name if called == "__init__" else called
        kind = ast.Attribute if isinstance(around, ast.ClassDef) and called != around.name else ast.Name
        for call in self.calls.get(called, ()):
            if not isinstance(call.func, kind) or (
                called.startswith("_") and self.module(call) != self.module(function)
            ):
                continue  # another function of that name
            yield from (word.value for word in call.keywords if word.arg == name)
            if name in names and len(call.args) > names.index(name):
                yield call.args[names.index(name)]
        yield from (value for value in (*function.args.defaults, *function.args.kw_defaults) if value is not None)

    def written(self) -> Iterator[tuple[str, str, str]]:
        """Context, text and place of each literal that stands where it is translated or marked."""
        for call in self._every():
            called = ast.unparse(call.func)
            if called.endswith(".tr") or called in ("tr_noop", *TRANSLATED):
                context = self._class(call) if called.endswith(".tr") else ""
                for text in _choices(call.args[0]):
                    yield context, text, f"{self.module(call)}:{call.lineno}"

    def _class(self, node: ast.AST) -> str:
        while not isinstance(node, ast.ClassDef | ast.Module):
            node = self.outer[node]
        return getattr(node, "name", "none")


def _choices(text: ast.expr) -> Iterator[str]:
    """The literals that an expression may be."""
    if isinstance(text, ast.IfExp):
        yield from (*_choices(text.body), *_choices(text.orelse))
    elif isinstance(text, ast.Constant) and text.value:
        yield text.value


@pytest.fixture(scope="module")
def sources() -> Sources:
    """The package's source, by the names of its modules."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join((PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts))
        found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return Sources(found)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Context and text of what the documented command finds."""
    file = tmp_path_factory.mktemp("extracted") / "found.ts"
    subprocess.run([sys.executable, SCRIPT, file], check=True, capture_output=True)
    contexts = ElementTree.parse(file).iter("context")
    return {(item.findtext("name") or "", text.text or "") for item in contexts for text in item.iter("source")}


def test_every_text_that_is_translated_is_a_marked_literal(sources: Sources) -> None:
    found = [f"{sources.module(item)}:{item.lineno}: {ast.unparse(item)[:90]}" for item in sources.unmarked()]
    assert found == []


def test_lupdate_finds_every_literal_where_it_is_looked_for(sources: Sources, extracted: set[tuple[str, str]]) -> None:
    lacking = [
        f"{place}: {context}: {text}" for context, text, place in sources.written() if (context, text) not in extracted
    ]
    assert lacking == []


def test_lupdate_finds_what_components_say_of_themselves(extracted: set[tuple[str, str]]) -> None:
    words = {text for context, text in extracted if not context}
    said = {text for component in _components(Component) for text in _words(component)}
    assert [text for text in sorted(said) if text not in words and any(map(str.isalpha, text))] == []


def test_presets_are_extracted(extracted: set[tuple[str, str]]) -> None:
    said = {text for preset in (*presets(), empty()) for text in (preset.title, preset.about, preset.expected)}
    assert {text for text in said if ("", text) not in extracted} == set()


def _components(base: type[Component]) -> Iterator[type[Component]]:
    for component in base.__subclasses__():
        if component.__module__.startswith(PACKAGE.name):  # tests declare some, too
            yield component
        yield from _components(component)


def _words(component: type[Component]) -> Iterator[str]:
    yield from (getattr(component, name, "") for name in ("label", "help", "keywords"))
    for info in fields_of(component):
        yield from (info.label, info.help, info.unit, *(label for _, label in info.options))
    if issubclass(component, Dataset):
        yield from (component.samples, *component.against)
