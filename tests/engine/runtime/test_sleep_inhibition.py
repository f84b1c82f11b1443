"""The desktop is asked not to let the machine sleep, and a machine without one is no trouble."""

from __future__ import annotations

import logging

import pytest

from playground.engine.runtime.sleep_inhibition import _note, staying_awake
from tests.session_bus import Service, session_bus

POWER = "org.freedesktop.PowerManagement"


def test_the_desktop_is_asked_and_released(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wakepy")
    monkeypatch.delenv("XDG_SESSION_DESKTOP", raising=False)
    with session_bus(monkeypatch):
        power = Service(POWER)
        with staying_awake():
            assert [name for name, _, _ in power.calls] == ["Inhibit"]
        assert [name for name, _, _ in power.calls] == ["Inhibit", "UnInhibit"]
        assert power.calls[1][2] == (7,)
    power.join()


def test_a_failure_is_logged_once_and_nothing_else_happens(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("PATH", "")
    name = "playground.engine.runtime.sleep_inhibition"
    caplog.set_level(logging.INFO, logger=name)
    _note.cache_clear()
    done = []
    for _ in range(2):
        with staying_awake():
            done.append(True)
    assert len(done) == 2
    assert len([record for record in caplog.records if record.name == name]) == 1
