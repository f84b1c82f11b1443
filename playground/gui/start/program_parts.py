"""The parts of the program that others connect; `Program` makes them."""

from __future__ import annotations

from PySide6.QtCore import QObject

from playground.gui.data_source.data_source import DataSource
from playground.gui.session.background import Background
from playground.gui.session.document import Document
from playground.gui.session.files import Files
from playground.gui.session.guarded_dialogs import GuardedDialogs
from playground.gui.session.inference_thread import InferenceThread
from playground.gui.session.recovery import DocumentRecovery
from playground.gui.session.run import Run
from playground.gui.stack.view import StackView
from playground.gui.start.exception_hook import ExceptionHook
from playground.gui.start.program_store import ProgramStore
from playground.gui.style.settings import Settings
from playground.gui.window.doctor_notes import DoctorNotes
from playground.gui.window.main_window import MainWindow
from playground.gui.window.menus.file import FileMenu
from playground.gui.window.menus.help import HelpMenu
from playground.gui.window.menus.run import RunMenu
from playground.gui.window.menus.view import ViewMenu
from playground.gui.window.notifications import Notifications
from playground.gui.window.recovery_offers import RecoveryOffers
from playground.gui.window.statusbar import StatusLine


class ProgramParts(QObject):
    """Declares the parts that exist before the window is filled."""

    window: MainWindow
    background: Background
    saving: Background
    settings: Settings
    unexpected: ExceptionHook
    document: Document
    run: Run
    runs: ProgramStore
    inference: InferenceThread
    ask: GuardedDialogs
    files: Files
    data_source: DataSource
    recovery: DocumentRecovery
    offers: RecoveryOffers
    stack: StackView
    status: StatusLine
    file_menu: FileMenu
    run_menu: RunMenu
    view_menu: ViewMenu
    help_menu: HelpMenu
    notifications: Notifications
    doctor_notes: DoctorNotes
