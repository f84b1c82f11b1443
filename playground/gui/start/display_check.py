"""Checks whether a window can open before Qt is used: Qt ends the process if something is missing.

Only Linux is checked; elsewhere there is always a display, and Qt brings all that it needs. No Qt module is imported.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from playground.spec.messages import Message, PlaygroundError, message

# System libraries that Qt needs, each with its Debian package.
_ANY = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
_PLATFORM = {
    "xcb": {
        "libX11.so.6": "libx11-6",
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb.so.1": "libxcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
}


class NoWindow(PlaygroundError):
    """No window can be opened here; the message has two lines: the cause and the remedy."""


def ensure_window(environment: Mapping[str, str] = os.environ) -> None:
    """Return if Qt can open a window.

    Raises:
        NoWindow: there is no display, or a system library of Qt is missing.
    """
    if not sys.platform.startswith("linux"):
        return
    reasons = []
    for platform in _platforms(environment):
        reason = _reason(platform, environment)
        if reason is None:
            return
        reasons.append(reason)
    raise NoWindow(reasons[0] if reasons else _no_display(message("neither DISPLAY nor WAYLAND_DISPLAY is set")))


def missing_libraries(platform: str) -> dict[str, str]:
    """Missing libraries that a Qt platform needs, each with its Debian package."""
    needed = {**_ANY, **_PLATFORM.get(platform, {})}
    missing = {name: package for name, package in needed.items() if _loading_error(name)}
    plugin = _plugin(platform)
    if not missing and plugin is not None and plugin.exists():
        found = re.match(r"(\S+): cannot open shared object file", _loading_error(str(plugin)) or "")
        if found:
            missing[found[1]] = ""
    return missing


def _platforms(environment: Mapping[str, str]) -> list[str]:
    """The platforms that Qt will try, in its order."""
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if chosen:
        return [item.partition(":")[0].removesuffix("-egl") for item in chosen.split(";")]
    variables = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    return [platform for platform, variable in variables.items() if environment.get(variable)]


def _reason(platform: str, environment: Mapping[str, str]) -> Message | None:
    """The reason why Qt cannot use that platform here; None if it can."""
    plugin = _plugin(platform)
    if plugin is not None and not plugin.exists():
        known = ", ".join(sorted(item.stem.removeprefix("libq") for item in plugin.parent.glob("libq*.so")))
        return message(
            "QT_QPA_PLATFORM names “{platform}”, which this Qt does not have; it has {known}.\n"
            "Unset it, or train without a window: playground train textbook",
            platform=platform,
            known=known,
        )
    missing = missing_libraries(platform)
    if missing:
        return _lacks(missing)
    if platform == "xcb" and not _answers(environment.get("DISPLAY", "")):
        return _no_display(message("no X server answers at DISPLAY={display}", display=environment.get("DISPLAY", "")))
    if platform == "wayland" and not _wayland_socket(environment).exists():
        return _no_display(message("there is no Wayland socket {path}", path=_wayland_socket(environment)))
    return None


def _no_display(cause: Message) -> Message:
    return message(
        "There is no display to open a window on: {cause}.\nTo train without one: playground train textbook",
        cause=cause,
    )


def _lacks(missing: Mapping[str, str]) -> Message:
    packages = " ".join(package for package in missing.values() if package)
    libraries = ", ".join(missing)
    if not packages:
        return message(
            "Qt cannot open a window without {libraries}, which this system lacks.\n"
            "To train without a window: playground train textbook",
            libraries=libraries,
        )
    return message(
        "Qt cannot open a window without {libraries}, which this system lacks.\n"
        "On Debian or Ubuntu: apt install {packages}. To train without a window: playground train textbook",
        libraries=libraries,
        packages=packages,
    )


def _plugin(platform: str) -> Path | None:
    """Qt's plugin for a platform, if PySide6 brings its own Qt."""
    found = importlib.util.find_spec("PySide6")
    folder = Path(found.origin).parent / "Qt" / "plugins" / "platforms" if found and found.origin else None
    return folder / f"libq{platform}.so" if folder and folder.is_dir() else None


def _loading_error(library: str) -> str | None:
    try:
        ctypes.CDLL(library)
    except OSError as error:
        return str(error)
    return None


def _answers(display: str) -> bool:
    """Whether an X server accepts a connection, which is then kept open.

    A server without other clients restarts when its last client leaves, and Qt would not find it meanwhile.
    """
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    for function in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        function.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    if not xcb.xcb_connection_has_error(connection):
        return True
    xcb.xcb_disconnect(connection)
    return False


def _wayland_socket(environment: Mapping[str, str]) -> Path:
    """The socket that libwayland uses: an absolute path, or a name in the runtime folder."""
    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    return Path(environment.get("XDG_RUNTIME_DIR", "/run/user")) / name
