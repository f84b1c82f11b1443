"""Warm start: earlier runs whose network and recipe lie inside the space become the first trials of a search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from playground.engine.runs.run_record import RunError
from playground.engine.runs.store import RunStore
from playground.engine.runs.stored_run import StoredRun
from playground.engine.search.database import storage_errors
from playground.engine.search.goals import TrialFigures
from playground.engine.search.plan import Plan, digest
from playground.engine.training.snapshots import Change
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, message, plural
from playground.spec.search.domain import Domain, Interval, Scalar

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution

_LOOKED_AT = 500  # latest runs of the store
_STORED = {"score", "loss", "parameters", "flops"}  # goals whose figures a stored run has


class WarmStart(NamedTuple):
    """How many runs were used."""

    finished: int  # as trials that are done
    proposed: int  # as values that are trained first

    @property
    def text(self) -> Message:
        """A sentence."""
        done = plural("{count:,} runs count as finished trials", "1 run counts as a finished trial", self.finished)
        first = plural("the values of {count:,} are trained first", "the values of 1 are trained first", self.proposed)
        return message("Of the stored runs, {done}, and {first}.", done=done, first=first)


def warm_start(study: Study, url: str, plan: Plan, store: RunStore, most: int) -> WarmStart:
    """Begin a study with at most `most` stored runs, the best on validation data first.

    A run is used where giving the experiment of the plan its values makes its network, and its recipe but for the
    epochs and the device; so a run of a layer that is repeated or exchanged is found where it stands as in the
    experiment. It counts as finished where data, seed, epochs and recipe are those of a trial too, no field was changed
    meanwhile, it was trained to its end, and it has the figures of all goals; the data are not files, which may have
    changed. Values that the study has are left out.

    Raises:
        SearchError: see `storage_errors`.
    """
    used: list[_Usable] = []
    with storage_errors(url, study) as optuna:
        domains = plan.space.domains(plan.experiment)
        known = [trial.system_attrs.get("fixed_params", trial.params) for trial in study.get_trials(deepcopy=False)]
        for item in _usable(plan, store, known, most):
            used.append(item)
            if item.figures is None:
                study.enqueue_trial(item.values)
                continue
            spent = {"epochs": 0, "seconds": 0.0, "run_ids": [item.run.run_id]}
            made = optuna.create_trial(
                params=item.values,
                distributions={key: _distribution(optuna, domain) for key, domain in domains.items()},
                values=item.figures.values(plan.goals),
                user_attrs={"figures": item.figures.record, "spent": spent, "experiment": digest(item.run.experiment)},
            )
            study.add_trial(made)
    return _counted(used)


def usable_runs(plan: Plan, store: RunStore, known: Iterable[dict[str, Scalar]], most: int) -> WarmStart:
    """How many runs `warm_start` would use, beside the starting point and trials with the values `known`."""
    first = plan.space.present(plan.experiment)
    return _counted(_usable(plan, store, [*known, *([first] if first is not None else [])], most))


class _Usable(NamedTuple):
    """A run that a search can begin with."""

    run: StoredRun
    values: dict[str, Scalar]
    figures: TrialFigures | None  # None: its values are to be trained


def _counted(items: Iterable[_Usable]) -> WarmStart:
    finished = [item.figures is not None for item in items]
    return WarmStart(sum(finished), len(finished) - sum(finished))


def _usable(plan: Plan, store: RunStore, known: Sequence[dict[str, Scalar]], most: int) -> Iterator[_Usable]:
    """At most `most` runs in the space, the best first, without those of the same values as another or a known one."""
    seen = list(known)
    for run, values in _inside(plan, store):
        if most <= 0:
            return
        if values not in seen:
            seen.append(values)
            most -= 1
            yield _Usable(run, values, _figures(plan, run, values))


def _inside(plan: Plan, store: RunStore) -> list[tuple[StoredRun, dict[str, Scalar]]]:
    """Runs with their values in the space, the best on validation data first, and the latest of equals."""
    found: list[tuple[float, StoredRun, dict[str, Scalar]]] = []
    rows = [row for row in store.runs() if row.data == plan.experiment.data.id and row.ended and not row.damaged]
    for row in reversed(rows[-_LOOKED_AT:]):
        stop_if_cancelled()
        try:
            run = store.open(row.run_id)
        except RunError:
            continue
        score, values = run.record.figures.validation_score, values_inside(plan, run.experiment)
        if score is not None and values is not None:
            found.append((score, run, values))
    return [(run, values) for _, run, values in sorted(found, key=lambda item: -item[0])]


def values_inside(plan: Plan, experiment: Experiment) -> dict[str, Scalar] | None:
    """The values, by key, with which the plan makes that network and recipe; None if there are none."""
    try:
        values = plan.space.present(experiment)
        made = None if values is None else plan.space.apply(plan.experiment, values)
    except (PlaygroundError, ValidationError, LookupError, AttributeError):
        return None  # another stack, which has no such places
    return values if made is not None and _compared(made) == _compared(experiment) else None


def _compared(experiment: Experiment) -> str:
    free = Experiment()
    recipe = experiment.recipe.with_(epochs=free.recipe.epochs, device=free.recipe.device)
    return digest(experiment.with_(recipe=recipe, data=free.data, seed=free.seed, search=None))


def _figures(plan: Plan, run: StoredRun, values: dict[str, Scalar]) -> TrialFigures | None:
    """The figures of a run that is as a trial would be; None where it is not."""
    record, own = run.record, run.experiment
    known = record.figures
    same = digest(own.with_(search=None)) == digest(plan.space.apply(plan.experiment, values))
    loss = known.validation_loss if known.validation_plain_loss is None else known.validation_plain_loss
    if not same or plan.seeds > 1 or not _STORED.issuperset(plan.goals) or own.data.own_paths:
        return None
    if known.epochs < own.recipe.epochs or known.validation_score is None or loss is None:
        return None
    if record.parent or record.parameters is None or record.flops is None:
        return None
    if _was_changed(run):
        return None
    sizes = record.parameters, record.flops
    scores, runs = (known.validation_score,), (run.run_id,)
    return TrialFigures(known.validation_score, loss, *sizes, None, known.epochs, known.seconds, scores, runs)


def _was_changed(run: StoredRun) -> bool:
    """Whether a field was changed while it ran, or may have been: its experiment has the latest values alone."""
    try:
        return any(isinstance(item, Change) for item in run.curves())
    except RunError:
        return True


def _distribution(optuna: Any, domain: Domain) -> BaseDistribution:
    kinds = optuna.distributions
    if not isinstance(domain, Interval):
        made = kinds.CategoricalDistribution(domain.values)
    elif domain.whole:
        made = kinds.IntDistribution(int(domain.low), int(domain.high), log=domain.logarithmic)
    else:
        made = kinds.FloatDistribution(domain.low, domain.high, log=domain.logarithmic)
    found: BaseDistribution = made
    return found
