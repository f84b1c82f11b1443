"""Notices when another program wants a core that a run computes on, and lets go of it for a while.

Threads that compute together wait for one another after every kernel. Where one of them has lost its core, all wait
for it, and a step takes many times as long as it would on one thread.
"""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)

SLICE = 0.25  # seconds of steps that are judged together
COLLAPSED = 2.5  # times as long as usual: less can be the machine's own ups and downs, or the window being drawn
ALONE = 10.0  # seconds of steps on one thread before more are tried again


class ThreadThrottle:
    """How many threads the next step computes on: those that were declared, or one while they get in each other's way.

    The number decides the order of sums, and with it the last bits. It departs from the declared one only where the
    run would all but stand still, and the log says when.
    """

    def __init__(self, declared: int) -> None:
        self.declared = self.threads = declared
        self._usual = float("inf")  # seconds an image on the declared threads, at their best
        self._collapsed = float("inf")  # seconds an image when they were last given up
        self._seconds, self._images = 0.0, 0
        self._alone = 0.0  # seconds spent on one thread since then

    def resume(self, declared: int, threads: int) -> None:
        """Go on on so many threads as another run did, which was to compute on `declared`; as far as there are as many.

        How quick that run was says nothing of this machine at this hour: that is measured anew.
        """
        if declared > self.declared:
            _log.info("continued on %d threads instead of %d: the last bits may differ", self.declared, declared)
        self.declared = min(declared, self.declared)
        self.threads = min(threads, self.declared)

    def note(self, seconds: float, images: int) -> None:
        """A step on so many images took so long."""
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
                    self._usual = self._collapsed  # it was not the threads: everything has become slower
                _log.info("computing on %d threads again", self.declared)
                self.threads = self.declared
        elif image > COLLAPSED * self._usual:
            _log.info("%.1f times as slow as usual: computing on one thread for a while", image / self._usual)
            self.threads, self._collapsed, self._alone = 1, image, 0.0
        else:
            self._usual = min(self._usual, image)
