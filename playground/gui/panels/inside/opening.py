"""Opens the page that shows the inside of a layer; what it needs is imported when it is first opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

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


class InsideOpening(QObject):
    """Opens the page for a value that was clicked on a block, or for the selected block."""

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
        stack.value_clicked.connect(self._open_at)
        pages.set_inside(self._make)

    def _make(self) -> QWidget:
        from playground.gui.panels.inside.link import InsideLink

        self._link = InsideLink(self._document, self._run, self._thread, self._task, self._stack)
        return self._link.view

    @Slot()
    def open(self) -> None:
        """Show the page of the selected block, and give it the keyboard."""
        self._pages.show_inside()
        if self._link is not None:
            self._link.view.focus_output()

    @Slot(object, object)
    def _open_at(self, path: LayerPath, place: Place) -> None:
        self._pages.show_inside()
        if self._link is not None:
            self._link.show_place(path, place)
