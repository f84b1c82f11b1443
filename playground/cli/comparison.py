"""Compares two groups of stored runs with several seeds: `runs compare`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from playground.cli.run_store import run_named, stored_run
from playground.cli.wrong_use import WrongUse
from playground.engine.evaluation.seed_comparison import comparison, figure_names, in_short, spreads
from playground.engine.runs.seed_group import SeedGroup, require_comparable, seed_group
from playground.engine.runs.store import RunStore
from playground.spec.files.storage import shown
from playground.spec.messages import Message, message, tr_noop

_NAMED = 5  # groups that a message lists


class Comparison(NamedTuple):
    """A table with a header, and sentences below it."""

    rows: Sequence[Sequence[str]]
    sentences: Sequence[Message]


def compared(named: Sequence[str], store: RunStore) -> Comparison:
    """Compare the two groups that words name, see `runs_named`.

    Raises:
        WrongUse: a word names nothing, or both name the same run.
        PlaygroundError: a run is damaged, or the groups cannot be compared.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    rows = store.runs()
    for row in rows:
        if row.group:
            groups[row.group].append(row.run_id)
    found = [runs_named(word, groups, [row.run_id for row in rows]) for word in named]
    if both := set(found[0][1]) & set(found[1][1]):
        raise WrongUse(message("Run {run} is in both groups: runs cannot be compared with themselves.", run=min(both)))
    a, b = (seed_group(name, [stored_run(run_id, store) for run_id in run_ids]) for name, run_ids in found)
    require_comparable(a, b)
    score, loss = figure_names(a.experiment.data)
    header = ("", "n", *(str(message("{figure}, mean ± sd", figure=figure)) for figure in (score, loss)))
    table = [header, *(_row(group) for group in (a, b))]
    sentences = [sentence for group in (a, b) for sentence in _left_out(group)]
    return Comparison(table, [*sentences, comparison(a.side, b.side, a.experiment.data)])


def runs_named(word: str, groups: dict[str, list[str]], run_ids: Sequence[str]) -> tuple[str, list[str]]:
    """The name and the run ids of a group that a word names: its name, the beginning of one alone, or ids with commas.

    Raises:
        WrongUse: there is none, or there are several.
    """
    found = [word] if word in groups else [name for name in groups if word and name.startswith(word)]
    if len(found) > 1:
        words = tr_noop("“{word}” is the beginning of {count:,} groups, such as “{first}” and “{second}”.")
        raise WrongUse(message(words, word=shown(word), count=len(found), first=found[-2], second=found[-1]))
    if found:
        return found[0], groups[found[0]]
    try:
        return shown(word), list(dict.fromkeys(run_named(part.strip(), run_ids) for part in word.split(",")))
    except WrongUse as error:
        known = ", ".join(f"“{name}”" for name in list(groups)[-_NAMED:])
        why = message("The latest groups: {known}.", known=known) if known else message("There are no groups yet.")
        raise WrongUse(
            message("No group begins with “{word}”. {error} {why}", word=shown(word), error=error, why=why)
        ) from error


def _row(group: SeedGroup) -> tuple[str, ...]:
    return group.side.name, f"{len(group.side.results):,}", *in_short(spreads(group.side.results))


def _left_out(group: SeedGroup) -> list[Message]:
    words = tr_noop("Not counted in “{name}”: run {run}: {reason}.")
    return [message(words, name=group.side.name, run=run, reason=reason) for run, reason in group.left_out]
