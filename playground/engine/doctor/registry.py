"""All diagnoses; of several that apply at once, the first is reported: causes come before what follows from them."""

from __future__ import annotations

from playground.engine.doctor import data_faults, gradient_flow, learning_curves, learning_rate, recipe_faults
from playground.engine.doctor.finding import Diagnosis

DIAGNOSES: tuple[Diagnosis, ...] = (
    recipe_faults.MEMORY,
    data_faults.UNSCALED,
    data_faults.OVERLAP,
    data_faults.IMBALANCE,
    data_faults.LABEL_NOISE,
    recipe_faults.BATCH_NORM,
    gradient_flow.EXPLODING,
    recipe_faults.PENALTY,
    learning_rate.TOO_HIGH,
    learning_rate.TOO_LOW,
    gradient_flow.VANISHING,
    gradient_flow.SATURATED,
    gradient_flow.DEAD,
    learning_curves.OVERFITTING,
    recipe_faults.UNSUITABLE_LOSS,
    learning_rate.NOTHING_LEARNED,
    learning_curves.UNDERFITTING,
    learning_curves.PLATEAU,
)
