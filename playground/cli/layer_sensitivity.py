"""The score of a network with each of its layers pruned alone, for the command `prune`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data, Subset
    from playground.engine.pruning.prune import Plan
    from playground.engine.weights import Trained
    from playground.spec.edits import LayerPath
    from playground.spec.experiment import Experiment

SHARES = (0.25, 0.5, 0.75, 0.9)  # of a layer, that are pruned to see how sensitive it is


def sensitivity(trained: Trained, data: Data, part: Subset, plan: Plan) -> list[tuple[str, tuple[float, ...]]]:
    """The name of each layer, or of each tensor of single weights, and its scores over `part` for `SHARES`.

    Raises:
        PruningError: nothing can be pruned; the message says why.
    """
    from playground.engine.pruning.importance import weight_names
    from playground.engine.pruning.prune import By
    from playground.engine.pruning.study import PruningStudy
    from playground.spec.cancelling import finished

    experiment = trained.experiment
    study = PruningStudy(experiment, trained.network, data, part, plan.by, plan.criterion)
    finished(study.prepare())
    for share in SHARES:
        finished(study.sensitivity(share))
    if plan.by is By.WEIGHT:
        names = weight_names(experiment)
    else:
        names = tuple(layer_name(experiment, layer.path) for layer in study.layers[SHARES[0]])
    scores = zip(*([layer.score for layer in study.layers[share]] for share in SHARES), strict=True)
    return list(zip(names, scores, strict=True))


def layer_name(experiment: Experiment, path: LayerPath) -> str:
    """The place of a layer in the stack, and its label: `2 Linear`."""
    from playground.spec.edits import layer_at

    return f"{layer_place(path)} {layer_at(experiment.stack, path).label}"


def layer_place(path: LayerPath) -> str:
    """The place of a layer in the stack, counted from 1."""
    return ".".join(str(index + 1) for index in path)
