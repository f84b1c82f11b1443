"""Where a service is reached: its port, its address as a link and as a code, its token, and a command that asks it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from playground.gui.style.check_box import CheckBox
from playground.gui.style.labels import plain_tip, set_text, text_label
from playground.gui.style.spin_boxes import inset
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.gui.window.qr_code import QrCode
from playground.spec.messages import message

_PORT = 8000
_LINES = 4  # of the command, and of what is said of the code


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is reached; all empty while there is none."""

    place: str = ""  # `http://127.0.0.1:8000`
    token: str = ""
    command: str = ""  # for a terminal

    @property
    def page(self) -> str:
        """The address of the page for people."""
        return f"{self.place}/" if self.place else ""

    @property
    def code(self) -> str:
        """The address that a phone reads: the page, and the token behind the #, which is not sent."""
        return f"{self.page}#token={self.token}" if self.token else self.page


NOWHERE = Address()


class ServePlace(QWidget):
    """The choices before the service begins, and the address while it goes on."""

    network_toggled = Signal()  # the user wants, or no longer wants, that other machines reach the service

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown = NOWHERE
        self._exposed: bool | None = None
        self._make_choices()
        self._make_address()
        self._make_command()
        self.code = QrCode(self)
        self.code.setAccessibleName(self.tr("Address as a code to scan"))
        self.code_words = text_label(self, "", "muted")
        self.code_words.setWordWrap(True)
        self.code_words.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._arrange()
        self.network.clicked.connect(self._explain_network)
        self.network.clicked.connect(self.network_toggled)
        self._show_parts()
        self._explain_network()

    def show_address(self, address: Address, *, running: bool, changeable: bool, exposed: bool | None = None) -> None:
        """Show where the service is reached.

        Args:
            address: what is shown.
            running: whether the port is in use.
            changeable: whether it can be chosen now who reaches the service.
            exposed: whether other machines reach it; None without a service.
        """
        self.port.setEnabled(not running)
        self.network.setEnabled(changeable)
        self._exposed = exposed
        if changeable and exposed is not None:  # whatever was wanted: it may not have come to that
            self.network.setChecked(exposed)
        self._explain_network()
        if address != self._shown:
            self._shown = address
            self._show_parts()

    def choose(self, port: int, *, network: bool) -> None:
        """Show the choices with which a service was begun."""
        self.port.setValue(port)
        self.network.setChecked(network)
        self._explain_network()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Draw the link anew: it keeps the colour in which it was set."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "code"):
            self._show_link()

    def _show_parts(self) -> None:
        found = self._shown
        self._show_link()
        self.token.setText(found.token)
        self.command.setPlainText(found.command)
        self.copy_address.setEnabled(bool(found.place))
        self.copy_command.setEnabled(bool(found.command))
        self.copy_token.setEnabled(bool(found.token))
        shown = self.code.show_text(found.code if found.token else "")  # no phone reaches another address
        set_text(self.code_words, self._code_words() if shown else self._no_code())

    def _show_link(self) -> None:
        page = escape(self._shown.page)
        self.address.clear()
        self.address.setText(f'<a href="{page}">{page}</a>' if page else "")
        self.address.setToolTip(self.tr("Opens a page in the browser that asks the network") if page else "")

    def _code_words(self) -> str:
        if self._shown.token:
            return self.tr("For a phone in the same network. The code holds the token.")
        return self.tr("A code for a phone stands here while it is served.")

    def _no_code(self) -> str:
        return self.tr("For a code to scan run “{0}”.").format("pip install playground[serve]")

    @Slot()
    def _explain_network(self) -> None:
        """Say what it means that other machines reach the service; while there is none, what is chosen."""
        chosen = self.network.isChecked() if self._exposed is None else self._exposed
        if chosen:
            template = message(
                "Whoever reaches {host} and has the token can ask the networks. Tokens and answers are not encrypted.",
                host=message("this machine"),
            )
            set_text(self.network_words, translated(template))
        else:
            set_text(self.network_words, self.tr("Programs of this machine alone reach the address; no phone does."))
        set_look(self.network_words, "warn" if chosen else "muted")
        for widget in (self.token, self.copy_token, self._token_title, self.code, self.code_words):
            widget.setVisible(chosen)

    @Slot()
    def _copy(self) -> None:
        """Copy what stands beside the button."""
        found, button = self._shown, self.sender()
        texts = {self.copy_address: found.page, self.copy_token: found.token, self.copy_command: found.command}
        assert isinstance(button, QPushButton)
        QGuiApplication.clipboard().setText(texts[button])
        QToolTip.showText(button.mapToGlobal(button.rect().bottomLeft()), self.tr("Copied"), button)

    def _make_choices(self) -> None:
        self.port = QSpinBox(self)
        self.port.setRange(0, 65_535)
        self.port.setValue(_PORT)
        self.port.setSpecialValueText(self.tr("a free one"))
        self.port.setAccessibleName(self.tr("Port"))
        self.port.setToolTip(self.tr("0 takes a free one"))
        inset(self.port)
        self.network = CheckBox(self.tr("Also reachable from the &network"), self)
        self.network_words = text_label(self, "", "muted")
        self.network_words.setWordWrap(True)

    def _make_address(self) -> None:
        self.address = QLabel(self)
        self.address.setTextFormat(Qt.TextFormat.RichText)
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.address.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.address.setOpenExternalLinks(True)
        self.address.setAccessibleName(self.tr("Address"))
        self.copy_address = self._copy_button(self.tr("Copy the address"))
        self.token = QLineEdit(self)
        self.token.setReadOnly(True)
        self.token.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.token.setPlaceholderText(self.tr("is made when it is served"))
        self.token.setAccessibleName(self.tr("Token"))
        self._token_title = text_label(self, self.tr("Token"), "muted")
        self.copy_token = self._copy_button(self.tr("Copy the token"))

    def _make_command(self) -> None:
        self.command = QPlainTextEdit(self)
        self.command.setReadOnly(True)
        self.command.setTabChangesFocus(True)
        self.command.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.command.setPlaceholderText(self.tr("A command that asks the network, while it is served"))
        self.command.setAccessibleName(self.tr("Command for a terminal"))
        self.command.setFixedHeight(_LINES * self.command.fontMetrics().lineSpacing() + 18)
        self.copy_command = self._copy_button(self.tr("Copy the command"))

    def _copy_button(self, name: str) -> QPushButton:
        button = QPushButton(self.tr("Copy"), self)
        button.setAccessibleName(name)
        button.setToolTip(plain_tip(name))
        button.clicked.connect(self._copy)
        return button

    def _arrange(self) -> None:
        choices = QHBoxLayout()
        choices.addWidget(self.port)
        choices.addSpacing(12)
        choices.addWidget(self.network)
        choices.addStretch(1)
        rows = QGridLayout()
        rows.setHorizontalSpacing(10)
        titles = (self.tr("Port"), "", self.tr("Address"), "", self.tr("Terminal"))
        for row, title in enumerate(titles):
            label = text_label(self, title, "muted") if title else self._token_title
            if title or row == 3:
                up = Qt.AlignmentFlag.AlignTop if row == 4 else Qt.AlignmentFlag.AlignVCenter
                rows.addWidget(label, row, 0, up)
        rows.addLayout(choices, 0, 1, 1, 2)
        rows.addWidget(self.network_words, 1, 1, 1, 2)
        parts = ((self.address, self.copy_address), (self.token, self.copy_token), (self.command, self.copy_command))
        for row, (part, button) in enumerate(parts, 2):
            rows.addWidget(part, row, 1)
            rows.addWidget(button, row, 2, Qt.AlignmentFlag.AlignTop)
        rows.setColumnStretch(1, 1)
        rows.setRowStretch(5, 1)
        side = QVBoxLayout()
        side.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addWidget(self.code_words, 1)
        self.code_words.setFixedWidth(self.code.sizeHint().width() + 44)
        self.code_words.setMinimumHeight(_LINES * self.code_words.fontMetrics().lineSpacing())  # nothing moves
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        whole.addLayout(rows, 1)
        whole.addLayout(side)
