"""Opens the editor for the range of a field, and says what ranges there are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtWidgets import QWidget

from playground.gui.session.document import Document
from playground.gui.style.translation import translated
from playground.spec.search.names import domain_text
from playground.spec.search.proposal import proposed_range, range_at
from playground.spec.search.ranges import Choices, FieldRange, NumberRange, SpaceError


class RangeEditing(QObject):
    """Serves the fields of one widget."""

    def __init__(self, document: Document, widget: QWidget) -> None:
        super().__init__(widget)
        self._document, self._widget = document, widget

    def open(self, path: Sequence[int], field: str, anchor: QWidget) -> None:
        """Pop up the editor for a field of the layer at `path`, or outside the stack for `()`, below its widget.

        Raises:
            SpaceError: no network with another value could be trained.
        """
        from playground.gui.forms.range_popup import RangePopup

        experiment = self._document.experiment
        item = range_at(experiment, path, field) or proposed_range(experiment, path, field)
        if isinstance(item, NumberRange | Choices):
            popup = RangePopup(self._document, item, self._widget.window())
            below = QRect(anchor.mapToGlobal(QPoint(0, 0)), anchor.size())
            popup.pop_up_below(below, anchor.screen().availableGeometry())

    def texts(self, path: Sequence[int], prefix: str = "") -> dict[str, str]:
        """The words for the ranges, translated, by the names of their fields behind the prefix."""
        experiment = self._document.experiment
        found: dict[str, str] = {}
        for item in experiment.search.ranges if experiment.search else ():
            if isinstance(item, FieldRange) and item.path == tuple(path) and item.field.startswith(prefix):
                try:
                    found[item.field.removeprefix(prefix)] = translated(domain_text(item, experiment))
                except SpaceError:
                    continue  # it belongs to what was there before, and plans say so
        return found
