"""Downloads what is lacking of a data set, file by file; how far it has come can be read from any thread."""

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
    """One attempt. `run` in one thread; `cancel`, `done` and `total` from any."""

    def __init__(
        self,
        data: type[Dataset],
        place: Path | None = None,
        told: Callable[[int], None] | None = None,
        limits: Limits | None = None,
    ) -> None:
        """`place`: copy the files from this folder, or this file, rather than download them.

        `told` is called with the bytes that are done, in the thread that runs.
        """
        self.data = data
        self.total = sum(remote.size for remote in lacking(data))  # bytes
        self.done = 0
        self._place, self._told, self._limits = place, told, limits
        self._cancelled = Event()
        self._transfer: Transfer | None = None
        self._before = 0  # bytes of the files that are complete

    def cancel(self) -> None:
        """Let `run` end at once; what has arrived of a file is gone on from the next time."""
        self._cancelled.set()
        if self._transfer is not None:
            self._transfer.cancel()

    def run(self) -> None:
        """Bring all that is lacking.

        Raises:
            PlaygroundError: it did not come, or was cancelled; a `DownloadError` says why.
        """
        if self._place is not None:
            try:
                with cancellable(self._cancelled.is_set):
                    adopt(self.data, self._place, self._note)
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
        if self._told is not None:
            self._told(self.done)
        if self._place is not None and done >= whole:
            self._before += whole

    def _stop_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise DownloadError(Reason.CANCELLED)
