"""Takes a widget away while its own signals are still on the way."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def discard(widget: QWidget) -> None:
    """Take a widget off its layout now and delete it once its own signals have returned.

    It is not heard any more: hiding a field ends what is being typed in it, which was meant for what it showed.
    """
    widget.blockSignals(True)
    widget.hide()
    parent = widget.parentWidget()
    layout = parent.layout() if parent else None
    if layout is not None:
        layout.removeWidget(widget)
    widget.deleteLater()
