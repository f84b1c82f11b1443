"""What a search asks of Optuna: values, samplers and pruners by name, and a storage with heartbeats."""

from __future__ import annotations

import os
import platform
import secrets
import sqlite3
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from playground.engine.search.goals import GOALS
from playground.engine.search.plan import GRID, Plan, SearchError
from playground.engine.search.storage_url import ensure_safe, scheme_of, without_password
from playground.spec.messages import message, tr_noop
from playground.spec.search.domain import Domain, Interval, Scalar, grid

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler
    from optuna.storages import RDBStorage
    from optuna.trial import FrozenTrial

HEARTBEAT, GRACE = 5, 20  # seconds between two signs of life of a trial, and without one until it counts as dead
MOST_DEATHS = 2  # of a trial whose process ended
_STARTING = 10  # trials that are random, before a model of them is worth anything
_POPULATION = 20  # of genetic algorithms: the usual 50 are more than most searches have time for
_PLAN, _DIGEST, FIRST = "plan", "digest", "first"  # attributes of a study, and of its first trial
_MAKER = "maker"  # attribute of a study: the process that made it
_ATTEMPTS, _PAUSE = 10, 0.5  # seconds between attempts at what another process is making
_RETRIES = "retry_history"  # Optuna's own name, which dashboards know: the trials whose place one takes
_OWN = secrets.token_hex(4)  # tells this process from one of the same number on a host of the same name
BEGUN = "begun"  # attribute of a trial that is trained: its process
SURPLUS = "surplus"  # attribute of a trial that was refused because there are enough
DEATHS = "deaths"  # how many of these ended with their process


