"""The composition root of the window: creates the application, opens the window, and shuts everything down."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QSettings, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from playground.gui.start.exception_hook import ExceptionHook
from playground.gui.start.import_hook import import_plainly
from playground.gui.start.interrupts import Interrupts
from playground.gui.start.startup_sequence import StartupSequence
from playground.gui.start.window_shell import WindowShell
from playground.gui.style.icons import application_icon
from playground.gui.style.settings import Settings
from playground.log import log_folder
from playground.spec.files.resources import resource

_log = logging.getLogger(__name__)

NAME = "Playground"
DESKTOP_FILE = "app.playground.Playground"  # the name, without ending, of the desktop entry
GRACE = 1500  # milliseconds for threads to end after the window is closed
HEARTBEAT = 300  # milliseconds between two chances for Python to handle signals


def main(path: Path | None, interrupts: Interrupts) -> int:
    """Show the window, with a file if one is given, until it is closed; return the exit code.

    Check for a display and Qt's system libraries first: without them Qt ends the process.
    """
    application = application_of(sys.argv[:1])
    unexpected = ExceptionHook()
    unexpected.install()
    shell = WindowShell(application, Settings(QSettings()), unexpected, _runs_folder)
    opening = StartupSequence(shell, log_folder(), path)
    heartbeat = QTimer()  # Python handles a signal only when its interpreter runs
    heartbeat.timeout.connect(_nothing)
    heartbeat.start(HEARTBEAT)
    try:
        opening.start()
        interrupts.end_with(partial(_leave, application, opening))
        code = application.exec()
    finally:
        heartbeat.stop()
        ended = opening.close(GRACE)
        unexpected.remove()
    if not ended:
        _end_process(code, shell)
    if opening.error is not None:
        raise opening.error
    return code


def application_of(arguments: list[str]) -> QApplication:
    """Make Qt's application object, named, in Fusion style and in the user's language."""
    import_plainly()
    application = QApplication(arguments)
    application.setApplicationName(NAME)
    application.setApplicationDisplayName("")
    application.setOrganizationName(NAME)
    application.setDesktopFileName(DESKTOP_FILE)
    application.setStyle("Fusion")
    application.setWindowIcon(application_icon())
    install_translations(application)
    return application


def install_translations(application: QApplication) -> None:
    """Install translations into the user's language if there are any: the program's own, and Qt's for its dialogs."""
    ours = QTranslator(application)
    if ours.load(QLocale(), "playground", "_", str(resource("icons").parent / "translations")):
        application.installTranslator(ours)
        qts = QTranslator(application)
        if qts.load(QLocale(), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            application.installTranslator(qts)


def _runs_folder() -> Path:
    from playground.engine.runs.store_settings import default_folder

    return default_folder()


def _leave(application: QApplication, opening: StartupSequence) -> None:
    """Close the window without a question, and keep unsaved changes for the next start.

    Quit even where Qt does not notice that it was the last window, before its event loop runs.
    """
    opening.leave()
    QTimer.singleShot(0, application.quit)


def _end_process(code: int, shell: WindowShell) -> None:
    """End the process although a thread is still in one long call; nothing is lost with it.

    Python would wait for the thread, and Qt would abort the process when destroying it.
    """
    _log.info("a thread has not ended in time: ending the process")
    shell.settings.sync()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # a full disk or a closed pipe must not keep the process alive
            stream.flush()
    os._exit(code)


def _nothing() -> None:
    """Let the interpreter run, so that it handles signals."""
