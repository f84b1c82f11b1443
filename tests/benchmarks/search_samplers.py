"""How much better the search's sampler is than chance, and how long a search takes beside what it trains.

    python -m tests.benchmarks search_samplers
    python -m tests.benchmarks.search_samplers [--repetitions 20] [--trials 30] [--against tpe random]

*Samplers*: the dense space on a spiral of few points, whose networks train in tenths of a second. Each repetition has
a seed, of which weights and batches follow; within a repetition both samplers train as many networks, the first of them
the same. What counts is the least validation loss. Losses lie between 0.0003 and 0.5, so that ratios are compared:
Wilcoxon's signed-rank test, with one side, is over the logarithms of the pairs.

*Overhead*: Textbook with the recipe space, two epochs a trial, runs stored, as the window searches. It is the time
between the ends of two trials beyond the seconds of training and validation: what samples, waits, builds and stores.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from math import log
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING

from playground.engine.search.optuna_parts import optuna_quietly, sampler
from playground.engine.search.outcome import TRAINED, rows
from playground.engine.search.plan import Plan, plan
from playground.engine.search.search import Search, SearchBudget, TrialEnded
from playground.spec.files.presets import preset
from playground.spec.search.presets import DENSE, RECIPE, preset_space
from tests.benchmarks.figure import Figure
from tests.benchmarks.searching import machine

if TYPE_CHECKING:
    from optuna import Study

POINTS, EPOCHS = 200, 12
REPETITIONS, TRIALS = 20, 30
OURS, CHANCE = "tpe", "random"
LEVEL = 0.05  # of the test
FIRST_SEED = 100  # 0 to 19 were used to choose the space and the test
_TINY = 1e-12  # in place of a loss of 0, which has no logarithm
LONG_TRIALS, OVERHEAD = 12, 5.0  # per cent of the training


def cheap_plan(name: str, seed: int) -> Plan:
    """The cheap space with a sampler, and a seed for networks and sampler."""
    base = preset("spiral").experiment
    data, recipe = base.data.with_(count=POINTS), base.recipe.with_(epochs=EPOCHS, device="cpu")
    return plan(preset_space(DENSE, base.with_(data=data, recipe=recipe, seed=seed)), ("loss",), name, "none")


def least_losses(made: Plan, count: int) -> list[float]:
    """The least validation loss after each of so many trained networks; diverged ones count as well."""
    from playground.engine.search.trial import Trials

    with optuna_quietly() as optuna:
        study: Study = optuna.create_study(direction="minimize", sampler=sampler(made, made.experiment.seed))
        first = made.space.present(made.experiment)
        if first is not None:
            study.enqueue_trial(first)
        trials = Trials(made, None, "", lambda: False)
        while sum(row.counted for row in rows(study)) < count:
            study.optimize(trials.objective, n_trials=1, catch=(Exception,))
        found, least = [], float("inf")
        for row in rows(study):
            if row.counted:
                least = min(least, row.values[0]) if row.values else least
                found.append(least)
    return found


def against_chance(repetitions: int, count: int, names: tuple[str, str]) -> Iterator[Figure]:
    """The least losses of two samplers, in pairs."""
    from scipy.stats import wilcoxon

    ours, theirs = [], []
    for seed in range(FIRST_SEED, FIRST_SEED + repetitions):
        pair = [least_losses(cheap_plan(name, seed), count)[-1] for name in names]
        ours.append(pair[0])
        theirs.append(pair[1])
        print(f"repetition {seed}: {names[0]} {pair[0]:.5f}, {names[1]} {pair[1]:.5f}", flush=True)
    better = sum(a < b for a, b in zip(ours, theirs, strict=True))
    level = float(
        wilcoxon(*([log(max(loss, _TINY)) for loss in side] for side in (ours, theirs)), alternative="less").pvalue
    )
    note = f"better in {better} of {repetitions}, mean {fmean(ours):.5f} beside {fmean(theirs):.5f}"
    work = f"least loss of {count} networks, median of {repetitions}"
    yield Figure(work=work, value=median(ours), peer=names[1], beside=median(theirs), bar=1.0, note=note)
    yield Figure(work=f"{names[0]} is no better than {names[1]}: p", value=level, bar=LEVEL)


def overhead(trials: int) -> Iterator[Figure]:
    """Per cent of the training that a search takes in addition, with one worker."""
    base = preset("textbook").experiment
    made = plan(preset_space(RECIPE, base.with_(recipe=base.recipe.with_(epochs=2))), pruner="none")
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name, 'searches.sqlite').as_posix()}"
        search = Search(made, SearchBudget(trials=trials), url=url, name="search", runs=Path(name, "runs"), threads=1)
        for event in search:
            if isinstance(event, TrialEnded):
                print(f"trial {event.row.number}: {event.row.seconds or 0:.2f} s", flush=True)
        ended = [trial for trial in search.study.get_trials() if "spent" in trial.user_attrs]
        assert sum(row.state == TRAINED for row in search.rows()) > 1
    span = (ended[-1].datetime_complete - ended[0].datetime_complete).total_seconds()
    training = sum(trial.user_attrs["spent"]["seconds"] for trial in ended[1:])
    yield Figure(
        work=f"overhead of {len(ended) - 1} trials of {training / (len(ended) - 1):.1f} s",
        value=100.0 * (span / training - 1.0),
        unit="%",
        bar=OVERHEAD,
        note=f"{span:.1f} s for {training:.1f} s of training and validation",
    )


def figures(quick: bool) -> Iterator[Figure]:
    """Both."""
    print(machine(), flush=True)
    yield from against_chance(6 if quick else REPETITIONS, 15 if quick else TRIALS, (OURS, CHANCE))
    yield from overhead(3 if quick else LONG_TRIALS)


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=REPETITIONS)
    parser.add_argument("--trials", type=int, default=TRIALS)
    parser.add_argument("--against", nargs=2, default=(OURS, CHANCE), metavar=("SAMPLER", "OTHER"))
    parser.add_argument("--overhead", action="store_true", help="measure the overhead alone")
    asked = parser.parse_args()
    print(machine(), flush=True)
    names = asked.against[0], asked.against[1]
    found = overhead(LONG_TRIALS) if asked.overhead else against_chance(asked.repetitions, asked.trials, names)
    for figure in found:
        print(f"{figure.work}: {figure.value:.4g} {figure.unit} ({figure.note}) {figure.verdict}", flush=True)


if __name__ == "__main__":
    main()