class _Connection(sqlite3.Connection):
    """Writes ahead: commits take a tenth of the time, and only a power cut may lose the last of them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute("PRAGMA journal_mode=WAL").close()
        self.execute("PRAGMA synchronous=NORMAL").close()


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
                made = kinds.GridSampler(grid_points(plan), seed=plan.experiment.seed)  # the order, for all processes
                made._rng.rng.seed(seed)  # and what it takes of what is left, once there are as many trials as points
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


def storage(url: str) -> RDBStorage:
    """A database of studies, which is made if need be. A trial in it that shows no sign of life is tried again.

    Raises:
        SearchError: it cannot be opened.
    """
    with optuna_quietly() as optuna:
        from sqlalchemy.exc import IntegrityError, ProgrammingError, SQLAlchemyError

        scheme = scheme_of(url)
        options: dict[str, Any] = (
            {"connect_args": {"timeout": 60, "factory": _Connection}} if scheme == "sqlite" else {"pool_pre_ping": True}
        )
        for attempt in range(_ATTEMPTS):
            try:
                made: RDBStorage = optuna.storages.RDBStorage(
                    url,
                    engine_kwargs=options,
                    heartbeat_interval=HEARTBEAT,
                    grace_period=GRACE,
                    heartbeat_stale_trial_callback=after_death,
                )
                return made
            except (ImportError, SQLAlchemyError, RuntimeError, AssertionError, ValueError) as error:
                # Optuna asserts what is not so while another process makes the tables, at which only one succeeds.
                if isinstance(error, IntegrityError | ProgrammingError | AssertionError) and attempt < _ATTEMPTS - 1:
                    time.sleep(_PAUSE)
                    continue
                reason = (str(error).splitlines() or [type(error).__name__])[0]
                why = message(
                    "The storage of searches cannot be opened: {reason}", reason=without_password(reason, url)[:200]
                )
                raise SearchError(why) from None  # its traceback has the URL
        raise AssertionError("the last attempt returns or raises")


def open_study(url: str, name: str, plan: Plan, seed: int) -> Study:
    """The study of that name, which is made if need be; the experiment itself is then its first trial.

    Sampler and pruner are those of the plan, whatever they were before.

    Raises:
        SearchError: the storage cannot be opened or must not be trusted, or the study is one of another plan.
    """
    ensure_safe(plan, url)
    with optuna_quietly() as optuna:
        directions = ["maximize" if GOALS[goal].greater_is_better else "minimize" for goal in plan.goals]
        found = storage(url)
        parts = {"study_name": name, "storage": found, "sampler": sampler(plan, seed), "pruner": pruner(plan)}
        study: Study
        try:  # of several processes that begin at once, one makes it
            study = optuna.create_study(directions=directions, **parts)
        except optuna.exceptions.DuplicatedStudyError:
            study = optuna.load_study(**parts)
            _await_plan(study)
        if study.user_attrs.get(_PLAN) is None:
            study.set_user_attr(_MAKER, this_process())
            study.set_user_attr(_DIGEST, plan.digest)
            first = plan.space.present(plan.experiment)
            if first is not None:
                study.enqueue_trial(first, user_attrs={FIRST: True}, skip_if_exists=True)
            study.set_user_attr(_PLAN, plan.model_dump(mode="json"))
        elif study.user_attrs.get(_DIGEST) != plan.digest or len(study.directions) != len(directions):
            raise _another(name)
        return study


def _await_plan(study: Study) -> None:
    """Wait for the process that has just made the study, unless it has ended in the middle of that."""
    for _ in range(_ATTEMPTS):
        if study.user_attrs.get(_PLAN) is not None:
            return
        time.sleep(_PAUSE)


def this_process() -> str:
    """A name of this process among those of all machines."""
    return f"{platform.node()} {os.getpid()} {_OWN}"


def joined(study: Study) -> bool:
    """Whether another process has made the study, so that this one should take other random numbers."""
    return bool(study.user_attrs.get(_MAKER) != this_process())


def given(trial: FrozenTrial) -> bool:
    """Whether the values of a trial were given, not sampled: those of the experiment, or of one that is tried again."""
    return "fixed_params" in trial.system_attrs or _RETRIES in trial.system_attrs


def _another(name: str) -> SearchError:
    words = tr_noop("The search “{name}” is one of another experiment, space or goal: choose another name.")
    return SearchError(message(words, name=name))


def after_death(study: Study, trial: FrozenTrial) -> bool:
    """Let a trial whose process ended be tried again, unless that has happened too often; return whether it is."""
    deaths = trial.system_attrs.get(DEATHS, 0) + 1
    if deaths > MOST_DEATHS:  # it seems to be its fault
        return False
    try_again(study, trial, deaths)
    return True


def try_again(study: Study, trial: FrozenTrial, deaths: int | None = None) -> None:
    """Let the values of a trial that was not finished wait for their turn once more; they count once."""
    with optuna_quietly() as optuna:
        state = optuna.trial.TrialState.WAITING
        system: dict[str, Any] = {
            _RETRIES: [*trial.system_attrs.get(_RETRIES, []), trial.number],
            DEATHS: trial.system_attrs.get(DEATHS, 0) if deaths is None else deaths,
        }  # and not what a pruner noted of the trial that was not finished
        if "fixed_params" in trial.system_attrs:  # Optuna's name for values that were given, not sampled
            system["fixed_params"] = trial.system_attrs["fixed_params"]
        first = {name: value for name, value in trial.user_attrs.items() if name == FIRST}
        again = optuna.create_trial(
            state=state,
            params=trial.params,
            distributions=trial.distributions,
            user_attrs=first,
            system_attrs=system,
        )
        study.add_trial(again)


def tried_again(trials: list[FrozenTrial]) -> set[int]:
    """The numbers of the trials that others take the place of."""
    return {number for trial in trials for number in trial.system_attrs.get(_RETRIES, [])}


def delete_study(url: str, name: str) -> None:
    """Delete a study with its trials, if there is one of that name; their runs stay in the run store.

    Raises:
        SearchError: the storage cannot be opened.
    """
    found = storage(url)
    with optuna_quietly() as optuna, suppress(KeyError):  # Optuna's error where there is no such study
        optuna.delete_study(study_name=name, storage=found)
