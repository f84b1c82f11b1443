"""The result of a search, in sentences, as Markdown, and as CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import stdev
from typing import Any

from playground.engine.search.goals import GOALS, figure_text
from playground.engine.search.outcome import FAILED, PRUNED, REFUSED, TRAINED, TrialRow, best, front
from playground.engine.search.plan import Plan
from playground.spec.experiment_differences import differences
from playground.spec.files.csv_text import csv_text
from playground.spec.messages import Message, joined, message, plural, tr_noop
from playground.spec.number_text import fixed_text
from playground.spec.search.names import range_name, value_text

_FIGURES = ("score", "loss", "parameters", "flops", "latency", "epochs", "seconds")
_MOST = 50  # of the front in the Markdown
Translate = Callable[[Message], str]


def winner_text(plan: Plan, rows: Sequence[TrialRow]) -> Message | None:
    """Which trial won, and by how much over the starting point; None where none was trained to its end."""
    found = best(rows, plan.goals)
    if found is None:
        return None
    first = next((row for row in rows if row.first and row.values), None)
    words = message("Trial {number} won: {figures}", number=found.number, figures=figures_text(plan, found))
    others = len(front(rows, plan.goals)) - 1
    if first is None and any(row.first for row in rows):
        return message("{winner}. The starting point was not trained to its end.", winner=words)
    if first is None:
        return message("{winner}. The starting point lies outside the ranges, and was not trained.", winner=words)
    start = _with_spread(plan, first)
    if found is first and len(plan.goals) == 1:
        return message("Nothing found is better than the starting point: {figures}.", figures=start)
    more = plural("{count:,} more on the front", "1 more on the front", others)
    if found is first:
        goal = message(GOALS[plan.goals[0]].label)
        said = tr_noop("No trial is better by {goal} than the starting point: {figures} ({more}).")
        return message(said, goal=goal, figures=start, more=more)
    change = joined([_change(*each) for each in zip(plan.goals, found.values, first.values, strict=True)], ", ")
    if len(plan.goals) > 1:
        words = message("{winner} ({more})", winner=words, more=more)
    against = message("{change} against the starting point ({figures})", change=change, figures=start)
    return message("{winner}; {start}.", winner=words, start=against)


def counts_text(rows: Sequence[TrialRow]) -> Message:
    """How many trials ended in which way; no whole sentence."""
    counts = Counter(row.state for row in rows)
    kinds = {
        TRAINED: plural("{count:,} trained to the end", "1 trained to the end", counts[TRAINED]),
        PRUNED: plural("{count:,} ended early", "1 ended early", counts[PRUNED]),
        FAILED: plural("{count:,} failed", "1 failed", counts[FAILED]),
        REFUSED: plural("{count:,} not trained", "1 not trained", counts[REFUSED]),
    }
    parts = [text for state, text in kinds.items() if counts[state]]
    return joined(parts, ", ") if parts else message("No trial has ended")


def figures_text(plan: Plan, row: TrialRow) -> Message:
    """The values of its goals, with the spread over its seeds, and its parameters."""
    parts = [_with_spread(plan, row)]
    if "parameters" not in plan.goals:
        parts.append(plural("{count:,} parameters", "1 parameter", row.figures.get("parameters", 0)))
    return joined(parts, ", ")


def _with_spread(plan: Plan, row: TrialRow) -> Message:
    """The values of its goals, and the standard deviation of its score over seeds where there are several."""
    parts, scores = [_figures(plan, row)], row.figures.get("scores") or ()
    if plan.goals[0] == "score" and len(scores) > 1:
        spread = fixed_text(100.0 * stdev(scores), 2)
        parts.append(message("± {spread} over {count} seeds", spread=spread, count=len(scores)))
    return joined(parts, ", ")


def _figures(plan: Plan, row: TrialRow) -> Message:
    return joined(
        [
            message("{label} {value}", label=message(GOALS[goal].label), value=figure_text(goal, value))
            for goal, value in zip(plan.goals, row.values, strict=True)
        ],
        ", ",
    )


def _change(goal: str, value: float, before: float) -> Message:
    by = value - before
    sign = "+" if by > 0 else "−" if by < 0 else "±"
    if GOALS[goal].share:
        return message("{sign}{points} points", sign=sign, points=fixed_text(100.0 * abs(by), 2))
    return message("{sign}{amount}", sign=sign, amount=figure_text(goal, abs(by)))


def markdown(plan: Plan, rows: Sequence[TrialRow], importances: Mapping[str, float], say: Translate = str) -> str:
    """The report: what was searched, what won and in what it differs, what mattered, and the front."""
    goals = joined([message(GOALS[goal].label) for goal in plan.goals], ", ")
    heading = message("Search: {name}", name=plan.experiment.name)
    lines = [f"# {_cell(say(heading))}", "", say(counts_text(rows)), ""]
    about = tr_noop("Goal: {goals}, on validation data. Sampler: {sampler}. Ended early by: {pruner}.")
    lines += [say(message(about, goals=goals, sampler=plan.sampler, pruner=plan.pruner)), ""]
    lines += [say(plan.space.size(plan.experiment).text), ""]
    found, won = best(rows, plan.goals), winner_text(plan, rows)
    if found is not None and won is not None:
        lines += [f"**{_cell(say(won))}**", ""]
        changed = differences(plan.experiment.with_(search=None), plan.space.apply(plan.experiment, found.params))
        lines += _table(
            (say(message("Setting")), say(message("Starting point")), say(message("Winner"))),
            [(say(item.label), say(item.a), say(item.b)) for item in changed],
        )
    names = {item.key: say(range_name(item, plan.experiment)) for item in plan.space.ranges}
    if importances:
        lines += [say(message("What mattered (PED-ANOVA, shares of 1):")), ""]
        matter = sorted(importances.items(), key=lambda item: -item[1])
        headings = say(message("Range")), say(message("Importance"))
        lines += _table(headings, [(names.get(key, key), fixed_text(share, 2)) for key, share in matter])
    best_ones = front(rows, plan.goals)[:_MOST]
    labels = tuple(say(message(GOALS[goal].label)) for goal in plan.goals)
    head = (say(message("Trial")), *labels, say(message("Settings")))
    lines += _table(head, [(str(row.number), *_values(plan, row), _chosen(plan, row, names, say)) for row in best_ones])
    return "\n".join(lines).rstrip() + "\n"


def csv(plan: Plan, rows: Sequence[TrialRow]) -> str:
    """One line for each trial: number, state, reason, figures, and the value of each range."""
    keys = [item.key for item in plan.space.ranges]
    columns = ("trial", "state", "reason", *_FIGURES, *keys)
    return csv_text(columns, ([*_record(row), *(row.params.get(key) for key in keys)] for row in rows))


def _record(row: TrialRow) -> list[Any]:
    figures = [row.figures.get(name) for name in _FIGURES[:5]]
    return [row.number, row.state, row.reason, *figures, row.epochs, row.seconds]


def _values(plan: Plan, row: TrialRow) -> list[str]:
    return [figure_text(goal, value) for goal, value in zip(plan.goals, row.values, strict=True)]


def _chosen(plan: Plan, row: TrialRow, names: Mapping[str, str], say: Translate) -> str:
    ranges = {item.key: item for item in plan.space.ranges}
    return ", ".join(
        f"{names[key]} {say(value_text(ranges[key], plan.experiment, value))}"
        for key, value in row.params.items()
        if key in ranges
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    lines = [head, ["---"] * len(head), *rows]
    return [*("| " + " | ".join(map(_cell, line)) + " |" for line in lines), ""]


def _cell(text: str) -> str:
    """Text that Markdown shows as it is."""
    for sign in ("\\", "|", "*", "_", "`", "<", "["):
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.splitlines())
