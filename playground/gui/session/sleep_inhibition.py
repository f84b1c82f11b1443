"""Keeps the machine awake while the window trains."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from PySide6.QtCore import QDeadlineTimer, QObject, QTimer, Slot

from playground.engine.runtime.sleep_inhibition import staying_awake
from playground.gui.session.background import Background
from playground.gui.session.run_state import RunState
from playground.gui.session.run_status import RunStatus

DELAY = 3000  # milliseconds of training before the first request, so that single steps make none
PATIENCE = 300  # milliseconds that the end of the program waits for the desktop's answer


class SleepInhibition(Background):
    """A thread of its own, because a desktop may take seconds to answer; it starts with the first request."""

    def __init__(
        self,
        run: RunStatus,
        parent: QObject | None = None,
        awake: Callable[[], AbstractContextManager[object]] = staying_awake,
    ) -> None:
        """`awake` returns the context in which the machine stays awake; see `staying_awake`."""
        super().__init__(parent, lasting=True)
        self.lasting = False  # the machine is let asleep if the desktop answers in time, and by the end of the process
        self._awake = awake
        self._held: AbstractContextManager[object] | None = None  # only this thread touches it
        self.delay = QTimer(self)
        self.delay.setSingleShot(True)
        self.delay.setInterval(DELAY)
        self.delay.timeout.connect(self._request)
        run.state_changed.connect(self._follow)

    def end(self) -> None:
        """Let the machine sleep again, and let the thread end; call `wait` afterwards."""
        self._withdraw()
        super().end()

    def wait(self, deadline: QDeadlineTimer | int | None = None) -> bool:  # type: ignore[override]
        """Wait until the thread has ended, a moment at most if there is a deadline; return whether it has."""
        if deadline is None:
            return super().wait()
        limit = deadline if isinstance(deadline, int) else deadline.remainingTime()  # -1: without limit
        return super().wait(QDeadlineTimer(min(PATIENCE, limit)))

    @Slot(object)
    def _follow(self, state: RunState) -> None:
        if state is RunState.TRAINING:
            self.delay.start()
        else:
            self._withdraw()

    @Slot()
    def _request(self) -> None:
        self.do(self._hold)

    def _withdraw(self) -> None:
        self.delay.stop()
        if self.isRunning():
            self.do(self._release)

    def _hold(self) -> None:
        if self._held is None:
            held = self._awake()
            held.__enter__()
            self._held = held

    def _release(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            held.__exit__(None, None, None)
