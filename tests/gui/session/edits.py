"""An edit of the document, for tests to which it does not matter which."""

from __future__ import annotations

from playground.gui.start.program import Program
from playground.spec.edits import Set
from playground.spec.messages import message


def rename(program: Program, name: str) -> None:
    program.document.do(Set(("name",), name, message("Rename")))
