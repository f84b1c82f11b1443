"""The description inside an exported file: classes, columns, characters, versions and origin."""

from __future__ import annotations

import json

from playground.engine.data.sources.text import units
from playground.engine.evaluation.class_labels import class_labels
from playground.engine.weights import Trained
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Text
from playground.version import __version__

MOST_NAMES = 20_000  # of classes that are listed; a vocabulary may be larger


def metadata(trained: Trained, *, whole: bool) -> dict[str, str]:
    """Texts by key; lists and mappings as JSON."""
    experiment = trained.experiment
    data, task = experiment.data, experiment.data.task
    found = {
        "source": f"Playground {__version__}",
        "experiment": experiment.name,
        "data": str(data.title),
        "score": task.score.key,
        "versions": json.dumps(trained.versions),
        "figures": json.dumps({key: value for key, value in trained.figures._asdict().items() if value is not None}),
        "input": "raw" if whole else "as the network takes it",
        "output": ("probabilities" if task.classes else "values") if whole else "as the network gives it",
    }
    if experiment.can_refuse and experiment.refuse_below:
        found["refuse_below"] = str(experiment.refuse_below)  # a confidence: whoever uses the file has to compare
    if task.classes and task.classes <= MOST_NAMES:
        found["class_names"] = json.dumps(_names(data, task.classes), ensure_ascii=False)
    if isinstance(data, Table):
        columns = [{"name": item.name, "kind": item.kind, "categories": item.categories} for item in data.inputs]
        found["columns"] = json.dumps(columns, ensure_ascii=False)
        found["target"] = data.target
    if isinstance(data, LabelledTexts):
        found["alphabet"] = data.alphabet
    return found


def _names(data: Dataset, count: int) -> list[str]:
    """The name of each class; of a network that writes, the very characters, words or byte pairs."""
    if isinstance(data, Text) and data.asked == "next":
        known = units(data)
        return [known.name(code) for code in range(count)]
    return list(map(str, class_labels(data)))
