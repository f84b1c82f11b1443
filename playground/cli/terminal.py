"""Shows a run in a terminal: a progress bar, Braille curves and one line per epoch; or prints JSON lines."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TextIO

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from playground.cli.braille import Plot, Point, Thinned, plot
from playground.cli.live_picture import LivePicture
from playground.engine.doctor.finding import Finding
from playground.engine.evaluation.run_summary import (
    compared,
    loss_in_words,
    measured,
    present_epoch,
    score_name,
    trained_for,
)
from playground.engine.training.snapshots import (
    TERM_LABELS,
    Diverged,
    Epoch,
    Evaluating,
    Finished,
    Snapshot,
    Step,
    Terms,
)
from playground.spec.cross_entropy import cross_entropy_text, is_language_model
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.json_text import json_text
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import (
    BRIEF,
    clock_text,
    loss_text,
    parameters_text,
    percent_text,
    seconds_text,
    speed_text,
)
from playground.spec.recipe.running_mean import DEFAULT, running_mean_steps

ROWS = 7  # lines of a curve


class Reporter(Protocol):
    """Reports a run."""

    def take(self, snapshot: Snapshot) -> None:
        """Handle one snapshot."""

    def note(self, finding: Finding) -> None:
        """Report what the doctor found to be wrong."""

    def close(self, saved: Path | None) -> None:
        """Finish the report; the network was written to `saved`, if at all."""


class JsonLines:
    """Prints one JSON object per line, at once: for each epoch, each finding and the end; each names the score."""

    def __init__(self, stream: TextIO, experiment: Experiment) -> None:
        self._stream = stream
        compared = zip(("train_against", "test_against"), experiment.data.against, strict=True)
        against = {name: what for name, what in compared if what}
        self._about: dict[str, object] = {"score": experiment.data.task.score.key, **against}

    def take(self, snapshot: Snapshot) -> None:
        """Write the line of an epoch or of the end of the run."""
        if isinstance(snapshot, Epoch):
            values = {name: value for name, value in snapshot._asdict().items() if value is not None}
            values |= {name: value for name, value in values.pop("terms")._asdict().items() if value}
            self._write("epoch", values)
        elif isinstance(snapshot, Diverged):
            self._write("diverged", {**snapshot._asdict(), "message": str(snapshot.message)})
        elif isinstance(snapshot, Finished):
            self._write("done", {**snapshot._asdict(), "verdict": str(snapshot.verdict)})

    def note(self, finding: Finding) -> None:
        """Write the line of a finding."""
        fix = None if finding.fix is None else str(finding.fix.label)
        about = {"id": finding.id, "step": finding.step, "figure": finding.figure}
        self._write("finding", {**about, "sentence": str(finding.sentence), "fix": fix})

    def close(self, saved: Path | None) -> None:
        """Do nothing: each line was written at once."""

    def _write(self, event: str, values: dict[str, object]) -> None:
        print(json_text({"event": event, **self._about, **values}), file=self._stream, flush=True)


class Screen:
    """Output for people: on a terminal an updating bar and curves, elsewhere the curves at the end."""

    def __init__(self, console: Console, experiment: Experiment) -> None:
        self._console = console
        self._epochs = experiment.recipe.epochs
        self._data = experiment.data
        self._units, self._units_a_sample = experiment.data.units
        self._is_language_model = is_language_model(experiment)
        self._steps = experiment.recipe.steps_per_epoch(experiment.data.train_count)
        self._loss, self._score = Thinned(), Thinned()
        self._last: deque[tuple[float, float]] = deque(maxlen=DEFAULT)  # losses and weights of the last steps
        self._validation_loss: list[Point] = []
        self._validation_score: list[Point] = []
        self._status = ""
        self._done = 0.0  # epochs
        self._pace = _Pace()
        self._finished: Finished | None = None
        self._live = LivePicture(console)

    def take(self, snapshot: Snapshot) -> None:
        """Handle a snapshot, and redraw on a terminal."""
        if isinstance(snapshot, Step):
            self._step(snapshot)
        elif isinstance(snapshot, Evaluating):
            self._status = f"{snapshot.what} {percent_text(snapshot.done / snapshot.total, BRIEF)}"
        elif isinstance(snapshot, Epoch):
            self._epoch(snapshot)
        elif isinstance(snapshot, Finished):
            self._finished = snapshot
        self._live.draw(lambda: Group(self._curves(), self._bar()))

    def note(self, finding: Finding) -> None:
        """Print a finding on one line."""
        words = tr_noop("Doctor: {sentence}") if finding.fix is None else tr_noop("Doctor: {sentence} Remedy: {fix}.")
        fix = "" if finding.fix is None else finding.fix.label
        self._live.print(str(message(words, sentence=finding.sentence, fix=fix)))

    def close(self, saved: Path | None) -> None:
        """Remove the bar; leave the curves and the result."""
        self._live.close()
        if self._loss.points():
            self._console.print(self._curves())
        if self._finished:
            self._live.print(final_line(self._finished, self._data))
        if saved:
            self._live.print(f"Saved as {saved}")

    def _step(self, step: Step) -> None:
        self._done = step.epochs
        self._loss.add((self._done, step.loss))
        self._score.add((self._done, step.score))
        self._pace.add(step.samples)
        left = self._pace.left((self._epochs - self._done) * self._steps * step.samples)
        rate = speed_text(self._pace.rate * self._units_a_sample, message(self._units))
        self._last.append((step.loss, step.counts))
        self._status = f"{self._latest(step)}  {rate}  {clock_text(left)} left"

    def _latest(self, step: Step) -> str:
        """The weighted mean loss of the last steps, as in an epoch's loss, and the number of those steps."""
        last = list(self._last)[-running_mean_steps(step.step, DEFAULT, self._steps) :]
        loss = sum(loss * counts for loss, counts in last) / sum(counts for _, counts in last)
        return f"loss {loss_text(loss)}" + (f" (mean of {len(last):,} steps)" if len(last) > 1 else "")

    def _epoch(self, epoch: Epoch) -> None:
        line = (
            f"epoch {epoch.epoch:>{len(f'{self._epochs:,}')},}/{self._epochs:,}"
            f"  train {compared(message('loss'), self._data, 'train')} "
            f"{loss_text(epoch.train_loss)}{_terms(epoch.terms)}"
            f"  {score_name(self._data, 'train')} {percent_text(epoch.train_score)}"
        )
        if epoch.validation_loss is not None and epoch.validation_score is not None:
            self._validation_loss.append((epoch.epoch, epoch.validation_loss))
            self._validation_score.append((epoch.epoch, epoch.validation_score))
            score = f"{score_name(self._data, 'validation')} {percent_text(epoch.validation_score)}"
            loss = loss_in_words(epoch.validation_loss, epoch.validation_plain_loss)
            line += f"  validation {compared(message('loss'), self._data, 'validation')} {loss}  {score}"
            line += (
                f"  (validation {cross_entropy_text(epoch.validation_loss, self._data)})"
                if self._is_language_model
                else ""
            )
        elif self._is_language_model:
            line += f"  (train {cross_entropy_text(epoch.train_loss, self._data)})"
        self._live.print(f"{line}  {seconds_text(epoch.seconds)}")

    def _bar(self) -> RenderableType:
        row = Table.grid(padding=(0, 2))
        bar = ProgressBar(self._epochs, self._done, width=max(10, min(40, self._console.width - 60)))
        row.add_row(f"epoch {present_epoch(self._done):,}/{self._epochs:,}", bar, self._status)
        return row

    def _curves(self) -> RenderableType:
        """Loss and score side by side, or one above the other on a narrow terminal."""
        side_by_side = self._console.width >= 70
        width = (self._console.width - 4) // 2 if side_by_side else self._console.width - 1
        loss = plot([self._loss.points(), self._validation_loss], self._epochs, width - 9, ROWS)
        score = plot([self._score.points(), self._validation_score], self._epochs, width - 9, ROWS)
        shown = (_TRAIN, _VALIDATION) if self._validation_loss else (_TRAIN,)
        titles = (Text(name) + legend(shown) for name in ("loss", self._data.task.score.word))
        styles = [style for _, style in shown]
        both = (
            picture(next(titles), loss, loss_text, styles),
            picture(next(titles), score, percent_text, styles),
        )
        if not side_by_side:
            return Group(*both)
        row = Table.grid(padding=(0, 2))
        row.add_row(*both)
        return row


