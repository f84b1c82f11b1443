"""Writes event files for TensorBoard beside what a training run prints."""

from __future__ import annotations

import logging
from pathlib import Path

from playground.cli.terminal import Reporter
from playground.engine.doctor.finding import Finding
from playground.engine.event_file import EventFile
from playground.engine.training.snapshots import Snapshot
from playground.spec.files.storage import FileError
from playground.spec.messages import message
from playground.standard_streams import FAILED, complain

_log = logging.getLogger(__name__)


class EventReporter:
    """Passes snapshots on, and writes them until that fails; training goes on then."""

    def __init__(self, reporter: Reporter, events: EventFile) -> None:
        self._reporter = reporter
        self._events: EventFile | None = events

    def take(self, snapshot: Snapshot) -> None:
        """Handle one snapshot."""
        self._reporter.take(snapshot)
        if self._events is not None:
            try:
                self._events.add(snapshot)
            except FileError as error:
                self._events = None
                _log.warning("no more events are written", exc_info=True)
                complain(message("{error} Training goes on without it.", error=error.message), FAILED)

    def note(self, finding: Finding) -> None:
        """Pass a finding on."""
        self._reporter.note(finding)

    def close(self, saved: Path | None) -> None:
        """Finish both reports."""
        try:
            if self._events is not None:
                self._events.close()
        finally:
            self._reporter.close(saved)
