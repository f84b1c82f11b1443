"""Signs of life of trials where Optuna has none: its heartbeats are for databases alone, not for its gRPC proxy.

Without them a trial whose machine lost its power would run for ever, and hold a place in the budget of trials. So its
process counts in an attribute of the trial, and whoever searches sees whether it still does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from playground.engine.search.optuna_parts import BEGUN, GRACE, HEARTBEAT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

_log = logging.getLogger(__name__)

ALIVE = "alive"  # attribute of a trial: how many signs of life it has given


def has_heartbeats(study: Study) -> bool:
    """Whether Optuna itself notices trials whose process ended."""
    from optuna.storages._heartbeat import is_heartbeat_enabled

    return is_heartbeat_enabled(study._storage)


@contextmanager
def signs_of_life(trial: Trial) -> Iterator[None]:
    """Give them for the time of the block, in a thread, where Optuna does not."""
    if has_heartbeats(trial.study):
        yield
        return
    storage, ended = trial.study._storage, Event()

    def count() -> None:
        number = 0
        while not ended.wait(HEARTBEAT):
            number += 1
            try:
                storage.set_trial_user_attr(trial._trial_id, ALIVE, number)
            except Exception:  # whatever the storage raises: the thread that trains meets it as well, and says so
                _log.warning("a sign of life could not be stored", exc_info=True)

    thread = Thread(target=count, name="signs of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class Silence:
    """Notices running trials without a new sign of life, by the clock of this process."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[object, float]] = {}  # by trial: its last sign, and since when

    def too_long(self, running: Sequence[FrozenTrial], now: float, *, heartbeats: bool) -> list[FrozenTrial]:
        """Those that have been silent for too long; with heartbeats, only of those that did not begin."""
        watched = [trial for trial in running if not heartbeats or BEGUN not in trial.user_attrs]
        signs = {trial.number: (BEGUN in trial.user_attrs, trial.user_attrs.get(ALIVE)) for trial in watched}
        before = self._last
        self._last = {
            number: before[number] if number in before and before[number][0] == sign else (sign, now)
            for number, sign in signs.items()
        }
        return [trial for trial in watched if now - self._last[trial.number][1] > GRACE]
