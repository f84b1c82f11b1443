"""Reads the epochs of a stored run for what tells of its network, wherever that run is on this machine."""

from __future__ import annotations

import logging

from playground.engine.provenance import Point
from playground.engine.runs.run_folder import RunFolder
from playground.engine.runs.run_record import RunError
from playground.engine.runs.store_settings import default_folder
from playground.engine.training.snapshots import Epoch
from playground.spec.files.experiment_file import RUN_ID

_log = logging.getLogger(__name__)


def stored_curve(run_id: str, step: int) -> tuple[Point, ...]:
    """The epochs of a run of the default store up to a step; none where it is not there, or damaged."""
    if not RUN_ID.fullmatch(run_id):  # a file says it: it must not name another folder
        return ()
    try:
        snapshots = RunFolder(default_folder() / run_id).read_curves().snapshots
    except (RunError, OSError):
        _log.info("the curves of run %s cannot be read", run_id, exc_info=True)
        return ()
    return tuple(Point.of(item) for item in snapshots if isinstance(item, Epoch) and item.step <= step)
