"""An answer as an object for other programs."""

from __future__ import annotations

from playground.engine.inference.predictions.prediction import Prediction
from playground.spec.data.dataset import Dataset


def prediction_object(item: Prediction, data: Dataset) -> dict[str, object]:
    """`answer` and the `probabilities` of all classes, or `target` and `value`, or `error`; and a remark.

    Where the network refuses, `answer` is null, `refused` true, and `most_probable` and `confidence` say what it leans
    to. The other keys are those of an answer.
    """
    if item.problem is not None:
        return {"error": str(item.problem)}
    found: dict[str, object] = {} if item.remark is None else {"remark": str(item.remark)}
    if item.truth is not None:
        found["true"] = item.truth.value
    if item.value is not None:
        return {**found, "target": data.target_name, "value": item.value}
    if item.refused:
        refusal = {"refused": True, "most_probable": item.most_probable, "confidence": item.confidence}
        found |= {"answer": None, **refusal}
    else:
        found["answer"] = item.answer
    if item.probabilities:
        found["probabilities"] = dict(zip(data.class_names, item.probabilities, strict=True))
    return found
