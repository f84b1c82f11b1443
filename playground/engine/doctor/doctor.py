"""Takes the snapshots of a run and says what is wrong, once for each kind of fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from playground.engine.data.in_memory import Data
from playground.engine.doctor.finding import Diagnosis, Evidence, Finding
from playground.engine.doctor.learning_rate import TOO_HIGH
from playground.engine.doctor.record import Record
from playground.engine.doctor.registry import DIAGNOSES
from playground.engine.training.snapshots import Change, Diverged, Epoch, Probed, Snapshot, Step
from playground.spec.check.problem import Fix
from playground.spec.check.problems import check
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.messages import message

_EVENTS = ("", "Window", "Probed", "Epoch", "Diverged")
_BY_EVENT = {event: [item for item in DIAGNOSES if event in (item.after or ("",))] for event in _EVENTS}


def examine(experiment: Experiment, data: Data) -> tuple[Finding, ...]:
    """Find out what can be said before training, from the data and the recipe alone. Takes a fraction of a second."""
    return Doctor(experiment, data).before


class Doctor:
    """Watches one run. It stays silent where all is well, and names each kind of fault once.

    Only where a run diverges whose rate it has called too high, it says so again, as then the cause is known better.

    It only reads: neither the run nor any random stream changes.
    """

    def __init__(self, experiment: Experiment, data: Data) -> None:
        """Examine data and recipe; the findings are in `before`."""
        self._record = Record(experiment, data)
        self.before: tuple[Finding, ...] = tuple(self._all(""))

    def recall(self, epochs: Iterable[Epoch]) -> None:
        """Take the epochs of a run that is continued, before its first snapshot: they are not reported again."""
        self._record.epochs.extend(epochs)

    def take(self, snapshot: Snapshot) -> Finding | None:
        """Take the next snapshot of the run; returns what it shows to be wrong, at most one finding."""
        record = self._record
        if type(snapshot) is Step:
            return next(self._all("Window"), None) if record.note_step(snapshot) else None
        if isinstance(snapshot, Probed):
            record.note_probe(snapshot)
        elif isinstance(snapshot, Epoch):
            record.epochs.append(snapshot)
        elif isinstance(snapshot, Diverged):
            record.diverged = snapshot
            record.found.pop(TOO_HIGH.id, None)  # now more is known of it, and what would mend it
        elif isinstance(snapshot, Change) and snapshot.field.startswith("recipe."):
            edit = Set(tuple(snapshot.field.split(".")), snapshot.new, message(snapshot.label))
            record.experiment = edit.apply(record.experiment)
            return None
        else:
            return None
        return next(self._all(type(snapshot).__name__), None)

    def _all(self, event: str) -> Iterator[Finding]:
        """The findings of an event, the empty one of before training; those found before are left out."""
        for diagnosis in _BY_EVENT[event]:
            if diagnosis.id in self._record.found:
                continue
            evidence = diagnosis.examine(self._record)
            if evidence is not None:
                self._record.found[diagnosis.id] = self._record.step
                yield self._finding(diagnosis, evidence)

    def _finding(self, diagnosis: Diagnosis, evidence: Evidence) -> Finding:
        fix = self._usable(evidence.fix)
        return Finding(diagnosis.id, evidence.sentence, evidence.figure, fix, self._record.step, evidence.layers)

    def _usable(self, fix: Fix | None) -> Fix | None:
        """The fix, where it changes the experiment into one that can be trained."""
        if fix is None:
            return None
        before = self._record.experiment
        after = fix.apply(before)
        return None if after == before or check(after) else fix
