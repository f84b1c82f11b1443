"""Searches small convolutional networks for MNIST, trains those of the front anew, and reads the test set once.

    python -m tests.benchmarks.search_mnist search FOLDER [--minutes 20]
    python -m tests.benchmarks.search_mnist retrain FOLDER [--networks 3] [--seeds 3] [--validate]
    python -m tests.benchmarks search_mnist

The space is the convolutional one that comes with the program, around the recipe of Shifted CNN, with no more
parameters than Fast CNN has. The goals are score and parameters; a sixth of the training images decides, a trial
learns from a third of them. Afterwards the five networks that scored best are trained for longer with the recipe of
Shifted CNN and more augmentations, and what is held out says which are best (`--validate`); these are trained on all
images with several seeds, and tested. LeNet-5, Fast CNN and Shifted CNN train as they come with the program. A network
dominates one of these where it has no more parameters, and its mean is higher.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playground.engine.search.outcome import TrialRow, front
from playground.engine.search.plan import Plan, plan
from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.recipe.augmentations import Rotate, Scale, Shift
from playground.spec.search.presets import CONVOLUTIONAL, preset_space
from tests.benchmarks.figure import Figure
from tests.benchmarks.searching import machine, searched
from tests.benchmarks.trainings import Scored, Training, scored

GOALS = ("score", "parameters")
MINUTES, HELD_OUT = 20.0, 1 / 6
IMAGES, EPOCHS = 20_000, 2  # of a trial: 150 trials that say roughly which is better, rather than 50 that say it well
MOST = 29_434  # parameters of Fast CNN
MOST_KEPT = 5  # networks that are worth a second training
ALL_IMAGES, ALL_EPOCHS = 60_000, 12  # of the second training
PEERS = ("fast-cnn", "lenet-5", "shifted-cnn")
BAR = 99.4  # per cent of the test set, with at most 30,000 parameters


def search_plan() -> Plan:
    """The space, and what decides."""
    base = preset("shifted-cnn").experiment
    data = base.data.with_(validation_share=HELD_OUT, train_limit=IMAGES)
    base = base.with_(recipe=base.recipe.with_(epochs=EPOCHS), data=data)
    space = preset_space(CONVOLUTIONAL, base)
    assert space.search is not None
    limits = space.search.limits.with_(parameters=MOST)
    return plan(space.with_(search=space.search.with_(limits=limits)), GOALS)


def retrained(found: Experiment, *, validate: bool = False) -> Experiment:
    """The network with the recipe of the second training: that of Shifted CNN, longer, with more augmentations.

    The learning rate and the batch of a trial are best for few steps; in many they gained nothing, by validation.
    """
    augmentations = (Rotate(degrees=10.0), Scale(amount=0.1), Shift(pixels=2.0))
    recipe = preset("shifted-cnn").experiment.recipe.with_(epochs=ALL_EPOCHS, augmentations=augmentations)
    data = found.data.with_(validation_share=HELD_OUT if validate else 0.0, train_limit=ALL_IMAGES)
    return found.with_(recipe=recipe, data=data)


def search(folder: Path, minutes: float) -> None:
    """Search, print the front, and keep it in `folder`, with others that scored high."""
    made = search_plan()
    print(machine(), flush=True)
    found = searched(made, minutes, folder)
    rows = front(found.rows, GOALS)
    print(found.summary)
    for row in rows:
        print(f"front: trial {row.number}, {row.values[0]:.4f}, {row.values[1]:,.0f} parameters, {row.params}")
    trained = sorted((row for row in found.rows if row.values), key=lambda row: -row.values[0])
    record = {"summary": found.summary, "networks": [_record(made, row, rows) for row in trained[:MOST_KEPT]]}
    (folder / "front.json").write_text(json.dumps(record, indent=1), "utf-8")


def _record(made: Plan, row: TrialRow, on_front: list[TrialRow]) -> dict[str, Any]:
    experiment = made.space.apply(made.experiment, row.params)
    return {
        "trial": row.number,
        "front": row in on_front,
        "validation": row.values[0],
        "parameters": int(row.values[1]),
        "experiment": experiment.model_dump(mode="json"),
    }


def kept(folder: Path, networks: int, *, validate: bool = False) -> list[Training]:
    """The networks that scored best in the search that is kept in `folder`, with the recipe of the second training."""
    record = json.loads((folder / "front.json").read_text("utf-8"))
    return [_training(item, validate=validate) for item in record["networks"][:networks]]


def _training(item: dict[str, Any], *, validate: bool) -> Training:
    experiment = retrained(Experiment.model_validate(item["experiment"]), validate=validate)
    return Training(f"trial {item['trial']} ({item['parameters']:,} parameters)", experiment, item["parameters"])


def chosen(folder: Path, networks: int) -> list[Training]:
    """Those of the kept networks whose second training scores best on what is held out, the best first; one seed.

    A trial is too short to tell the best of them apart: the search only says which are worth a second training.
    """
    names = []
    for found in sorted(scored(kept(folder, MOST_KEPT, validate=True), range(1), test=False), key=_by_mean):
        print(f"held out: {found.text}", flush=True)
        names.append(found.training.name)
    whole = {item.name: item for item in kept(folder, MOST_KEPT)}
    return [whole[name] for name in names[:networks]]


def _by_mean(found: Scored) -> float:
    return -found.mean


def peers() -> list[Training]:
    """Presets, as they come with the program."""
    found = []
    for name in PEERS:
        experiment = preset(name).experiment
        sums = totals(walk(experiment.stack, experiment.data.sample_shape))
        found.append(Training(f"{name} ({sums.parameters:,} parameters)", experiment, sums.parameters))
    return found


def figures(quick: bool) -> Iterator[Figure]:
    """Search, train anew, and compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        search(folder, 1.0 if quick else MINUTES)
        networks = [_shorter(item) for item in kept(folder, 1)] if quick else chosen(folder, 2)
        yield from compared(networks, range(1 if quick else 3))


def _shorter(training: Training) -> Training:
    recipe = training.experiment.recipe.with_(epochs=1)
    return training._replace(experiment=training.experiment.with_(recipe=recipe))


def compared(networks: list[Training], seeds: range) -> Iterator[Figure]:
    """Train the networks and the presets with the seeds, and test each once."""
    ours: list[Scored] = []
    for found in scored(networks, seeds):
        ours.append(found)
        print(found.text, flush=True)
        yield Figure(work=f"retrained {found.training.name}", value=found.mean, unit="%", bar=BAR, better="higher")
    for other in scored(peers(), seeds):
        print(other.text, flush=True)
        rivals = [item for item in ours if item.training.parameters <= other.training.parameters]
        if rivals:
            best = max(rivals, key=lambda item: item.mean)
            yield Figure(
                work=f"{best.training.name} beside {other.training.name}",
                value=best.mean - other.mean,
                unit="points",
                bar=0.0,
                better="higher",
                note=f"{best.text}; {other.text}",
            )


def main() -> None:
    """Search, or train the front anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("search", "retrain"))
    parser.add_argument("folder", type=Path, help="where the search is kept")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--networks", type=int, default=3, help="how many are tested, the best first")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--validate", action="store_true", help="choose by held-out images after a second training")
    asked = parser.parse_args()
    if asked.what == "search":
        search(asked.folder, asked.minutes)
        return
    print(machine(), flush=True)
    networks = chosen(asked.folder, asked.networks) if asked.validate else kept(asked.folder, asked.networks)
    for figure in compared(networks, range(asked.seeds)):
        print(f"{figure.work}: {figure.value:.3f} {figure.unit} {figure.verdict}", flush=True)


if __name__ == "__main__":
    main()
