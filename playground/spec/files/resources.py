"""Finds the bundled files: next to the package in a checkout, inside it when installed from a wheel."""

from __future__ import annotations

from pathlib import Path

from playground.spec.files.storage import FileError, shown
from playground.spec.messages import message

_PACKAGE = Path(__file__).resolve().parents[2]


def resource(*parts: str) -> Path:
    """The path of a bundled file or folder: `resource("mnist", "README.md")`.

    Raises:
        FileError: it is not there.
    """
    installed = _PACKAGE / "resources"
    folder = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    path = folder.joinpath(*parts)
    if not path.exists():
        raise FileError(
            message(
                "“{file}”, which belongs to Playground, is missing. Please install Playground again.", file=shown(path)
            )
        )
    return path
