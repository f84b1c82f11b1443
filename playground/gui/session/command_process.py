"""A command of this program in a process of its own: started, listened to and ended without waiting for it.

The command writes one event a line (`--events`) and ends in order when its standard input does. The window alone holds
the other end, so that the process ends with the window, also with one that was killed.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from PySide6.QtCore import QDeadlineTimer, QObject, QProcess, QProcessEnvironment, Signal, Slot

from playground.engine.runtime.import_path import import_path
from playground.spec.messages import Message, message, printable

_log = logging.getLogger(__name__)

_KILLED = 5000  # milliseconds in which a killed process is gone
_LONGEST_LINE = 300  # characters of a line of the standard error that are kept


class CommandProcess(QObject):
    """Lives in the window's thread; at most one process at a time.

    A subclass starts it with `_launch`, and says in `_take_line`, `_fail_to_start` and `_finish` what follows.
    """

    lasting = False  # its end need not be waited for without limit; see `ended` of `thread_shutdown`

    changed = Signal()  # what the process does

    def __init__(self, command: str, longest: int, parent: QObject | None = None) -> None:
        """command: of `playground`. longest: milliseconds in which it ends by itself once its input has ended."""
        super().__init__(parent)
        self.problem: Message | None = None  # of a process that failed
        self._command, self._longest = command, longest
        self._process: QProcess | None = None
        self._last_error = ""  # line of its standard error

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The process's number; 0 without one."""
        return self._process.processId() if self._process else 0

    def stop(self) -> None:
        """End the process in order; it goes on for a while."""
        raise NotImplementedError

    def end(self) -> None:
        """End it with the window; call `wait` afterwards."""
        self.stop()

    def wait(self, deadline: QDeadlineTimer) -> bool:
        """Wait until the process has ended; at the deadline it is killed. Always True."""
        process = self._process
        if process is None:
            return True
        left = self._longest if deadline.isForever() else min(self._longest, deadline.remainingTime())
        if not process.waitForFinished(max(1, left)):
            process.kill()
            process.waitForFinished(_KILLED)
        return True

    def _launch(self, arguments: Sequence[str], environment: QProcessEnvironment) -> QProcess:
        """Make the process of a command with these arguments, which the caller starts. There must be none."""
        assert self._process is None
        self.problem, self._last_error = None, ""
        process = self._process = QProcess(self)
        process.setProgram(sys.executable)
        # -P: no module of the folder that the program was started in is run.
        process.setArguments(["-P", "-m", "playground", self._command, "--events", *arguments])
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._end_of_process)
        process.errorOccurred.connect(self._note_error)
        return process

    def _take_line(self, line: bytes) -> None:
        """Handle a line of the standard output.

        Raises:
            ValueError: it is no event.
        """
        raise NotImplementedError

    def _fail_to_start(self, why: str) -> None:
        """Say that there is no process, in the system's words; call `_forget`."""
        raise NotImplementedError

    def _finish(self, code: int) -> None:
        """Handle the end of the process, all of whose lines were taken; call `_forget`."""
        raise NotImplementedError

    def _why(self, code: int) -> Message | str:
        """Why the process ended, as far as is known: its last words, or its exit code."""
        return self._last_error or message("exit code {code}", code=code)

    def _forget(self) -> None:
        """Forget the process, which has gone."""
        assert self._process is not None
        self._process.deleteLater()
        self._process = None

    @Slot()
    def _read(self) -> None:
        """Take all lines that have arrived."""
        process = self._process
        while process is not None and process.canReadLine():
            line = bytes(process.readLine().data())
            try:
                self._take_line(line)
            except ValueError:
                _log.warning("%s: this line is no event: %.200r", self._command, line)

    @Slot()
    def _read_errors(self) -> None:
        if self._process is not None:
            lines = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace").splitlines()
            for line in filter(str.strip, lines):
                self._last_error = printable(line)[:_LONGEST_LINE]
                _log.info("%s: %s", self._command, self._last_error)

    @Slot(QProcess.ProcessError)
    def _note_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self._fail_to_start(self._process.errorString())

    @Slot(int, QProcess.ExitStatus)
    def _end_of_process(self, code: int, _status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_errors()
        self._finish(code)


def environment_of_commands() -> QProcessEnvironment:
    """That of this process, in which the same package is found."""
    found = QProcessEnvironment.systemEnvironment()
    found.insert("PYTHONPATH", import_path())
    return found
