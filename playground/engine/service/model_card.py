"""The description of a served network: its inputs and answers, and its figures when it was tested."""

from __future__ import annotations

from typing import Any

from playground.engine.service.served_models import Served
from playground.spec.data.dataset import Samples
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Text

TAKES = {
    Samples.DIGITS: "picture",
    Samples.PICTURES: "picture",
    Samples.POINTS: "point",
    Samples.ROWS: "row",
    Samples.LINES: "text",
    Samples.TEXTS: "text",
}


def card(served: Served) -> dict[str, Any]:
    """The description of a network, for other programs."""
    predictor = served.predictor
    experiment, figures = predictor.trained.experiment, predictor.trained.figures
    data = experiment.data
    found: dict[str, Any] = {
        "name": served.name,
        "title": experiment.name,
        "data": str(data.title),
        "takes": None if predictor.samples is None else TAKES[predictor.samples],
        "drawn": predictor.samples is Samples.DIGITS,
        "writes": isinstance(data, Text) and data.asked == "next",
        "input_shape": list(predictor.input_shape),
        "classes": list(predictor.class_names),
        "target": data.target_name or None,
        "parameters": sum(parameter.numel() for parameter in predictor.trained.network.parameters()),
        "test": {"loss": figures.test_loss, "score": figures.test_score, "samples": data.test_count},
        "refuses_below": experiment.refuse_below if experiment.can_refuse and experiment.refuse_below else None,
        "versions": predictor.trained.versions,
    }
    if isinstance(data, Table):
        found["columns"] = [
            {"name": column.name, "kind": column.kind, "categories": list(column.categories)} for column in data.inputs
        ]
    return found
