"""The plan of a search: all that decides what its trials are, as it is stored in its study."""

from __future__ import annotations

import hashlib
import json
from math import prod
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from playground.engine.search.goals import GOALS
from playground.spec.check.validation_messages import mistake
from playground.spec.experiment import Experiment
from playground.spec.files.storage import shown
from playground.spec.messages import Message, PlaygroundError, message, tr_noop
from playground.spec.search.domain import grid
from playground.spec.search.ranges import FieldRange
from playground.spec.search.space import SearchSpace

SAMPLERS = ("tpe", "nsga2", "nsga3", "cmaes", "gp", "qmc", "random", "grid")
PRUNERS = ("none", "asha", "hyperband", "median", "wilcoxon", "rounds")
MOST_SEEDS = 20
GRID, MOST_POINTS = 5, 100_000  # values of each interval of a grid; all of its points are held in memory
_SMOOTHING = "recipe.loss.label_smoothing"  # the loss of a trial is the one without
_HELD_OUT = 0.2  # share of the samples outside the test set, where none are held out

SamplerName = Literal["tpe", "nsga2", "nsga3", "cmaes", "gp", "qmc", "random", "grid"]
PrunerName = Literal["none", "asha", "hyperband", "median", "wilcoxon", "rounds"]


def _known_goal(name: str) -> str:
    if name not in GOALS:
        raise ValueError("there is no such goal")
    return name


GoalName = Annotated[str, AfterValidator(_known_goal)]


class SearchError(PlaygroundError):
    """A search is not possible, or cannot go on."""


def digest(experiment: Experiment) -> str:
    """Equal for experiments that train the same, whatever their names and the settings of disabled layers."""
    record = experiment.with_(name="").model_dump(mode="json")
    return hashlib.sha256(json.dumps(_enabled(record), sort_keys=True).encode()).hexdigest()


def _enabled(record: Any) -> Any:
    """The record without disabled layers."""
    if isinstance(record, dict):
        return {key: _enabled(value) for key, value in record.items()}
    if isinstance(record, list):
        kept = [item for item in record if not (isinstance(item, dict) and item.get("enabled") is False)]
        return [_enabled(item) for item in kept]
    return record


