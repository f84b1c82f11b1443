"""Whether a run can go on with another experiment, and what of it changes then."""

from __future__ import annotations

from playground.spec.experiment import Experiment
from playground.spec.live_changes import LiveChange, live_changes, obstacle
from playground.spec.messages import PlaygroundError, message


class ChangeError(PlaygroundError):
    """A run cannot continue with these changes; they need a new run."""


def required_changes(old: Experiment, new: Experiment) -> tuple[LiveChange, ...]:
    """The live fields in which two experiments differ.

    Raises:
        ChangeError: something differs that is not live.
    """
    changes = live_changes(old, new)
    if changes is None:
        field = obstacle(old, new)
        raise ChangeError(message("A run cannot go on with another “{field}”: start it anew.", field=field))
    return changes
