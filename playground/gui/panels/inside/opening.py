"""Opens the page that shows the inside of a layer; what it needs is imported when it is first opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal, Slot
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from playground.gui.forms.layer_pages import LayerPages
from playground.gui.panels.panel import TaskPane
from playground.gui.session.document import Document
from playground.gui.session.inference_thread import InferenceThread
from playground.gui.session.run import Run
from playground.gui.stack.output_layout import Place
from playground.gui.stack.view import StackView
from playground.spec.edits import LayerPath

if TYPE_CHECKING:
    from playground.gui.panels.inside.link import InsideLink

_SIZE = QSize(860, 700)  # of the window of its own


class InsideOpening(QObject):
    """Opens the page for a value that was clicked on a block, or for the selected block."""

    scales_fixed = Signal(object)  # FixedScales: of layers whose colours stay, whatever the example

    def __init__(
        self,
        document: Document,
        run: Run,
        thread: InferenceThread,
        task: TaskPane,
        stack: StackView,
        pages: LayerPages,
    ) -> None:
        super().__init__(task)
        self._document, self._run, self._thread = document, run, thread
        self._task, self._stack, self._pages = task, stack, pages
        self._link: InsideLink | None = None
        self._active_first = False
        self._window: QDialog | None = None  # shows the page while it is enlarged
        stack.value_clicked.connect(self._open_at)
        pages.set_inside(self._make)

    def _make(self) -> QWidget:
        from playground.gui.panels.inside.link import InsideLink

        self._link = InsideLink(self._document, self._run, self._thread, self._task, self._stack)
        self._link.view.enlarge_requested.connect(self._enlarge)
        self._link.view.set_active_first(self._active_first)
        self._link.scales_fixed.connect(self.scales_fixed)
        return self._link.view

    @Slot(bool)
    def set_active_first(self, chosen: bool) -> None:
        """Set whether the maps of a layer come in the order of their activity."""
        self._active_first = chosen
        if self._link is not None:
            self._link.view.set_active_first(chosen)

    @Slot()
    def _enlarge(self) -> None:
        """Show the page in a window of its own, until that is closed."""
        self._window = QDialog(self._pages.window())
        self._window.setWindowTitle(self.tr("Inside the layer"))
        self._window.resize(_SIZE)
        column = QVBoxLayout(self._window)
        column.setContentsMargins(0, 0, 0, 0)
        page = self._pages.lend_inside()
        column.addWidget(page)
        self._window.finished.connect(self._put_back)
        if self._link is not None:
            self._link.view.enlarge.hide()
        page.show()
        self._window.show()
        self._focus()

    @Slot()
    def _put_back(self) -> None:
        if self._link is not None and self._window is not None:
            self._link.view.enlarge.show()
            self._pages.take_inside(self._link.view)
            self._window.deleteLater()
            self._window = None

    @Slot()
    def open(self) -> None:
        """Show the page of the selected block, and give it the keyboard."""
        self._pages.show_inside()
        self._focus()

    def _focus(self) -> None:
        if self._window is not None:
            self._window.activateWindow()
        if self._link is not None:
            self._link.view.focus_output()

    @Slot(object, object)
    def _open_at(self, path: LayerPath, place: Place) -> None:
        self._pages.show_inside()
        if self._link is not None:
            self._link.show_place(path, place)
