"""No display, a dead one and missing libraries are each told before Qt is asked."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from playground.gui.start import display_check
from playground.gui.start.display_check import NoWindow, ensure_window, missing_libraries

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is always a display elsewhere")


@pytest.fixture
def nothing_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where all of Qt's libraries are installed."""
    monkeypatch.setattr(display_check, "missing_libraries", lambda _platform: {})


def told(environment: dict[str, str]) -> list[str]:
    """The lines that say why no window opens."""
    with pytest.raises(NoWindow) as caught:
        ensure_window(environment)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert "playground train textbook" in lines[1]
    return lines


def test_no_display_is_said_in_two_lines() -> None:
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in told({})[0]


def test_offscreen_needs_no_display() -> None:
    ensure_window({"QT_QPA_PLATFORM": "offscreen"})


def test_first_platform_that_works_is_enough(nothing_missing: None) -> None:
    ensure_window({"QT_QPA_PLATFORM": "wayland;offscreen", "WAYLAND_DISPLAY": "/nowhere/at/all"})


@pytest.mark.usefixtures("nothing_missing")
@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"DISPLAY": ":87"}, "DISPLAY=:87"),
        ({"WAYLAND_DISPLAY": "wayland-87", "XDG_RUNTIME_DIR": "/nowhere"}, "/nowhere/wayland-87"),
        ({"QT_QPA_PLATFORM": "paper"}, "“paper”"),
    ],
)
def test_display_that_does_not_answer_is_named(environment: dict[str, str], word: str) -> None:
    assert word in told(environment)[0]


def test_missing_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    load = ctypes.CDLL

    def without_keysyms(name: str) -> ctypes.CDLL:
        if "keysyms" in name:
            raise OSError(f"{name}: cannot open shared object file: No such file or directory")
        return load(name)

    monkeypatch.setattr(ctypes, "CDLL", without_keysyms)
    assert missing_libraries("xcb")["libxcb-keysyms.so.1"] == "libxcb-keysyms1"
    first, second = told({"DISPLAY": ":87"})
    assert "libxcb-keysyms.so.1" in first
    assert "libxcb-keysyms1" in second


def test_library_outside_the_list_is_read_from_the_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_the_plugin_fails(name: str) -> None:
        if Path(name).is_absolute():
            raise OSError("libnew.so.3: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(ctypes, "CDLL", only_the_plugin_fails)
    assert missing_libraries("offscreen") == {"libnew.so.3": ""}


def test_looking_imports_no_qt() -> None:
    looked = "any(name.startswith('PySide6') for name in sys.modules)"
    code = f"import sys, playground.gui.start.display_check; sys.exit({looked})"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
