"""The replacement for a part of the window that could not be created."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.gui.session.inference_thread import InferenceClient
from playground.gui.style.theme import set_look


class BrokenPart(QFrame):
    """Tells the user that a part of the window is missing and that the log says why."""

    log_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        text = QLabel(
            self.tr("This part of the window failed to open; everything else works. Details are in the log."), self
        )
        text.setWordWrap(True)
        set_look(text, "error")
        self.button = QPushButton(self.tr("Open log folder"), self)
        self.button.clicked.connect(self.log_requested)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)


def discard_new_widgets(parent: QObject, before: list[QObject]) -> None:
    """Delete the child widgets of `parent` that are not in `before`: the remains of a widget whose constructor failed.

    Qt keeps such a widget as a child of its parent, and its signal connections would stay active. It is deleted at
    once, because an event that Qt delivered later would reach methods of a half-initialized Python object.
    """
    for child in parent.children():
        if isinstance(child, QWidget) and child not in before:
            for client in child.findChildren(InferenceClient):
                client.close()
            shiboken6.delete(child)
