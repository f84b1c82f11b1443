"""Searches better recipes for presets whose networks stay as they are, and says whether the presets stand.

    python -m tests.benchmarks search_recipes
    python -m tests.benchmarks.search_recipes [textbook spiral iris tang-poems] [--minutes 10] [--seeds 10]

The space is the one for recipes that comes with the program; validation data decide. Then recipe found and preset are
trained with other seeds than in the search: Textbook on all of its images, the test set opened once for each training;
the others on the same parts as in the search, scored by the loss of what is held out, in pairs of equal seeds. A
preset stands unless the recipe found is better with all seeds but few: Wilcoxon's signed-rank test, one side.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from playground.engine.search.outcome import best
from playground.engine.search.plan import Plan, plan
from playground.spec.experiment import Experiment
from playground.spec.experiment_differences import differences
from playground.spec.files.presets import preset
from playground.spec.search.presets import RECIPE, preset_space
from tests.benchmarks.figure import Figure
from tests.benchmarks.searching import CORES, machine, searched
from tests.benchmarks.trainings import Scored, Training, scored

BAR = 98.4  # per cent of MNIST's test set, for Textbook
LEVEL = 0.01  # of the test: one preset in a hundred may change for nothing
FIRST_SEED = 100  # the search has those from 0 on


class Case(NamedTuple):
    """How a preset's recipe is searched."""

    goal: str
    held_out: float
    minutes: float
    seeds: int = 1  # of a trial: small data need several
    by_test: bool = False  # whether the comparison is by the test set, after training on all samples


CASES = {
    "textbook": Case("score", 1 / 6, 10.0, by_test=True),
    "spiral": Case("loss", 0.2, 5.0, seeds=3),
    "iris": Case("loss", 0.25, 5.0, seeds=5),
    "tang-poems": Case("loss", 0.1, 20.0),
}


def recipe_plan(name: str) -> Plan:
    """The space of recipes around a preset."""
    case, base = CASES[name], preset(name).experiment
    data = base.data.with_(validation_share=case.held_out)
    return plan(preset_space(RECIPE, base.with_(data=data)), (case.goal,), seeds=case.seeds)


def found_recipe(name: str, minutes: float, folder: Path) -> Experiment:
    """The preset with the best recipe, with the samples that the search held out still held out."""
    made = recipe_plan(name)
    found = searched(made, minutes, folder, name=name)
    print(f"{name}: {found.summary}", flush=True)
    winner = best(found.rows, made.goals)
    if winner is None:
        raise SystemExit("no trial was trained to its end")
    print(f"{name}: trial {winner.number}, {made.goals[0]} {winner.values[0]:.5f}, {winner.params}", flush=True)
    return made.space.apply(made.experiment, winner.params)


def compared(name: str, found: Experiment, seeds: int) -> Iterator[Figure]:
    """The recipe found beside the preset, with fresh seeds."""
    case, base = CASES[name], preset(name).experiment
    data = base.data if case.by_test else found.data
    pair = [
        Training(f"{name}, {who}", experiment.with_(data=data))
        for who, experiment in (("found", found), ("preset", base))
    ]
    fresh = range(FIRST_SEED, FIRST_SEED + seeds)
    each = 1 if case.by_test else -(-seeds // CORES)
    ours, theirs = scored(pair, fresh, test=case.by_test, each=each)
    print(f"{ours.text}\n{theirs.text}", flush=True)
    if case.by_test:
        yield Figure(work=f"{name}, recipe found: test", value=ours.mean, unit="%", bar=BAR, better="higher")
        yield Figure(work=f"{name}, preset: test", value=theirs.mean, unit="%")
        return
    yield Figure(work=f"{name}: validation loss", value=ours.loss, peer="preset", beside=theirs.loss, note=_both(pair))
    yield Figure(
        work=f"{name}: the recipe found is no better, p", value=_level(ours, theirs), note=_verdict(ours, theirs)
    )


def _both(pair: Sequence[Training]) -> str:
    changed = differences(pair[1].experiment, pair[0].experiment)
    return "; ".join(str(item) for item in changed)


def _level(ours: Scored, theirs: Scored) -> float:
    from scipy.stats import wilcoxon

    pairs = [item.loss for item in ours.found], [item.loss for item in theirs.found]
    return float(wilcoxon(*pairs, alternative="less").pvalue) if pairs[0] != pairs[1] else 1.0


def _verdict(ours: Scored, theirs: Scored) -> str:
    return "the recipe found is better" if _level(ours, theirs) < LEVEL else "the preset stands"


def figures(quick: bool) -> Iterator[Figure]:
    """All but Tang poems, which take too long beside the others; one short search if it is quick."""
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("iris",) if quick else ("textbook", "spiral", "iris"):
            minutes = 0.5 if quick else CASES[name].minutes
            yield from compared(name, found_recipe(name, minutes, Path(folder)), 3 if quick else 10)


def main() -> None:
    """Search for the recipes that are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=[*CASES], help="presets")
    parser.add_argument("--minutes", type=float, help="of each search")
    parser.add_argument("--seeds", type=int, default=10, help="of the comparison")
    parser.add_argument("--folder", type=Path, help="where searches are kept, and go on if they were cut off")
    asked = parser.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        for name in asked.names:
            found = found_recipe(name, asked.minutes or CASES[name].minutes, folder)
            for figure in compared(name, found, asked.seeds):
                print(f"{figure.work}: {figure.value:.4g} {figure.unit} {figure.note} {figure.verdict}", flush=True)


if __name__ == "__main__":
    main()
