"""How a race stands: what window and terminal show of each contestant while it goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from playground.engine.race.budget import Used
from playground.engine.race.race import Advanced, Out, RaceProgress
from playground.engine.training.snapshots import Epoch, Step
from playground.spec.experiment import Experiment
from playground.spec.messages import Message
from playground.spec.recipe.running_mean import DEFAULT, running_mean_steps


class Lane(NamedTuple):
    """One contestant at a moment. Loss and score are means over its last `averaged` training steps."""

    name: str
    used: Used = Used()
    share: float = 0.0  # of its budget
    epochs: float = 0.0  # done
    loss: float | None = None  # data part; None before its first step
    score: float | None = None
    averaged: int = 0
    validation_score: float | None = None  # of the last completed epoch
    out: Message | None = None


class Standing:
    """Follows the progress of a race."""

    def __init__(self, racing: Sequence[Experiment]) -> None:
        self.lanes = [Lane(experiment.name) for experiment in racing]
        self._per_epoch = [item.recipe.steps_per_epoch(item.data.train_count) for item in racing]
        self._last: list[deque[Step]] = [deque(maxlen=DEFAULT) for _ in racing]

    def take(self, progress: RaceProgress) -> int | None:
        """Handle progress; return the index of the contestant whose loss and score are new, if there is one."""
        if isinstance(progress, Out):
            self.lanes[progress.contestant] = self.lanes[progress.contestant]._replace(out=progress.reason)
        elif isinstance(progress, Advanced):
            if isinstance(progress.snapshot, Step):
                self._add(progress, progress.snapshot)
                return progress.contestant
            if isinstance(progress.snapshot, Epoch):
                lane = self.lanes[progress.contestant]
                score = progress.snapshot.validation_score
                self.lanes[progress.contestant] = lane._replace(validation_score=score)
        return None

    def _add(self, progress: Advanced, step: Step) -> None:
        number = progress.contestant
        self._last[number].append(step)
        steps = running_mean_steps(step.step, DEFAULT, self._per_epoch[number])
        last = list(self._last[number])[-steps:]
        loss = sum(item.loss * item.counts for item in last) / sum(item.counts for item in last)
        score = sum(item.score * item.samples for item in last) / sum(item.samples for item in last)
        self.lanes[number] = self.lanes[number]._replace(
            used=progress.used, share=progress.share, epochs=step.epochs, loss=loss, score=score, averaged=len(last)
        )
