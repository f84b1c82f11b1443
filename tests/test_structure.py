"""How files are cut: none too long, none that needs one that needs it, each with a sentence that says what it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST = 350  # lines
OURS = sorted((ROOT / "playground").rglob("*.py"))
ALL = [*OURS, *sorted((ROOT / "tests").rglob("*.py"))]


def module_name(path: Path) -> str:
    """Its dotted name; a folder's for the folder's `__init__`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.AST, modules: set[str]) -> Iterator[str]:
    """The files among `modules` that a file imports: at its top, in functions, or to check types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from (names & modules) or {node.module}


def cycle(sources: dict[str, str]) -> list[str]:
    """Names of files each of which imports the next, the first again at the end; empty where there are none.

    `sources` are texts by dotted names.
    """
    modules = set(sources)
    graph = {name: set(imported(ast.parse(text), modules)) - {name} for name, text in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def test_no_file_is_longer_than_a_subject_needs() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in ALL}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_file_needs_one_that_needs_it() -> None:
    assert cycle({module_name(path): path.read_text("utf-8") for path in OURS}) == []


@pytest.mark.parametrize(
    "back",
    [
        "from a.view import View",
        "import a.view",
        "def menu():\n    from a import view",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a.view import View",
    ],
)
def test_a_cycle_is_found_wherever_the_import_stands(back: str) -> None:
    sources = {"a": "", "a.view": "from a.commands import Commands", "a.commands": back, "a.model": "import a.view"}
    assert set(cycle(sources)) == {"a.view", "a.commands"}
    assert cycle({**sources, "a.commands": ""}) == []


def test_every_file_says_what_it_is() -> None:
    assert [module_name(path) for path in ALL if not _says(path)] == []


def test_every_folder_says_what_it_holds() -> None:
    folders = {path.parent for path in OURS}
    assert [module_name(folder) for folder in sorted(folders) if not _says(folder / "__init__.py")] == []


def test_modules_that_texts_refer_to_are_there() -> None:
    """`engine.evaluation.scores`, or a name in it, wherever a docstring, a comment or a string has it in backquotes."""
    missing = [
        f"{module_name(path)}: {found}"
        for path in OURS
        for found in re.findall(r"`(?:playground\.)?((?:spec|engine|gui|cli)(?:\.\w+)+)`", path.read_text("utf-8"))
        if not _is_there(found.split("."))
    ]
    assert missing == []


def test_a_reference_to_what_was_moved_is_found() -> None:
    assert _is_there(["spec", "edits"])
    assert _is_there(["spec", "edits", "Replace"])
    assert _is_there(["engine", "data", "sources"])
    assert not _is_there(["engine", "scores"])
    assert not _is_there(["spec", "edits", "Move", "Path"])


def _is_there(parts: list[str]) -> bool:
    """Whether the package has such a folder, or a file that has what is named behind it at its top."""
    path = (ROOT / "playground").joinpath(*parts)
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    file = path.parent.with_suffix(".py")
    top = ast.parse(file.read_text("utf-8")).body if file.is_file() else []
    return any(parts[-1] == getattr(node, "name", None) for node in top)


def _says(path: Path) -> bool:
    return path.is_file() and ast.get_docstring(ast.parse(path.read_text("utf-8"))) is not None
