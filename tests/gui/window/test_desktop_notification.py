"""The notification service of a desktop gets what its specification asks for; without one nothing happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.session.background import Background
from playground.gui.window.desktop_notification import DesktopNotification, NotificationService
from tests.session_bus import Service, session_bus

NAME = "org.freedesktop.Notifications"


@pytest.fixture
def background() -> Iterator[Background]:
    thread = Background()
    yield thread
    thread.close()


def test_the_service_takes_title_and_text(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    service = NotificationService()
    with session_bus(monkeypatch):
        desktop = Service(NAME)
        assert service.show("textbook", "Trained for 1 epoch")
        assert service.show("textbook", "Trained for 2 epochs")
        service.connection.close()
    desktop.join()
    (member, types, values), _ = desktop.calls
    assert (member, types) == ("Notify", "susssasa{sv}i")
    assert values[1] == 0  # a new notification
    assert values[3:5] == ("textbook", "Trained for 1 epoch")


def test_a_bus_without_the_service_is_no_failure(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    service = NotificationService()
    with session_bus(monkeypatch):
        assert not service.show("textbook", "Trained for 1 epoch")
        service.connection.close()


def test_without_a_desktop_nothing_is_left_behind(
    qtbot: QtBot, background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    window = QWidget()
    qtbot.addWidget(window)
    notification = DesktopNotification(window, background, window)
    notification.show("textbook", "Trained for 1 epoch")
    with qtbot.waitSignal(background.do(lambda: None).done):  # the question has been answered before
        pass
    assert not notification.service.connection
    assert not window.findChildren(QSystemTrayIcon)
