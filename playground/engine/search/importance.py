"""How much each range matters: the share of it in what makes the best trials differ from all."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from playground.engine.search.goals import GOALS
from playground.engine.search.optuna_parts import optuna_quietly

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

LEAST = 8  # trials that are trained to the end; from fewer nothing can be said


def importances(study: Study, goals: tuple[str, ...]) -> dict[str, float]:
    """The share of each range, by its key, the largest first; empty where too few trials are trained.

    By PED-ANOVA (Watanabe, Bansal and Hutter, 2023) for the first goal: how far the values of the best tenth of the
    trials are spread differently from those of all. They sum to 1 unless all are 0.
    """
    with optuna_quietly() as optuna, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about few trials, and about a direction that is right
        state = optuna.trial.TrialState.COMPLETE
        if len(study.get_trials(deepcopy=False, states=(state,))) < LEAST:
            return {}
        sign = -1.0 if GOALS[goals[0]].greater_is_better else 1.0

        def cost(trial: FrozenTrial) -> float:
            return sign * float(trial.values[0])

        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        found = optuna.importance.get_param_importances(study, evaluator=evaluator, target=cost, normalize=True)
        return {name: float(share) for name, share in found.items()}
