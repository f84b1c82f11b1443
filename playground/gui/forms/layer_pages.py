"""The two pages of the selected block: its settings, and what is inside its layer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from playground.gui.forms.layer_panel import LayerPanel

_SETTINGS, _INSIDE = 0, 1


class LayerPages(QWidget):
    """Shows the form, or a page that is made when it is first opened."""

    def __init__(self, form: LayerPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self._make: Callable[[], QWidget] | None = None
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Pages of the layer"))
        self.tabs.addTab(self.tr("Settings"))
        self.tabs.addTab(self.tr("Inside"))
        self._pages = QStackedWidget(self)
        self._pages.addWidget(form)
        self._empty = QLabel()
        self._pages.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._pages, 1)
        self.tabs.currentChanged.connect(self._show)

    def set_inside(self, make: Callable[[], QWidget]) -> None:
        """Set the function that makes the second page; it is called when the page is first shown."""
        self._make = make
        self._show(self.tabs.currentIndex())

    @Slot()
    def show_inside(self) -> None:
        """Show the second page."""
        self.tabs.setCurrentIndex(_INSIDE)

    @Slot()
    def focus_form(self) -> None:
        """Show the settings, and move the focus to the first editor."""
        self.tabs.setCurrentIndex(_SETTINGS)
        self._form.focus_form()

    def lend_inside(self) -> QWidget:
        """Give the second page away, until `take_inside`; a sentence is shown in its place."""
        page = self._pages.widget(_INSIDE)
        assert page is not None
        self._empty = QLabel(self.tr("This page is shown in a window of its own."), self)
        self._empty.setWordWrap(True)
        self._empty.setMargin(12)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._empty.setProperty("look", "muted")
        self._put(page, self._empty)
        return page

    def take_inside(self, page: QWidget) -> None:
        """Show the second page here again."""
        self._put(self._empty, page)
        self._empty.deleteLater()

    def _put(self, old: QWidget, new: QWidget) -> None:
        self._pages.removeWidget(old)
        self._pages.insertWidget(_INSIDE, new)
        self._pages.setCurrentIndex(self.tabs.currentIndex())

    @Slot(int)
    def _show(self, index: int) -> None:
        if index == _INSIDE and self._make is not None:
            make, self._make = self._make, None
            self.take_inside(make())
        self._pages.setCurrentIndex(index)
        self.tabs.updateGeometry()  # the current title is bold, and may need more room
