"""Exported programs read like a tutorial: short lines, no default argument spelled out, no import twice, no types."""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from playground.spec.call import Call
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.export.default_arguments import brief
from playground.spec.export.script import script
from playground.spec.files.presets import preset, presets
from playground.spec.layer import Layer, Stack, Tokens
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.augmentations import Augmentation
from playground.spec.recipe.losses import Loss
from playground.spec.recipe.optimizers import Optimizer
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.schedules import Schedule

PLAIN = preset("textbook").experiment
PROGRAMS = {entry.id: script(entry.experiment) for entry in presets()}
PARTS = {
    f"{kind.__name__} {member.id}": {field: (member(),) if field == "augmentations" else member()}
    for kind, field in ((Optimizer, "optimizer"), (Schedule, "schedule"), (Augmentation, "augmentations"))
    for member in kind.members()
}
PROGRAMS |= {name: script(PLAIN.with_(recipe=PLAIN.recipe.with_(**part))) for name, part in PARTS.items()}
SHORTS = {"nn": "torch.nn", "F": "torch.nn.functional", "lr_scheduler": "torch.optim.lr_scheduler"}
every_program = pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())


@every_program
def test_lines_have_at_most_100_characters(program: str) -> None:
    compile(program, "exported.py", "exec")
    assert [line for line in program.splitlines() if len(line) > 100] == []


def test_iris_is_a_short_program() -> None:
    assert len([line for line in PROGRAMS["iris"].splitlines() if line.strip()]) <= 90


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


@every_program
def test_nothing_is_imported_twice(program: str) -> None:
    tree = ast.parse(program)
    names = [name for node in ast.walk(tree) for name in _bound(node)]
    assert len(names) == len(set(names))
    modules = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
    plain = [alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    assert not {*modules} & {*plain} - {"torch"}


@every_program
def test_no_types_are_written(program: str) -> None:
    for node in ast.walk(ast.parse(program)):
        assert not isinstance(node, ast.AnnAssign)
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            assert node.returns is None
            assert all(item is None or item.annotation is None for item in every)


def _function(node: ast.expr, names: dict[str, Any]) -> Any:
    """What a call names, where it is torch's or the program's own."""
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=value, attr=attr):
            return getattr(_function(value, names), attr, None)
    return None


def _spelled(program: str) -> Iterator[str]:
    """Arguments that are the defaults of torch's and the program's functions."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(program, "exported.py", "exec"), names)
    names |= {short: importlib.import_module(name) for short, name in SHORTS.items()}
    for node in ast.walk(ast.parse(program)):
        function = _function(node.func, names) if isinstance(node, ast.Call) else None
        if not callable(function) or getattr(builtins, getattr(function, "__name__", ""), None) is function:
            continue
        try:
            parameters = inspect.signature(function).parameters
        except ValueError:  # of C code
            continue
        for keyword in node.keywords:
            usual = parameters.get(keyword.arg or "")
            if usual is None or usual.default is usual.empty or keyword.arg == "lr":  # a rate is always said
                continue
            try:
                given = ast.literal_eval(keyword.value)
            except ValueError:
                continue
            if type(usual.default) in (int, float, bool, str, tuple) and given == usual.default:
                yield ast.unparse(node)


@every_program
def test_no_default_argument_is_spelled_out(program: str) -> None:
    assert list(_spelled(program)) == []


def _callable(target: str) -> Any:
    module, _, name = target.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _no_defaults(call: Call) -> None:
    for inner in brief(call).whole():
        try:
            parameters = inspect.signature(_callable(inner.target)).parameters
        except ValueError:
            continue
        for name, value in inner.kwargs:
            default = parameters[name].default if name in parameters else None
            assert name == "lr" or isinstance(value, Call) or default is None or value != default, inner


@pytest.mark.parametrize("member", Layer.members(), ids=lambda member: member.__name__)
def test_no_layer_spells_out_its_defaults(member: type[Layer]) -> None:
    for shape in ((8, 8, 8), (8,), (8, 8), Tokens(8, 5)):
        try:
            calls = member().calls(shape)
        except Exception:  # it cannot take that shape
            continue
        for call in calls:
            _no_defaults(call)


@pytest.mark.parametrize("member", Loss.members(), ids=lambda member: member.__name__)
def test_no_loss_spells_out_its_defaults(member: type[Loss]) -> None:
    _no_defaults(member().call())


def test_layers_that_are_repeated_are_written_once() -> None:
    assert PROGRAMS["vision-transformer"].count("TransformerBlock(") == 2  # the class, and one call
    group = (Linear(out_features=8), Dropout(p=0.1))
    stack = Stack(layers=(Flatten(), Linear(out_features=8), *group * 4, Linear(out_features=10)))
    program = script(Experiment(stack=stack, recipe=Recipe(epochs=1)))
    assert program.count("nn.Dropout(") == 1
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(program, "exported.py", "exec"), names)
    from playground.engine.build import build

    built, ours = names["build_model"](), build(Experiment(stack=stack))
    assert {name: tensor.shape for name, tensor in built.state_dict().items()} == {
        name: tensor.shape for name, tensor in ours.state_dict().items()
    }
    assert str(built) == str(ours)


def test_data_is_asked_for_only_where_it_is_read() -> None:
    for entry in presets():
        read = entry.experiment.data.loading().data_help is not None
        assert ('"--data"' in PROGRAMS[entry.id]) == read
    assert '"--data"' not in PROGRAMS["spiral"]
    assert '"--data"' in script(Experiment(data=Table(), stack=Stack(layers=(Linear(out_features=3),))))
