"""Opens the dialog for the range of a field, and puts what was chosen into the document."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from playground.gui.session.document import Document
from playground.gui.style.translation import translated
from playground.spec.search.names import domain_text
from playground.spec.search.proposal import proposed_range, range_at, range_edit
from playground.spec.search.ranges import Choices, FieldRange, NumberRange, SpaceError


class RangeEditing(QObject):
    """One dialog at a time; `window` is its parent."""

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self._item: FieldRange | None = None

    def open(self, path: Sequence[int], field: str) -> None:
        """Show the dialog for a field of the layer at `path`, or outside the stack for `()`.

        Raises:
            SpaceError: no network with another value could be trained.
        """
        from playground.gui.forms.range_dialog import RangeDialog

        experiment = self._document.experiment
        present = range_at(experiment, path, field)
        item = present or proposed_range(experiment, path, field)
        if not isinstance(item, NumberRange | Choices):
            return
        self._item = item
        dialog = RangeDialog(experiment, item, exists=present is not None, parent=self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._set)
        dialog.open()

    @Slot(object)
    def _set(self, chosen: FieldRange | None) -> None:
        assert self._item is not None
        self._document.do(range_edit(self._document.experiment, self._item, chosen))

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
