"""The dialog “Serve”: the network behind HTTP, where it is reached, and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from playground.gui.session.service_process import Phase
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.theme import set_look, theme_of
from playground.gui.style.translation import translated
from playground.gui.window.serve_place import NOWHERE, Address, ServePlace
from playground.gui.window.served_requests import ANSWER, ServedRequests, picture_size
from playground.spec.messages import Message, message

_SIZE = (880, 660)  # pixels
_RUNNING = (Phase.STARTING, Phase.SERVING, Phase.STOPPING)


@dataclass(frozen=True, slots=True)
class ServeView:
    """State of the service as the dialog shows it."""

    phase: Phase = Phase.STOPPED
    problem: Message | None = None  # of a service that failed, or why the latest network is not served
    name: str = ""
    step: int | None = None  # that is served
    latest: int | None = None  # that could be served instead
    updating: bool = False  # whether the latest network is on its way
    address: Address = NOWHERE
    possible: bool = True  # whether there is a network to serve
    exposed: bool | None = None  # whether other machines reach the service; None without one


class ServeDialog(QDialog):
    """Shows one service; it holds nothing of it, and closing it stops nothing."""

    serve_requested = Signal(int, bool)  # port, and whether other machines may ask
    stop_requested = Signal()
    latest_requested = Signal()

    def __init__(self, requests: ServedRequests, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Serve"))
        self._requests = requests
        self._view = ServeView()
        self.status = text_label(self, "", "muted")
        self.status.setWordWrap(True)
        self.latest = QPushButton(self)
        self.serve = QPushButton(self.tr("&Serve"), self)
        set_look(self.serve, "go")
        self.stop = QPushButton(self.tr("S&top"), self)
        self.place = ServePlace(self)
        self.count = text_label(self, "", "heading")
        self.table = self._made_table()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self._arrange()
        self._connect()
        self.show_view(self._view)
        self._show_count()
        self._color()
        self.resize(*_SIZE)
        self.serve.setFocus()

    def show_view(self, view: ServeView) -> None:
        """Show what the service does now."""
        self._view = view
        running = view.phase in _RUNNING
        set_text(self.status, self._words(view))
        set_look(self.status, "error" if view.problem else "accent" if view.phase is Phase.SERVING else "muted")
        if view.latest is not None:
            self.latest.setText(self.tr("Serve the &latest (step {0})").format(f"{view.latest:,}"))
        latest = view.phase is Phase.SERVING and view.latest is not None and not view.updating
        focused = self.focusWidget()
        for button, shown in ((self.latest, latest), (self.serve, not running), (self.stop, running)):
            button.setVisible(shown)
        self.serve.setEnabled(view.possible)
        self.stop.setEnabled(view.phase is not Phase.STOPPING)
        if focused in (self.serve, self.stop, self.latest) and not focused.isVisibleTo(self):
            (self.stop if running else self.serve).setFocus()
        changeable = view.phase not in (Phase.STARTING, Phase.STOPPING)
        self.place.show_address(view.address, running=running, changeable=changeable, exposed=view.exposed)

    def _words(self, view: ServeView) -> str:
        """The state of the service, in a sentence or two."""
        if view.phase is Phase.SERVING:
            values = {"name": view.name, "step": view.step or 0}
            words = translated(message("Serving “{name}” as it was after step {step:,}.", **values))
            more = self.tr("The latest network follows within seconds…") if view.updating else ""
            more = more if view.problem is None else translated(view.problem)
            return f"{words} {more}".rstrip()
        if view.phase is Phase.FAILED and view.problem is not None:
            return self.tr("Error: {0}").format(translated(view.problem))
        if view.phase is Phase.STARTING:
            return self.tr("Starting…")
        if view.phase is Phase.STOPPING:
            return self.tr("Stopping: requests that have begun are answered…")
        if not view.possible:
            return self.tr("Stopped. There is no trained network to serve.")
        return self.tr("Stopped. “Serve” lets other programs ask the network, as it is then, over HTTP.")

    @Slot()
    def _request(self) -> None:
        self.serve_requested.emit(self.place.port.value(), self.place.network.isChecked())

    @Slot()
    def _change_network(self) -> None:
        """A service that goes on begins anew, at another address."""
        if self._view.phase is Phase.SERVING:
            self._request()

    @Slot()
    def _show_count(self) -> None:
        set_text(self.count, translated(self._requests.summary))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Take the colour of refused requests from the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "table"):
            self._color()

    def _color(self) -> None:
        self._requests.set_error_color(theme_of(self).color("error"))
        self.table.viewport().update()

    def _made_table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self._requests)
        table.setWordWrap(False)
        table.setShowGrid(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setAccessibleName(self.tr("Requests"))
        table.setIconSize(picture_size())
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(picture_size().height() + 4)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for section, width in enumerate((80, 170, 220, 0, 64, 64)):
            header.resizeSection(section, width)
        header.setSectionResizeMode(ANSWER, QHeaderView.ResizeMode.Stretch)
        return table

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.status, 1)
        for button in (self.latest, self.serve, self.stop):
            top.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addLayout(top)
        for part in (self.place, self.count):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        column.addWidget(self.buttons)

    def _connect(self) -> None:
        self.serve.clicked.connect(self._request)
        self.stop.clicked.connect(self.stop_requested)
        self.latest.clicked.connect(self.latest_requested)
        self.place.network_toggled.connect(self._change_network)
        self.buttons.rejected.connect(self.close)
        self._requests.counted.connect(self._show_count)
