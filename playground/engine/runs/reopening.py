"""Reads the network of a stored run back: from its last checkpoint, or else from the last one that is whole."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from playground.engine.runs.curves import step_of
from playground.engine.runs.run_record import RunError
from playground.engine.runs.stored_run import StoredRun
from playground.engine.training.snapshots import Diverged, Snapshot
from playground.spec.messages import Message, PlaygroundError, message, tr_noop

if TYPE_CHECKING:
    from playground.engine.weights import Trained

_log = logging.getLogger(__name__)


class Lost(NamedTuple):
    """The last network of a run, which cannot be read any more."""

    step: int
    why: Message


class Reopened(NamedTuple):
    """A network that was read back."""

    trained: Trained
    step: int  # of its checkpoint
    snapshots: tuple[Snapshot, ...]  # of the run until then; empty if its curves are damaged
    lost: Lost | None  # a later network that should be there; None if this is the wanted one


def reopened(run: StoredRun, step: int | None = None) -> Reopened:
    """The network of a stored run after a step, or else its last checkpoint that is whole.

    Raises:
        PlaygroundError: no checkpoint of it can be read.
    """
    from playground.engine.weights import load

    failure: PlaygroundError | None = None
    lost: Lost | None = None
    for checkpoint in sorted(run.checkpoints(), key=lambda item: (item.step == step, item.step), reverse=True):
        try:
            trained = load(run.checkpoint_file(checkpoint))
        except PlaygroundError as error:
            _log.warning("a checkpoint was skipped", exc_info=True)
            failure, lost = failure or error, lost or Lost(checkpoint.step, error.message)
            continue
        trained = replace(trained, figures=run.latest_figures(trained.figures))
        snapshots = _snapshots(run)
        lost = _missing(run, checkpoint.step, snapshots) or lost
        until = tuple(item for item in snapshots if step_of(item) <= checkpoint.step)
        return Reopened(trained, checkpoint.step, until, None if checkpoint.step == step else lost)
    words = tr_noop("No network is stored of “{run}”: it ended before its first checkpoint, or has none yet.")
    raise failure or PlaygroundError(message(words, run=run.record.name))


def _missing(run: StoredRun, step: int, snapshots: tuple[Snapshot, ...]) -> Lost | None:
    """The network at the end of the run, if its checkpoint is not there; one that diverged has none."""
    last = run.record.figures.step
    if last <= step or any(item.step == last for item in run.checkpoints()):
        return None
    if any(isinstance(item, Diverged) for item in snapshots):
        return None
    return Lost(last, message("The checkpoint of step {step} is missing.", step=last))


def _snapshots(run: StoredRun) -> tuple[Snapshot, ...]:
    """The curves of a run; empty if they are damaged, as its network can be used all the same."""
    try:
        return run.curves()
    except RunError:
        _log.warning("the curves of a run cannot be read", exc_info=True)
        return ()