class Plan(BaseModel):
    """An experiment with its space, the goals, and how trials are chosen and ended early."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    experiment: Experiment
    goals: tuple[GoalName, ...] = Field(("score",), min_length=1, max_length=len(GOALS))
    sampler: SamplerName = "tpe"
    pruner: PrunerName = "none"
    seeds: int = Field(1, ge=1, le=MOST_SEEDS)  # trainings of each trial, with the experiment's seed and those after it

    @model_validator(mode="after")
    def _require_space(self) -> Self:
        if self.experiment.search is None:
            raise ValueError("there is no search space")
        return self

    @property
    def space(self) -> SearchSpace:
        """The space of the experiment."""
        assert self.experiment.search is not None
        return self.experiment.search

    @property
    def digest(self) -> str:
        """Equal for plans whose trials can be compared; sampler and pruner may differ."""
        record = {"experiment": self.experiment.model_dump(mode="json"), "goals": self.goals, "seeds": self.seeds}
        return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()

    @property
    def default_name(self) -> str:
        """The name of its study, if nobody gives one: the same plan goes on with the same study."""
        return f"{self.experiment.name[:60]} {self.digest[:8]}"


def plan(
    experiment: Experiment,
    goals: tuple[str, ...] = ("score",),
    sampler: str = "tpe",
    pruner: str | None = None,
    seeds: int = 1,
) -> Plan:
    """A plan that is possible; without a pruner it takes ASHA where that works, and rounds for several goals.

    Raises:
        SearchError: the parts do not go together, or no examples can be held out to decide by.
        SpaceError: a range does not fit the experiment.
    """
    if experiment.search is None or not experiment.search.ranges:
        words = tr_noop("“{name}” has no ranges to search in: give some of its fields a range, or choose “--space”.")
        raise SearchError(message(words, name=experiment.name))
    experiment.search.domains(experiment)
    experiment = _with_validation(experiment)
    problem = _unknown(goals, sampler, pruner)
    if problem:
        raise SearchError(problem)
    learned = len(goals) == 1 and GOALS[goals[0]].learned
    if pruner is None:
        kind = "asha" if learned else "rounds" if _grows(goals) else "none"
        pruner = kind if seeds == 1 and experiment.recipe.epochs >= 3 else "none"
    problem = _problem(experiment, goals, sampler, pruner, seeds, learned)
    if problem:
        raise SearchError(problem)
    try:
        return Plan.model_validate(
            {"experiment": experiment, "goals": goals, "sampler": sampler, "pruner": pruner, "seeds": seeds}
        )
    except ValidationError as error:
        raise SearchError(mistake(error)) from error


def _grows(goals: tuple[str, ...]) -> bool:
    """Whether rounds of growing budget decide anything: of several goals one changes with the epochs."""
    return len(goals) > 1 and any(GOALS[goal].learned or GOALS[goal].measured_by for goal in goals)


def _unknown(goals: tuple[str, ...], sampler: str, pruner: str | None) -> Message | None:
    """Names in the plan that do not exist."""
    if not goals:
        return message("A search needs a goal: {known}.", known=", ".join(GOALS))
    for goal in goals:
        if goal not in GOALS:
            return message("“{name}” is none of the goals: {known}.", name=shown(goal[:50]), known=", ".join(GOALS))
    if sampler not in SAMPLERS:
        words = tr_noop("“{name}” is none of the samplers: {known}.")
        return message(words, name=shown(sampler[:50]), known=", ".join(SAMPLERS))
    if pruner is not None and pruner not in PRUNERS:
        words = tr_noop("“{name}” is none of the pruners: {known}.")
        return message(words, name=shown(pruner[:50]), known=", ".join(PRUNERS))
    return None


def _with_validation(experiment: Experiment) -> Experiment:
    """The experiment with validation data: a search that decides by the test set would make it worthless."""
    if experiment.data.validation_count:
        return experiment
    changed = experiment.with_(data=experiment.data.with_(validation_share=_HELD_OUT))
    if not changed.data.validation_count:
        raise SearchError(
            message("A search decides by validation data, and there are too few samples to hold out any.")
        )
    return changed


def _problem(
    experiment: Experiment, goals: tuple[str, ...], sampler: str, pruner: str, seeds: int, learned: bool
) -> Message | None:
    if len(set(goals)) < len(goals):
        return message("A goal is named twice.")
    for goal in goals:
        if not GOALS[goal].suits(experiment.data):
            return message(GOALS[goal].needs)
    if not 1 <= seeds <= MOST_SEEDS:
        return message("A trial has from 1 to {most} seeds.", most=MOST_SEEDS)
    if pruner == "rounds" and not _grows(goals):
        return message("Rounds are for several goals, of which one is learned, such as score,parameters.")
    if pruner not in ("none", "rounds") and not learned:
        words = tr_noop("This pruner needs the score or the loss as the one goal: take rounds or none.")
        return message(words)
    if sampler == "grid" and experiment.search is not None:
        points = prod(len(grid(domain, GRID)) for domain in experiment.search.domains(experiment).values())
        if points > MOST_POINTS:
            words = tr_noop("The grid has {points:,} points of at most {most:,}: take another sampler or fewer ranges.")
            return message(words, points=points, most=MOST_POINTS)
    if sampler == "cmaes" and len(goals) > 1:
        return message("CMA-ES has one goal; take tpe, nsga2 or gp for several.")
    if pruner == "wilcoxon" and seeds < 3:
        return message("The Wilcoxon test compares seeds: it needs at least three for each trial.")
    if pruner not in ("none", "wilcoxon") and seeds > 1:
        return message("With several seeds for each trial, the pruner is wilcoxon or none.")
    ranges = experiment.search.ranges if experiment.search else ()
    places = {".".join(map(str, item.place)) for item in ranges if isinstance(item, FieldRange)} - {_SMOOTHING}
    if "loss" in goals and any(place == "recipe.loss" or place.startswith("recipe.loss.") for place in places):
        return message("Losses of different kinds cannot be compared: take the score as the goal.")
    return None