def final_line(end: Finished, data: Dataset) -> str:
    """The result of a run in one line."""
    tested: Message | str = "not tested"
    if end.test_score is not None:
        tested = measured(data, "test", end.test_score, end.test_loss, end.test_plain_loss)
    size, seconds = parameters_text(end.parameters), seconds_text(end.seconds)
    return f"{tested}, {size}, {trained_for(end)} in {seconds}. {end.verdict}"


def _terms(terms: Terms) -> str:
    """The additional loss terms that are not 0."""
    parts = zip(TERM_LABELS.values(), terms, strict=True)
    return "".join(f"  {label} {loss_text(value)}" for label, value in parts if value)


_TRAIN, _VALIDATION = ("train", "bright_black"), ("validation", "cyan")  # names and styles of curves


def legend(curves: Sequence[tuple[str, str]]) -> Text:
    """Names of curves in their styles."""
    text = Text()
    for name, style in curves:
        text.append("  ")
        text.append(name, style)
    return text


def picture(title: Text, curves: Plot, written: Callable[[float], str], styles: Sequence[str]) -> Text:
    """The plot below its title, with its bounds on the left; the styles are those of its curves."""
    text = Text(f"{'':8} ") + title
    for i, (cells, owners) in enumerate(zip(curves.cells, curves.owners, strict=True)):
        bound = {0: curves.high, len(curves.cells) - 1: curves.low}.get(i)
        text.append(f"\n{'' if bound is None else written(bound):>8} ")
        for cell, owner in zip(cells, owners, strict=True):
            text.append(cell, styles[owner] if owner >= 0 else "")
    return text


class _Pace:
    """Images per second, over the last two seconds."""

    def __init__(self) -> None:
        self._start: float | None = None
        self._images = 0
        self.rate = 0.0

    def add(self, images: int) -> None:
        now = time.monotonic()
        if self._start is None:
            self._start = now  # the first step is a warm-up
            return
        self._images += images
        seconds = now - self._start
        if seconds >= 2.0 or not self.rate:
            self.rate = self._images / max(seconds, 1e-3)
        if seconds >= 2.0:
            self._start, self._images = now, 0

    def left(self, images: float) -> float:
        return images / self.rate if self.rate else 0.0
