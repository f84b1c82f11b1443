"""Removes a widget while its own signals are still being delivered."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def discard(widget: QWidget) -> None:
    """Remove a widget from its layout now and delete it once its own signals have returned.

    Its signals are blocked: hiding a field ends its editing, and the typed value was meant for the earlier contents.
    """
    widget.blockSignals(True)
    widget.hide()
    parent = widget.parentWidget()
    layout = parent.layout() if parent else None
    if layout is not None:
        layout.removeWidget(widget)
    widget.deleteLater()
