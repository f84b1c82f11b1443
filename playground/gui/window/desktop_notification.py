"""Shows a notification of the desktop, for when the window is not in front."""

from __future__ import annotations

import logging
import sys
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from playground.gui.session.background import Background
from playground.gui.style.icons import application_icon

SHOWN_FOR = 10_000  # milliseconds until the icon that shows the notification goes
_WITHIN = 2.0  # seconds in which the desktop should answer

_log = logging.getLogger(__name__)


class DesktopNotification(QObject):
    """Tries the notification service of a Linux desktop first, and otherwise a short-lived icon beside the clock."""

    def __init__(self, window: QWidget, background: Background, parent: QObject | None = None) -> None:
        """`background` asks the service, which may take seconds to answer."""
        super().__init__(parent)
        self._window, self._background = window, background
        self.service = NotificationService()
        self._unsent = "", ""

    def show(self, title: str, text: str) -> None:
        """Show a notification, and mark the window's entry in the task bar."""
        QApplication.alert(self._window)
        self._unsent = title, text
        if sys.platform == "linux":
            self._background.do(lambda: self.service.show(title, text)).done.connect(self._answered)
        else:
            self._show_icon()

    @Slot(object)
    def _answered(self, shown: object) -> None:
        if not shown:
            self._show_icon()

    def _show_icon(self) -> None:
        """Show the notification by an icon beside the clock, where there is a place for one."""
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return
        icon = QSystemTrayIcon(application_icon(), self)
        icon.messageClicked.connect(self._window.activateWindow)
        icon.show()  # without it, some systems show no message
        icon.showMessage(*self._unsent, application_icon(), SHOWN_FOR)
        QTimer.singleShot(SHOWN_FOR, icon, icon.deleteLater)


class NotificationService:
    """The service `org.freedesktop.Notifications` of the session bus.

    See https://specifications.freedesktop.org/notification-spec/latest/protocol.html. Through jeepney, because
    PySide6 sends Python's integers as signed ones only, and the service expects an unsigned one.
    """

    def __init__(self) -> None:
        self.connection: Any = None  # stays open: some desktops remove the notifications of programs that have left

    def show(self, title: str, text: str) -> bool:
        """Show a notification; return whether the service took it. For one thread at a time."""
        try:
            from jeepney import DBusAddress, DBusErrorResponse, new_method_call
            from jeepney.io.blocking import open_dbus_connection
            from jeepney.wrappers import unwrap_msg
        except ImportError as error:
            _log.info("no notification: %s", error)
            return False
        name = "org.freedesktop.Notifications"
        address = DBusAddress("/org/freedesktop/Notifications", bus_name=name, interface=name)
        application, entry = QApplication.applicationName(), QApplication.desktopFileName()
        hints = {"desktop-entry": ("s", entry)}
        body: tuple[object, ...] = (application, 0, entry, title, text, [], hints, -1)
        try:
            if self.connection is None:
                self.connection = open_dbus_connection()
            call = new_method_call(address, "Notify", "susssasa{sv}i", body)
            unwrap_msg(self.connection.send_and_get_reply(call, timeout=_WITHIN))
        except (DBusErrorResponse, LookupError, OSError, RuntimeError, ValueError) as error:  # no bus, or no service
            _log.info("no notification: %s", error)
            return False
        return True
