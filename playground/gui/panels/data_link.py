"""Shows a panel the document's data while they are its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Slot

from playground.gui.session.document import Document
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment


class DataLink(QObject):
    """Passes on the document's data, now and after every edit, unless they belong to another panel."""

    def __init__(
        self, panel: str, document: Document, show: Callable[[Any], object], parent: QObject | None = None
    ) -> None:
        """`panel` names the data sets that the panel is for, see `Dataset.panel`; `show` takes every one of them.

        Where the document's data are the panel's already, `show` is called at once.
        """
        super().__init__(parent)
        self._panel, self._document, self._show = panel, document, show
        document.changed.connect(self._follow)
        self._follow(document.experiment)

    @property
    def data(self) -> Any | None:
        """The document's data; None if they belong to another panel."""
        return self.own(self._document.experiment.data)

    def own(self, data: Dataset) -> Any | None:
        """These data if they belong to the panel, else None."""
        return data if data.panel == self._panel else None

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        if (data := self.own(experiment.data)) is not None:
            self._show(data)
