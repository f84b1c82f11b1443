"""The maintainers' page names files and functions that exist, and every folder of the package."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "playground"
PAGE = (PACKAGE / "README.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)(?:: ([\w.]+))?`", PAGE)))
FOLDERS = set(re.findall(r"`((?:spec|engine|gui|cli)(?:/\w+)*/)`", PAGE))


def defined(path: Path) -> set[str]:
    """The functions and classes of a file, methods with their class: `Document.do`."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{item.name}" for item in node.body if isinstance(item, ast.FunctionDef)}
    return found


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_what_is_named_exists(file: str, name: str) -> None:
    assert (PACKAGE / file).is_file()
    assert not name or name in defined(PACKAGE / file)


def test_every_folder_is_named() -> None:
    folders = {f"{path.parent.relative_to(PACKAGE)}/" for path in PACKAGE.glob("*/*/__init__.py")}
    top = {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}
    assert folders | top <= FOLDERS | {"engine/"}
    assert all((PACKAGE / folder).is_dir() for folder in FOLDERS)


def test_it_fits_two_pages() -> None:
    assert len(PAGE.split()) < 1100
