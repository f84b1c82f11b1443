"""The panels of the window that show what networks do: which one is there, the data set decides."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QSize, Signal, Slot
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from playground.gui.panels.broken_part import BrokenPart, discard_new_widgets
from playground.spec.experiment import Experiment

if TYPE_CHECKING:
    from playground.gui.session.background import Background
    from playground.gui.session.document import Document
    from playground.gui.session.inference_thread import InferenceThread
    from playground.gui.session.run import Run

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a panel may use."""

    document: Document
    run: Run
    inference: InferenceThread
    background: Background
    window: QWidget


class Panel(QObject):
    """A widget for the right-hand side of the window, and what it needs to live.

    It is kept when the data changes, so that a drawing is still there when a person comes back. While the document's
    data belongs to another panel it must rest: the network it would ask is not meant for it.
    """

    thumbnails = Signal(object)  # Mapping[LayerPath, Sequence[QImage]]: what neurons do, for the blocks of their layers
    reader_requested = Signal()  # a person wants the network that is bundled trained
    taken = Signal(object)  # something came from outside: a Message that not all of it was taken, or None

    def __init__(self, widget: QWidget, menu: QMenu | None = None) -> None:
        """`menu`: what it offers to the whole window, with keys; a part of the menu Edit while the panel is shown."""
        super().__init__(widget)
        self.widget, self.menu = widget, menu


class TaskPane(QStackedWidget):
    """Shows the panel of the document's data, and keeps those that were shown before."""

    thumbnails = Signal(object)
    reader_requested = Signal()
    taken = Signal(object)
    log_requested = Signal()  # a person wants to know why a panel could not be made
    made = Signal(object)  # Panel: a further one

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings.window)
        self._surroundings = surroundings
        self._panels: dict[str, Panel] = {}
        surroundings.document.changed.connect(self._follow)
        self._follow(surroundings.document.experiment)

    @property
    def panel(self) -> Panel:
        """The one that is shown."""
        return self._panels[self._surroundings.document.experiment.data.panel]

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """That of the panel shown: those that were shown before take no room from the form below."""
        shown = self.currentWidget()
        return shown.minimumSizeHint() if shown is not None else super().minimumSizeHint()

    def event(self, event: QEvent) -> bool:
        """Be no higher than the panel shown can be: what it cannot use is the form's."""
        resized = event.type() == QEvent.Type.LayoutRequest
        handled = super().event(event)  # which may delete the pane: then nothing of it may be asked
        if resized and (shown := self.currentWidget()) is not None:
            self.setMaximumHeight(shown.maximumHeight())
        return handled

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        name = experiment.data.panel
        if name not in self._panels:
            self._panels[name] = panel = self._make(name)
            panel.thumbnails.connect(self.thumbnails)
            panel.reader_requested.connect(self.reader_requested)
            panel.taken.connect(self.taken)
            self.addWidget(panel.widget)
            self.made.emit(panel)
        for other, panel in self._panels.items():
            if panel.menu is not None:
                panel.menu.menuAction().setVisible(other == name)  # its keys go with it
        self.setCurrentWidget(self._panels[name].widget)
        self.setMaximumHeight(self._panels[name].widget.maximumHeight())
        self.updateGeometry()

    def _make(self, name: str) -> Panel:
        """The panel of that name; where that fails, one that says so in its place."""
        window = self._surroundings.window
        before = window.children()
        try:
            panel: Panel = _panel_class(name)(self._surroundings)
        except Exception:  # whatever it is, other panels, and the rest of the window, work without this one
            _log.exception("a panel could not be made: %s", name)
            discard_new_widgets(window, before)
            broken = BrokenPart(self)
            broken.log_requested.connect(self.log_requested)
            return Panel(broken)
        return panel


def _panel_class(name: str) -> Any:
    """The class of that panel, made of `Surroundings`: the `Panel` that the module `panel` of its folder defines.

    The module is imported when its panel is first needed.
    """
    module = import_module(f"{__package__}.{name}.panel")
    own = (item for item in vars(module).values() if getattr(item, "__module__", "") == module.__name__)
    return next(item for item in own if isinstance(item, type) and issubclass(item, Panel))
