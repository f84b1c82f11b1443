"""The study of a search in its database: made, found again, deleted, and restored."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from playground.engine.search.database import ATTEMPTS, PAUSE, close_storage, storage, storage_errors, used_storage
from playground.engine.search.goals import GOALS
from playground.engine.search.optuna_parts import FIRST, optuna_quietly, pruner, sampler, this_process, waiting_again
from playground.engine.search.plan import Plan, SearchError
from playground.engine.search.storage_url import ensure_safe
from playground.spec.files.storage import shown
from playground.spec.messages import message, tr_noop

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import BaseStorage
    from optuna.study import StudyDirection
    from optuna.trial import FrozenTrial

PLAN, _DIGEST = "plan", "digest"  # attributes of our studies
_MAKER = "maker"  # attribute of a study: the process that made it


def open_study(url: str, name: str, plan: Plan, seed: int) -> Study:
    """The study of that name, which is made if need be; the experiment of its plan is then its first trial.

    Sampler and pruner are those of the plan, whatever they were before, and are stored with it.

    Raises:
        SearchError: the storage cannot be opened or must not be trusted, or the study is one of another plan or
            program.
    """
    ensure_safe(plan, url)
    with storage_errors(url):
        found = storage(url)
        try:
            return _opened(found, name, plan, seed)
        except BaseException:
            close_storage(found)
            raise


def _opened(found: BaseStorage, name: str, plan: Plan, seed: int) -> Study:
    """The study in an open storage; see `open_study`."""
    with optuna_quietly() as optuna:
        kinds = optuna.study.StudyDirection
        wanted = [kinds.MAXIMIZE if GOALS[goal].greater_is_better else kinds.MINIMIZE for goal in plan.goals]
        parts = {"study_name": name, "storage": found, "sampler": sampler(plan, seed), "pruner": pruner(plan)}
        study: Study
        try:  # of several processes that begin at once, one makes it
            study = optuna.create_study(directions=wanted, **parts)
        except optuna.exceptions.DuplicatedStudyError:
            study = optuna.load_study(**parts)
            _await_plan(study)
            _ensure_ours(study)
        if study.user_attrs.get(PLAN) is None:
            study.set_user_attr(_MAKER, this_process())
            study.set_user_attr(_DIGEST, plan.digest)
            first = plan.space.present(plan.experiment)
            if first is not None:
                study.enqueue_trial(first, user_attrs={FIRST: True}, skip_if_exists=True)
            study.set_user_attr(PLAN, plan.model_dump(mode="json"))
        if study.user_attrs.get(_DIGEST) != plan.digest or study.directions != wanted:
            words = tr_noop("The search “{name}” is one of another experiment, space or goal: choose another name.")
            raise SearchError(message(words, name=shown(name)))
        if study.user_attrs[PLAN] != (record := plan.model_dump(mode="json")):
            study.set_user_attr(PLAN, record)
        return study


def _await_plan(study: Study) -> None:
    """Wait for the process that has just made the study, unless it has ended in the middle of that."""
    for _ in range(ATTEMPTS):
        if study.user_attrs.get(PLAN) is not None:
            return
        time.sleep(PAUSE)


def joined(study: Study) -> bool:
    """Whether another process has made the study, so that this one should take other random numbers."""
    return bool(study.user_attrs.get(_MAKER) != this_process())


class DeletedStudy(NamedTuple):
    """All of a study that was deleted. Its trials that ran wait: nobody would notice the end of their processes."""

    name: str
    directions: list[StudyDirection]
    attributes: dict[str, Any]
    trials: list[FrozenTrial]


def delete_study(url: str, name: str) -> DeletedStudy | None:
    """Delete a study with its trials, and return it; None if there is none of that name. Its runs stay stored.

    Raises:
        SearchError: the storage cannot be opened, or the study is none of ours.
    """
    with used_storage(url) as found, storage_errors(url) as optuna:
        try:
            study = optuna.load_study(study_name=name, storage=found)
        except KeyError:  # Optuna's error where there is no such study
            return None
        _ensure_ours(study)
        trials = [waiting_again(trial) if trial.state.name == "RUNNING" else trial for trial in study.get_trials()]
        deleted = DeletedStudy(name, study.directions, study.user_attrs, trials)
        optuna.delete_study(study_name=name, storage=found)
        return deleted


def restore_study(url: str, deleted: DeletedStudy) -> None:
    """Store a deleted study again.

    Raises:
        SearchError: the storage cannot be opened, or there is another study of that name by now.
    """
    with used_storage(url) as found, storage_errors(url) as optuna:
        try:
            study = optuna.create_study(study_name=deleted.name, storage=found, directions=deleted.directions)
        except optuna.exceptions.DuplicatedStudyError:
            words = tr_noop("The search “{name}” cannot be restored: there is another one of that name by now.")
            raise SearchError(message(words, name=shown(deleted.name))) from None
        try:
            for name, value in deleted.attributes.items():
                study.set_user_attr(name, value)
            study.add_trials(deleted.trials)
        except BaseException:  # half a study would be in the way of the next attempt
            with suppress(Exception):
                optuna.delete_study(study_name=deleted.name, storage=found)
            raise


def _ensure_ours(study: Study) -> None:
    """Refuse a study of another program, which has no plan; one without anything may have been ours, if never made."""
    foreign = study.user_attrs.keys() - {_MAKER} or study.get_trials(deepcopy=False)
    if _DIGEST not in study.user_attrs and foreign:
        words = tr_noop("The storage has a study “{name}” that is no search of this program: choose another name.")
        raise SearchError(message(words, name=shown(study.study_name)))
