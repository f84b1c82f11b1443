"""Light and dark: a change gives what a start in that appearance gives, and does not keep the window for long."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.start.program import Program
from playground.gui.style.settings import Settings
from playground.gui.style.theme import DARK, LIGHT, style_sheet
from playground.spec.files.presets import preset

PANELS = ("spiral", "shakespeare-lstm", "restore", "iris", "segmentation", "autoencoder", "fashion-cnn", "textbook")


def show_panels(program: Program) -> list[QImage]:
    """Show every panel, so that there are as many widgets as there ever are, and look at each."""
    seen = []
    for name in PANELS:
        program.document.load(preset(name).experiment, None)
        for _ in range(3):  # what is laid out may ask for another layout
            QApplication.processEvents()
        seen.append(program.window.grab().toImage())
    return seen


def test_a_change_there_and_back_leaves_no_trace_in_any_panel(
    qtbot: QtBot, make_program: Callable[[], Program], settings: Settings
) -> None:
    settings.appearance = "dark"
    program = make_program()
    with qtbot.waitExposed(program.window):
        program.window.show()
    program.fill()
    show_panels(program)
    before = show_panels(program)
    for choice in ("light", "dark", "light", "dark"):
        program.appearance.choose(choice)
        QApplication.processEvents()
    assert show_panels(program) == before


def test_a_change_is_much_faster_than_replacing_the_style_sheet(program: Program, qapp: QApplication) -> None:
    show_panels(program)
    program.appearance.choose("light")
    replaced, chosen = [], []
    for _ in range(3):
        began = thread_time()
        qapp.setStyleSheet(style_sheet(DARK))
        qapp.setStyleSheet(style_sheet(LIGHT))
        replaced.append(thread_time() - began)
        began = thread_time()
        program.appearance.choose("dark")
        program.appearance.choose("light")
        chosen.append(thread_time() - began)
    assert min(chosen) < 0.8 * min(replaced)
