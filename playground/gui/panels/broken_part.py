"""What stands in the place of a part of the window that could not be made."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.gui.session.inference_thread import InferenceClient
from playground.gui.style.theme import set_look


class BrokenPart(QFrame):
    """Says that there should be something here, and where to find out why there is not."""

    log_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        said = QLabel(
            self.tr("This part of the window failed to open; everything else works. Details are in the log."), self
        )
        said.setWordWrap(True)
        set_look(said, "error")
        self.button = QPushButton(self.tr("Open log folder"), self)
        self.button.clicked.connect(self.log_requested)
        column = QVBoxLayout(self)
        column.addWidget(said)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)


def discard_new_widgets(parent: QObject, before: list[QObject]) -> None:
    """Delete the child widgets of `parent` that are not among `before`: what is left of one whose making failed.

    Qt keeps it as a child of its parent, and what it had connected by then would go on being called. It is deleted at
    once: an event that Qt sends it meanwhile would reach methods of a Python object that was never finished.
    """
    for child in parent.children():
        if isinstance(child, QWidget) and child not in before:
            for client in child.findChildren(InferenceClient):
                client.close()
            shiboken6.delete(child)
