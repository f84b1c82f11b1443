"""`playground race`: trains experiments in turn with one budget, and prints which did best."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from playground.cli.arguments import adjusted, ensure_here, ensure_sound, named, number
from playground.cli.wrong_use import WrongUse
from playground.spec.messages import joined, message
from playground.standard_streams import DONE, FAILED

if TYPE_CHECKING:
    from playground.cli.race_screen import RaceReporter
    from playground.cli.train import Interruption
    from playground.engine.race.budget import Budget
    from playground.engine.race.race import Over, Race
    from playground.engine.runs.store import RunStore
    from playground.spec.experiment import Experiment


def takes_race(race: argparse.ArgumentParser) -> None:
    """Declare the options of `race`."""
    what = "names of two to six presets (see “playground presets”), or files, all with the same data"
    race.add_argument("what", metavar="PRESET|FILE", nargs="+", help=what)
    budget = race.add_mutually_exclusive_group(required=True)
    budget.add_argument("--steps", type=number("--steps", int), metavar="N", help="training steps of each")
    budget.add_argument(
        "--flops",
        type=number("--flops", float),
        metavar="F",
        help="floating-point operations of each, such as 1e12: three forward passes for each sample trained on",
    )
    budget.add_argument(
        "--seconds", type=number("--seconds", float), metavar="S", help="own computing time of each, for training alone"
    )
    race.add_argument("--seed", type=number("--seed", int), metavar="N", help="seed of all, instead of the first's")
    race.add_argument(
        "--same-data", action="store_true", help="let all have the data of the first, if settings of these differ"
    )
    race.add_argument("--no-store", action="store_true", help="do not store the runs (see “playground runs”)")
    race.add_argument("--json", action="store_true", help="print every epoch and the table as one JSON object per line")


def race_command(args: argparse.Namespace) -> int:
    """Race the experiments that the arguments name; the exit code is 1 if all of them are out at the end.

    Raises:
        WrongUse: they cannot race, or not with this budget.
        PlaygroundError: one cannot be trained, or the data cannot be read.
    """
    from playground.engine.race.budget import BudgetError
    from playground.engine.race.entries import EntryError

    try:
        end = _race(args)
    except (EntryError, BudgetError) as error:
        raise WrongUse(error.message) from error
    return FAILED if end is None or all(line.out for line in end.table) else DONE


def _race(args: argparse.Namespace) -> Over | None:
    from playground.engine.race.budget import BudgetKind, budget
    from playground.engine.race.entries import entries
    from playground.engine.runs.store_settings import read_settings

    kind = next(kind for kind in BudgetKind if getattr(args, kind) is not None)
    limit = budget(kind, getattr(args, kind))
    experiments = [named(word) for word in args.what]
    seed = adjusted(experiments[0], {"seed": args.seed}).seed
    racing = entries(experiments, seed, same_data=args.same_data)
    for experiment in racing:
        ensure_sound(experiment)
    ensure_here(racing[0])
    if args.no_store or not read_settings().enabled:
        return _raced(racing, limit, None, as_json=args.json)
    from playground.cli.run_store import FirstProblem, opened

    with opened(FirstProblem()) as store:
        return _raced(racing, limit, store, as_json=args.json)


def _raced(racing: Sequence[Experiment], limit: Budget, store: RunStore | None, *, as_json: bool) -> Over | None:
    """Race; Ctrl+C, SIGTERM or SIGHUP ends it with the table so far.

    Raises:
        Stopped: it was interrupted before the data were read.
    """
    from playground.cli.train import Interruption, Stopped  # torch takes seconds: a signal may come meanwhile
    from playground.engine.data.in_memory import load
    from playground.engine.race.race import Race, race_name
    from playground.engine.runtime.sleep_inhibition import staying_awake
    from playground.spec.cancelling import Cancelled, cancellable

    group = race_name(racing, datetime.now().astimezone()) if store else ""
    with Interruption() as interruption, staying_awake():
        try:
            with cancellable(lambda: interruption.requested):
                data = load(racing[0].data)
        except Cancelled as error:
            raise Stopped(message("Stopped before anything was trained.")) from error
        race = Race(racing, data, limit, store=store, group=group)
        return _follow(race, _reporter(racing, limit, group, as_json=as_json), interruption)


def _follow(race: Race, reporter: RaceReporter, interruption: Interruption) -> Over | None:
    from playground.engine.race.race import Over

    try:
        for progress in race:
            reporter.take(progress)
            if isinstance(progress, Over):
                return progress
            if interruption.requested:
                race.stop()
    finally:
        race.close()
        reporter.close()
    return None


def _reporter(racing: Sequence[Experiment], limit: Budget, group: str, *, as_json: bool) -> RaceReporter:
    from playground.cli.race_screen import RaceLines, RaceScreen

    if as_json:
        return RaceLines(sys.stdout, racing, group, _notes(racing))
    budget = message("{budget}, seed {seed}", budget=limit.words, seed=racing[0].seed)
    return RaceScreen(sys.stdout, racing, group, [str(budget), *_notes(racing)])


def _notes(racing: Sequence[Experiment]) -> list[str]:
    """In what the contestants differ from the first, and what to know about their figures."""
    from playground.engine.race.entries import cautions, others_settings

    found = []
    for experiment, differing in zip(racing[1:], others_settings(racing)[1:], strict=True):
        items = [message("{label} {a} → {b}", label=item.label, a=item.a, b=item.b) for item in differing]
        words = joined(items, "; ") if items else message("the same settings")
        about = {"name": experiment.name, "first": racing[0].name, "what": words}
        found.append(str(message("{name}, compared with {first}: {what}", **about)))
    return [*found, *map(str, cautions(racing))]
