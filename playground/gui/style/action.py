"""Creates actions: text, shortcuts and tool tip, in a menu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import translated
from playground.spec.messages import tr_noop

_USUAL, _REASON = "usual_tip", "reason"  # properties of an action


def add(menu: QMenu, words: str, keys: str, tip: str = "") -> QAction:
    """Add an action to a menu. `keys` are its shortcuts, separated by `; `; the first one is shown."""
    action = QAction(words, menu)
    dress(action, keys, tip)
    menu.addAction(action)
    return action


def dress(action: QAction, keys: str, tip: str = "") -> None:
    """Set an action's shortcuts and a tool tip that names the first of them."""
    sequences = [QKeySequence(item) for item in keys.split("; ")]
    action.setShortcuts(sequences)
    shown = sequences[0].toString(QKeySequence.SequenceFormat.NativeText)
    usual = plain_tip(f"{tip or plain(action.text())} ({shown})")
    action.setProperty(_USUAL, usual)
    if not reason_of(action):
        action.setToolTip(usual)


def allow(action: QAction, possible: bool, otherwise: str) -> None:
    """Enable an action if it is possible; `otherwise` is the reason why it is not, which its tool tip gives then."""
    usual = action.property(_USUAL)
    if usual is None:  # Qt makes a tool tip of the text, if there is none
        usual = "" if action.toolTip() == plain(action.text()) else action.toolTip()
        action.setProperty(_USUAL, usual)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    reason = plain_tip(f"{otherwise} ({keys})" if keys else otherwise)
    action.setToolTip(usual if possible else reason)
    action.setProperty(_REASON, "" if possible else otherwise)
    action.setEnabled(possible)
    for menu in action.associatedObjects():
        if isinstance(menu, QMenu):
            menu.setToolTipsVisible(True)


def reason_of(action: QAction) -> str:
    """The reason why an action is disabled; empty if it is enabled, or needs none."""
    return str(action.property(_REASON) or "")


def untrained() -> str:
    """The reason of actions that need a network that has learned something."""
    return translated(tr_noop("There is no trained network yet: train one, or open one."))


def nothing_selected() -> str:
    """The reason of actions on selected layers."""
    return translated(tr_noop("No layer is selected."))


def plain(words: str) -> str:
    """An action's text without mnemonic and ellipsis."""
    return words.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("….")


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One action, as shown in the list of shortcuts."""

    menu: str
    words: str
    keys: str


def entries(bar: QMenuBar) -> Iterator[MenuEntry]:
    """All actions in the menus of a menu bar, in order; those of a submenu name it."""
    for top in bar.actions():
        inner = inner_menu(top)
        if inner is not None:
            yield from _entries(inner, plain(top.text()), "")


def _entries(menu: QMenu, top: str, before: str) -> Iterator[MenuEntry]:
    for action in menu.actions():
        words = before + plain(action.text())
        inner = inner_menu(action)
        if inner is not None:
            yield from _entries(inner, top, f"{words}: ")
        elif not action.isSeparator():
            keys = ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts())
            yield MenuEntry(top, words, keys)


def inner_menu(action: QAction) -> QMenu | None:
    """The menu that an action opens, if any."""
    found = action.menu()
    return found if isinstance(found, QMenu) else None


def leaves(menu: QMenu) -> Iterator[QAction]:
    """The actions of a menu and of the menus in it."""
    for action in menu.actions():
        inner = inner_menu(action)
        if inner is not None:
            yield from leaves(inner)
        elif not action.isSeparator():
            yield action
