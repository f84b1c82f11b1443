"""Connects the parts of the program that have something to report with the notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.gui.window.desktop_notification import DesktopNotification
from playground.gui.window.notifications import Notifications
from playground.gui.window.run_end import RunEnd

if TYPE_CHECKING:
    from playground.gui.start.program import Program


def notifications_of(program: Program) -> Notifications:
    """The notifications of a program, which listen to its files, run, data and errors."""
    files, run, document = program.files, program.run, program.document
    notifications = Notifications(program.window.messages, program.status, program.help_menu, program)
    for forgetting in (files.opened, run.began):
        forgetting.connect(notifications.forget)
    for telling in (files.told, run.preparing, program.data_source.found):
        telling.connect(notifications.tell)
    for failing in (files.failed, run.failed, program.stack.refused, program.offers.refused):
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
        document,
        program.status,
        program.window,
        DesktopNotification(program.window, program.background, program),
        program,
    )
    return notifications
