"""Downloads the missing files of a data set, one after another; any thread can read the progress."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

from playground.engine.data.dataset_cache import cache_folder, lacking
from playground.engine.data.download.connection import Limits
from playground.engine.data.download.failure import DownloadError, Reason
from playground.engine.data.download.local_copy import adopt
from playground.engine.data.download.transfer import Transfer
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.data.dataset import Dataset


class Fetch:
    """One download. Call `run` in one thread; `cancel`, `done` and `total` work from any."""

    def __init__(
        self,
        data: type[Dataset],
        origin: Path | None = None,
        progress: Callable[[int], None] | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Prepare the download; with `origin`, the files are copied from this folder, or this file, instead.

        `progress` is called with the number of bytes done, in the thread of `run`.
        """
        self.data = data
        self.total = sum(remote.size for remote in lacking(data))  # bytes
        self.done = 0
        self._origin, self._progress, self._limits = origin, progress, limits
        self._cancelled = Event()
        self._transfer: Transfer | None = None
        self._before = 0  # bytes of the files that are complete

    def cancel(self) -> None:
        """Let `run` end at once; the next download resumes an incomplete file."""
        self._cancelled.set()
        if self._transfer is not None:
            self._transfer.cancel()

    def run(self) -> None:
        """Download or copy all missing files.

        Raises:
            PlaygroundError: it failed or was cancelled; a `DownloadError` has the reason.
        """
        if self._origin is not None:
            try:
                with cancellable(self._cancelled.is_set):
                    adopt(self.data, self._origin, self._note)
            except Cancelled as error:
                raise DownloadError(Reason.CANCELLED) from error
            return
        for remote in lacking(self.data):
            self._transfer = Transfer(remote, cache_folder(self.data), self._note, self._limits)
            self._stop_if_cancelled()
            self._transfer.run()
            self._before += remote.size

    def _note(self, done: int, whole: int) -> None:
        self.done = self._before + done
        if self._progress is not None:
            self._progress(self.done)
        if self._origin is not None and done >= whole:
            self._before += whole

    def _stop_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise DownloadError(Reason.CANCELLED)
