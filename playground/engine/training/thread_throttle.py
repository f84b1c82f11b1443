"""Reduces a run to one thread for a while when another program needs one of its cores.

Threads that compute together synchronise after every kernel. If one of them loses its core, all wait for it, and a
step takes many times as long as on one thread.
"""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)

SLICE = 0.25  # seconds of steps that are measured together
COLLAPSED = 2.5  # slowdown factor that counts: smaller ones can be normal variation, or the window being drawn
ALONE = 10.0  # seconds of steps on one thread before all threads are tried again


class ThreadThrottle:
    """The number of threads for the next step: the declared number, or one while another program slows them down.

    The number of threads decides the order of sums, and with it the last bits. It differs from the declared number only
    while the run would otherwise almost stop, and the log records when.
    """

    def __init__(self, declared: int) -> None:
        self.declared = self.threads = declared
        self._usual = float("inf")  # least seconds per image on the declared threads
        self._collapsed = float("inf")  # seconds per image when the declared threads were last given up
        self._seconds, self._images = 0.0, 0
        self._alone = 0.0  # seconds spent on one thread since then

    def resume(self, declared: int, threads: int) -> None:
        """Continue with the thread count of another run, which had `declared` threads, up to the number available here.

        How quick that run was says nothing of this machine at this hour: that is measured anew.
        """
        if declared > self.declared:
            _log.info("continued on %d threads instead of %d: the last bits may differ", self.declared, declared)
        self.declared = min(declared, self.declared)
        self.threads = min(threads, self.declared)

    def note(self, seconds: float, images: int) -> None:
        """Record the duration of a step on this many images."""
        if self.declared == 1:
            return
        self._seconds += seconds
        self._images += images
        if self._seconds >= SLICE:
            self._judge(self._seconds / self._images)
            self._seconds, self._images = 0.0, 0

    def _judge(self, image: float) -> None:
        if self.threads == 1:
            self._alone += self._seconds
            if image > self._collapsed or self._alone >= ALONE:
                if image > self._collapsed:
                    self._usual = self._collapsed  # the threads were not the cause: everything is slower now
                _log.info("computing on %d threads again", self.declared)
                self.threads = self.declared
        elif image > COLLAPSED * self._usual:
            _log.info("%.1f times as slow as usual: computing on one thread for a while", image / self._usual)
            self.threads, self._collapsed, self._alone = 1, image, 0.0
        else:
            self._usual = min(self._usual, image)
