"""The dialog “Serve”: the network behind HTTP, where it is reached, and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTableView,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from playground.gui.session.service_process import Phase
from playground.gui.style.labels import plain_tip, set_text, text_label
from playground.gui.style.spin_boxes import inset
from playground.gui.style.theme import set_look, theme_of
from playground.gui.style.translation import translated
from playground.gui.window.qr_code import QrCode
from playground.gui.window.served_requests import ServedRequests, picture_size
from playground.spec.messages import Message, message

_SIZE = (860, 640)  # pixels
_PORT = 8000
_LINES = 3  # of the command


@dataclass(frozen=True, slots=True)
class ServeView:
    """What the dialog shows of the service."""

    phase: Phase = Phase.STOPPED
    problem: Message | None = None  # of a service that failed, or why the latest network is not served
    name: str = ""
    step: int | None = None  # that is served
    latest: int | None = None  # that could be served instead
    updating: bool = False  # whether the latest network is on its way
    place: str = ""  # `http://127.0.0.1:8000`
    token: str = ""
    command: str = ""  # for a terminal
    possible: bool = True  # whether there is a network to serve


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
        self.stop = QPushButton(self.tr("S&top"), self)
        self._make_address()
        self._make_place()
        self.count = text_label(self, "", "heading")
        self.table = self._made_table()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self._arrange()
        self._connect()
        self.show_view(self._view)
        self._show_count()
        self.resize(*_SIZE)
        self.serve.setFocus()

    def show_view(self, view: ServeView) -> None:
        """Show what the service does now."""
        before, self._view = self._view, view
        running = view.phase in (Phase.STARTING, Phase.SERVING, Phase.STOPPING)
        set_text(self.status, self._words(view))
        set_look(self.status, {Phase.SERVING: "accent", Phase.FAILED: "error"}.get(view.phase, "muted"))
        if view.problem is not None:
            set_look(self.status, "error")
        self._keep_focus(running=running)
        self.serve.setVisible(not running)
        self.serve.setEnabled(view.possible)
        self.stop.setVisible(running)
        self.stop.setEnabled(view.phase in (Phase.STARTING, Phase.SERVING))
        self.latest.setVisible(view.phase is Phase.SERVING and view.latest is not None and not view.updating)
        if view.latest is not None:
            self.latest.setText(self.tr("Serve the &latest (step {0})").format(f"{view.latest:,}"))
        self.port.setEnabled(not running)
        self.network.setEnabled(view.phase not in (Phase.STARTING, Phase.STOPPING))
        if (view.place, view.token, view.command) != (before.place, before.token, before.command) or not view.place:
            self._show_address(view)

    def _words(self, view: ServeView) -> str:
        """What the service does, in a sentence."""
        if view.phase is Phase.FAILED and view.problem is not None:
            return self.tr("Error: {0}").format(translated(view.problem))
        if view.phase is Phase.STARTING:
            return self.tr("Starting…")
        if view.phase is Phase.STOPPING:
            return self.tr("Stopping: requests that have begun are answered…")
        if view.phase is Phase.SERVING:
            values = {"name": view.name, "step": view.step or 0}
            words = translated(message("Serving “{name}” as it was after step {step:,}.", **values))
            if view.problem is not None:
                return f"{words} {translated(view.problem)}"
            return f"{words} {self.tr('The latest network follows within seconds…')}" if view.updating else words
        if not view.possible:
            return self.tr("Stopped. There is no trained network to serve.")
        return self.tr("Stopped. “Serve” lets other programs ask the network, as it is then, over HTTP.")

    def _show_address(self, view: ServeView) -> None:
        link = f'<a href="{escape(view.place)}/">{escape(view.place)}/</a>'
        self.address.setText(link if view.place else "")
        self.address.setToolTip(self.tr("Opens a page in the browser that asks the network") if view.place else "")
        self.token.setText(view.token)
        self.command.setPlainText(view.command)
        for button in (self.copy_address, self.copy_command):
            button.setEnabled(bool(view.place))
        self.copy_token.setEnabled(bool(view.token))
        shown = self.code.show_text(f"{view.place}/" + (f"#token={view.token}" if view.token else ""))
        if not view.place:
            self.code.show_text("")
        set_text(self.code_words, self._code_words(view) if shown else self._no_code())
        if not view.place and view.phase is not Phase.STARTING:
            self._explain_network()
        for widget in (self.token, self.copy_token, self._token_title):
            widget.setVisible(self.network.isChecked())

    def _code_words(self, view: ServeView) -> str:
        if not view.place:
            return ""
        if view.token:
            return self.tr("For a phone in the same network. The code holds the token.")
        return self.tr("This address is of this machine alone: no phone reaches it.")

    def _no_code(self) -> str:
        return self.tr("For a code to scan run “{0}”.").format("pip install segno")

    @Slot()
    def _explain_network(self) -> None:
        """Say what it means that other machines reach the service."""
        if self.network.isChecked():
            words = message(
                "Whoever reaches {host} and has the token can ask the networks. Tokens and answers are not encrypted.",
                host=message("this machine"),
            )
            set_text(self.network_words, translated(words))
            set_look(self.network_words, "warn")
        else:
            set_text(self.network_words, self.tr("Programs of this machine alone reach the address."))
            set_look(self.network_words, "muted")

    @Slot()
    def _change_network(self) -> None:
        """A service that goes on begins anew, with another address."""
        self._explain_network()
        for widget in (self.token, self.copy_token, self._token_title):
            widget.setVisible(self.network.isChecked())
        if self._view.phase is Phase.SERVING:
            self._request()

    @Slot()
    def _request(self) -> None:
        self.serve_requested.emit(self.port.value(), self.network.isChecked())

    @Slot()
    def _show_count(self) -> None:
        set_text(self.count, translated(self._requests.summary))

    @Slot()
    def _copy(self) -> None:
        """Copy what stands beside the button."""
        texts = {
            self.copy_address: f"{self._view.place}/",
            self.copy_token: self._view.token,
            self.copy_command: self._view.command,
        }
        button = self.sender()
        assert isinstance(button, QPushButton)
        QGuiApplication.clipboard().setText(texts[button])
        QToolTip.showText(button.mapToGlobal(button.rect().bottomLeft()), self.tr("Copied"), button)

    def _keep_focus(self, *, running: bool) -> None:
        """Leave no button that disappears with the keyboard's focus."""
        focused = self.focusWidget()
        if focused is self.serve and running:
            self.stop.setVisible(True)
            self.stop.setEnabled(True)
            self.stop.setFocus()
        elif focused is self.stop and not running:
            self.serve.setVisible(True)
            self.serve.setEnabled(True)
            self.serve.setFocus()
        elif focused is self.latest:
            self.stop.setFocus()

    def show_network(self, network: bool) -> None:
        """Show whether other machines may ask, as it is for the service that goes on."""
        self.network.setChecked(network)
        self._explain_network()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Take the colour of refused requests from the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "table"):
            self._requests.set_error_color(theme_of(self).color("error"))

    # its parts

    def _make_address(self) -> None:
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.address = QLabel(self)
        self.address.setTextFormat(Qt.TextFormat.RichText)
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.address.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.address.setOpenExternalLinks(True)
        self.address.setAccessibleName(self.tr("Address"))
        self.token = QLineEdit(self)
        self.token.setReadOnly(True)
        self.token.setFont(fixed)
        self.token.setPlaceholderText(self.tr("is made when it is served"))
        self.token.setAccessibleName(self.tr("Token"))
        self._token_title = text_label(self, self.tr("Token"), "muted")
        self.command = QPlainTextEdit(self)
        self.command.setReadOnly(True)
        self.command.setTabChangesFocus(True)
        self.command.setFont(fixed)
        self.command.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.command.setPlaceholderText(self.tr("A command that asks the network, while it is served"))
        self.command.setAccessibleName(self.tr("Command for a terminal"))
        self.command.setFixedHeight(_LINES * self.command.fontMetrics().lineSpacing() + 18)
        self.copy_address, self.copy_token, self.copy_command = (QPushButton(self.tr("Copy"), self) for _ in range(3))
        names = (self.tr("Copy the address"), self.tr("Copy the token"), self.tr("Copy the command"))
        for button, name in zip((self.copy_address, self.copy_token, self.copy_command), names, strict=True):
            button.setAccessibleName(name)
            button.setToolTip(plain_tip(name))
            button.clicked.connect(self._copy)
        self.code = QrCode(self)
        self.code.setAccessibleName(self.tr("Address as a code to scan"))
        self.code_words = text_label(self, "", "muted")
        self.code_words.setWordWrap(True)
        self.code_words.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)

    def _make_place(self) -> None:
        self.port = QSpinBox(self)
        self.port.setRange(0, 65_535)
        self.port.setValue(_PORT)
        self.port.setSpecialValueText(self.tr("a free one"))
        self.port.setAccessibleName(self.tr("Port"))
        self.port.setToolTip(self.tr("0 takes a free one"))
        inset(self.port)
        self.network = QCheckBox(self.tr("Also reachable from the &network"), self)
        self.network_words = text_label(self, "", "muted")
        self.network_words.setWordWrap(True)

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
        for section, width in enumerate((80, 170, 230, 0, 60, 60)):
            header.resizeSection(section, width)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        return table

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.status, 1)
        for button in (self.latest, self.serve, self.stop):
            top.addWidget(button)
        set_look(self.serve, "go")
        place = QHBoxLayout()
        place.addWidget(self.port)
        place.addSpacing(12)
        place.addWidget(self.network)
        place.addStretch(1)
        rows = QGridLayout()
        rows.setHorizontalSpacing(10)
        titles = (self.tr("Port"), "", self.tr("Address"), self.tr("Token"), self.tr("Terminal"))
        for row, title in enumerate(titles):
            label = self._token_title if row == 3 else text_label(self, title, "muted")
            rows.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop if row == 4 else Qt.AlignmentFlag.AlignVCenter)
        rows.addLayout(place, 0, 1, 1, 2)
        rows.addWidget(self.network_words, 1, 1, 1, 2)
        parts = ((self.address, self.copy_address), (self.token, self.copy_token), (self.command, self.copy_command))
        for row, (part, button) in enumerate(parts, 2):
            rows.addWidget(part, row, 1)
            rows.addWidget(button, row, 2, Qt.AlignmentFlag.AlignTop)
        rows.setColumnStretch(1, 1)
        rows.setRowStretch(5, 1)
        side = QVBoxLayout()
        side.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addWidget(self.code_words)
        side.addStretch(1)
        self.code_words.setFixedWidth(self.code.sizeHint().width() + 24)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addLayout(rows, 1)
        middle.addLayout(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addLayout(top)
        column.addLayout(middle)
        column.addWidget(self.count)
        column.addWidget(self.table, 1)
        column.addWidget(self.buttons)

    def _connect(self) -> None:
        self.serve.clicked.connect(self._request)
        self.stop.clicked.connect(self.stop_requested)
        self.latest.clicked.connect(self.latest_requested)
        self.network.clicked.connect(self._change_network)
        self.buttons.rejected.connect(self.close)
        self._requests.counted.connect(self._show_count)
        self._requests.set_error_color(theme_of(self).color("error"))
