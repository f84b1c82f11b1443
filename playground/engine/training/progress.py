"""The progress of a run apart from tensors: counters, sums and announced figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from playground.engine.evaluation.evaluate import Evaluation
from playground.engine.training.epoch_totals import EpochTotals
from playground.engine.training.snapshots import Change, Epoch, Figures, Step
from playground.spec.recipe.recipe import Recipe


@dataclass(slots=True)
class Progress:
    """Changes with every step. It has plain values only, which can be stored directly."""

    step: int = 0  # batches learned from,
    began_at: int = 0  # and as many when the last epoch ended
    figures: Figures = field(default_factory=Figures)  # of the last completed epoch,
    best: Figures = field(default_factory=Figures)  # and of that with the best weights
    learning_rate: float = 0.0  # of the last batch that was looked at
    totals: EpochTotals = field(default_factory=EpochTotals)  # of the present epoch so far,
    epoch_seconds: float = 0.0  # and how much work had been done when it began
    seconds: float = 0.0  # of work so far
    changes: list[Change] = field(default_factory=list)  # that were not yielded yet

    @property
    def epochs(self) -> int:
        """Epochs completed."""
        return self.figures.epochs

    @property
    def batches(self) -> int:
        """Batches of the current epoch that were learned from."""
        return self.step - self.began_at

    @property
    def epochs_begun(self) -> int:
        """Completed epochs, plus one if steps were made since."""
        return self.epochs + (self.batches > 0)

    def begin_epoch(self, seconds: float) -> None:
        """Reset the counters of the epoch after `seconds` of work."""
        self.totals, self.epoch_seconds = EpochTotals(), seconds

    def add(self, step: Step) -> None:
        """Count a step."""
        self.step = step.step
        self.totals.add(step)

    def complete(self, train: Evaluation, validation: Evaluation | None, seconds: float) -> Epoch:
        """Count a completed epoch after `seconds` of work in all."""
        epoch, (loss, score, plain) = self.epochs + 1, validation or (None, None, None)
        self.began_at = self.step
        self.figures = Figures(
            epoch, self.step, seconds, train.loss, train.score, loss, score, validation_plain_loss=plain
        )
        spent, terms = seconds - self.epoch_seconds, self.totals.terms
        return Epoch(epoch, self.step, spent, train.loss, train.score, loss, score, terms, plain)

    def rate(self, recipe: Recipe, samples: int) -> float:
        """The learning rate of the next step by the schedule, without the factor of a plateau."""
        per_epoch = recipe.steps_per_epoch(samples)
        steps = max(recipe.epochs, self.epochs + 1) * per_epoch
        step = self.epochs * per_epoch + self.batches  # as if all epochs had been as long as this one,
        step = min(step, steps - 1)  # which may have become shorter, with points taken out
        return recipe.optimizer.lr * recipe.schedule.factor(step, steps, per_epoch)
