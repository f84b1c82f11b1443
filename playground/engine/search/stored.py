"""Searches that a storage holds: a list of them, and one with its plan and trials, whatever experiment is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from playground.engine.search.database import storage_errors, used_storage
from playground.engine.search.importance import importances
from playground.engine.search.outcome import TrialRow, rows
from playground.engine.search.plan import Plan, SearchError
from playground.engine.search.study import PLAN
from playground.spec.files.storage import shown
from playground.spec.messages import PlaygroundError, message, tr_noop


class StoredSearch(NamedTuple):
    """One search in the list."""

    name: str  # of its study
    plan: Plan
    trials: int  # in all states
    began: datetime | None  # when its first trial did, in local time; None without trials


class OpenedSearch(NamedTuple):
    """A search with all that views need."""

    name: str  # of its study
    plan: Plan
    trials: tuple[TrialRow, ...]
    importances: dict[str, float]


def stored_searches(url: str) -> list[StoredSearch]:
    """The searches of this program, the latest first; those whose plan cannot be read are left out.

    Raises:
        SearchError: the storage cannot be opened or read.
    """
    with used_storage(url) as found, storage_errors(url) as optuna:
        summaries = optuna.get_all_study_summaries(storage=found)
    known = [
        StoredSearch(item.study_name, plan, item.n_trials, item.datetime_start)
        for item in summaries
        if (plan := _plan(item.user_attrs)) is not None
    ]
    return sorted(known, key=lambda item: item.began or datetime.min, reverse=True)


def open_stored(url: str, name: str) -> OpenedSearch:
    """The search of that name, which nothing changes.

    Raises:
        SearchError: the storage cannot be opened or read, or has no such search that can be read.
    """
    with used_storage(url) as found, storage_errors(url) as optuna:
        try:
            study = optuna.load_study(study_name=name, storage=found)
        except KeyError:  # Optuna's error where there is no such study
            raise SearchError(message("There is no search “{name}” any more.", name=shown(name))) from None
        plan = _plan(study.user_attrs)
        if plan is None:
            words = tr_noop("The search “{name}” cannot be read: another version of the program may have stored it.")
            raise SearchError(message(words, name=shown(name)))
        return OpenedSearch(name, plan, tuple(rows(study)), importances(study, plan.goals))


def _plan(attributes: Mapping[str, Any]) -> Plan | None:
    try:
        plan = Plan.model_validate(attributes.get(PLAN))
        plan.space.domains(plan.experiment)
    except (ValidationError, PlaygroundError):
        return None
    return plan
