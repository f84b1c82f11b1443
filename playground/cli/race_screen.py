"""Shows a race in a terminal, or prints it as JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TextIO

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from playground.cli.braille import Thinned, plot
from playground.cli.live_picture import REDRAW, LivePicture
from playground.cli.table import print_table
from playground.cli.terminal import ROWS, legend, picture
from playground.engine.race.contestant import Result
from playground.engine.race.race import Advanced, Out, Over, RaceProgress
from playground.engine.race.result_table import NUMBERS, cells, header, remarks
from playground.engine.race.standing import Lane, Standing
from playground.engine.training.snapshots import Epoch
from playground.spec.experiment import Experiment
from playground.spec.json_text import json_text
from playground.spec.messages import message
from playground.spec.number_text import BRIEF, loss_text, percent_text
from playground.standard_streams import put

_STYLES = ("cyan", "yellow", "magenta", "green", "red", "blue")  # of six contestants
_LONGEST_NAME = 24  # characters of a name beside its bar


class RaceReporter(Protocol):
    """Reports a race."""

    def take(self, progress: RaceProgress) -> None:
        """Handle what happened."""

    def close(self) -> None:
        """Leave the terminal as it was; called in any case."""


class RaceLines:
    """Prints one JSON object per line, at once: each epoch, each contestant that is out, and the table at the end."""

    def __init__(self, stream: TextIO, racing: Sequence[Experiment], group: str, notes: Sequence[str]) -> None:
        self._stream, self._names = stream, [item.name for item in racing]
        self._about = {"score": racing[0].data.task.score.key}
        self._end = {"group": group or None, "seed": racing[0].seed, "notes": list(notes)}

    def take(self, progress: RaceProgress) -> None:
        """Write the line of an epoch, of a contestant that is out, or of the end."""
        if isinstance(progress, Advanced) and isinstance(progress.snapshot, Epoch):
            values = {name: value for name, value in progress.snapshot._asdict().items() if value is not None}
            values |= {name: value for name, value in values.pop("terms")._asdict().items() if value}
            used = {f"used_{name}": value for name, value in progress.used._asdict().items()}
            self._write("epoch", {"name": self._names[progress.contestant], **self._about, **values, **used})
        elif isinstance(progress, Out):
            self._write("out", {"name": self._names[progress.contestant], "message": str(progress.reason)})
        elif isinstance(progress, Over):
            self._write("done", {**self._about, **self._end, "table": [_values(line) for line in progress.table]})

    def close(self) -> None:
        """Do nothing: each line was written at once."""

    def _write(self, event: str, values: dict[str, object]) -> None:
        print(json_text({"event": event, **values}), file=self._stream, flush=True)


class RaceScreen:
    """Output for people: on a terminal bars and curves that are updated, at the end curves and table."""

    def __init__(
        self, stream: TextIO, racing: Sequence[Experiment], group: str, notes: Sequence[str], period: float = REDRAW
    ) -> None:
        """period: seconds between two updates of a terminal, at least."""
        self._stream = stream
        console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._console, self._data, self._group = console, racing[0].data, group
        self._standing = Standing(racing)
        self._losses_compare = all(item.recipe.loss == racing[0].recipe.loss for item in racing)
        self._loss, self._score = ([Thinned() for _ in racing] for _ in range(2))
        for note in notes:
            put(note, file=stream)
        self._live = LivePicture(console, period)

    def take(self, progress: RaceProgress) -> None:
        """Handle what happened, and redraw on a terminal."""
        number = self._standing.take(progress)
        if number is not None:
            lane = self._standing.lanes[number]
            if lane.loss is not None and lane.score is not None:
                self._loss[number].add((lane.share, lane.loss))
                self._score[number].add((lane.share, lane.score))
        if isinstance(progress, Out):
            lane = self._standing.lanes[progress.contestant]
            self._live.print(message("{name} is out: {reason}", name=lane.name, reason=progress.reason))
        elif isinstance(progress, Over):
            self._finish(progress.table)
        else:
            self._live.draw(lambda: Group(self._curves(), self._bars()))

    def close(self) -> None:
        """Remove bars and curves that are still there."""
        self._live.close()

    def _finish(self, table: Sequence[Result]) -> None:
        """Leave the curves and the table."""
        self.close()
        if any(curve.points() for curve in self._loss):
            names = [(_short(lane.name), style) for lane, style in zip(self._standing.lanes, _STYLES, strict=False)]
            self._console.print(legend(names))
            self._console.print(self._curves())
        titles = tuple(map(str, header(table, self._data)))
        print_table(
            [titles, *(cells(place, line) for place, line in enumerate(table, 1))], right=NUMBERS, file=self._stream
        )
        for remark in remarks(table):
            self._live.print(remark)
        if self._group:
            self._live.print(message("Stored as the group “{group}”.", group=self._group))

    def _bars(self) -> RenderableType:
        rows = Table.grid(padding=(0, 2))
        for number, lane in enumerate(self._standing.lanes):
            bar = ProgressBar(1.0, min(1.0, lane.share), width=max(10, min(30, self._console.width - 70)))
            rows.add_row(Text(_short(lane.name), _STYLES[number]), bar, *_figures(lane))
        return rows

    def _curves(self) -> RenderableType:
        """Score and, if the losses can be compared, loss, over the share of the budget that was used."""
        side_by_side = self._losses_compare and self._console.width >= 70
        width = (self._console.width - 4) // 2 if side_by_side else self._console.width - 1
        loss, score = (
            plot([curve.points() for curve in curves], 1.0, width - 9, ROWS) for curves in (self._loss, self._score)
        )
        score_picture = picture(Text(f"train {self._data.task.score.word}"), score, percent_text, _STYLES)
        if not self._losses_compare:
            return score_picture
        pictures = picture(Text("train loss"), loss, loss_text, _STYLES), score_picture
        if not side_by_side:
            return Group(*pictures)
        row = Table.grid(padding=(0, 2))
        row.add_row(*pictures)
        return row


def _figures(lane: Lane) -> tuple[str, ...]:
    """The texts beside a bar: share of the budget, loss and validation score."""
    if lane.out:
        return "out", "", ""
    loss = f"loss {loss_text(lane.loss)}" + (f" (mean of {lane.averaged:,} steps)" if lane.averaged > 1 else "")
    validation = "" if lane.validation_score is None else f"validation {percent_text(lane.validation_score)}"
    return f"{percent_text(min(1.0, lane.share), BRIEF):>5}", "" if lane.loss is None else loss, validation


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _values(line: Result) -> dict[str, object]:
    """A line of the table for other programs."""
    words = {name: None if (text := getattr(line, name)) is None else str(text) for name in ("out", "early")}
    return {**line._asdict(), **words, "scored_on": line.scored_on or None}
