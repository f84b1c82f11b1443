"""The View menu: appearance, layout, and keyboard navigation between the panes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QApplication, QMenu, QSlider, QWidget

from playground.gui.style.action import add, dress, leaves
from playground.gui.style.appearance import Appearance

if TYPE_CHECKING:  # the curves are imported only after the window is shown
    from playground.gui.curves.header import Header


class ViewMenu(QMenu):
    """Appearance, layout, focus."""

    layout_reset = Signal()

    def __init__(self, appearance: Appearance, window: QWidget) -> None:
        super().__init__(window)
        self._appearance = appearance
        self._panes: Callable[[], Sequence[QWidget]] = tuple
        self._pages: list[tuple[int, QAction]] = []  # actions that show pages, in order of their keys
        self.looks = self.addMenu(self.tr("&Appearance"))
        group = QActionGroup(self)
        for name, words, keys in (
            ("system", self.tr("Like the &system"), "Ctrl+Alt+S"),
            ("light", self.tr("&Light"), "Ctrl+Alt+L"),
            ("dark", self.tr("&Dark"), "Ctrl+Alt+D"),
        ):
            action = add(self.looks, words, keys)
            action.setCheckable(True)
            action.setChecked(appearance.choice == name)
            action.setData(name)
            action.triggered.connect(self._choose)
            group.addAction(action)
        self.outputs = add(
            self,
            self.tr("What each la&yer computes"),
            "Ctrl+Alt+M",
            self.tr("Show on every block what its layer makes of the drawing, picture, row or text"),
        )
        self.outputs.setCheckable(True)
        self.active_first = add(
            self,
            self.tr("Most activ&e maps first"),
            "Ctrl+Alt+A",
            self.tr("Order the maps of each layer by their mean absolute value; off: in their own order"),
        )
        self.active_first.setCheckable(True)
        self.inside = add(
            self,
            self.tr("&Inside the layer"),
            "Ctrl+I",
            self.tr("Show how the selected layer makes each of its numbers"),
        )
        self.enlarged = add(
            self,
            self.tr("Lar&ge results"),
            "F9",
            self.tr("Give the pane with the curves and the other pages most of the room of the stack"),
        )
        self.enlarged.setCheckable(True)
        self.addSeparator()
        self.next_pane = add(self, self.tr("&Next pane"), "F6")
        self.previous_pane = add(self, self.tr("&Previous pane"), "Shift+F6")
        self.addSeparator()
        self.reset = add(self, self.tr("&Reset window layout"), "Ctrl+Alt+W")
        self.next_pane.triggered.connect(self._focus_next)
        self.previous_pane.triggered.connect(self._focus_previous)
        self.reset.triggered.connect(self.layout_reset)

    def set_panes(self, panes: Callable[[], Sequence[QWidget]]) -> None:
        """Set the panes that focus moves through: `panes` returns them in order when called."""
        self._panes = panes

    def add_page(self, words: str, keys: str, show: Callable[[], object]) -> None:
        """Add an action that shows a page of the results, with the key Alt and a digit; 0 comes last."""
        action = QAction(words, self)
        dress(action, keys)
        action.triggered.connect(lambda: show())  # without Qt's argument
        order = int(keys.removeprefix("Alt+")) or 10
        after = [later for number, later in self._pages if number > order]
        self.insertAction(after[0] if after else self.next_pane, action)
        self._pages = sorted([*self._pages, (order, action)], key=lambda page: page[0])

    def add_curves(self, header: Header) -> None:
        """Add the actions of the curves' header."""
        curves = QMenu(self.tr("&Curves"), self)
        logarithmic = add(curves, self.tr("&Logarithmic loss"), "Ctrl+L")
        logarithmic.setCheckable(True)
        logarithmic.setChecked(header.log.isChecked())
        logarithmic.toggled.connect(header.log.setChecked)
        header.log.toggled.connect(logarithmic.setChecked)
        smoother = add(curves, self.tr("&Smoother"), "Ctrl+]")
        rougher = add(curves, self.tr("Less s&mooth"), "Ctrl+[")
        fit = add(curves, self.tr("&Fit"), "Ctrl+0", self.tr("Show the whole run"))
        curves.addMenu(header.axis.menu())
        for action, key in zip(leaves(header.axis.menu()), "EST", strict=True):
            dress(action, f"Ctrl+Alt+Shift+{key}")
        step = QSlider.SliderAction
        smoother.triggered.connect(lambda: header.slider.triggerAction(step.SliderSingleStepAdd))
        rougher.triggered.connect(lambda: header.slider.triggerAction(step.SliderSingleStepSub))
        fit.triggered.connect(header.fit_wanted)
        self.insertMenu(self.next_pane, curves)
        self.insertSeparator(self.next_pane)

    @Slot()
    def _choose(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._appearance.choose(action.data())

    @Slot()
    def _focus_next(self) -> None:
        self._move_focus(1)

    @Slot()
    def _focus_previous(self) -> None:
        self._move_focus(-1)

    def _move_focus(self, by: int) -> None:
        focused = QApplication.focusWidget()
        panes = [pane for pane in self._panes() if pane.isVisible()]
        holds = (focused is not None and (focused is pane or pane.isAncestorOf(focused)) for pane in panes)
        at = next((i for i, held in enumerate(holds) if held), None)
        start = (-1 if by > 0 else 0) if at is None else at
        for distance in range(1, len(panes) + 1):
            target = first_focusable(panes[(start + by * distance) % len(panes)])
            if target is not None:
                target.setFocus()
                return


def first_focusable(pane: QWidget) -> QWidget | None:
    """The pane itself or the first widget in it that accepts keyboard focus, in tab order."""
    candidate = pane
    while True:
        if candidate.focusPolicy().value & 1 and candidate.isEnabled() and candidate.isVisible():
            return candidate
        following = candidate.nextInFocusChain()
        if following is None or following is pane or not pane.isAncestorOf(following):
            return None
        candidate = following
