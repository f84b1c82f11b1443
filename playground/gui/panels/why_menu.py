"""The menu that asks why the network gives its answer, for a button above the pad and for the menu bar."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from playground.gui.style.action import add
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.attribution_methods import OFFERED, ExampleKind

CHANGE = "change"  # what is requested besides the functions of methods: what would change the answer
LATEST = ""  # the method that was used last


class WhyMenu(QMenu):
    """All methods, and the question what would change the answer."""

    requested = Signal(str)  # the function of a method, `CHANGE`, or `LATEST`

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        for method in OFFERED[ExampleKind.PICTURE]:
            action = self.addAction(translated(method.label))
            action.setToolTip(plain_tip(translated(method.help)))
            action.setData(method.function)
            action.triggered.connect(self._request)
        self.addSeparator()
        change = self.addAction(self.tr("What would change it?"))
        change.setToolTip(plain_tip(self.tr("The least ink to add and to erase for another answer")))
        change.setData(CHANGE)
        change.triggered.connect(self._request)

    def button(self, parent: QWidget) -> QToolButton:
        """A flat button that opens the menu."""
        button = QToolButton(parent)
        button.setText(self.tr("Why? ▾"))
        button.setAccessibleName(self.tr("Why this answer"))
        button.setToolTip(self.tr("Show which pixels speak for this answer, and what would change it"))
        button.setMenu(self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_look(button, "flat")
        return button

    def add_to(self, menu: QMenu) -> None:
        """Add both questions to a menu of the menu bar, with their keys."""
        why = add(menu, self.tr("&Why this answer"), "Ctrl+Shift+Y")
        change = add(menu, self.tr("What would c&hange it"), "Ctrl+Alt+Y")
        why.setData(LATEST)
        change.setData(CHANGE)
        for action in (why, change):
            action.triggered.connect(self._request)

    @Slot()
    def _request(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.requested.emit(action.data())
