"""The place of a page of the results, whose module is imported and which is made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.gui.style.theme import set_look

P = TypeVar("P", bound=QWidget)


class PagePlace(QWidget, Generic[P]):
    """Where a page will be; asks for it when it is shown."""

    def __init__(self, make: Callable[[PagePlace[P]], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._make = make
        self.header = QWidget(self)
        row = QHBoxLayout(self.header)
        row.setContentsMargins(0, 0, 0, 0)
        self.page: P | None = None
        self._note = QLabel(self)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setText(self.tr("loading PyTorch…"))
        set_look(self._note, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._note, 1)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        if self.page is None:
            self._make(self)

    def explain(self, words: str) -> None:
        """Say why there is no page."""
        self._note.setText(words)

    def fill(self, page: P, header: QWidget) -> None:
        """Show the page, with its header beside the tabs."""
        self.page = page
        self._note.hide()
        row, column = self.header.layout(), self.layout()
        assert row is not None
        assert column is not None
        row.addWidget(header)
        column.addWidget(page)
        self.setFocusProxy(page)
        page.show()
