"""Menu titles, shown before the menus have contents, so that the menu bar does not appear later."""

from __future__ import annotations

from playground.gui.style.translation import translated
from playground.spec.messages import tr_noop


def titles() -> tuple[str, ...]:
    """The titles of the menus, in the order of the menu bar."""
    words = (tr_noop("&File"), tr_noop("&Edit"), tr_noop("&Run"), tr_noop("&View"), tr_noop("&Help"))
    return tuple(map(translated, words))
