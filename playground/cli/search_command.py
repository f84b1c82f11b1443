"""`playground search`: searches for better networks and recipes, and prints what it finds."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playground.cli.arguments import adjusted, ensure_between, ensure_here, ensure_writable, named, number
from playground.cli.wrong_use import WrongUse
from playground.spec.messages import message, tr_noop
from playground.standard_streams import DONE, FAILED, complain

if TYPE_CHECKING:
    from playground.cli.search_screen import SearchReporter
    from playground.engine.search.plan import Plan
    from playground.engine.search.search import Search, SearchBudget
    from playground.spec.experiment import Experiment

_EVENTS = "for programs: more lines than with --json; the search ends in order with its standard input"
_MINUTES = 10.0  # where no budget is given
_MOST_PROCESSES = 256
_MOST_EARLIER = 500
_LONGEST_STUDY = 512  # characters of its name, which Optuna's tables hold on every server
_LIMITS = {  # options, by the fields of `spec.search.space.Limits`
    "parameters": "parameters",
    "flops": "FLOPs of a forward pass",
    "milliseconds": "milliseconds of a forward pass on this machine",
    "memory": "bytes that training takes, about",
}


def takes_search(search: argparse.ArgumentParser) -> None:
    """Declare the options of `search`."""
    search.add_argument("what", metavar="PRESET|FILE", help="an experiment with ranges, or any with --space")
    spaces = "dense, convolutional, recurrent, transformer, or recipe, which keeps the network"
    search.add_argument("--space", metavar="SPACE", help=f"search in a space that comes with the program: {spaces}")
    whole, real = number("--trials", int), number("--minutes", float)
    search.add_argument("--minutes", type=real, metavar="M", help="end after so many minutes (10 without a budget)")
    search.add_argument("--trials", type=whole, metavar="N", help="end after so many trials, earlier ones included")
    all_epochs = "end after so many epochs of all trials together"
    search.add_argument("--all-epochs", type=number("--all-epochs", int), metavar="N", help=all_epochs)
    goals = (
        "score (the default), loss, parameters, flops, latency, calibration (expected calibration error) or robustness "
        "(score on spoiled pictures), on validation data; several with commas, such as score,parameters"
    )
    search.add_argument("--goal", metavar="GOAL", default="score", help=goals)
    samplers = "tpe (the default), nsga2, nsga3, cmaes, gp, qmc, random or grid"
    search.add_argument("--sampler", metavar="NAME", default="tpe", help=samplers)
    pruners = (
        "how hopeless trials are ended: asha (the default for one goal), hyperband, median, wilcoxon, none, or rounds "
        "(the default for several goals: after 1/9 and 1/3 of the epochs the front-most third of the trials goes on)"
    )
    search.add_argument("--pruner", metavar="NAME", help=pruners)
    for name, words in _LIMITS.items():
        kind: type[int] | type[float] = float if name == "milliseconds" else int
        read = number(f"--max-{name}", kind)
        search.add_argument(
            f"--max-{name}", type=read, metavar="N", help=f"train no network with more {words}; 0: any number"
        )
    search.add_argument("--seeds", type=number("--seeds", int), metavar="N", default=1, help="trainings of each trial")
    search.add_argument("--epochs", type=number("--epochs", int), metavar="N", help="epochs of each trial")
    seed = (
        "seed of the search and of its trials: a new search with --workers 1 and --trials draws the same values again"
    )
    search.add_argument("--seed", type=number("--seed", int), metavar="N", help=seed)
    processes = "processes that train (half of the cores)"
    search.add_argument("--workers", type=number("--workers", int), metavar="N", help=processes)
    search.add_argument("--threads", type=number("--threads", int), metavar="N", default=1, help="threads of each")
    storage = (
        "database of the search, such as postgresql://host/name, or Optuna's proxy of one, grpc://host:port; with a "
        "password, put it into the environment variable PLAYGROUND_STORAGE instead (a file of SQLite in the folder of "
        "the stored runs)"
    )
    search.add_argument("--storage", metavar="URL", help=storage)
    study = "name of the search; the same name goes on with it (named after the experiment and its space)"
    search.add_argument("--study", metavar="NAME", help=study)
    warm = (
        "begin with up to N stored runs whose network and recipe lie in the space, the best on validation data first: "
        "as finished trials where they were trained and judged as a trial is, otherwise to be trained first"
    )
    search.add_argument("--warm-start", type=number("--warm-start", int), metavar="N", help=warm)
    search.add_argument("--out", type=Path, metavar="FILE", help="write the best experiment to FILE")
    search.add_argument("--no-store", action="store_true", help="do not store the runs (see “playground runs”)")
    search.add_argument("--json", action="store_true", help="print every trial and the end as one JSON object per line")
    search.add_argument("--events", action="store_true", help=_EVENTS)


def search_command(args: argparse.Namespace) -> int:
    """Search; Ctrl+C, SIGTERM or SIGHUP ends it with what was found. The exit code is 1 if nothing was.

    Raises:
        WrongUse: the options do not go together, or not with this experiment.
        PlaygroundError: the storage cannot be opened, or no process can train.
    """
    from playground.engine.search.plan import SearchError
    from playground.engine.search.storage_url import ensure_safe
    from playground.spec.search.ranges import SpaceError

    budget = _budget(args)
    _ensure_name(args.study)
    ensure_writable(args.out, None)
    if args.warm_start is not None:
        ensure_between("warm-start", args.warm_start, 1, _MOST_EARLIER)
    try:
        plan = _plan(args)
        ensure_safe(plan, _storage(args))
    except (SearchError, SpaceError) as error:
        raise WrongUse(error.message) from error
    _ensure_storage(_storage(args))
    _ensure_apart(args, plan)
    ensure_here(plan.experiment)
    search = _search(args, plan, budget)
    if args.warm_start is not None:
        _warm_start(search, args.warm_start)
    return _follow(search, args)


def _warm_start(search: Search, most: int) -> None:
    from playground.engine.runs.store import RunStore
    from playground.engine.runs.store_settings import default_folder, read_settings

    store = RunStore(default_folder().absolute(), read_settings().budget)
    try:
        complain(search.warm_start(store, most).text, DONE)
    finally:
        store.close(30.0)


def _budget(args: argparse.Namespace) -> SearchBudget:
    from playground.engine.search.search import SearchBudget

    for name, low, high in (("minutes", 0.01, 1e6), ("trials", 1, 10**6), ("all_epochs", 1, 10**9)):
        value = getattr(args, name)
        if value is not None:
            ensure_between(name.replace("_", "-"), value, low, high)
    minutes = args.minutes
    if minutes is None and args.trials is None and args.all_epochs is None:
        minutes = _MINUTES
    return SearchBudget(None if minutes is None else 60.0 * minutes, args.trials, args.all_epochs)


def _ensure_name(study: str | None) -> None:
    """Raise WrongUse where no database can hold the name."""
    if study is None:
        return
    if len(study) > _LONGEST_STUDY:
        words = tr_noop("--study should have at most {most:,} characters, but has {count:,}.")
        raise WrongUse(message(words, most=_LONGEST_STUDY, count=len(study)))
    if any("\ud800" <= letter <= "\udfff" for letter in study):  # a byte of the command line that is no text
        from playground.spec.files.storage import shown

        raise WrongUse(message("--study should be Unicode text, but “{name}” is none.", name=shown(study)))


def _plan(args: argparse.Namespace) -> Plan:
    from playground.engine.search.plan import plan

    experiment = adjusted(named(args.what), {"epochs": args.epochs, "seed": args.seed})
    if args.space is not None:
        from playground.spec.search.presets import NoSpace, preset_space

        try:
            experiment = preset_space(args.space, experiment)
        except NoSpace as error:
            raise WrongUse(error.message) from error
    experiment = _limited(experiment, args)
    goals = tuple(filter(None, args.goal.split(",")))
    found = plan(experiment, goals, args.sampler, args.pruner, args.seeds)
    if not experiment.data.validation_count:
        from playground.spec.number_text import BRIEF, percent_text

        words = tr_noop("Nothing was held out for validation: the search holds out {share} of the samples.")
        complain(message(words, share=percent_text(found.experiment.data.validation_share, BRIEF)), DONE)
    return found


def _limited(experiment: Experiment, args: argparse.Namespace) -> Experiment:
    """The experiment with the limits that options give."""
    from playground.spec.component import fields_of

    limits = {name: value for name in _LIMITS if (value := getattr(args, f"max_{name}")) is not None}
    if not limits or experiment.search is None:
        return experiment
    space = experiment.search
    for info in fields_of(type(space.limits)):
        if info.name in limits and info.minimum is not None and info.maximum is not None:
            ensure_between(f"max-{info.name}", limits[info.name], info.minimum, info.maximum)
    return experiment.with_(search=space.with_(limits=space.limits.with_(**limits)))


def _ensure_apart(args: argparse.Namespace, plan: Plan) -> None:
    from playground.spec.files.input_protection import ensure_not_an_input

    if args.out is not None:
        read = [args.what] if Path(args.what).is_file() else []
        database = _storage(args).removeprefix("sqlite:///")  # other URLs are no paths, and name no file
        ensure_not_an_input(args.out, [*read, database, *plan.experiment.data.own_paths])


def _storage(args: argparse.Namespace) -> str:
    from playground.engine.search.storage_url import VARIABLE, default_storage

    return args.storage or os.environ.get(VARIABLE) or default_storage()


def _ensure_storage(url: str) -> None:
    """Raise WrongUse where it is no URL of a storage that can hold searches."""
    from playground.engine.search.optuna_parts import optuna_quietly
    from playground.engine.search.plan import SearchError
    from playground.engine.search.storage_url import scheme_of

    with optuna_quietly():  # which says where what reads URLs is not installed
        try:
            scheme_of(url)
        except SearchError as error:
            raise WrongUse(error.message) from error


def _search(args: argparse.Namespace, plan: Plan, budget: SearchBudget) -> Search:
    from playground.engine.runs.store_settings import default_folder, read_settings
    from playground.engine.search.search import Search

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = max(1, cores // (2 * max(1, args.threads))) if args.workers is None else args.workers
    for name, value in (("workers", workers), ("threads", args.threads)):
        ensure_between(name, value, 1, _MOST_PROCESSES)
    stored = not args.no_store and read_settings().enabled
    return Search(
        plan,
        budget,
        url=_storage(args),
        name=args.study or plan.default_name,
        runs=default_folder().absolute() if stored else None,
        workers=workers,
        threads=args.threads,
        seed=args.seed,
    )


def _follow(search: Search, args: argparse.Namespace) -> int:
    from playground.cli.train import Interruption
    from playground.engine.runtime.sleep_inhibition import staying_awake
    from playground.engine.search.outcome import best
    from playground.spec.files.experiment_file import write_experiment

    with Interruption() as interruption, staying_awake():
        if args.events:
            from playground.cli.search_events import watch_input

            watch_input(interruption.ask)
        reporter = _reporter(search, args)
        try:
            for event in search:
                reporter.take(event)
                if interruption.requested:
                    search.stop()
        finally:
            reporter.close()
    rows = search.rows()
    reporter.finish(rows, exhausted=search.exhausted)
    winner = best(rows, search.plan.goals)
    if winner is None:
        return FAILED
    if args.out is not None:
        write_experiment(search.plan.space.apply(search.plan.experiment, winner.params), args.out)
    return DONE


def _reporter(search: Search, args: argparse.Namespace) -> SearchReporter:
    if args.events:
        from playground.cli.search_events import SearchEvents

        return SearchEvents(sys.stdout, search)
    from playground.cli.search_screen import SearchLines, SearchScreen

    return (SearchLines if args.json else SearchScreen)(sys.stdout, search)
