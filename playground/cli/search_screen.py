"""Shows a search in a terminal, or prints it as JSON lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol, TextIO

from rich.console import Console, Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from playground.cli.live_picture import LivePicture
from playground.cli.table import print_table
from playground.engine.search.goals import GOALS, figure_text
from playground.engine.search.outcome import FAILED, PRUNED, REFUSED, TRAINED, TrialRow, best, front
from playground.engine.search.possible import exhausted_text
from playground.engine.search.search import Forecast, Progress, Search, SearchEvent, TrialEnded
from playground.spec.experiment_differences import differences
from playground.spec.files.storage import shown
from playground.spec.json_text import json_text
from playground.spec.messages import Message, joined, message, plural, tr_noop
from playground.spec.number_text import clock_text, milliseconds_text, seconds_text, setting_text
from playground.standard_streams import put

_REDRAW = 0.25  # seconds between two updates
_MOST_LINES = 20  # of the front that are printed
_MOST_DIFFERENCES = 12


class SearchReporter(Protocol):
    """Reports a search."""

    def take(self, event: SearchEvent) -> None:
        """Handle what happened."""

    def close(self) -> None:
        """Leave the terminal as it was; called in any case."""

    def finish(self, rows: Sequence[TrialRow], *, exhausted: bool) -> None:
        """Print what was found."""


class SearchLines:
    """Prints one JSON object per line, at once: the forecast, each trial, and at the end the best ones."""

    def __init__(self, stream: TextIO, search: Search) -> None:
        self._stream, self._search = stream, search
        self._write("search", study=search.name, goals=search.plan.goals, space=str(_size(search)))

    def take(self, event: SearchEvent) -> None:
        """Write the line of a forecast or of a trial."""
        if isinstance(event, Forecast):
            self._write("forecast", **event._asdict())
        elif isinstance(event, TrialEnded):
            self._write("trial", **self._values(event.row))

    def close(self) -> None:
        """Do nothing: each line was written at once."""

    def finish(self, rows: Sequence[TrialRow], *, exhausted: bool) -> None:
        """Write the last line."""
        goals = self._search.plan.goals
        found = best(rows, goals)
        self._write(
            "done",
            study=self._search.name,
            goals=goals,
            trials=sum(row.counted for row in rows),
            states=dict(Counter(row.state for row in rows)),
            exhausted=exhausted,
            reason=str(exhausted_text(rows)) if exhausted else None,
            best=found and self._values(found),
            front=[self._values(row) for row in front(rows, goals)],
        )

    def _values(self, row: TrialRow) -> dict[str, object]:
        values = dict(zip(self._search.plan.goals, row.values, strict=False))
        record = row._asdict()
        del record["curve"]  # for the window alone
        return {**record, "values": values, "reason": row.reason or None}

    def _write(self, event: str, **values: object) -> None:
        print(json_text({"event": event, **values}), file=self._stream, flush=True)


class SearchScreen:
    """Output for people: on a terminal a bar that is updated, a line for each trial that is better, and the front."""

    def __init__(self, stream: TextIO, search: Search) -> None:
        self._stream, self._search = stream, search
        self._plan = search.plan
        self._rows = [row for row in search.rows() if row.counted]
        console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._console = console
        put(_size(search), file=stream)
        self._tell_before()
        self._live = LivePicture(console, _REDRAW)

    def take(self, event: SearchEvent) -> None:
        """Handle what happened, and redraw on a terminal."""
        if isinstance(event, Forecast):
            self._live.print(self._forecast(event))
        elif isinstance(event, TrialEnded):
            before = front(self._rows, self._plan.goals)
            self._rows.append(event.row)
            if event.row.state == FAILED:
                words = tr_noop("Trial {number} failed: {reason}")
                self._live.print(message(words, number=event.row.number, reason=event.row.reason))
            elif event.row in front(self._rows, self._plan.goals) and event.row not in before:
                self._live.print(self._line(event.row))
        else:
            self._live.draw(lambda: self._bar(event))

    def close(self) -> None:
        """Remove the bar."""
        self._live.close()

    def finish(self, rows: Sequence[TrialRow], *, exhausted: bool) -> None:
        """Print the front, and in what the best one differs from the experiment."""
        counts = Counter(row.state for row in rows)
        trained = message("{count:,} trained to the end", count=counts[TRAINED])
        pruned = message("{count:,} ended early", count=counts[PRUNED])
        failed = message("{count:,} failed", count=counts[FAILED])
        words = tr_noop("{count:,} not trained, as they are not possible, too large, or the same again")
        refused = message(words, count=counts[REFUSED])
        kinds = {TRAINED: trained, PRUNED: pruned, FAILED: failed, REFUSED: refused}
        parts = [kind for state, kind in kinds.items() if counts[state]]
        put(joined(parts, ", ") if parts else message("No trial has ended."), file=self._stream)
        if exhausted:
            put(exhausted_text(rows), file=self._stream)
        found = front(rows, self._plan.goals)
        if not found:
            return
        self._print_front(found)
        self._print_best(found[0], rows)
        words = tr_noop("The search is stored as “{name}”: the same command goes on with it.")
        put(message(words, name=shown(self._search.name)), file=self._stream)

    def _print_front(self, found: Sequence[TrialRow]) -> None:
        goals = self._plan.goals
        header = ("trial", *(GOALS[goal].label.lower() for goal in goals), "settings")
        lines = [(str(row.number), *map(figure_text, goals, row.values), ", ".join(_settings(row))) for row in found]
        print_table([header, *lines[:_MOST_LINES]], right=range(len(goals) + 1), file=self._stream)
        if len(lines) > _MOST_LINES:
            put(message("… and {count:,} more", count=len(lines) - _MOST_LINES), file=self._stream)

    def _print_best(self, row: TrialRow, rows: Sequence[TrialRow]) -> None:
        put(self._line(row), file=self._stream)
        first = next((other for other in rows if other.first and other.values), None)
        if first is not None and first is not row:
            put(message("The starting point: {figures}.", figures=self._figures(first)), file=self._stream)
        start = self._plan.experiment.with_(search=None)
        changed = differences(start, self._plan.space.apply(self._plan.experiment, row.params))
        for item in changed[:_MOST_DIFFERENCES]:
            put(message("  {label}: {a} → {b}", label=item.label, a=item.a, b=item.b), file=self._stream)
        if row.run_ids:
            put(message("Its run: {run}", run=row.run_ids[0]), file=self._stream)

    def _tell_before(self) -> None:
        if self._rows:
            words = plural("{count:,} trials were done before.", "1 trial was done before.", len(self._rows))
            put(words, file=self._stream)

    def _forecast(self, event: Forecast) -> Message:
        seconds = seconds_text(event.seconds) if event.seconds >= 1 else milliseconds_text(1000 * event.seconds)
        if event.trials is None:
            return message("A trial takes about {seconds}, if it is not ended early.", seconds=seconds)
        words = tr_noop("Roughly {trials:,} trials by their steps alone ({seconds} each); a measured number follows.")
        if event.measured:
            words = tr_noop("About {trials:,} trials, as one takes {seconds}, measured over the first.")
        return message(words, trials=event.trials, seconds=seconds)

    def _line(self, row: TrialRow) -> Message:
        return message("Trial {number}: {figures}", number=row.number, figures=self._figures(row))

    def _figures(self, row: TrialRow) -> Message:
        parts = [
            message("{goal} {value}", goal=GOALS[goal].label.lower(), value=figure_text(goal, value))
            for goal, value in zip(self._plan.goals, row.values, strict=True)
        ]
        if "parameters" not in self._plan.goals:
            parts.append(plural("{count:,} parameters", "1 parameter", row.figures["parameters"]))
        return joined(parts, ", ")

    def _bar(self, event: Progress) -> Group:
        found = best(self._rows, self._plan.goals)
        row = Table.grid(padding=(0, 2))
        bar = ProgressBar(1.0, min(1.0, event.share), width=max(10, min(40, self._console.width - 50)))
        count = plural("{count:,} trials", "1 trial", len(self._rows))
        row.add_row(Text(str(count)), bar, Text(clock_text(event.seconds)))
        leading = Text("" if found is None else str(message("best: {line}", line=self._line(found))))
        return Group(row, leading)


def _size(search: Search) -> Message:
    return search.plan.space.size(search.plan.experiment).text


def _settings(row: TrialRow) -> list[str]:
    return [
        f"{key} {setting_text(value, 4) if isinstance(value, float) else value}" for key, value in row.params.items()
    ]
