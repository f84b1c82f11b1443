"""Lets the doctor watch a run of the command line, and reports what it finds."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from playground.cli.terminal import Reporter
from playground.engine.doctor.doctor import Doctor
from playground.engine.training.snapshots import Diverged, Epoch, Snapshot
from playground.spec.experiment import Experiment

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data

_log = logging.getLogger(__name__)


class Examiner:
    """Shows the doctor one run, and hands its findings to a reporter; should it fail, the run goes on without it."""

    def __init__(self, reporter: Reporter, experiment: Experiment, data: Data, before: Iterable[Epoch]) -> None:
        """Report what can be said before training; `before` are the epochs of a run that is continued."""
        self._reporter = reporter
        self._doctor: Doctor | None = None
        try:
            self._doctor = Doctor(experiment, data)
            self._doctor.recall(before)
        except Exception:  # a bug of the doctor's
            self._fail()
        for finding in self._doctor.before if self._doctor else ():
            reporter.note(finding)

    def take(self, snapshot: Snapshot) -> None:
        """Show the next snapshot of the run; that it diverged is told already, in the same words."""
        finding = None
        try:
            finding = self._doctor.take(snapshot) if self._doctor else None
        except Exception:  # a bug of the doctor's
            self._fail()
        if finding and not (isinstance(snapshot, Diverged) and finding.sentence == snapshot.message):
            self._reporter.note(finding)

    def _fail(self) -> None:
        self._doctor = None
        _log.exception("the doctor failed")
