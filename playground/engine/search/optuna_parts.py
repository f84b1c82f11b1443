"""Parts of Optuna that a search uses: values, samplers and pruners by name, and trials that are tried again."""

from __future__ import annotations

import os
import platform
import secrets
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playground.engine.search.plan import GRID, Plan, SearchError
from playground.spec.messages import message, tr_noop
from playground.spec.search.domain import Domain, Interval, Scalar, grid

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial

HEARTBEAT, GRACE = 5, 20  # seconds between two signs of life of a trial, and without one until it counts as dead
MOST_DEATHS = 2  # of a trial whose process ended
_STARTING = 10  # trials that are random, before a model of them is worth anything
_POPULATION = 20  # of genetic algorithms: the usual 50 are more than most searches have time for
FIRST = "first"  # attribute of the trial of the starting point
_RETRIES = "retry_history"  # Optuna's own name, which dashboards know: the trials whose place one takes
_OWN = secrets.token_hex(4)  # tells this process from one of the same number on a host of the same name
BEGUN = "begun"  # attribute of a trial that is trained: its process
SURPLUS = "surplus"  # attribute of a trial that was refused because there are enough
DEATHS = "deaths"  # how many of these ended with their process


@contextmanager
def optuna_quietly() -> Iterator[Any]:
    """Optuna, without its log, and without warnings of what it calls experimental, such as heartbeats.

    Raises:
        SearchError: it is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        words = tr_noop("A search needs Optuna, which is not installed: run “{command}”.")
        raise SearchError(message(words, command="pip install playground[search]")) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield optuna


def suggested(trial: Trial, key: str, domain: Domain) -> Scalar:
    """The value of a trial from a domain."""
    if not isinstance(domain, Interval):
        chosen = trial.suggest_categorical(key, domain.values)
        return next(item for item in domain.values if item == chosen)
    if domain.whole:
        return trial.suggest_int(key, int(domain.low), int(domain.high), log=domain.logarithmic)
    return trial.suggest_float(key, domain.low, domain.high, log=domain.logarithmic)


def sampler(plan: Plan, seed: int) -> BaseSampler:
    """The sampler of a plan; see `sampler_seed` for its seed."""
    with optuna_quietly() as optuna:
        kinds = optuna.samplers
        made: BaseSampler
        match plan.sampler:
            case "nsga2":
                made = kinds.NSGAIISampler(seed=seed, population_size=_POPULATION)
            case "nsga3":
                made = kinds.NSGAIIISampler(seed=seed, population_size=_POPULATION)
            case "cmaes":
                made = kinds.CmaEsSampler(seed=seed, warn_independent_sampling=False)
            case "gp":
                made = kinds.GPSampler(seed=seed, n_startup_trials=_STARTING, warn_independent_sampling=False)
            case "qmc":  # one sequence for all processes: its seed is the experiment's
                made = kinds.QMCSampler(scramble=True, seed=plan.experiment.seed, warn_independent_sampling=False)
            case "random":
                made = kinds.RandomSampler(seed=seed)
            case "grid":
                grids = kinds.GridSampler(grid_points(plan), seed=plan.experiment.seed)  # the order, for all processes
                grids._rng.rng.seed(seed)  # what it takes of the rest, after as many trials as points
                made = grids
            case _:
                made = kinds.TPESampler(seed=seed, n_startup_trials=_STARTING)
        return made


def grid_points(plan: Plan) -> dict[str, tuple[Scalar, ...]]:
    """The values of each range on the grid, by key."""
    return {key: grid(domain, GRID) for key, domain in plan.space.domains(plan.experiment).items()}


def pruner(plan: Plan) -> BasePruner:
    """The pruner of a plan; its resource is an epoch, that of Wilcoxon's test a seed."""
    with optuna_quietly() as optuna:
        kinds, epochs = optuna.pruners, plan.experiment.recipe.epochs
        least = max(1, epochs // 9)
        made: BasePruner
        match plan.pruner:
            case "asha":
                made = kinds.SuccessiveHalvingPruner(min_resource=least, reduction_factor=3)
            case "hyperband":
                made = kinds.HyperbandPruner(min_resource=least, max_resource=max(epochs, least), reduction_factor=3)
            case "median":
                made = kinds.MedianPruner(n_startup_trials=4, n_warmup_steps=least)
            case "wilcoxon":
                made = kinds.WilcoxonPruner(p_threshold=0.1)
            case _:
                made = kinds.NopPruner()
        return made


def this_process() -> str:
    """A name of this process among those of all machines."""
    return f"{platform.node()} {os.getpid()} {_OWN}"


def given(trial: FrozenTrial) -> bool:
    """Whether the values of a trial were given, not sampled: those of the experiment, or of one that is tried again."""
    return "fixed_params" in trial.system_attrs or _RETRIES in trial.system_attrs


def after_death(study: Study, trial: FrozenTrial) -> bool:
    """Let a trial whose process ended be tried again, unless that has happened too often; return whether it is."""
    deaths = trial.system_attrs.get(DEATHS, 0) + 1
    if deaths > MOST_DEATHS:  # it seems to be its fault
        return False
    try_again(study, trial, deaths)
    return True


def try_again(study: Study, trial: FrozenTrial, deaths: int | None = None) -> None:
    """Let the values of a trial that was not finished wait for their turn once more; they count once."""
    system = {
        _RETRIES: [*trial.system_attrs.get(_RETRIES, []), trial.number],
        DEATHS: trial.system_attrs.get(DEATHS, 0) if deaths is None else deaths,
    }
    study.add_trial(waiting_again(trial, system))


def waiting_again(trial: FrozenTrial, changed: Mapping[str, Any] | None = None) -> FrozenTrial:
    """A trial that waits with the values of another, and without what that one's training left in it.

    changed: attributes of Optuna's that it has in place of the other's.
    """
    kept = ("fixed_params", _RETRIES, DEATHS)  # and not what a pruner noted; the first is of values that were given
    with optuna_quietly() as optuna:
        again: FrozenTrial = optuna.create_trial(
            state=optuna.trial.TrialState.WAITING,
            params=trial.params,
            distributions=trial.distributions,
            user_attrs={name: value for name, value in trial.user_attrs.items() if name == FIRST},
            system_attrs={name: trial.system_attrs[name] for name in kept if name in trial.system_attrs}
            | dict(changed or {}),
        )
        return again


def tried_again(trials: list[FrozenTrial]) -> set[int]:
    """The numbers of the trials that others take the place of."""
    return {number for trial in trials for number in trial.system_attrs.get(_RETRIES, [])}
