"""What the menus are called: said before there is anything in them, so that the menu bar does not come later."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

_CONTEXT = "Menus"


def titles() -> tuple[str, ...]:
    """The titles of the menus, in the order of the menu bar."""
    translate = QCoreApplication.translate
    return (
        translate(_CONTEXT, "&File"),
        translate(_CONTEXT, "&Edit"),
        translate(_CONTEXT, "&Run"),
        translate(_CONTEXT, "&View"),
        translate(_CONTEXT, "&Help"),
    )
