"""The panels that show the network at work; the data set determines which of them is visible."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QEvent, QObject, QSize, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from playground.gui.panels.broken_part import BrokenPart, discard_new_widgets
from playground.gui.panels.inference_view import InferenceView
from playground.gui.panels.layer_probe import Example
from playground.gui.session.dropped_files import dropped_files
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.files.file_kind import holds_samples

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray
    from torch import Tensor

    from playground.gui.panels.inference_link import InferenceLink
    from playground.gui.panels.layer_recorder import LayerRecorder
    from playground.gui.session.background import Background
    from playground.gui.session.document import Document
    from playground.gui.session.inference_thread import InferenceThread
    from playground.gui.session.network_source import NetworkSource
    from playground.gui.session.run import Run

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The objects that a panel may use."""

    document: Document
    run: Run
    inference: InferenceThread
    background: Background
    window: QWidget


class Panel(QObject):
    """A widget for the right-hand side of the window, with the objects that it needs.

    A panel is kept when the data changes, so that a drawing is still there when the user returns to it. While the
    document's data belongs to another panel it must be idle, because the current network has other inputs.
    """

    example_changed = Signal()  # its widget asks about another example, or about none, see `example_of`
    layers_computed = Signal(object)  # the ProbeAnswer to a question of the widget
    reader_requested = Signal()  # the user wants the bundled trained network
    taken = Signal(object)  # input was imported: a Message if part of it was left out, else None
    keep_requested = Signal(object, str)  # a Drawing for the collection, and its label if known
    correct_requested = Signal(object, int)  # a picture (side, side) in [0, 1] that was misread, and its class
    corrections_requested = Signal()  # the user wants to see all corrections
    learn_requested = Signal()  # the user wants the network to learn from the corrections
    why_requested = Signal(str)  # the user asks why: the function of an `AttributionMethod`, or `CHANGE`

    takes_changes: ClassVar[bool] = False  # whether `show_changed` does anything

    def __init__(self, widget: QWidget, menu: QMenu | None = None) -> None:
        """`menu` holds the panel's actions and shortcuts; it is part of the Edit menu while the panel is shown."""
        super().__init__(widget)
        self.widget, self.menu = widget, menu
        self._asked: tuple[object, Dataset | None] = None, None  # the latest question, and the data it was made for
        self._example: Example | None = None
        self._recorder: LayerRecorder | None = None
        if isinstance(widget, InferenceView):
            widget.asked.connect(self._note_question)

    def _share(self, link: InferenceLink) -> None:
        """Let the blocks show what this link's answers compute; the link has to ask before they do."""
        assert isinstance(self.widget, InferenceView)
        self._recorder = link.recorder
        link.layers_computed.connect(self.layers_computed)
        self.widget.asked.disconnect(self._note_question)
        self.widget.asked.connect(self._note_question)

    @staticmethod
    def network_input(source: NetworkSource, content: Any, /) -> Tensor | None:
        """The network's input for the content of a question; each panel declares the function of its own answers.

        It is called in the inference thread, see `layer_probe.NetworkInput`.
        """
        return None

    @staticmethod
    def steps(source: NetworkSource, content: Any, /) -> int | None:
        """How many steps of a sequence the content has; those after them in the network's input are padding."""
        return None

    def show_changed(self, picture: NDArray[float32]) -> None:
        """Put a picture (H, W) in [0, 1] in place of the one that is shown, exactly as given; this can be undone."""

    @Slot(object)
    def _note_question(self, content: object) -> None:
        assert isinstance(self.widget, InferenceView)
        self._asked, self._example = (content, self.widget.made_for), None
        self.example_changed.emit()

    def example_of(self, data: Dataset) -> Example | None:
        """The example that its widget asks about, bound to `data`, of this panel, unless it was made for others.

        It stays the same object while the data have the same inputs and outputs.
        """
        content, made_for = self._asked
        if content is None:
            return None
        known, bound_to = self._example, made_for or data
        if known is None or known.made_for.signature != bound_to.signature:
            own = type(self)
            self._example = Example(content, bound_to, own.network_input, own.steps, self._recorder)
        return self._example


