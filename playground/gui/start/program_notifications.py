"""Connects the parts of the program that have something to report with the notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.gui.start.program_parts import ProgramParts
from playground.gui.window.desktop_notification import DesktopNotification
from playground.gui.window.doctor_notes import DoctorNotes
from playground.gui.window.notifications import Notifications
from playground.gui.window.run_end import RunEnd

if TYPE_CHECKING:
    from playground.spec.files.recovery_file import Recovery


def notifications_of(program: ProgramParts) -> Notifications:
    """The notifications of a program, which listen to its files, run, data and errors."""
    files, run, document = program.files, program.run, program.document
    notifications = Notifications(run, program.window.messages, program.status, program.help_menu, program)
    for forgetting in (files.opened, run.began):
        forgetting.connect(notifications.forget)
    for telling in (files.told, run.preparing, program.data_source.found):
        telling.connect(notifications.tell)
    for failing in (files.failed, run.failed, program.stack.refused, program.offers.refused, program.ask.refused):
        failing.connect(notifications.complain)
    run.crashed.connect(notifications.offer_log)
    run.snapshots.connect(notifications.show_end)
    run.stale_changed.connect(notifications.outdate)
    for outdating in (run.cleared, run.continued):
        outdating.connect(notifications.forget_verdict)
    document.changed.connect(notifications.begin)
    program.unexpected.happened.connect(notifications.unexpected)
    program.runs.problem_changed.connect(notifications.show_store_problem)
    RunEnd(
        run,
        program.status,
        program.window,
        DesktopNotification(program.window, program.background, program),
        program,
    )
    program.doctor_notes = DoctorNotes(run, document, program.window.messages, program)
    return notifications


def connect_recovery(program: ProgramParts) -> None:
    """Name a run that goes on in the recovery file; show a run again when its document is recovered, or on request."""
    run, files = program.run, program.files

    def note_run() -> None:
        program.recovery.run_id = run.active_run_id

    def resume(recovery: Recovery) -> None:
        if recovery.run_id is not None:
            files.resume(recovery.run_id)

    def settle(run_id: str) -> None:
        if program.runs.store is not None:
            program.runs.store.settle(run_id)

    for moment in (run.snapshots, run.state_changed, run.cleared):
        moment.connect(note_run)
    program.offers.recovered.connect(resume)
    program.offers.settled.connect(settle)
    program.run_menu.back_requested.connect(files.go_back)