class TaskPane(QStackedWidget):
    """Shows the panel of the document's data, and keeps the panels shown before."""

    example_changed = Signal(object)  # the Example of the visible panel, or None
    layers_computed = Signal(object)
    reader_requested = Signal()
    taken = Signal(object)
    keep_requested = Signal(object, str)
    correct_requested = Signal(object, int)
    corrections_requested = Signal()
    learn_requested = Signal()
    why_requested = Signal(str)
    log_requested = Signal()  # the user wants to know why a panel could not be created
    made = Signal(object)  # Panel: a new one
    asked_about = Signal(object)  # tuple[Path, ...]: files were dropped for the trained network to answer for

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings.window)
        self._surroundings = surroundings
        self._panels: dict[str, Panel] = {}
        self.setAcceptDrops(True)
        surroundings.document.changed.connect(self._follow)
        self._follow(surroundings.document.experiment)

    @property
    def panel(self) -> Panel:
        """The visible panel."""
        return self._panels[self._surroundings.document.experiment.data.panel]

    @property
    def example(self) -> Example | None:
        """The example that the visible panel shows its network; None also until the panel of other data is made."""
        data = self._surroundings.document.experiment.data
        panel = self._panels.get(data.panel)
        return None if panel is None else panel.example_of(data)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The minimum size of the visible panel: hidden panels take no space from the form below."""
        shown = self.currentWidget()
        return shown.minimumSizeHint() if shown is not None else super().minimumSizeHint()

    def event(self, event: QEvent) -> bool:
        """Limit the height to the maximum of the visible panel: the remaining height belongs to the form."""
        resized = event.type() == QEvent.Type.LayoutRequest
        handled = super().event(event)  # this may delete the pane, whose methods must then not be called
        if resized and (shown := self.currentWidget()) is not None:
            self.setMaximumHeight(shown.maximumHeight())
        return handled

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  Qt's name
        """Accept files that the network can be asked about; the window gets all others."""
        event.setAccepted(bool(self._questions(event)))

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  Qt's name
        paths = self._questions(event)
        event.setAccepted(bool(paths))
        if paths:
            self.asked_about.emit(paths)

    def _questions(self, event: QDropEvent) -> tuple[Path, ...]:
        """The dropped files, if the network is trained and all can be its samples."""
        kind, arrival = self._surroundings.document.experiment.data.asked_with, dropped_files(event.mimeData())
        if kind is None or arrival is None or not self._surroundings.run.can_be_asked:
            return ()
        return arrival.paths if arrival.paths and all(holds_samples(path, kind) for path in arrival.paths) else ()

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        name = experiment.data.panel
        if name not in self._panels:
            self._panels[name] = panel = self._make(name)
            panel.example_changed.connect(self._note_example)
            panel.layers_computed.connect(self.layers_computed)
            panel.reader_requested.connect(self.reader_requested)
            panel.taken.connect(self.taken)
            panel.keep_requested.connect(self.keep_requested)
            panel.correct_requested.connect(self.correct_requested)
            panel.corrections_requested.connect(self.corrections_requested)
            panel.learn_requested.connect(self.learn_requested)
            panel.why_requested.connect(self.why_requested)
            self.addWidget(panel.widget)
            self.made.emit(panel)
        for other, panel in self._panels.items():
            if panel.menu is not None:
                panel.menu.menuAction().setVisible(other == name)  # hiding it disables its shortcuts
        self.setCurrentWidget(self._panels[name].widget)
        self.setMaximumHeight(self._panels[name].widget.maximumHeight())
        self.updateGeometry()
        self.example_changed.emit(self.example)

    @Slot()
    def _note_example(self) -> None:
        if self.sender() is self.panel:
            self.example_changed.emit(self.example)

    def _make(self, name: str) -> Panel:
        """Create the panel of that name, or, if this fails, one that reports the failure."""
        window = self._surroundings.window
        before = window.children()
        try:
            panel: Panel = _panel_class(name)(self._surroundings)
        except Exception:  # whatever the error, other panels and the rest of the window work without this one
            _log.exception("a panel could not be made: %s", name)
            discard_new_widgets(window, before)
            broken = BrokenPart(self)
            broken.log_requested.connect(self.log_requested)
            return Panel(broken)
        return panel


def _panel_class(name: str) -> Any:
    """The subclass of `Panel` in the module `panel` of the folder `name`; its constructor takes `Surroundings`.

    The module is imported when its panel is first needed.
    """
    module = import_module(f"{__package__}.{name}.panel")
    own = (item for item in vars(module).values() if getattr(item, "__module__", "") == module.__name__)
    return next(item for item in own if isinstance(item, type) and issubclass(item, Panel))
